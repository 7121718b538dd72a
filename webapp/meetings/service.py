"""Planning a meeting, noting who came and what was said. How it ends is in `ending.py`, ballots are in `ballots.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified

from webapp.audit import log_event
from webapp.core.days import WARD_ZONE
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.meetings import rules
from webapp.meetings.inviting import list_stand_ins
from webapp.models import (
    AuditHead,
    Ballot,
    BallotState,
    Cluster,
    Meeting,
    MeetingMember,
    MeetingState,
    Movement,
    Person,
    new_id,
)
from webapp.notices.service import tell
from webapp.permissions import Permission, Subject, Viewer, ensure

LONGEST_TITLE, LONGEST_AGENDA, LONGEST_TEXT = 300, 10_000, 50_000
MOST_MEMBERS = 1000
LABELS = {
    "title": "Tên cuộc họp",
    "meets_at": "Thời gian",
    "place": "Địa điểm",
    "chair_id": "Chủ trì",
    "secretary_id": "Thư ký",
    "quorum": "Tỷ lệ có mặt tối thiểu (%)",
    "agenda": "Chương trình",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a meeting is to be. `agenda` has one line a point; `people` are those invited, the chair always among them."""

    title: str
    meets_at: datetime | None
    place: str
    chair_id: str
    secretary_id: str | None
    quorum: int = rules.TWO_THIRDS
    agenda: str = ""
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attendance:
    """`stand_in_id`: who is there in the place of an absent member of the council, of those named for that day."""

    present: bool | None
    reason: str = ""
    stand_in_id: str | None = None


def plan_meeting(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    movement_id: str,
    year: int,
    cluster_id: str | None,
    plan: Plan,
) -> Meeting:
    """Invite people; without a cluster it is the council that meets."""
    ensure(
        actor,
        Permission.MEETING_MANAGE,
        Subject(kind="cluster", movement_id=movement_id, year=year, cluster_id=cluster_id),
    )
    movement = session.get(Movement, movement_id)
    if movement is None or (cluster_id is not None and session.get(Cluster, cluster_id) is None):
        raise NotFound(kind="movement", key=movement_id)
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid(f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}.")
    people = _check(session, plan)
    assert plan.meets_at is not None
    meeting = Meeting(
        id=new_id(),
        movement_id=movement_id,
        cluster_id=cluster_id,
        year=year,
        state=MeetingState.PLANNED,
        meets_at=plan.meets_at,
        created_by=actor.id,
        created_at=now,
        **_texts(plan),
    )
    session.add(meeting)
    _invite(meeting, people)
    session.flush()
    log_event(session, actor, now, "meeting.plan", meeting, {"members": len(people)})
    tell_invited(session, actor, now, timezone, meeting, "planned")
    return meeting


def change_meeting(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, meeting_id: str, revision: int, plan: Plan
) -> Meeting:
    """Correct the invitation. Raises Conflict with both wordings when somebody else changed it meanwhile."""
    meeting = get_for_change(session, actor, meeting_id)
    people = _check(session, plan)
    texts: dict[str, object] = {**_texts(plan), "meets_at": plan.meets_at}
    changed = [name for name, value in texts.items() if getattr(meeting, name) != value]
    guests = {member.person_id for member in meeting.members}
    if not changed and guests == people.keys():
        return meeting
    ensure_fresh(
        meeting,
        revision,
        Conflict(
            theirs={label: _shown(session, name, getattr(meeting, name), timezone) for name, label in LABELS.items()},
            mine={label: _shown(session, name, texts[name], timezone) for name, label in LABELS.items()},
        ),
    )
    if "quorum" in changed and meeting.state is MeetingState.HELD:
        raise Invalid({"quorum": "Cuộc họp đã bắt đầu nên không thay đổi tỷ lệ có mặt tối thiểu được nữa."})
    if guests != people.keys() and not may_change_members(session, meeting):
        raise Invalid({"people": "Cuộc họp đã lấy phiếu nên không thay đổi thành phần được nữa."})
    for name in changed:
        setattr(meeting, name, texts[name])
    _invite(meeting, people)
    flag_modified(meeting, "state")  # the list of members counts as the meeting's own
    session.flush()
    log_event(session, actor, now, "meeting.change", meeting, {"members": len(people)})
    moved = {"meets_at", "place"} & set(changed)
    tell_invited(session, actor, now, timezone, meeting, f"moved:{meeting.revision}" if moved else "planned")
    return meeting


def open_meeting(session: Session, *, actor: Viewer, now: datetime, meeting_id: str) -> Meeting:
    """It begins: from now on ballots can be opened."""
    meeting = get_for_change(session, actor, meeting_id)
    meeting.state, meeting.opened_at = next_state(meeting, "open"), now
    session.flush()
    log_event(session, actor, now, "meeting.open", meeting)
    return meeting


