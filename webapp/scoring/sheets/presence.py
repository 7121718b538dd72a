"""Who is working on a sheet right now: a passing note, neither record nor event."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.models import (
    Person,
    ScorePresence,
    ScoreSheet,
)
from webapp.permissions import Viewer

FORGOTTEN = timedelta(hours=1)


def note_presence(session: Session, sheet: ScoreSheet, *, actor: Viewer, now: datetime, code: str) -> None:
    """The actor works on this criterion at this moment."""
    assert actor.id is not None
    row = session.get(ScorePresence, (sheet.id, actor.id))
    if row is None:
        session.add(
            ScorePresence(sheet_id=sheet.id, person_id=actor.id, side=side_of(actor, sheet), code=code, seen_at=now)
        )
        session.execute(delete(ScorePresence).where(ScorePresence.seen_at < now - FORGOTTEN))
    else:
        row.side, row.code, row.seen_at = side_of(actor, sheet), code, now
    session.flush()


HERE = timedelta(seconds=90)


def side_of(viewer: Viewer, sheet: ScoreSheet) -> str:
    """On which side of the table the viewer works on this sheet."""
    return "unit" if sheet.unit_id in viewer.own_units else "judge"


def list_present(session: Session, sheet: ScoreSheet, *, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    """(name, criterion) of others who work on the sheet now, of the viewer's own side only."""
    rows = session.execute(
        select(Person.name, ScorePresence.code)
        .join(Person, Person.id == ScorePresence.person_id)
        .where(
            ScorePresence.sheet_id == sheet.id,
            ScorePresence.side == side_of(viewer, sheet),
            ScorePresence.seen_at > now - HERE,
            ScorePresence.person_id != viewer.id,
        )
        .order_by(Person.name)
    )
    return [(name, code) for name, code in rows]
