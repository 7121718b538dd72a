"""What every change of a document begins and ends with: the row, and the event in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.audit import record
from webapp.core.errors import NotFound
from webapp.models import Document
from webapp.permissions import Viewer


def document_named(session: Session, document_id: str) -> Document:
    """Raises NotFound; what may be done to it is the caller's to ask."""
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound(kind="document", key=document_id)
    return document


def log_document(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    document: Document,
    details: Mapping[str, str | int | None],
    reason: str = "",
) -> None:
    """One event on a document, in the caller's transaction."""
    record(
        session,
        actor=actor,
        now=now,
        action=action,
        object_kind="document",
        object_id=document.id,
        object_unit_id=document.unit_id,
        details=details,
        reason=reason.strip(),
    )
