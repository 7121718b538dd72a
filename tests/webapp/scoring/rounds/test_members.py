"""A unit that comes into another cluster during the year."""

from __future__ import annotations

import pytest

from tests.support import scores
from tests.support.scores import step
from tests.support.scoring_worlds import move_unit
from tests.support.ward import Ward
from webapp.core.errors import NotFound, Refused
from webapp.scoring.rounds import arranging, opening


def test_a_unit_that_changed_its_cluster_is_appraised_by_nobody_and_then_by_the_new_leader(
    two_clusters: tuple[Ward, str],
) -> None:
    ward, _ = two_clusters
    sheet = scores.handed_in(ward)
    step(
        ward,
        arranging.assign_appraiser,
        "office",
        sheet_id=sheet.id,
        person_id=ward.people["clerk.b"],
        reason="Đổi người",
    )
    scores.appraise_one(ward, "clerk.b", "A", "80")
    step(ward, arranging.assign_appraiser, "office", sheet_id=sheet.id, person_id="", reason="Đổi người")
    scores.appraise_one(ward, "leader.1", "A", "81")
    step(
        ward,
        arranging.assign_appraiser,
        "office",
        sheet_id=sheet.id,
        person_id=ward.people["clerk.b"],
        reason="Đổi người",
    )

    move_unit(ward, "A", "K2")
    step(ward, arranging.assign_appraiser, "office", sheet_id=sheet.id, person_id="", reason="Đổi người")
    before = scores.entries_of(ward, sheet)["B"].appraisal
    for username in ("leader.1", "leader.2", "deputy.1", "deputy.2"):
        with pytest.raises((Refused, NotFound)):
            scores.appraise_one(ward, username, "A")
    assert scores.entries_of(ward, sheet)["B"].appraisal == before
    step(
        ward,
        arranging.assign_appraiser,
        "office",
        sheet_id=sheet.id,
        person_id=ward.people["clerk.b"],
        reason="Đổi người",
    )

    second = scores.sheet_of(ward, "C").round_id
    assert step(ward, opening.update_members, "office", round_id=second) == 1
    moved = scores.sheet_of(ward, "A")
    assert (moved.round_id, moved.cluster_id, moved.appraiser_id) == (second, ward.clusters["K2"], None)
    for username in ("leader.1", "clerk.b", "deputy.1"):
        with pytest.raises((Refused, NotFound)):
            scores.appraise_one(ward, username, "A")
    scores.appraise_one(ward, "leader.2", "A", "60")
    kept = scores.entries_of(ward, sheet)["B"].appraisal
    assert kept is not None and kept["values"] == {"value": "60"}
    assert step(ward, opening.update_members, "office", round_id=second) == 0
