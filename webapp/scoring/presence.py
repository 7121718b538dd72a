"""Who is working on a sheet right now: a passing note, neither record nor event."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.models import ScorePresence, ScoreSheet
from webapp.permissions import Viewer
from webapp.scoring.sheet_queries import side_of

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
