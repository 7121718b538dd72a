"""What a published index is used for: a criterion of a rubric, a ground of a nomination."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import commendation as c
from tests.support import indicators as i
from tests.support import scores
from tests.support.ward import Ward
from webapp.commendation.nominations.suggesting import list_suggestions
from webapp.core.errors import Invalid
from webapp.models import AwardRound, Proposer, ScoreEntry, ScoreSheet
from webapp.scoring.points.reckoning import reckon
from webapp.scoring.points.scheme import Entry, Node, NodeKind, Scheme, entry_from_plain
from webapp.scoring.sheets import self_scoring
from webapp.scoring.sheets.entries import Word
from webapp.scoring.sheets.given_numbers import FROM_INDEX

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
D = Decimal


def scheme() -> Scheme:
    leaf = Node(
        code="A",
        title="Mức độ chuyển đổi số",
        kind=NodeKind.EXPRESSION,
        most=D(20),
        formula=f"{FROM_INDEX} * 20 / 100",
        evidence=False,
    )
    return Scheme(Node(code="T", title="Tổng điểm", kind=NodeKind.SUM, most=D(20), children=(leaf,)))


@on_one_database
def test_a_criterion_takes_the_published_share_and_no_other_number(ward: Ward) -> None:
    scores.rubric(ward, scheme=scheme())
    scores.open_round(ward)
    set_id = i.set_in_force(ward)
    with ward.db.reading() as session:
        sheet = session.scalars(select(ScoreSheet).where(ScoreSheet.unit_id == ward.units["A"])).one()
        row = session.scalars(select(ScoreEntry).where(ScoreEntry.sheet_id == sheet.id)).one()

    def score(number: str) -> dict[str, Any]:
        word = Word(
            sheet_id=sheet.id, entry_id=row.id, revision=1, entry=Entry(values={FROM_INDEX: D(number)}), text=""
        )
        with ward.work() as session:
            saved = self_scoring.save_self(
                session, actor=ward.viewer("clerk.a"), now=ward.now, timezone=i.ZONE, word=word
            )
            assert saved.self_entry is not None
            return dict(saved.self_entry)

    with pytest.raises(Invalid, match="Chưa công bố"):
        score("70")
    i.publish(ward, set_id, i.sheet_of(ward, set_id, "A"), "clerk.a", "head.a")
    with pytest.raises(Invalid, match="70"):
        score("100")
    assert reckon(scheme(), {"A": entry_from_plain(score("70"))}).total == 14


@on_one_database
def test_a_published_index_is_a_ground_of_a_nomination(ward: Ward) -> None:
    round_ = c.open_round(ward)
    set_id = i.set_in_force(ward)
    with ward.db.reading() as session:
        loaded = session.get_one(AwardRound, round_.id)
        assert not [one for one in suggested(session, ward, loaded) if one.key.startswith("index-")]
    i.publish(ward, set_id, i.sheet_of(ward, set_id, "A"), "clerk.a", "head.a")
    with ward.db.reading() as session:
        loaded = session.get_one(AwardRound, round_.id)
        (one,) = [one for one in suggested(session, ward, loaded) if one.key.startswith("index-")]
    assert "70,00%" in one.grounds[0].words and "xếp thứ 1/1" in one.reason and one.unit_id == ward.units["A"]


def suggested(session: Any, ward: Ward, round_: AwardRound) -> Any:
    return list_suggestions(session, round_, viewer=ward.viewer("office"), proposer=Proposer.OFFICE)
