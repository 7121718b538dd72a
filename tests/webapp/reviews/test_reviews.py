"""A review: what must be there, its reports given out once, and the draft with the figures of all years."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.models import AuditEvent, Duty, DutyRule, Movement, PaperKind, Phase, SynthesisParagraph
from webapp.reviews.queries import DONE, MISSING, Review, list_reviews

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
pytestmark = pytest.mark.either_database


def reviews(ward: Ward) -> list[Review]:
    with ward.db.reading() as session:
        movement = session.get_one(Movement, ward.movement_id)
        return list_reviews(session, movement, viewer=ward.viewer("office"), now=ward.now, timezone=HERE)


def given(ward: Ward, year: int) -> int:
    with ward.db.reading() as session:
        asked = select(func.count()).where(Duty.year == year, Duty.paper == PaperKind.INTERIM)
        return session.scalar(asked.where(Duty.cancelled_at.is_(None))) or 0


def test_reports_are_given_out_once_and_the_draft_has_every_year(client: Client) -> None:
    ward = client.ward
    first, last = reviews(ward)
    assert (first.name, first.year, last.name, last.year) == ("Sơ kết", 2027, "Tổng kết", 2030)
    assert first.given == 0 and first.needs[0].word == MISSING
    with ward.db.reading() as session:
        assert session.scalars(select(DutyRule)).first() is None
    office, clerk = client.as_user("office"), client.as_user("clerk.a")
    with ward.db.reading() as session:
        phase = session.scalars(
            select(Phase.id).where(Phase.movement_id == ward.movement_id, Phase.last_year == 2027)
        ).one()
    sent = {"of": ward.movement_id, "phase": phase}
    assert clerk.get("/reviews").status_code == clerk.post("/reviews/reports", sent).status_code == 403
    assert office.post("/reviews/reports", sent | {"phase": "none"}).status_code == 404
    assert office.post("/reviews/reports", sent).status_code == 303
    count = given(ward, 2027)
    with ward.db.reading() as session:
        events = session.scalar(select(func.count()).where(AuditEvent.action == "duty.make"))
        days = set(session.scalars(select(Duty.due_on).where(Duty.paper == PaperKind.INTERIM)))
    # V.5 "trước ngày 05/12": the last day in time is the one before.
    assert count == reviews(ward)[0].given > 0 and [str(day) for day in days] == ["2027-12-04"]
    office.post("/reviews/reports", sent)
    with ward.db.reading() as session:
        rules = session.scalar(select(func.count()).where(DutyRule.paper == PaperKind.INTERIM))
        again = session.scalar(select(func.count()).where(AuditEvent.action == "duty.make"))
    assert (given(ward, 2027), rules, again) == (count, 1, events)

    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đã làm"})
    papers.submit(ward, "head.a", paper)
    assert any(one.what == "Báo cáo năm 2026" and one.text.startswith("1/") for one in reviews(ward)[0].needs)
    page = office.get("/reviews").text
    assert "Giao báo cáo sơ kết cho các đơn vị" in page and "Lập dự thảo báo cáo sơ kết" in page
    draft = office.post("/syntheses", {"movement_id": ward.movement_id, "kind": "interim", "year": "2027"})
    assert draft.status_code == 303
    with ward.db.reading() as session:
        years = session.scalars(select(SynthesisParagraph.text).where(SynthesisParagraph.code == "years")).one()
    assert "Năm 2026" in years and "1/" in years.partition("gửi báo cáo năm")[0] and "Năm 2027" in years
    assert reviews(ward)[0].needs[-1].text == "đang soạn" and reviews(ward)[0].needs[-1].word != DONE
