"""Refusals are events too: who asked for what they may not see or do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit.chain import plain
from webapp.audit.events import Thing, log_event
from webapp.core.db import Database
from webapp.core.errors import NotFound, Refused
from webapp.kinds import kind_named
from webapp.permissions import Viewer


def record_refusal(db: Database, viewer: Viewer, error: NotFound | Refused, *, now: datetime) -> None:
    """One event in a transaction of its own; the unit of the thing asked for is noted, so that it can see it."""
    key = plain(error.key[:64])
    with db.unit_of_work() as session:
        permission = error.permission if isinstance(error, Refused) else ""
        log_event(
            session,
            viewer,
            now,
            permission or f"{error.kind}:read",
            Thing(error.kind or "page", key, _unit_of(session, error.kind, key)),
            reason="" if isinstance(error, NotFound) else error.sentence,
            outcome="refused",
        )


def _unit_of(session: Session, kind_name: str, key: str) -> str | None:
    """The unit that a thing concerns, if it is there. The address may name the thing or a part of it."""
    kind = kind_named(kind_name)
    if kind is None or kind.unit is None:
        return None
    owners = [select(column).where(column.class_.id == key).scalar_subquery() for column in kind.parts]
    unit_id: str | None = session.scalar(select(kind.unit).where(kind.id.in_([key, *owners])))
    return unit_id
