"""What came from which scanner: files taken from a drop folder, told by the log and shown to whoever may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import Thing, log_event
from webapp.core.paging import Page, page_of
from webapp.models import AuditEvent, Document
from webapp.permissions import Permission, Viewer, can
from webapp.permissions.scopes import readable_documents

TAKEN, REFUSED = "document.scan", "scan.refuse"


@dataclass(frozen=True, slots=True)
class Scan:
    """One file: when, out of which folder, by whose account; `document` None for one that was refused."""

    at: str
    folder: str
    by: str
    document: Document | None


def note_scan(session: Session, *, actor: Viewer, now: datetime, document: Document, folder: str) -> None:
    """A document came from this drop folder."""
    log_event(session, actor, now, TAKEN, document, {"folder": folder})


def note_refusal(session: Session, *, actor: Viewer, now: datetime, folder: str) -> None:
    """A file of this drop folder was not taken; its name and the reason lie beside it, not in the log."""
    log_event(session, actor, now, REFUSED, Thing("system", "scan"), {"folder": folder})


def page_scans(session: Session, *, viewer: Viewer, page: int) -> Page[Scan]:
    """Newest first. Refusals are for those who watch over the archive."""
    seen = AuditEvent.action.in_([TAKEN, REFUSED] if can(viewer, Permission.ARCHIVE_WATCH) else [TAKEN])
    mine = select(Document.id).where(readable_documents(viewer), Document.current_no > 0)
    query = (
        select(AuditEvent)
        .where(seen, or_(AuditEvent.action == REFUSED, AuditEvent.object_id.in_(mine)))
        .order_by(AuditEvent.seq.desc())
    )
    found = page_of(session, query, page)
    ids = [event.object_id for event in found.rows]
    documents = {
        one.id: one
        for one in session.scalars(
            select(Document).where(Document.id.in_(ids), readable_documents(viewer)).options(joinedload(Document.unit))
        )
    }
    rows = [_scan(event.at, event.actor_name, event.details, documents.get(event.object_id)) for event in found.rows]
    return Page(rows, found.total, found.number, found.per_page)


def _scan(at: str, by: str, details: Mapping[str, Any], document: Document | None) -> Scan:
    return Scan(at, str(details.get("folder", "")), by, document)
