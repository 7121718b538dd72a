"""Who is told of what they owe: reminders at each step, by one click, in the calendar."""

from __future__ import annotations

import re
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import Client, client_for, tight
from tests.webapp.duties.test_service import HERE, at
from webapp.commands.runners import begin_quietly
from webapp.core.clock import Clock
from webapp.core.errors import NotFound, Refused
from webapp.duties import service
from webapp.duties.routine import keep_duties
from webapp.models import JobKind, Movement, Notice, OutboxJob, Role
from webapp.people import service as people
from webapp.permissions import SYSTEM


def test_reminders_come_once_at_each_step_and_stop_when_handed_in(ward: Ward) -> None:
    papers.make_duties(ward)

    def told(day: str) -> int:
        ward.now = at(f"{day}T08:00:00")
        with ward.work() as session:
            return service.remind_of_deadlines(session, now=ward.now, timezone=HERE)

    def of(username: str) -> int:
        with ward.db.reading() as session:
            query = select(func.count()).select_from(Notice)
            return session.scalar(
                query.where(Notice.person_id == ward.people[username], Notice.text.contains("Báo cáo"))
            )

    assert told("2026-11-19") == 0
    assert told("2026-11-20") > 0 and told("2026-11-20") == 0 and told("2026-11-23") == 0
    assert of("clerk.a") == of("head.a") == of("clerk.b") == 1 and of("office") == of("leader.1") == 0
    told("2026-11-27")
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "xong"})
    papers.submit(ward, "head.a", paper)
    before = of("clerk.a")
    # The machine was off on 01/12 and 03/12: the latest step is caught up with, the ones before are not.
    told("2026-12-04")
    assert of("clerk.a") == before and of("clerk.b") == 3
    for day in ("2026-12-05", "2026-12-07", "2026-12-11", "2026-12-18", "2026-12-24", "2027-01-20"):
        told(day)
    assert of("clerk.b") == 7
    papers.give_back(ward, "office", paper)
    told("2026-12-19")
    assert of("clerk.a") > before


def test_what_came_back_is_reminded_of_anew_and_is_not_called_late(ward: Ward) -> None:
    papers.make_duties(ward)
    for day in ("2026-11-27", "2026-11-28"):
        ward.now = at(f"{day}T08:00:00")
        with ward.work() as session:
            service.remind_of_deadlines(session, now=ward.now, timezone=HERE)
        if day == "2026-11-27":
            paper = papers.open_paper(ward, "clerk.a", "A")
            papers.write(ward, "clerk.a", paper, {0: "xong"})
            papers.submit(ward, "head.a", paper)
            papers.give_back(ward, "office", paper)
    duty = papers.duty_of(ward, "A")
    with ward.work() as session:
        service.extend_duty(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            timezone=HERE,
            duty_id=duty.id,
            until=date(2026, 12, 10),
            reason="sửa số liệu",
        )
        ward.now = at("2026-12-09T08:00:00")
        service.remind_of_deadlines(session, now=ward.now, timezone=HERE)
        ward.now = at("2026-12-11T08:00:00")
        service.remind_of_deadlines(session, now=ward.now, timezone=HERE)
    with ward.db.reading() as session:
        query = select(Notice.text).where(Notice.person_id == ward.people["clerk.a"], Notice.key.contains(duty.id))
        texts = list(session.scalars(query.order_by(Notice.created_at)))
    assert "đã được trả lại để sửa: còn 6 ngày, chậm nhất hết ngày 04/12/2026" in texts[1]
    assert "ngày mai, 10/12/2026, là hạn cuối" in texts[3]
    assert "chưa trình lại" in texts[4] and "nộp muộn" not in texts[4]


def test_records_that_came_in_at_once_remind_of_nothing_until_the_next_step(ward: Ward) -> None:
    papers.make_duties(ward)
    ward.now = at("2026-11-28T08:00:00")
    ward.resources.clock = Clock(ward.now)
    begin_quietly(ward.resources)

    def unread() -> int:
        keep_duties(ward.resources, ward.now)
        with ward.db.reading() as session:
            waiting = select(func.count()).select_from(OutboxJob).where(OutboxJob.kind == JobKind.MAIL)
            open_ = select(func.count()).select_from(Notice).where(Notice.read_at.is_(None))
            return (session.scalar(open_) or 0) + (session.scalar(waiting) or 0)

    assert unread() == 0
    ward.now = at("2026-12-01T08:00:00")
    assert unread() > 0


def test_the_office_reminds_by_one_click_and_nobody_else_does(ward: Ward) -> None:
    papers.make_duties(ward)
    duty = papers.duty_of(ward, "B")
    own = papers.duty_of(ward, "VH")

    def remind(username: str, *ids: str) -> tuple[int, int]:
        with ward.work() as session:
            return service.remind(session, actor=ward.viewer(username), now=ward.now, timezone=HERE, duty_ids=ids)

    assert remind("office", duty.id) == (1, 1) and remind("office", duty.id) == (1, 0)
    assert remind("office", duty.id, own.id) == (1, 0)
    for username in ("clerk.b", "leader.1", "chair", "auditor", "admin", "nobody"):
        with pytest.raises((Refused, NotFound)):
            remind(username, duty.id)
    client = client_for(ward).sign_in("office")
    page = client.get("/duties?paper=annual").text
    assert f'value="{duty.id}"' in page and f'value="{own.id}"' not in page
    answer = client.post("/duties/remind", {"duty": [duty.id]})
    assert answer.status_code == 303
    assert client.post("/duties/remind", {}).status_code == 422


