"""Somebody's roles, and a conflict of interest declared during the year."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support import scores
from tests.support.scores import step
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.models import (
    Person,
    Role,
)
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.scoring.rounds import arranging


def test_two_roles_in_one_person_are_a_stake_in_the_own_unit_and_none_in_others(two_clusters: tuple[Ward, str]) -> None:
    ward, _ = two_clusters
    ward.person("both", Role.HEAD, "A")
    ward.grant("both", Role.CLUSTER_LEADER, cluster="K1", year=2026)
    ward.grant("both", Role.COUNCIL)
    ward.grant("both", Role.STANDING_OFFICE)
    scores.handed_in(ward)
    scores.handed_in(ward, "B")
    own, other = scores.sheet_of(ward, "A"), scores.sheet_of(ward, "B")
    viewer = ward.viewer("both")
    for permission in (P.SHEET_APPRAISE, P.SHEET_RETURN, P.SHEET_ASSIGN):
        assert can(viewer, permission, other) and not can(viewer, permission, own), permission
    with pytest.raises(Refused, match="Có liên quan"):
        scores.appraise_one(ward, "both", "A")
    scores.appraise_one(ward, "both", "B")
    with pytest.raises(Refused):
        step(ward, arranging.extend_stage, "both", sheet_id=own.id, stage="self", until=date(2027, 1, 1), reason="x")
    # Belonging to the unit is enough, without any role in it.
    with ward.work() as session:
        session.get_one(Person, ward.people["leader.1"]).unit_id = ward.units["A"]
    with pytest.raises((Refused, NotFound)):
        scores.appraise_one(ward, "leader.1", "A", "60")
    scores.appraise_one(ward, "leader.1", "B", "60")


@pytest.mark.parametrize("asked", [True, False])
def test_a_conflict_declared_in_the_middle_ends_it_there(two_clusters: tuple[Ward, str], asked: bool) -> None:
    ward, _ = two_clusters
    sheet = scores.handed_in(ward)
    who = "clerk.b" if asked else "leader.1"
    if asked:
        step(
            ward,
            arranging.assign_appraiser,
            "office",
            sheet_id=sheet.id,
            person_id=ward.people[who],
            reason="Đổi người",
        )
    scores.appraise_one(ward, who, "A", "80")
    client = client_for(ward).as_user(who)
    assert client.get(f"/scores/sheets/{sheet.id}/appraise").status_code == 200
    fields = {"unit_id": ward.units["A"], "reason": "Em ruột làm ở đó."}
    assert client.post("/scores/conflicts/new?year=2026", fields).status_code == 303
    row = scores.entries_of(ward, sheet)["B"]
    form = {f"revision-{row.id}": str(row.revision), f"value-{row.id}-0": "10", f"reason-{row.id}": "x"}
    assert client.post(f"/scores/sheets/{sheet.id}/appraise/{row.id}", form).status_code in (403, 404)
    assert client.get(f"/scores/sheets/{sheet.id}").status_code in (403, 404)
    with pytest.raises((Refused, NotFound)):
        scores.deliver(ward, who, "A")
    after = scores.entries_of(ward, sheet)["B"]
    # What they gave is given anew by somebody else; that they gave it stays in the history.
    assert (after.appraisal, after.appraised_by) == (None, None)
    assert scores.sheet_of(ward, "A").appraiser_id is None
    with pytest.raises(Invalid, match="không thẩm định được"):
        step(
            ward,
            arranging.assign_appraiser,
            "office",
            sheet_id=sheet.id,
            person_id=ward.people[who],
            reason="Đổi người",
        )
