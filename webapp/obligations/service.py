"""The office says whose a duty of the plan is, where it is done and by when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid
from webapp.models import Movement, PointAssignment, Unit
from webapp.obligations import queries
from webapp.obligations.places import PLACES
from webapp.obligations.rules import OWNERS, owner_label
from webapp.permissions import Permission, Viewer, ensure

LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Keys of owners and places, when in words, a note."""

    owners: Collection[str]
    places: Collection[str]
    due: str
    note: str = ""


def assign(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    movement: Movement,
    point: str,
    part: int,
    said: Said,
    revision: int,
) -> PointAssignment:
    """Confirm or change what stands for a duty. `revision` 0: nothing was said before. Raises Conflict, Invalid, NotFound."""
    ensure(actor, Permission.COVERAGE_MANAGE, movement)
    version, duty = queries.find_duty(session, movement, point, part)
    units = {row.id: row.name for row in session.execute(select(Unit.id, Unit.name))}
    owners = [key for key in dict.fromkeys(said.owners) if key in OWNERS or key.removeprefix("unit:") in units]
    places = [key for key in PLACES if key in said.places]
    faults = {}
    if not owners:
        faults["owners"] = "Hãy chọn ít nhất một nơi phải làm việc này."
    if len(said.due) > LONGEST:
        faults["due"] = f"Mục này dài tối đa {LONGEST} ký tự."
    if faults:
        raise Invalid(faults)
    row = queries.find_assignment(session, version, duty)
    if (row.revision if row else 0) != revision:
        raise Conflict("Người khác vừa ghi điểm này; hãy mở lại trang để xem.")
    if row is None:
        row = PointAssignment(
            plan_version_id=version.id, point=duty.code, part=duty.part, created_by=actor.id, created_at=now
        )
        session.add(row)
    row.text, row.owners, row.places = duty.what, owners, places
    row.due, row.note = said.due.strip(), said.note.strip()
    session.flush()
    details = {
        "point": f"{duty.code} ({duty.part})",
        # In words: an auditor reads them long after what they are chosen from has changed.
        "owners": "; ".join(owner_label(key, units) for key in owners),
        "places": "; ".join(PLACES[key].label for key in places),
    }
    log_event(session, actor, now, "coverage.assign", movement, details)
    return row


def note_export(session: Session, *, actor: Viewer, now: datetime, movement: Movement, year: int, total: int) -> None:
    """The table left the house."""
    log_event(session, actor, now, "coverage.export", movement, {"year": year, "total": total, "form": "docx"})
