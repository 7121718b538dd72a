"""Marks of the office: who is not to be honoured for now, and why. Lifted with a reason, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.commendation.nominations.rules import folded_name
from webapp.core.errors import Invalid, NotFound
from webapp.models import AwardMark, MarkKind, Person, Unit
from webapp.people.rules import clean
from webapp.permissions import Permission, Viewer, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMark:
    """About a person by name (also without account), or a unit; `until_day` None: until it is lifted."""

    kind: MarkKind | None
    name: str
    unit_id: str | None
    note: str
    from_day: date | None
    until_day: date | None = None


def add_mark(session: Session, *, actor: Viewer, now: datetime, new: NewMark) -> AwardMark:
    """From now on the checks tell of it. Raises Invalid by field."""
    ensure(actor, Permission.AWARD_MARK)
    unit = session.get(Unit, new.unit_id) if new.unit_id else None
    name = clean(new.name) or (unit.name if unit else "")
    faults = {}
    if new.kind is None:
        faults["kind"] = "Hãy chọn lý do."
    if not folded_name(name):
        faults["name"] = "Hãy ghi họ tên, hoặc chọn đơn vị."
    if new.unit_id and unit is None:
        faults["unit_id"] = "Không có đơn vị này."
    if not new.note.strip():
        faults["note"] = "Hãy ghi căn cứ, ví dụ số và ngày của văn bản."
    if new.from_day is None:
        faults["from_day"] = "Hãy ghi ngày bắt đầu."
    elif new.until_day is not None and new.until_day < new.from_day:
        faults["until_day"] = "Ngày cuối phải từ ngày bắt đầu trở đi."
    if faults or new.kind is None or new.from_day is None:
        raise Invalid(faults)
    people = session.scalars(select(Person).where(Person.name == name)).all()
    mark = AwardMark(
        kind=new.kind,
        # A name that one account alone has is that account's, so that another spelling finds it too.
        person_id=people[0].id if len(people) == 1 and new.name.strip() else None,
        unit_id=unit.id if unit and not new.name.strip() else None,
        name=name,
        folded=folded_name(name),
        note=new.note.strip(),
        from_day=new.from_day,
        until_day=new.until_day,
        created_by=actor.id,
        created_at=now,
    )
    session.add(mark)
    session.flush()
    log_event(session, actor, now, "award-mark.set", Thing("award-mark", mark.id), {"kind": new.kind.label})
    return mark


def is_about(viewer: Viewer, mark: AwardMark) -> bool:
    """It is the viewer's own, by account or name, or their unit's: a complaint is not told to whom it is about."""
    own = viewer.own_units | ({viewer.unit_id} if viewer.unit_id else set())
    return mark.unit_id in own or mark.person_id == viewer.id or mark.folded == folded_name(viewer.name)


def lift_mark(session: Session, *, actor: Viewer, now: datetime, mark_id: str, reason: str) -> AwardMark:
    """Cleared: from now on nothing is told of it. Not there for whom it is about."""
    ensure(actor, Permission.AWARD_MARK)
    mark = session.get(AwardMark, mark_id)
    if mark is None or is_about(actor, mark):
        raise NotFound(kind="award-mark", key=mark_id)
    if mark.lifted_at is not None:
        raise Invalid("Đã gỡ từ trước.")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi vì sao gỡ."})
    mark.lifted_at, mark.lifted_by, mark.lifted_reason = now, actor.id, reason.strip()
    session.flush()
    log_event(session, actor, now, "award-mark.lift", Thing("award-mark", mark.id), reason=reason)
    return mark
