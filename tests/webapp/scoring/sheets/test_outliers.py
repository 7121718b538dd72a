"""Opinions that stand apart."""

from __future__ import annotations

from sqlalchemy import select

from tests.support import scores
from tests.support.scores import D, step
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.models import ReviewKind, ScoreEntry, ScoreSheet
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.scheme import Entry
from webapp.scoring.sheets import opinions


def test_points_that_stand_apart_are_shown_to_who_pools_them(ward: Ward) -> None:
    scores.add_heads(ward)
    scores.rubric(ward, rules=RubricRules(pooling=Pooling.MEDIAN))
    scores.open_round(ward)
    scores.give_evidence(ward, "head.vh", "VH")
    scores.score_self(ward, "head.vh", "VH")
    sheet = scores.submit(ward, "head.vh", "VH")
    with ward.db.reading() as session:
        rows = session.scalars(select(ScoreEntry).join(ScoreSheet).where(ScoreSheet.id == sheet.id)).all()
    for head, points in (("head.a", 30), ("head.b", 5)):
        for row in rows:
            most = {"A": 40, "B": 40, "C": 10, "E": 10}[row.code]
            step(
                ward,
                opinions.save_opinion,
                head,
                kind=ReviewKind.CROSS,
                word=scores.Word(
                    sheet_id=sheet.id, entry_id=row.id, revision=0, entry=Entry(points=D(min(points, most))), text=""
                ),
            )
        step(ward, opinions.hand_in_opinion, head, kind=ReviewKind.CROSS, sheet_id=sheet.id)
    first = next(row.id for row in rows if row.code == "A")
    page = client_for(ward).sign_in("leader.1").get(f"/scores/sheets/{sheet.id}/appraise?item={first}").text
    assert "Đơn vị A" in page and "Đơn vị B" in page and page.count("lệch xa các ý kiến khác") == 2
