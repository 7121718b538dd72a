"""What waits for the viewer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import (
    Checklist,
    ChecklistState,
    Document,
    DocumentVersion,
    PaperState,
    ReadingStatus,
    Role,
    TextReading,
    UnitPaper,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists, readable_papers


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


def count_to_receive(session: Session, *, viewer: Viewer, year: int) -> int:
    """Plans and reports handed in that wait for the office, without those of its own unit."""
    return (
        session.scalar(
            select(func.count())
            .select_from(UnitPaper)
            .where(
                readable_papers(viewer),
                UnitPaper.year.in_((year - 1, year)),
                UnitPaper.state == PaperState.SUBMITTED,
                UnitPaper.unit_id.not_in({*viewer.own_units, viewer.unit_id or ""}),
            )
        )
        or 0
    )


def is_reader(viewer: Viewer) -> bool:
    """Whether the viewer reads what others submit."""
    return bool(viewer.led or viewer.inspected or viewer.overseen_movements) or viewer.has(Role.COUNCIL)