def mark_attendance(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    meeting_id: str,
    revision: int,
    attendance: Mapping[str, Attendance],
) -> Meeting:
    """Who is there, by person; those not named stay as they are. Nobody comes or goes while a ballot is open."""
    meeting = get_for_change(session, actor, meeting_id)
    members = {member.person_id: member for member in meeting.members}
    marks = {person: one for person, one in attendance.items() if person in members}
    changed = [
        person
        for person, one in marks.items()
        if (members[person].present, members[person].reason, members[person].stand_in_id)
        != (one.present, one.reason, one.stand_in_id)
    ]
    if not changed:
        return meeting
    ensure_fresh(
        meeting,
        revision,
        Conflict(
            theirs={members[person].name: _mark(members[person].present, members[person].reason) for person in changed},
            mine={members[person].name: _mark(marks[person].present, marks[person].reason) for person in changed},
        ),
    )
    if any(one.state is BallotState.OPEN for one in ballots_of(session, meeting)):
        raise Invalid("Đang lấy phiếu nên chưa sửa được điểm danh. Hãy kiểm phiếu hoặc hủy phiếu trước.")
    if any(len(marks[person].reason) > LONGEST_TITLE for person in changed):
        raise Invalid(f"Lý do vắng dài tối đa {LONGEST_TITLE} ký tự.")
    named = list_stand_ins(session, meeting, timezone=WARD_ZONE)
    for person in changed:
        who = _stand_in(marks[person], dict(named.get(person, [])), members)
        members[person].stand_in_id, members[person].stand_in_name = who
        members[person].present = marks[person].present
        members[person].reason = "" if marks[person].present else marks[person].reason
    instead = [member.stand_in_id for member in meeting.members if member.stand_in_id]
    if len(set(instead)) < len(instead):
        raise Invalid("Mỗi người chỉ dự thay một thành viên.")
    flag_modified(meeting, "state")
    session.flush()
    present = sum(member.present is True for member in meeting.members)
    log_event(session, actor, now, "meeting.attendance", meeting, {"present": present, "members": len(members)})
    return meeting


def write_minutes(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    meeting_id: str,
    revision: int,
    discussion: str,
    conclusion: str,
) -> Meeting:
    """What was said and concluded."""
    meeting = get_for_change(session, actor, meeting_id)
    discussion, conclusion = discussion.strip(), conclusion.strip()
    if (meeting.discussion, meeting.conclusion) == (discussion, conclusion):
        return meeting
    ensure_fresh(
        meeting,
        revision,
        Conflict(
            theirs={"Nội dung thảo luận": meeting.discussion, "Kết luận": meeting.conclusion},
            mine={"Nội dung thảo luận": discussion, "Kết luận": conclusion},
        ),
    )
    faults = {
        name: f"Mục này dài tối đa {LONGEST_TEXT} ký tự."
        for name, text in (("discussion", discussion), ("conclusion", conclusion))
        if len(text) > LONGEST_TEXT
    }
    if faults:
        raise Invalid(faults)
    meeting.discussion, meeting.conclusion = discussion, conclusion
    session.flush()
    log_event(session, actor, now, "meeting.write", meeting)
    return meeting


def note_minutes(session: Session, *, actor: Viewer, now: datetime, meeting_id: str) -> None:
    """Taking the minutes away is an event."""
    meeting = get_locked(session, meeting_id)
    ensure(actor, Permission.MEETING_READ, meeting)
    log_event(session, actor, now, "meeting.export", meeting)


def get_locked(session: Session, meeting_id: str) -> Meeting:
    """As it is now: whoever changes a meeting waits for the one before, at the head of the log as all writers do."""
    wait_for_turn(session)
    found = session.get(Meeting, meeting_id, populate_existing=True)
    if found is None:
        raise NotFound(kind="meeting", key=meeting_id)
    return found


def get_for_change(session: Session, actor: Viewer, meeting_id: str) -> Meeting:
    meeting = get_locked(session, meeting_id)
    ensure(actor, Permission.MEETING_MANAGE, meeting)
    refuse_when_over(meeting)
    return meeting


def refuse_when_over(meeting: Meeting) -> None:
    if meeting.state is MeetingState.CLOSED:
        raise Invalid("Cuộc họp đã kết thúc, biên bản đã chốt nên không sửa được nữa.")
    if meeting.state is MeetingState.CANCELLED:
        raise Invalid("Cuộc họp đã hủy nên không sửa được nữa. Nếu vẫn cần họp, hãy lên lịch cuộc họp khác.")


def wait_for_turn(session: Session) -> None:
    session.execute(select(AuditHead.seq).where(AuditHead.id == 1).with_for_update())


def ballots_of(session: Session, meeting: Meeting) -> list[Ballot]:
    return list(session.scalars(select(Ballot).where(Ballot.meeting_id == meeting.id).order_by(Ballot.position)))


