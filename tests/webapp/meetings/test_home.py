"""What the first page says of meetings and of ballots that wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from tests.support import meetings
from tests.support.ward import Ward
from tests.support.web import Client, tight
from tests.webapp.meetings.test_moves import call_off
from webapp.dashboard.queries import list_meeting_tasks
from webapp.models import Ballot

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def midnight(ward: Ward) -> datetime:
    local = ward.now.astimezone(ward.resources.settings.timezone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def tasks_of(ward: Ward, username: str) -> list[tuple[str, list[str]]]:
    """(title, questions), asked for with one statement."""
    viewer, asked = ward.viewer(username), []

    def note(*words: Any) -> None:
        asked.append(words[2])

    with ward.db.reading() as session:
        session.connection()
        event.listen(ward.db.engine, "before_cursor_execute", note)
        tasks = list_meeting_tasks(session, viewer=viewer, today=midnight(ward))
        event.remove(ward.db.engine, "before_cursor_execute", note)
    assert len(asked) == 1, asked
    return [(one.meeting.title, [ballot.question for ballot in one.ballots]) for one in tasks]


def test_meetings_of_today_and_later_for_the_invited(ward: Ward) -> None:
    start = midnight(ward)
    for title, at in (
        ("hôm qua", start - timedelta(seconds=1)),
        ("mai", start + timedelta(days=1)),
        ("sáng nay", start),
    ):
        meetings.add_meeting(ward, "head.a", title=title, meets_at=at, secretary_id=ward.people["clerk.a"])
    call_off(ward, meetings.add_meeting(ward, "head.a", title="đã hủy", meets_at=start + timedelta(days=2)))
    wanted: list[tuple[str, list[str]]] = [("sáng nay", []), ("mai", [])]
    for username in ("head.a", "clerk.a", "leader.1"):
        assert tasks_of(ward, username) == wanted, username
    for username in ("office", "auditor", "council", "clerk.c", "nobody"):
        assert tasks_of(ward, username) == [], username


def test_a_ballot_waits_for_those_present_who_have_not_voted_and_have_no_stake(ward: Ward) -> None:
    meetings.declare_conflict(ward, "council", "VH")
    meetings.declare_conflict(ward, "chair", "A", lifted=True)
    meeting = meetings.held(ward, absent=("clerk.a",), meets_at=ward.now - timedelta(days=3))
    made: dict[str, Ballot] = {
        "A": meetings.opened(ward, meeting, "A", question="Khen"),
        "tên": meetings.opened(ward, meeting, question="Chọn", choices=("đơn vị  VH", "Đơn vị B"), secret=False),
        "chung": meetings.opened(ward, meeting, question="Chung"),
    }
    meetings.prepare(ward, meeting, question="Chưa mở")
    meetings.counted(ward, meeting)
    meetings.vote(ward, made["chung"], chair=0)
    title = meeting.title
    assert tasks_of(ward, "head.a") == [(title, ["Chọn", "Chung"])]
    assert tasks_of(ward, "council") == [(title, ["Khen cho Đơn vị A", "Chung"])]
    assert tasks_of(ward, "office") == [(title, ["Khen cho Đơn vị A", "Chung"])]
    assert tasks_of(ward, "leader.1") == [(title, ["Khen cho Đơn vị A", "Chung"])]
    assert tasks_of(ward, "chair") == [(title, ["Khen cho Đơn vị A", "Chọn"])]
    assert tasks_of(ward, "clerk.a") == tasks_of(ward, "auditor") == []
    meetings.step(ward, "void_ballot", made["chung"], reason="nhầm")
    assert tasks_of(ward, "head.a") == [(title, ["Chọn"])]


@on_one_database
def test_the_first_page_leads_there(client: Client) -> None:
    ward = client.ward
    meeting = meetings.held(ward, title="Họp cụm cuối năm")
    ballot = meetings.opened(ward, meeting, question="Đề nghị <tặng>")
    page = tight(client.as_user("council").get("/").text)
    assert f'href="/ballots/{ballot.id}">Bỏ phiếu: Đề nghị &lt;tặng&gt;' in page and "1 phiếu" in page
    assert "Bạn được mời họp lúc" in page and f'href="/meetings/{meeting.id}"' in page
    meetings.opened(ward, meeting)
    assert "2 phiếu" in client.as_user("council").get("/").text
    page = client.as_user("auditor").get("/").text
    assert "Bỏ phiếu" not in page and "được mời họp" not in page
