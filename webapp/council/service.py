"""Founding the council, who sits in it, who sits for whom. What seats are given is in `assigning.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound
from webapp.council import rules
from webapp.documents.decisions import find_decision
from webapp.models import (
    Council,
    CouncilAssignment,
    CouncilPost,
    CouncilSeat,
    CouncilStandIn,
    Movement,
    Person,
    new_id,
)
from webapp.permissions import Permission, Viewer, ensure

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """The decision that founds a council and the days for which it is founded."""

    name: str
    number: str
    decided_on: date | None
    first_day: date | None
    last_day: date | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """Who sits in which post from when, by which decision (number and day in words)."""

    person_id: str
    post: CouncilPost | None
    from_day: date | None
    decision: str
    until_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """Who sits for a member who is away, and why."""

    person_id: str
    from_day: date | None
    until_day: date | None
    reason: str


def found_council(session: Session, *, actor: Viewer, now: datetime, movement_id: str, new: Founding) -> Council:
    """The one before ends the day before this one begins. Raises Invalid by field."""
    ensure(actor, Permission.COUNCIL_MANAGE)
    if session.get(Movement, movement_id) is None:
        raise NotFound(kind="movement", key=movement_id)
    texts = {"name": (new.name, "Hãy ghi tên Hội đồng."), "number": (new.number, "Hãy ghi số của quyết định.")}
    faults = {name: fault for name, (text, empty) in texts.items() if (fault := rules.text_fault(text, empty))}
    if new.decided_on is None:
        faults["decided_on"] = "Hãy ghi ngày của quyết định."
    if new.first_day is None:
        faults["first_day"] = "Hãy ghi ngày bắt đầu."
    elif new.last_day is not None and new.last_day < new.first_day:
        faults["last_day"] = "Ngày cuối phải từ ngày bắt đầu trở đi."
    earlier = session.scalars(select(Council).where(Council.movement_id == movement_id)).all()
    latest = max((one.first_day for one in earlier), default=None)
    if new.first_day is not None and latest is not None and new.first_day <= latest:
        faults["first_day"] = f"Đã có Hội đồng từ ngày {latest:%d/%m/%Y}; Hội đồng mới phải bắt đầu sau ngày đó."
    if faults:
        raise Invalid(faults)
    document = find_decision(session, new.document_id, actor=actor) if new.document_id else None
    assert new.decided_on is not None and new.first_day is not None
    for one in earlier:
        if one.last_day is None or one.last_day >= new.first_day:
            one.last_day = new.first_day - DAY
    made = Council(
        id=new_id(),
        movement_id=movement_id,
        name=new.name.strip(),
        number=new.number.strip(),
        decided_on=new.decided_on,
        decision_document_id=document.id if document else None,
        first_day=new.first_day,
        last_day=new.last_day,
        created_by=actor.id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    log_event(session, actor, now, "council.found", made, {"number": made.number})
    return made


def seat_member(session: Session, *, actor: Viewer, now: datetime, council_id: str, new: Seating) -> CouncilSeat:
    """Raises Invalid by field: also for somebody who sits already, and for a second chair at the same time."""
    council = council_for_change(session, actor, council_id)
    seat = _seat(session, actor, now, council, new)
    log_event(session, actor, now, "council.seat", council, {"person": seat.person_id, "post": seat.post.value})
    return seat


def change_seat(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    seat_id: str,
    ends_on: date | None,
    decision: str,
    successor: Seating | None = None,
    carry: bool = False,
) -> CouncilSeat:
    """The seat ends with `ends_on`, its last day; who follows begins with `successor`, with `carry` taking over what the
    seat looks after. The seat that ended stays as it was. Returns the newest of the two."""
    old = seat_for_change(session, actor, seat_id)
    council = old.council
    faults = {}
    if ends_on is None:
        faults["ends_on"] = "Hãy ghi ngày cuối giữ chức vụ này."
    elif ends_on < old.from_day or (old.until_day is not None and ends_on > old.until_day):
        last = f" đến {old.until_day:%d/%m/%Y}" if old.until_day else " trở đi"
        faults["ends_on"] = f"Ngày cuối phải từ {old.from_day:%d/%m/%Y}{last}."
    if fault := rules.text_fault(decision, "Hãy ghi số, ngày của quyết định."):
        faults["decision"] = fault
    if faults or ends_on is None:
        raise Invalid(faults)
    taken_over = [one for one in old.assignments if one.until_day is None or one.until_day > ends_on]
    old.until_day, old.end_decision = ends_on, decision.strip()
    made = old
    if successor is not None:
        made = _seat(session, actor, now, council, successor)
        for one in taken_over if carry else ():
            session.add(_carried(one, made, actor, now))
    for one in taken_over:
        # What would have begun after the seat's end keeps its first day: with the seat over it never holds.
        one.until_day = max(ends_on, one.from_day)
    for stand_in in old.stand_ins:
        if stand_in.until_day > ends_on and stand_in.ended_at is None:
            stand_in.ended_at = now
    session.flush()
    follows = made.person_id if made is not old else None
    log_event(session, actor, now, "council.change", council, {"person": old.person_id, "successor": follows})
    return made


def name_stand_in(session: Session, *, actor: Viewer, now: datetime, seat_id: str, new: Instead) -> CouncilStandIn:
    """Somebody sits for a member who is away: told and marked present in their place, without any right of theirs.

    Acting for somebody (people.acting) hands over roles, and a member of the council is named in person: it does not fit.
    """
    seat = seat_for_change(session, actor, seat_id)
    faults = rules.day_faults(new.from_day, new.until_day, within=(seat.from_day, seat.until_day))
    if new.until_day is None:
        faults["until_day"] = "Hãy ghi ngày cuối cùng."
    elif new.from_day is not None and (new.until_day - new.from_day).days > rules.MOST_DAYS:
        faults["until_day"] = "Mỗi lần cử không quá một năm."
    if fault := rules.text_fault(new.reason, "Hãy ghi vì sao thành viên vắng mặt."):
        faults["reason"] = fault
    person = _person(session, new.person_id)
    if person is None or person.id == seat.person_id:
        faults["person_id"] = "Hãy chọn người dự thay."
    elif new.from_day is not None and new.until_day is not None:
        seats = session.scalars(
            select(CouncilSeat).where(CouncilSeat.council_id == seat.council_id, CouncilSeat.person_id == person.id)
        )
        named = [one for one in seat.stand_ins if one.ended_at is None]
        if rules.any_overlaps(seats, new.from_day, new.until_day):
            faults["person_id"] = "Người này cũng là thành viên Hội đồng nên không dự thay được."
        elif rules.any_overlaps(named, new.from_day, new.until_day):
            faults["from_day"] = "Trong những ngày này đã có người dự thay."
    if faults or person is None or new.from_day is None or new.until_day is None:
        raise Invalid(faults)
    made = CouncilStandIn(
        id=new_id(),
        seat_id=seat.id,
        person_id=person.id,
        name=person.name,
        from_day=new.from_day,
        until_day=new.until_day,
        reason=new.reason.strip(),
        created_by=actor.id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    details = {"person": person.id, "member": seat.person_id}
    log_event(session, actor, now, "council.stand-in", seat.council, details, reason=made.reason)
    return made


def end_stand_in(session: Session, *, actor: Viewer, now: datetime, stand_in_id: str) -> CouncilStandIn:
    """It counts no more."""
    found = session.get(CouncilStandIn, stand_in_id)
    if found is None or found.ended_at is not None:
        raise NotFound(kind="council", key=stand_in_id)
    seat = seat_for_change(session, actor, found.seat_id)
    found.ended_at = now
    session.flush()
    log_event(session, actor, now, "council.stand-in-end", seat.council, {"person": found.person_id})
    return found


def council_for_change(session: Session, actor: Viewer, council_id: str) -> Council:
    """With its seats, what they look after, and who sits for them."""
    ensure(actor, Permission.COUNCIL_MANAGE)
    seats = selectinload(Council.seats)
    parts = (
        joinedload(CouncilSeat.council),
        selectinload(CouncilSeat.assignments),
        selectinload(CouncilSeat.stand_ins),
    )
    found = session.get(Council, council_id, options=[seats.options(*parts)], populate_existing=True)
    if found is None:
        raise NotFound(kind="council", key=council_id)
    return found


def seat_for_change(session: Session, actor: Viewer, seat_id: str) -> CouncilSeat:
    """With its council, what it looks after, and who sits for it."""
    ensure(actor, Permission.COUNCIL_MANAGE)
    council_id = session.scalar(select(CouncilSeat.council_id).where(CouncilSeat.id == seat_id))
    if council_id is None:
        raise NotFound(kind="council", key=seat_id)
    return next(one for one in council_for_change(session, actor, council_id).seats if one.id == seat_id)


def _person(session: Session, person_id: str) -> Person | None:
    found = session.get(Person, person_id) if person_id else None
    return found if found is not None and found.disabled_at is None else None


def _seat(session: Session, actor: Viewer, now: datetime, council: Council, new: Seating) -> CouncilSeat:
    faults = rules.day_faults(new.from_day, new.until_day, within=(council.first_day, council.last_day))
    if fault := rules.text_fault(new.decision, "Hãy ghi số, ngày của quyết định."):
        faults["decision"] = fault
    if new.post is None:
        faults["post"] = "Hãy chọn chức vụ trong Hội đồng."
    person = _person(session, new.person_id)
    if person is None:
        faults["person_id"] = "Hãy chọn một người."
    if person is not None and new.from_day is not None:
        own = [one for one in council.seats if one.person_id == person.id]
        chairs = [one for one in council.seats if one.post is CouncilPost.CHAIR]
        if rules.any_overlaps(own, new.from_day, new.until_day):
            faults["person_id"] = "Người này đã là thành viên trong những ngày đó; hãy thay đổi chức vụ của họ."
        elif new.post is CouncilPost.CHAIR and rules.any_overlaps(chairs, new.from_day, new.until_day):
            faults["post"] = "Trong những ngày đó Hội đồng đã có Chủ tịch; hãy thay đổi chức vụ của người ấy trước."
    if faults or person is None or new.post is None or new.from_day is None:
        raise Invalid(faults)
    made = CouncilSeat(
        id=new_id(),
        council_id=council.id,
        person_id=person.id,
        name=person.name,
        post=new.post,
        from_day=new.from_day,
        until_day=new.until_day,
        decision=new.decision.strip(),
        end_decision="",
        created_by=actor.id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _carried(one: CouncilAssignment, seat: CouncilSeat, actor: Viewer, now: datetime) -> CouncilAssignment:
    return CouncilAssignment(
        seat_id=seat.id,
        year=one.year,
        theme_id=one.theme_id,
        group_id=one.group_id,
        cluster_id=one.cluster_id,
        field=one.field,
        decision=seat.decision,
        from_day=max(seat.from_day, one.from_day),
        until_day=one.until_day,
        created_by=actor.id,
        created_at=now,
    )
