"""The ward's name on its papers, from a day on: set by the administration or the office, with the decision that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid
from webapp.models import Letterhead
from webapp.people import rules
from webapp.permissions import Permission, Viewer, ensure

LONGEST = 200
NEEDED = {
    "name": "Hãy ghi tên cơ quan ban hành.",
    "short": "Hãy ghi tên gọi tắt, ví dụ: phường Long Mỹ.",
    "place": "Hãy ghi địa danh đứng trước ngày tháng.",
    "title": "Hãy ghi chức vụ người ký, ví dụ: Chủ tịch.",
    "decision": "Hãy ghi văn bản quy định tên, thể thức này.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands at the head of papers; shape of models.Letterhead."""

    from_day: date | None
    name: str
    superior: str
    short: str
    place: str
    authority: str
    title: str
    decision: str


def list_letterheads(session: Session, *, viewer: Viewer) -> Sequence[Letterhead]:
    """All of them, the newest first."""
    ensure(viewer, Permission.LETTERHEAD_MANAGE)
    return session.scalars(select(Letterhead).order_by(Letterhead.from_day.desc())).all()


def set_letterhead(session: Session, *, actor: Viewer, now: datetime, head: Head) -> Letterhead:
    """From this day on; what was said from the same day before is said anew. Papers of earlier days keep their own."""
    ensure(actor, Permission.LETTERHEAD_MANAGE)
    texts = {name: rules.clean(getattr(head, name)) for name in (*NEEDED, "superior", "authority")}
    faults = {name: fault for name, fault in NEEDED.items() if not texts[name]}
    for name, text in texts.items():
        if len(text) > LONGEST:
            faults[name] = f"Dài tối đa {LONGEST} ký tự."
    if head.from_day is None:
        faults["from_day"] = "Hãy ghi ngày bắt đầu dùng."
    if faults or head.from_day is None:
        raise Invalid(faults)
    row = session.scalar(select(Letterhead).where(Letterhead.from_day == head.from_day))
    if row is None:
        row = Letterhead(from_day=head.from_day, created_at=now)
        session.add(row)
    for name, text in texts.items():
        setattr(row, name, text)
    row.created_by = actor.id
    session.flush()
    details = {"valid_from": head.from_day.isoformat()}
    log_event(session, actor, now, "letterhead.set", Thing("system", row.id), details, reason=row.decision)
    return row
