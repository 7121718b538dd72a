"""What the worker does for scores day by day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.models import RoundState, ScoreRound, ScoreSheet, SheetState
from webapp.scoring.sheets import rules as sheet_rules
from webapp.scoring.sheets.appraising import WATCHED, refresh_evidence
from webapp.scoring.sheets.entries import tell_appraisers, tell_unit

SOON = timedelta(days=3)


def keep_scores(resources: Resources, now: datetime) -> None:
    """Open items whose evidence changed after they were appraised; tell those whose time for a stage runs out."""
    timezone = resources.settings.timezone
    with resources.db.reading() as session:
        wanted = session.scalars(
            select(ScoreSheet.id)
            .join(ScoreSheet.round)
            .where(ScoreRound.state == RoundState.OPEN, ScoreSheet.state != SheetState.EXCUSED)
        ).all()
    today = ward_day(now, timezone)
    options = (joinedload(ScoreSheet.round), joinedload(ScoreSheet.unit), joinedload(ScoreSheet.rubric))
    for sheet_id in wanted:
        with resources.db.unit_of_work() as session:
            sheet = session.get_one(ScoreSheet, sheet_id, options=options)
            if sheet.round.state is not RoundState.OPEN:
                continue  # closed since they were listed
            if sheet.state in WATCHED:
                refresh_evidence(session, sheet, now=now, timezone=timezone)
            stage = {
                SheetState.DRAFT: "self",
                SheetState.RETURNED: "self",
                SheetState.SUBMITTED: "appraise",
                SheetState.APPRAISED: "explain",
                SheetState.EXPLAINED: "second",
            }.get(sheet.state)
            last = sheet_rules.last_day(stage, sheet.round.windows, sheet.extensions) if stage else None
            if stage is None or last is None or not today <= last <= today + SOON:
                continue
            words = f"Chấm điểm {sheet.year}: công đoạn “{sheet_rules.STAGES[stage]}” hết hạn ngày {last:%d/%m/%Y}."
            if stage in ("self", "explain"):
                again = ":returned" if sheet.state is SheetState.RETURNED else ""
                tell_unit(session, sheet, f"soon:{stage}:{last}{again}", words, now, timezone)
            else:
                who = f"{sheet.unit.name}: {words}"
                tell_appraisers(session, sheet, f"soon:{stage}:{last}", who, now, timezone)
