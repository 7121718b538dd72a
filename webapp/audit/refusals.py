"""Refusals are events too: who asked for what they may not see or do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit.chain import plain
from webapp.audit.record import record
from webapp.core.db import Database
from webapp.core.errors import NotFound, Refused
from webapp.kinds import kind_named
from webapp.permissions import Viewer


def record_refusal(db: Database, viewer: Viewer, error: NotFound | Refused, *, now: datetime) -> None:
    """One event in a transaction of its own; the unit of the thing asked for is noted, so that it can see it."""
    key = plain(error.key[:64])
    with db.unit_of_work() as session:
        record(
            session,
            actor=viewer,
            now=now,
            action=error.permission if isinstance(error, Refused) and error.permission else f"{error.kind}:read",
            object_kind=error.kind or "page",
            object_id=key,
            object_unit_id=_unit_of(session, error.kind, key),
            outcome="refused",
            reason="" if isinstance(error, NotFound) else error.sentence,
        )


def _unit_of(session: Session, kind_name: str, key: str) -> str | None:
    """The unit that a thing concerns, if it is there. The address may name the thing or a part of it."""
    kind = kind_named(kind_name)
    if kind is None or kind.unit is None:
        return None
    owners = [select(column).where(column.class_.id == key).scalar_subquery() for column in kind.parts]
    unit_id: str | None = session.scalar(select(kind.unit).where(kind.id.in_([key, *owners])))
    return unit_id
