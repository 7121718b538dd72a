"""Refusals are events too: who asked for what they may not see or do."""

from __future__ import annotations

from datetime import datetime

from webapp.audit.chain import plain
from webapp.audit.record import record
from webapp.core.db import Database
from webapp.core.errors import NotFound, Refused
from webapp.models import Checklist, ChecklistItem, Document
from webapp.permissions import Viewer


def record_refusal(db: Database, viewer: Viewer, error: NotFound | Refused, *, now: datetime) -> None:
    """One event in a transaction of its own; the unit of the thing asked for is noted, so that it can see it."""
    key = plain(error.key[:64])
    with db.unit_of_work() as session:
        row: Document | Checklist | None = None
        if error.kind == "document":
            row = session.get(Document, key)
        elif error.kind == "checklist":
            # The address may name a checklist or one of its items.
            item = session.get(ChecklistItem, key)
            row = session.get(Checklist, item.checklist_id if item is not None else key)
        record(
            session,
            actor=viewer,
            now=now,
            action=error.permission if isinstance(error, Refused) and error.permission else f"{error.kind}:read",
            object_kind=error.kind or "page",
            object_id=key,
            object_unit_id=row.unit_id if row is not None else None,
            outcome="refused",
            reason="" if isinstance(error, NotFound) else error.sentence,
        )
