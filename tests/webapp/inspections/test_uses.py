"""Where results of inspections count: a criterion of a rubric, a ground of a nomination, a point of the plan."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.support import commendation, scores, voices
from tests.support import inspections as i
from tests.support.ward import Ward
from webapp.commendation.nominations.suggesting import list_suggestions
from webapp.core.errors import Invalid
from webapp.inspections import concluding
from webapp.models import AwardRound, InspectionVisit, Proposer, ScoreEntry, ScoreSheet
from webapp.scoring.points.scheme import Entry, Node, NodeKind, Scheme
from webapp.scoring.sheets import self_scoring
from webapp.scoring.sheets.entries import Word
from webapp.scoring.sheets.given_numbers import FROM_INSPECTIONS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def scheme() -> Scheme:
    leaf = Node(
        code="A",
        title="Khắc phục sau kiểm tra",
        kind=NodeKind.EXPRESSION,
        most=Decimal(20),
        formula=f"{FROM_INSPECTIONS} * 20 / 100",
        evidence=False,
    )
    return Scheme(Node(code="T", title="Tổng điểm", kind=NodeKind.SUM, most=Decimal(20), children=(leaf,)))


def test_a_criterion_takes_what_was_put_right_and_no_other_number(ward: Ward) -> None:
    scores.rubric(ward, scheme=scheme())
    scores.open_round(ward)
    with ward.db.reading() as session:
        sheet = session.scalars(select(ScoreSheet).where(ScoreSheet.unit_id == ward.units["A"])).one()
        row = session.scalars(select(ScoreEntry).where(ScoreEntry.sheet_id == sheet.id)).one()

    def score(number: str) -> None:
        entry = Entry(values={FROM_INSPECTIONS: Decimal(number)})
        word = Word(sheet_id=sheet.id, entry_id=row.id, revision=1, entry=entry, text="")
        with ward.work() as session:
            self_scoring.save_self(
                session, actor=ward.viewer("clerk.a"), now=ward.now, timezone=i.moment(ward).timezone, word=word
            )

    with pytest.raises(Invalid, match="chưa có kết luận kiểm tra"):
        score("100")
    remedy = i.remedy_of(ward, i.concluded(ward))
    with pytest.raises(Invalid, match="là 0"):
        score("100")
    i.answer(ward, remedy)
    i.close(ward, remedy)
    score("100")


def test_a_conclusion_with_nothing_to_put_right_is_a_ground(ward: Ward) -> None:
    round_ = commendation.open_round(ward)
    one = i.signed(ward)
    with ward.work() as session:
        revision = session.get_one(InspectionVisit, one.id).revision
    i.step(ward, concluding.report_visit, one, "outsider", revision=revision, text="Đơn vị làm tốt.")

    def grounds() -> list[tuple[str, str | None]]:
        with ward.db.reading() as session:
            found = list_suggestions(
                session,
                session.get_one(AwardRound, round_.id),
                viewer=ward.viewer("office"),
                proposer=Proposer.OFFICE,
            )
        return [(row.grounds[0].kind, row.grounds[0].record_id) for row in found if row.key.startswith("inspection-")]

    assert grounds() == []
    i.step(
        ward,
        concluding.conclude_visit,
        one,
        "office",
        conclusion="Không có tồn tại.",
        number="6/KL",
        concluded_on=i.TODAY,
        remedies=[],
    )
    assert grounds() == [("inspection-visit", one.id)]
    made = commendation.nominate(
        ward,
        round_,
        by="office",
        proposer=Proposer.OFFICE,
        grounds=[commendation.nominations.Ground("inspection-visit", "x", one.id)],
    )
    assert made.grounds[0].record_id == one.id


def test_the_offices_report_tells_of_what_was_concluded(ward: Ward) -> None:
    def told() -> list[str]:
        synthesis = voices.make_synthesis(ward)
        return [one.text for (_, code), one in voices.paragraphs_of(ward, synthesis).items() if code == "oversight"]

    i.concluded(ward)
    (text,) = told()
    assert text.startswith("Hội đồng đã kết luận 1 cuộc kiểm tra; 1 việc phải khắc phục, 0 đã được xác nhận: Đơn vị A.")
