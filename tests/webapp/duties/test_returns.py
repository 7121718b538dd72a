"""A return sets a new day: reminders, pages and lateness go by it, while the first submission decides what was in time."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.support import papers
from tests.support.web import Client
from webapp.duties import service as duties
from webapp.duties.queries import list_duties
from webapp.models import Notice, PaperKind

pytestmark = pytest.mark.either_database


def test_what_came_back_is_awaited_by_the_day_that_the_office_chose(client: Client) -> None:
    ward, zone = client.ward, client.ward.resources.settings.timezone
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đã làm"})
    papers.submit(ward, "head.a", paper)
    office, address = client.as_user("office"), f"/papers/{paper.id}/return"
    reason = {"reason": "thiếu số liệu"}
    for day, sentence in (("", "Hãy chọn ngày"), ("21/11/2026", "phải từ hôm nay"), ("32/1/2026", "ngày")):
        refused = office.post(address, reason | {"again_until": day})
        assert refused.status_code == 422 and sentence in refused.text, day
    assert office.post(address, reason | {"again_until": "25/11/2026"}).status_code == 303
    for path in (f"/papers/{paper.id}", "/papers?year=2026", "/"):
        assert "25/11/2026" in client.as_user("clerk.a").get(path).text, path
    with ward.work() as session:
        duties.remind_of_deadlines(session, now=ward.now, timezone=zone)
        texts = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
    assert any("Trình lại chậm nhất hết ngày 25/11/2026" in text for text in texts)
    assert any("đã được trả lại để sửa: còn 3 ngày, chậm nhất hết ngày 25/11/2026" in text for text in texts)
    ward.later(days=5)
    with ward.db.reading() as session:
        rows = list_duties(session, viewer=ward.viewer("office"), year=2026, now=ward.now, timezone=zone)
    (row,) = [one for one in rows if one.paper_id == paper.id]
    assert (row.late, row.again_late, row.last_day) == (0, 2, date(2026, 11, 25))
    papers.submit(ward, "head.a", paper)
    ward.later(days=30)
    with ward.db.reading() as session:
        rows = list_duties(session, viewer=ward.viewer("office"), year=2026, now=ward.now, timezone=zone)
    (row,) = [one for one in rows if one.paper_id == paper.id]
    assert (row.late, row.again_late, row.last_day) == (0, 2, date(2026, 12, 4))
    assert "trình lại muộn 2 ngày" in client.as_user("office").get("/duties?year=2026&all=1").text


def test_a_checklist_is_awaited_again_as_a_report_is(client: Client) -> None:
    ward = client.ward
    papers.make_duties(ward)
    checklist = ward.checklist("clerk.a", "A").id
    assert client.as_user("head.a").post(f"/checklists/{checklist}/submit").status_code == 303
    office, address = client.as_user("office"), f"/checklists/{checklist}/return"
    assert office.post(address, {"reason": "thiếu"}).status_code == 422
    assert office.post(address, {"reason": "thiếu", "again_until": "26/11/2026"}).status_code == 303
    assert papers.duty_of(ward, "A", PaperKind.CHECKLIST).again_until == date(2026, 11, 26)
    # Told at once, with the reason; it ends when it was opened, or the checklist is handed in again.
    told = "Phiếu tự kiểm năm 2026 được trả lại: thiếu"
    assert told in client.as_user("clerk.a").get("/").text and told in client.as_user("head.a").get("/").text
    page = " ".join(client.as_user("clerk.a").get(f"/checklists/{checklist}").text.split())
    assert "Hạn trình lại: hết ngày 26/11/2026" in page
    assert client.as_user("head.a").post(f"/checklists/{checklist}/submit").status_code == 303
    assert all(told not in client.as_user(name).get("/").text for name in ("clerk.a", "head.a"))
