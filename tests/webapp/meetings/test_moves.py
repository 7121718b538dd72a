"""Meetings: every move by every role, what cannot be planned, attendance, stale edits, who is told."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import meetings
from tests.support.ward import Ward
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.meetings import ending, rules, service
from webapp.meetings.service import Attendance
from webapp.models import (
    AuditEvent,
    BallotState,
    Meeting,
    MeetingState,
    Notice,
    Role,
)

pytestmark = pytest.mark.either_database

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PEOPLE = (
    "clerk.a",
    "head.a",
    "clerk.c",
    "leader.1",
    "deputy.2",
    "council",
    "council.2",
    "office",
    "chair",
    "inspector",
    "auditor",
    "admin",
    "nobody",
)
REFUSED = (Refused, NotFound, Invalid)


def call_off(ward: Ward, meeting: Meeting, by: str = "leader.1", reason: str = "Trùng lịch họp Đảng ủy.") -> Meeting:
    with ward.work() as session:
        return ending.cancel_meeting(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            meeting_id=meeting.id,
            reason=reason,
        )


def bring_to(ward: Ward, state: MeetingState, **changes: Any) -> Meeting:
    if state is MeetingState.PLANNED:
        return meetings.add_meeting(ward, **changes)
    if state is MeetingState.CANCELLED:
        return call_off(ward, meetings.add_meeting(ward, **changes))
    meeting = meetings.held(ward, **changes)
    if state is MeetingState.CLOSED:
        meetings.write(ward, meeting, "", "Nhất trí.", by=changes.get("by", "leader.1"))
        meetings.end(ward, meeting, by=changes.get("by", "leader.1"))
    return meeting


@on_one_database
@pytest.mark.parametrize("state", list(MeetingState))
def test_every_move_by_every_role(ward: Ward, state: MeetingState) -> None:
    """Of a cluster's meeting: its leader moves it, nobody else; the others are told why, and nothing changes."""
    for move, username in itertools.product(("open", "close", "cancel"), PEOPLE):
        meeting = bring_to(ward, state)
        if state is MeetingState.HELD:
            meetings.write(ward, meeting, "", "Nhất trí.")
        before = meetings.stored(ward, meeting)

        def do(move: str = move, username: str = username, meeting: Meeting = meeting) -> None:
            {"open": meetings.begin, "close": meetings.end, "cancel": call_off}[move](ward, meeting, by=username)

        if username == "leader.1" and (state, move) in rules.MOVES:
            do()
            assert meetings.stored(ward, meeting).state is rules.MOVES[state, move]
            continue
        with pytest.raises(REFUSED) as fault:
            do()
        assert len(fault.value.sentence) > 20
        after = meetings.stored(ward, meeting)
        assert (after.state, after.revision) == (before.state, before.revision), (move, username)


def test_the_states_are_as_the_house_rules_say() -> None:
    assert set(rules.MOVES.items()) == {
        ((MeetingState.PLANNED, "open"), MeetingState.HELD),
        ((MeetingState.PLANNED, "cancel"), MeetingState.CANCELLED),
        ((MeetingState.HELD, "close"), MeetingState.CLOSED),
    }
    assert {(was.value, move, then.value) for (was, move), then in rules.BALLOT_MOVES.items()} == {
        ("prepared", "open", "open"),
        ("prepared", "void", "void"),
        ("open", "close", "closed"),
        ("open", "void", "void"),
    }
    assert all(rules.ballot_moves_from(state) == frozenset() for state in (BallotState.CLOSED, BallotState.VOID))


@on_one_database
@pytest.mark.parametrize(
    ("cluster", "allowed"), [("K1", {"leader.1", "deputy.1"}), ("K2", {"deputy.2"}), (None, {"office"})]
)
def test_who_may_call_a_meeting(ward: Ward, cluster: str | None, allowed: set[str]) -> None:
    meetings.add_leader(ward)
    for username in (*PEOPLE, "deputy.1"):
        if username in allowed:
            meeting = meetings.add_meeting(ward, by=username, cluster=cluster)
            assert meeting.state is MeetingState.PLANNED
        else:
            with pytest.raises((Refused, NotFound)):
                meetings.add_meeting(ward, by=username, cluster=cluster)


@on_one_database
def test_a_leader_of_another_year_runs_nothing(ward: Ward) -> None:
    ward.person("leader.old", Role.CLUSTER_LEADER, "B", cluster="K1", year=2025)
    with pytest.raises(REFUSED):
        meetings.add_meeting(ward, by="leader.old")


@on_one_database
def test_the_council_is_run_by_the_office_or_who_takes_the_chair(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward, by="office", cluster=None, chair="chair")
    for username in ("council", "leader.1", "auditor"):
        with pytest.raises(REFUSED):
            meetings.begin(ward, meeting, by=username)
    meetings.begin(ward, meeting, by="chair")
    meetings.mark(ward, meeting, by="office")


