"""The council: founded by a decision, seats and work that keep their history, stand-ins that give no right."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support import councils, meetings
from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.core.errors import Invalid, Refused
from webapp.council import queries
from webapp.council.service import Seating
from webapp.meetings import inviting
from webapp.meetings.service import Attendance, mark_attendance
from webapp.models import Council, CouncilPost, Meeting, VoteRule
from webapp.permissions import Permission, can

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sitting(ward: Ward, council: Council, on: date) -> list[tuple[str, str, int]]:
    """(name, post, how much they look after) on a day."""
    with ward.db.reading() as session:
        (row,) = [
            one
            for one in queries.list_councils(session, council.movement_id, viewer=ward.viewer("clerk.a"))
            if one.id == council.id
        ]
        rows = queries.sittings(session, row, year=2026, on=on, now=ward.now)
        return [(one.seat.name, one.seat.post.value, len(one.assignments)) for one in rows]


def test_a_change_in_mid_year_ends_one_seat_and_begins_another(ward: Ward) -> None:
    council = councils.found(ward)
    councils.seat(ward, council, "chair", CouncilPost.CHAIR)
    first = councils.seat(ward, council, "council")
    councils.give(ward, first, clusters=frozenset(ward.clusters.values()), field="Công nghệ")
    following = Seating(
        person_id=ward.people["head.a"], post=CouncilPost.SECRETARY, from_day=date(2026, 7, 1), decision="QĐ 40"
    )
    councils.change(ward, first, date(2026, 6, 30), successor=following, carry=True)
    work = len(ward.clusters) + 1
    assert sitting(ward, council, date(2026, 6, 30)) == [
        ("Người chair", "chair", 0),
        ("Người council", "member", work),
    ]
    assert sitting(ward, council, date(2026, 7, 1)) == [
        ("Người chair", "chair", 0),
        ("Người head.a", "secretary", work),
    ]
    with pytest.raises(Invalid):
        councils.change(ward, first, date(2026, 12, 31))
    later = councils.found(ward, number="50/QĐ-UBND", first_day=date(2026, 10, 1))
    assert sitting(ward, council, date(2026, 10, 1)) == [] == sitting(ward, later, date(2026, 10, 1))
    assert len(sitting(ward, council, date(2026, 9, 30))) == 2


@on_one_database
def test_what_cannot_be_entered_is_told_by_field(ward: Ward) -> None:
    council = councils.found(ward)
    chair = councils.seat(ward, council, "chair", CouncilPost.CHAIR)
    with pytest.raises(Refused, match="cơ quan thường trực"):
        councils.found(ward, by="council", first_day=date(2026, 3, 1))
    for wrong in (
        {"name": " ", "first_day": date(2026, 2, 1)},
        {"number": "", "first_day": date(2026, 2, 1)},
        {"first_day": councils.START},
        {"first_day": None},
        {"first_day": date(2026, 2, 1), "last_day": date(2026, 1, 2)},
        {"first_day": date(2026, 2, 1), "document_id": "nothing"},
    ):
        with pytest.raises(Invalid) as fault:
            councils.found(ward, **wrong)
        assert set(fault.value.fields) & set(wrong)
    for username, changes in (
        ("chair", {}),
        ("council", {"post": CouncilPost.CHAIR}),
        ("council", {"from_day": date(2025, 1, 1)}),
        ("council", {"until_day": date(2025, 1, 1)}),
        ("council", {"decision": " "}),
    ):
        with pytest.raises(Invalid):
            councils.seat(ward, council, username, **changes)
    for given in ({}, {"themes": frozenset({"x"})}, {"clusters": frozenset({"x"})}, {"field": "x", "year": 1999}):
        with pytest.raises(Invalid):
            councils.give(ward, chair, **given)
    councils.give(ward, chair, field="Công nghệ")
    with pytest.raises(Invalid, match="đã được phân công"):
        councils.give(ward, chair, field="Công  nghệ")
    for changes in ({"until_day": None}, {"reason": ""}, {"until_day": date(2030, 1, 1)}):
        with pytest.raises(Invalid):
            councils.stand_in(ward, chair, "clerk.b", **changes)
    with pytest.raises(Invalid, match="Hãy chọn người dự thay"):
        councils.stand_in(ward, chair, "chair")


@on_one_database
def test_a_meeting_invites_who_sits_that_day_and_a_stand_in_only_votes_by_the_rule(ward: Ward) -> None:
    council = councils.found(ward)
    for username, post in (
        ("chair", CouncilPost.CHAIR),
        ("office", CouncilPost.SECRETARY),
        ("head.a", CouncilPost.MEMBER),
    ):
        councils.seat(ward, council, username, post)
    away = councils.seat(ward, council, "clerk.a")
    councils.seat(ward, council, "clerk.c", from_day=ward.now.date() + timedelta(days=1))
    with ward.db.reading() as session:
        scope: dict[str, Any] = {"movement_id": ward.movement_id, "cluster_id": None, "year": 2026, "now": ward.now}
        day = ward.now.date()
        viewer = ward.viewer("office")
        seated = inviting.list_usual_members(session, viewer=viewer, today=day, **scope)
        before = inviting.list_usual_members(session, viewer=viewer, today=date(2025, 12, 31), **scope)
    assert seated == {ward.people[name] for name in ("chair", "office", "head.a", "clerk.a")}
    assert before == {ward.people[name] for name in ("council", "council.2") if name in ward.people}
    councils.stand_in(ward, away, "clerk.b")
    # A seat or standing in gives no right.
    assert not can(ward.viewer("clerk.b"), Permission.COUNCIL_MANAGE)
    meeting = meetings.held(
        ward, "chair", "office", "head.a", "clerk.a", by="office", cluster=None, absent=("clerk.a",)
    )

    def mark(who: str) -> None:
        with ward.work() as session:
            row = session.get_one(Meeting, meeting.id)
            marks = {ward.people["clerk.a"]: Attendance(False, "đi công tác", ward.people[who])}
            named: dict[str, Any] = {"meeting_id": meeting.id, "revision": row.revision, "attendance": marks}
            mark_attendance(session, actor=viewer, now=ward.now, **named)

    for wrong in ("clerk.c", "head.a"):
        with pytest.raises(Invalid, match="đã được cử dự thay"):
            mark(wrong)
    mark("clerk.b")
    rule = meetings.start_rules(ward)["thuong"]
    without = meetings.opened(ward, meeting, by="office", question="Một", rule_id=rule.id)
    with pytest.raises(Refused):
        meetings.step(ward, "cast_vote", without, "clerk.b", choice=0)
    with ward.work() as session:
        session.get_one(VoteRule, rule.id).stand_ins = True
    ballot = meetings.opened(ward, meeting, by="office", question="Hai", rule_id=rule.id)
    meetings.step(ward, "cast_vote", ballot, "clerk.b", choice=0)
    for username in ("chair", "office"):
        meetings.step(ward, "cast_vote", ballot, username, choice=0)
    closed = meetings.close(ward, ballot, by="office")
    assert (closed.counts, closed.electors, closed.chosen) == ([3, 0, 0], 4, 0)
    text = client_for(ward).sign_in("clerk.b").get(f"/ballots/{ballot.id}").text
    assert "Người clerk.b dự thay Người clerk.a" in text


@on_one_database
def test_the_page_tells_who_sits_and_what_nobody_looks_after(client: Client) -> None:
    ward = client.ward
    council = councils.found(ward)
    one = councils.seat(ward, council, "chair", CouncilPost.CHAIR)
    councils.give(ward, one, clusters=frozenset({ward.clusters["K1"]}))
    page = client.as_user("clerk.a").get("/council").text
    assert "Người chair" in page and "Cụm K1" in page and "chưa có ai phụ trách" in page
    assert "Chưa có ai theo dõi: Cụm K2" in page and "Thêm thành viên" not in page
    office = client.as_user("office")
    form = "/meetings/new?year=2026&cluster=&day="
    chosen = f'value="{ward.people["chair"]}" checked'
    assert chosen in office.get(f"{form}2026-06-01").text and chosen not in office.get(f"{form}2025-12-31").text
    page = office.get("/council").text
    assert "chưa có vai trò Thành viên Hội đồng: Người chair" in page
    assert "không ở trong Hội đồng: Người council" in page
    answer = office.post(f"/council/seats/{one.id}/stand-in", {"person_id": "", "reason": "ốm", "from_day": "x"})
    assert answer.status_code == 422 and 'value="ốm"' in answer.text
    sent = {"person_id": ward.people["council"], "post": "member", "from_day": "2026-02-01", "decision": "QĐ 20"}
    assert office.post(f"/council/{council.id}/seats/new", sent).status_code == 303
    assert client.as_user("clerk.a").post(f"/council/{council.id}/seats/new", sent).status_code == 403