def may_change_members(session: Session, meeting: Meeting) -> bool:
    """Until the first ballot was opened."""
    return not any(one.opened_at is not None for one in ballots_of(session, meeting))


def _texts(plan: Plan) -> dict[str, str | int | None]:
    return {
        "title": plan.title.strip(),
        "place": plan.place.strip(),
        "chair_id": plan.chair_id,
        "secretary_id": plan.secretary_id,
        "quorum": plan.quorum,
        "agenda": "\n".join(rules.lines_of(plan.agenda)),
    }


def _check(session: Session, plan: Plan) -> dict[str, Person]:
    """Those invited, by id. Raises Invalid."""
    faults = {}
    for name, most in (("title", LONGEST_TITLE), ("place", LONGEST_TITLE), ("agenda", LONGEST_AGENDA)):
        text = getattr(plan, name).strip()
        if len(text) > most:
            faults[name] = f"Mục này dài tối đa {most} ký tự."
        elif not text and name != "agenda":
            faults[name] = {"title": "Hãy ghi tên cuộc họp.", "place": "Hãy ghi họp ở đâu."}[name]
    if plan.meets_at is None:
        faults["day"] = "Hãy ghi ngày, giờ họp."
    if not 1 <= plan.quorum <= 100:
        faults["quorum"] = "Hãy nhập một số từ 1 đến 100."
    wanted = plan.people | {plan.chair_id}
    asked = {*wanted, plan.secretary_id or plan.chair_id}
    known = {
        person.id: person
        for person in session.scalars(
            select(Person).where(Person.id.in_(asked), Person.disabled_at.is_(None)).options(joinedload(Person.unit))
        )
    }
    if plan.chair_id not in known:
        faults["chair_id"] = "Hãy chọn người chủ trì."
    elif asked - known.keys():
        faults["people"] = "Có người không còn tài khoản; hãy chọn lại."
    elif len(wanted) > MOST_MEMBERS:
        faults["people"] = f"Mỗi cuộc họp mời tối đa {MOST_MEMBERS} người."
    if faults:
        raise Invalid(faults)
    return {key: person for key, person in known.items() if key in wanted}


def _invite(meeting: Meeting, people: Mapping[str, Person]) -> None:
    known = {member.person_id for member in meeting.members}
    for member in [one for one in meeting.members if one.person_id not in people]:
        meeting.members.remove(member)
    for key, person in people.items():
        if key not in known:
            post = ", ".join(part for part in (person.title, person.unit.name if person.unit else "") if part)
            meeting.members.append(
                MeetingMember(id=new_id(), person_id=key, name=person.name, post=post, present=None, reason="")
            )


def tell_invited(
    session: Session, actor: Viewer, now: datetime, timezone: ZoneInfo, meeting: Meeting, cause: str
) -> None:
    """`cause`: planned, cancelled, or moved with a number of its own for each time."""
    when = meeting.meets_at.astimezone(timezone).strftime("%H:%M ngày %d/%m/%Y")
    people = {member.person_id for member in meeting.members} | ({meeting.secretary_id} - {None})
    word = {"planned": "Mời họp", "cancelled": "Hủy họp"}.get(cause, "Đổi lịch họp")
    reason = f" Lý do: {meeting.cancel_reason}" if cause == "cancelled" else ""
    tell(
        session,
        now=now,
        timezone=timezone,
        people={person for person in people if person is not None} - {actor.id or ""},
        key=f"meeting:{meeting.id}:{cause}",
        text=f"{word}: {meeting.title}, {when}, tại {meeting.place}.{reason}",
        link=f"/meetings/{meeting.id}",
    )


def next_state(meeting: Meeting, move: str) -> MeetingState:
    try:
        return rules.MOVES[meeting.state, move]
    except KeyError as error:
        raise Invalid(f"Cuộc họp đang ở trạng thái “{meeting.state.label}” nên không làm được việc này.") from error


def _shown(session: Session, name: str, value: object, timezone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone).strftime("%H:%M %d/%m/%Y")
    if name in ("chair_id", "secretary_id"):
        person = session.get(Person, value) if value else None
        return person.name if person else ""
    return str(value or "")


def _stand_in(
    mark: Attendance, named: Mapping[str, str], members: Mapping[str, MeetingMember]
) -> tuple[str | None, str | None]:
    """(id, name) of who is there instead. Raises Invalid for somebody who was not named, or is there for themselves."""
    if mark.present or not mark.stand_in_id:
        return None, None
    if mark.stand_in_id not in named or mark.stand_in_id in members:
        raise Invalid("Người dự thay phải là người đã được cử dự thay trong ngày họp.")
    return mark.stand_in_id, named[mark.stand_in_id]


def _mark(present: bool | None, reason: str) -> str:
    if present is None:
        return "chưa điểm danh"
    return "có mặt" if present else f"vắng{f': {reason}' if reason else ''}"