@on_one_database
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"place": ""}, "place"),
        ({"meets_at": None}, "day"),
        ({"quorum": 0}, "quorum"),
        ({"quorum": 101}, "quorum"),
        ({"agenda": "x" * 10_001}, "agenda"),
        ({"chair_id": "khong-co"}, "chair_id"),
        ({"secretary_id": "khong-co"}, "people"),
        ({"people": frozenset({"khong-co"})}, "people"),
    ],
)
def test_what_cannot_be_planned(ward: Ward, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as fault:
        meetings.add_meeting(ward, **changes)
    assert field in fault.value.fields


@on_one_database
def test_a_year_outside_the_movement_is_refused(ward: Ward) -> None:
    ward.person("leader.late", Role.CLUSTER_LEADER, "B", cluster="K1", year=2040)
    with pytest.raises(Invalid, match="từ 2026 đến 2030"), ward.work() as session:
        service.plan_meeting(
            session,
            actor=ward.viewer("leader.late"),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            movement_id=ward.movement_id,
            year=2040,
            cluster_id=ward.clusters["K1"],
            plan=meetings.plan(ward),
        )


def told(ward: Ward, key: str) -> set[str]:
    names = {identity: name for name, identity in ward.people.items()}
    with ward.db.reading() as session:
        return {names[one] for one in session.scalars(select(Notice.person_id).where(Notice.key == key))}


@on_one_database
def test_the_invited_are_told_once_and_again_when_the_hour_changes(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward, "head.a", "council", secretary_id=ward.people["clerk.a"])
    assert told(ward, f"meeting:{meeting.id}:planned") == {"head.a", "council", "clerk.a"}
    people = ("head.a", "council", "chair")

    def change(**changes: Any) -> Meeting:
        with ward.work() as session:
            return service.change_meeting(
                session,
                actor=ward.viewer("leader.1"),
                now=ward.now,
                timezone=ward.resources.settings.timezone,
                meeting_id=meeting.id,
                revision=meetings.stored(ward, meeting).revision,
                plan=meetings.plan(ward, *people, **changes),
            )

    change()
    assert told(ward, f"meeting:{meeting.id}:planned") == {"head.a", "council", "clerk.a", "chair"}
    moved = change(place="Phòng họp số 2")
    assert told(ward, f"meeting:{meeting.id}:moved:{moved.revision}") == {"head.a", "council", "chair"}
    assert {one.name for one in moved.members} == {"Người head.a", "Người council", "Người chair", "Người leader.1"}


def test_a_stale_edit_is_told_both_wordings_and_changes_nothing(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward)
    with ward.work() as session:
        service.change_meeting(
            session,
            actor=ward.viewer("leader.1"),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            meeting_id=meeting.id,
            revision=1,
            plan=meetings.plan(ward, *meetings.MEMBERS, title="Họp lần hai"),
        )
    with pytest.raises(Conflict) as fault, ward.work() as session:
        service.change_meeting(
            session,
            actor=ward.viewer("leader.1"),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            meeting_id=meeting.id,
            revision=1,
            plan=meetings.plan(ward, *meetings.MEMBERS, title="Họp lần ba"),
        )
    assert (fault.value.theirs["Tên cuộc họp"], fault.value.mine["Tên cuộc họp"]) == ("Họp lần hai", "Họp lần ba")
    assert meetings.stored(ward, meeting).title == "Họp lần hai"


@on_one_database
def test_two_people_marking_attendance_lose_nothing(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward)
    first, second = ward.people["head.a"], ward.people["council"]

    def mark(person: str, revision: int, present: bool = True) -> None:
        with ward.work() as session:
            service.mark_attendance(
                session,
                actor=ward.viewer("leader.1"),
                now=ward.now,
                meeting_id=meeting.id,
                revision=revision,
                attendance={person: Attendance(present, "ốm"), "khong-co": Attendance(True)},
            )

    mark(first, 1)
    with pytest.raises(Conflict) as fault:
        mark(second, 1, present=False)
    assert (fault.value.theirs, fault.value.mine) == (
        {"Người council": "chưa điểm danh"},
        {"Người council": "vắng: ốm"},
    )
    mark(second, meetings.stored(ward, meeting).revision, present=False)
    marks = {one.person_id: (one.present, one.reason) for one in meetings.stored(ward, meeting).members}
    assert marks[first] == (True, "") and marks[second] == (False, "ốm")


@on_one_database
def test_nobody_comes_or_goes_while_a_ballot_is_open_nor_after_one_is_invited_anew(ward: Ward) -> None:
    meeting = meetings.held(ward)
    ballot = meetings.opened(ward, meeting)
    with pytest.raises(Invalid, match="Đang lấy phiếu"):
        meetings.mark(ward, meeting, "head.a")
    meetings.step(ward, "void_ballot", ballot, reason="nhầm")
    meetings.mark(ward, meeting, "head.a")
    with pytest.raises(Invalid) as fault, ward.work() as session:
        service.change_meeting(
            session,
            actor=ward.viewer("leader.1"),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            meeting_id=meeting.id,
            revision=meetings.stored(ward, meeting).revision,
            plan=meetings.plan(ward, "head.a", "auditor"),
        )
    assert "people" in fault.value.fields


@on_one_database
def test_a_meeting_is_closed_only_when_all_is_done_and_then_stays(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward)
    meetings.begin(ward, meeting)
    ballot = meetings.prepare(ward, meeting)
    with pytest.raises(Invalid) as fault:
        meetings.end(ward, meeting)
    for words in ("Chưa điểm danh hết", "chưa lấy", "Chưa ghi kết luận"):
        assert words in fault.value.sentence
    meetings.mark(ward, meeting)
    meetings.write(ward, meeting, "", "Nhất trí.")
    meetings.step(ward, "open_ballot", ballot)
    with pytest.raises(Invalid, match="Còn phiếu đang lấy"):
        meetings.end(ward, meeting)
    meetings.step(ward, "void_ballot", ballot, reason="nhầm")
    meetings.end(ward, meeting)
    for change in (
        lambda: meetings.mark(ward, meeting, "head.a"),
        lambda: meetings.write(ward, meeting, "thêm", "khác"),
        lambda: meetings.prepare(ward, meeting),
        lambda: meetings.step(ward, "repeat_ballot", ballot),
        lambda: meetings.begin(ward, meeting),
    ):
        with pytest.raises(Invalid, match="đã kết thúc"):
            change()


@on_one_database
def test_the_quorum_stays_once_the_meeting_has_begun(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward, quorum=67)

    def change(**changes: Any) -> Meeting:
        with ward.work() as session:
            return service.change_meeting(
                session,
                actor=ward.viewer("leader.1"),
                now=ward.now,
                timezone=ward.resources.settings.timezone,
                meeting_id=meeting.id,
                revision=meetings.stored(ward, meeting).revision,
                plan=meetings.plan(ward, *meetings.MEMBERS, **changes),
            )

    change(quorum=75)
    meetings.begin(ward, meeting)
    with pytest.raises(Invalid) as fault:
        change(quorum=10, place="Phòng số 2")
    assert "đã bắt đầu" in fault.value.fields["quorum"]
    assert change(quorum=75, place="Phòng số 2").place == "Phòng số 2"
    assert meetings.stored(ward, meeting).quorum == 75


@on_one_database
def test_a_meeting_called_off_tells_the_invited_why_and_stays_so(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward, "head.a", "council", secretary_id=ward.people["clerk.a"])
    ballot = meetings.prepare(ward, meeting)
    for reason in ("  ", "x" * 301):
        with pytest.raises(Invalid) as fault:
            call_off(ward, meeting, reason=reason)
        assert "reason" in fault.value.fields
    called_off = call_off(ward, meeting)
    assert (called_off.state, called_off.cancel_reason) == (MeetingState.CANCELLED, "Trùng lịch họp Đảng ủy.")
    assert told(ward, f"meeting:{meeting.id}:cancelled") == {"head.a", "council", "clerk.a"}
    with ward.db.reading() as session:
        texts = set(session.scalars(select(Notice.text).where(Notice.key == f"meeting:{meeting.id}:cancelled")))
    (text,) = texts
    assert text.startswith(f"Hủy họp: {meeting.title}, ") and text.endswith("Lý do: Trùng lịch họp Đảng ủy.")
    for change in (
        lambda: meetings.begin(ward, meeting),
        lambda: meetings.mark(ward, meeting),
        lambda: meetings.write(ward, meeting, "thêm", "khác"),
        lambda: meetings.prepare(ward, meeting),
        lambda: meetings.step(ward, "open_ballot", ballot),
        lambda: call_off(ward, meeting),
    ):
        with pytest.raises(Invalid, match="đã hủy"):
            change()


@on_one_database
def test_every_step_is_an_event_that_holds_no_text(ward: Ward) -> None:
    meeting = meetings.finished(ward)
    with ward.db.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.object_kind.in_(("meeting", "ballot"))).order_by(AuditEvent.seq)
        ).all()
    actions = {one.action for one in events}
    assert {"meeting.plan", "meeting.open", "meeting.attendance", "meeting.write", "meeting.close"} <= actions
    assert {"ballot.prepare", "ballot.open", "ballot.vote", "ballot.close", "ballot.void"} <= actions
    assert all(one.object_unit_id is None for one in events)
    text = " ".join(one.body for one in events)
    assert meeting.title not in text and "Đề nghị tặng" not in text and "nhất trí" not in text
