"""What waits for the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.dashboard.rules import last_day_in_time
from webapp.models import (
    Checklist,
    ChecklistState,
    Document,
    DocumentVersion,
    Movement,
    ReadingStatus,
    Role,
    TextReading,
)
from webapp.movement.queries import list_deadlines
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists


@dataclass(frozen=True, slots=True)
class DueThing:
    """A deadline of the plan in one year; `last_day` is the last day in time."""

    what: str
    point: str
    named: date
    exclusive: bool
    last_day: date


def list_due(session: Session, movement: Movement, *, viewer: Viewer, year: int) -> list[DueThing]:
    return sorted(
        (
            DueThing(
                deadline.what,
                deadline.point,
                last_day_in_time(year, deadline.month, deadline.day, exclusive=False),
                deadline.exclusive,
                last_day_in_time(year, deadline.month, deadline.day, exclusive=deadline.exclusive),
            )
            for deadline in list_deadlines(session, movement.id, viewer=viewer)
        ),
        key=lambda due: due.last_day,
    )


def count_submitted(session: Session, *, viewer: Viewer, year: int) -> int:
    """Submitted checklists of others that the viewer reads."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Checklist)
            .where(
                readable_checklists(viewer),
                Checklist.year == year,
                Checklist.state == ChecklistState.SUBMITTED,
                Checklist.unit_id.not_in(viewer.own_units),
            )
        )
        or 0
    )


def list_troubled(session: Session, *, viewer: Viewer) -> Sequence[tuple[Document, TextReading]]:
    """The viewer's own recent uploads whose text could not be read."""
    rows = session.execute(
        select(Document, TextReading)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .join(TextReading, TextReading.version_id == DocumentVersion.id)
        .where(
            Document.created_by == viewer.id,
            Document.unit_id.in_(viewer.own_units),
            TextReading.status.not_in((ReadingStatus.OK, ReadingStatus.WAITING)),
        )
        .order_by(Document.created_at.desc())
        .limit(5)
    )
    return [(document, reading) for document, reading in rows]


def count_waiting(session: Session, *, viewer: Viewer) -> int:
    """The viewer's uploads whose text is still being read."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Document)
            .join(
                DocumentVersion,
                (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no),
            )
            .join(TextReading, TextReading.version_id == DocumentVersion.id)
            .where(
                Document.created_by == viewer.id,
                Document.unit_id.in_(viewer.own_units),
                TextReading.status == ReadingStatus.WAITING,
            )
        )
        or 0
    )


def is_reader(viewer: Viewer) -> bool:
    """Whether the viewer reads what others submit."""
    return bool(viewer.led or viewer.inspected or viewer.overseen_movements) or viewer.has(Role.COUNCIL)
