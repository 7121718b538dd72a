"""Undoing what was said."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support import scores
from tests.support.scores import step
from tests.support.ward import Ward
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.models import (
    ScoreChange,
    ScoreEntry,
    ScoreReview,
)
from webapp.scoring.sheets import accepting, self_scoring


def test_undoing_brings_back_what_was_said_and_is_said_again(two_clusters: tuple[Ward, str]) -> None:
    ward, _ = two_clusters
    for number in ("3", "4"):
        scores.score_self(ward, "clerk.a", "A", {"B": scores.value(number)}, f"lần {number}")
    sheet = scores.sheet_of(ward, "A")
    row = scores.entries_of(ward, sheet)["B"]
    at = {"sheet_id": sheet.id, "entry_id": row.id}
    with pytest.raises(Conflict) as fault:
        step(ward, self_scoring.undo_self, "head.a", **at, revision=row.revision - 1, no=1)
    assert fault.value.theirs["Kết quả"] == "4" and fault.value.mine["Kết quả"] == "3"
    step(ward, self_scoring.undo_self, "head.a", **at, revision=row.revision, no=1)
    row = scores.entries_of(ward, sheet)["B"]
    assert row.self_entry is not None and row.self_entry["values"] == {"value": "3"} and row.self_comment == "lần 3"
    with ward.db.reading() as session:
        kept = session.scalars(select(ScoreChange).where(ScoreChange.entry_id == row.id)).all()
        assert [one.text for one in sorted(kept, key=lambda one: one.no)] == ["lần 3", "lần 4", "lần 3"]
        assert session.scalars(select(ScoreReview)).all() == []
        assert session.get_one(ScoreEntry, row.id).appraisal is None
    with pytest.raises(NotFound):
        step(ward, self_scoring.undo_self, "head.a", **at, revision=row.revision, no=9)


def test_what_was_accepted_by_one_press_is_undone_for_ten_minutes(two_clusters: tuple[Ward, str]) -> None:
    ward, _ = two_clusters
    sheet = scores.handed_in(ward)
    at = {"sheet_id": sheet.id}
    scores.appraise_one(ward, "leader.1", "A")
    assert step(ward, accepting.accept_own_scores, "leader.1", **at) == 3
    assert step(ward, accepting.undo_accepted, "leader.1", **at) == 3
    assert [code for code, row in scores.entries_of(ward, sheet).items() if row.appraisal] == ["B"]
    step(ward, accepting.accept_own_scores, "leader.1", **at)
    ward.later(minutes=11)
    with pytest.raises(Invalid):
        step(ward, accepting.undo_accepted, "leader.1", **at)
