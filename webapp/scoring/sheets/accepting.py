"""Taking over the unit's own word for all that is not appraised yet, by one press, and undoing it for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.models import ScoreChange, ScoreEntry, ScoreSheet, SheetState
from webapp.permissions import Permission, Viewer, ensure
from webapp.scoring.points.scheme import entry_from_plain
from webapp.scoring.sheets.appraising import save_appraisal
from webapp.scoring.sheets.entries import Word, in_time, list_entries, load_sheet, take_back

UNDOABLE = timedelta(minutes=10)


def accept_own_scores(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str) -> int:
    """Take over the unit's own word for every item that is not appraised yet; returns how many."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_APPRAISE, sheet)
    taken = 0
    for row in list_entries(session, sheet):
        if row.appraisal is None and row.self_entry is not None and sheet.state is SheetState.SUBMITTED:
            save_appraisal(
                session,
                actor=actor,
                now=now,
                timezone=timezone,
                word=Word(
                    sheet_id=sheet_id,
                    entry_id=row.id,
                    revision=row.revision,
                    entry=entry_from_plain(row.self_entry),
                    text="",
                ),
            )
            taken += 1
    return taken


def list_accepted(session: Session, sheet: ScoreSheet, *, actor: Viewer, now: datetime) -> list[ScoreEntry]:
    """Items that the actor took over from the unit by the last such press, while that can still be undone: for a while,
    and as long as nobody has touched one of them."""
    if sheet.state is not SheetState.SUBMITTED:
        return []
    rows = {row.id: row for row in list_entries(session, sheet)}
    changes = session.scalars(
        select(ScoreChange)
        .where(ScoreChange.entry_id.in_(rows), ScoreChange.side == "appraisal")
        .order_by(ScoreChange.at, ScoreChange.no)
    )
    last = {change.entry_id: change for change in changes}
    own = [
        one
        for one in last.values()
        if one.person_id == actor.id
        and one.at >= now - UNDOABLE
        and one.value is not None
        and one.value == rows[one.entry_id].self_entry
        and not one.text
    ]
    newest = max((one.at for one in own), default=None)
    together = [rows[one.entry_id] for one in own if one.at == newest]
    return together if len(together) > 1 else []


def undo_accepted(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str) -> int:
    """Items taken over from the unit wait to be appraised again; returns how many."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_APPRAISE, sheet)
    in_time(sheet, "appraise", now, timezone)
    rows = list_accepted(session, sheet, actor=actor, now=now)
    if not rows:
        raise Invalid("Không còn hoàn tác được: đã quá 10 phút, hoặc đã có người sửa các mục ấy.")
    for row in rows:
        take_back(session, actor, now, sheet, row, "Hoàn tác chấp nhận điểm tự chấm.")
    return len(rows)