def test_the_grid_says_what_became_of_each_paper_and_nothing_is_ticked(ward: Ward) -> None:
    """Counts of the page, its buttons and the home page are one; who has no account is said before sending."""
    papers.make_duties(ward)
    ward.unit("X", name="Đơn vị không người")
    papers.make_duties(ward)
    done = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", done, {0: "xong"})
    papers.submit(ward, "head.a", done)
    client = client_for(ward).sign_in("office")
    page = tight(client.get("/duties").text)
    assert " checked" not in page.split("Lọc")[1]
    assert "Đơn vị không người" in page.split("chưa có tài khoản nên không nhận được lời nhắc")[1].split("</p>")[0]
    missing = re.search(r"<strong>(\d+)</strong>chưa nộp", page)
    assert missing and f"{missing.group(1)} việc các đơn vị chưa nộp" in tight(client.get("/").text)
    row = page.split("Đơn vị A<br>")[1].split("</tr>")[0]
    assert "Đã trình" in row and f'href="/papers/{done.id}"' in row and row.count('type="checkbox"') == 2
    column = re.search(r'value="annual">Nhắc (\d+) đơn vị', page)
    assert column and "nhắc ngày" not in page
    asked = client.post("/duties/remind?year=2026", {"all": "annual"})
    # The button counts whom it can reach; who is left out is said beside it.
    reachable = int(column.group(1))
    assert asked.status_code == 200 and f"Nhắc {reachable} việc?" in tight(asked.text)
    assert "Đơn vị không người: Báo cáo năm 2026: chưa có tài khoản" in tight(asked.text)
    assert "nhắc ngày" not in client.get("/duties?show=all").text
    done = client.post("/duties/remind?year=2026", {"duty": re.findall(r'name="duty" value="(\w+)"', asked.text)})
    assert done.status_code == 303 and f"Đã nhắc {reachable} việc" in tight(client.get(done.location).text)
    assert tight(client.get("/duties?show=all").text).count("nhắc ngày") == reachable
    assert 'value="annual">Nhắc' not in tight(client.get("/duties").text)
    again = tight(client.post("/duties/remind?year=2026", {"all": "annual"}).text)
    assert "không còn việc nào" in again and "đã được nhắc hôm nay" in again
    assert "Nhắc" not in client_for(ward).sign_in("leader.1").get("/duties").text.split("<main")[1]


def test_an_office_of_another_movement_is_not_told(ward: Ward) -> None:
    with ward.work() as session:
        other = Movement(name="Phong trào khác", first_year=2026, last_year=2027, created_at=ward.now)
        session.add(other)
        session.flush()
        other_id = other.id
    ward.person("elsewhere")
    ward.grant("elsewhere", Role.STANDING_OFFICE, movement_id=other_id)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "xong"})
    papers.submit(ward, "head.a", paper)
    with ward.db.reading() as session:
        told = set(session.scalars(select(Notice.person_id)))
    assert ward.people["office"] in told and ward.people["elsewhere"] not in told


def test_the_calendar_is_read_with_its_secret_alone_until_it_is_closed(ward: Ward) -> None:
    papers.make_duties(ward)
    client = client_for(ward).sign_in("clerk.a")
    client.get("/notices/settings")
    client.post("/notices/calendar")
    page = client.get("/notices/settings").text
    address = page.split("/calendar.ics?key=")[1].split("<")[0]
    assert "/calendar.ics" not in client.get("/notices/settings").text
    stranger = Client(client.app, ward)
    answer = stranger.get(f"/calendar.ics?key={address}")
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    days = {str(event["summary"]): event["dtstart"].dt for event in events}
    assert days["Hạn cuối: Báo cáo năm 2026 · Đơn vị A"] == date(2026, 12, 4)
    assert not any("Đơn vị B" in name for name in days)
    # A trigger counted from a whole day would ring at midnight: it names the instant, 08:00 in the ward.
    alarms = [(event["dtstart"].dt, alarm["trigger"].dt) for event in events for alarm in event.walk("VALARM")]
    assert alarms and b"TRIGGER;VALUE=DATE-TIME:20261201T010000Z" in answer.data
    assert all((day - rings.astimezone(HERE).date()).days == 3 for day, rings in alarms)
    assert stranger.get("/calendar.ics?key=" + "x" * 32).status_code == stranger.get("/calendar.ics").status_code == 404
    client.post("/notices/calendar/close")
    assert stranger.get(f"/calendar.ics?key={address}").status_code == 404


def test_a_revoked_clerks_calendar_is_empty(ward: Ward) -> None:
    papers.make_duties(ward)
    ward.person("tam")
    grant = ward.grant("tam", Role.CLERK, "A")
    client = client_for(ward).sign_in("tam")
    client.get("/notices/settings")
    client.post("/notices/calendar")
    address = client.get("/notices/settings").text.split("/calendar.ics?key=")[1].split("<")[0]
    assert b"VEVENT" in client.get(f"/calendar.ics?key={address}").data
    with ward.work() as session:
        people.revoke_grant(session, actor=SYSTEM, now=ward.now, grant_id=grant)
    assert b"VEVENT" not in client.get(f"/calendar.ics?key={address}").data
