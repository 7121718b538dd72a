"""The council's part: moderating closed scores."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from webapp.core.errors import Conflict, Invalid
from webapp.core.revisions import ensure_fresh
from webapp.models import ScoreEntry
from webapp.permissions import Permission, Viewer, ensure
from webapp.scoring.points.scheme import Entry, check_entry, entry_as_plain
from webapp.scoring.rounds.loading import load_round
from webapp.scoring.rounds.results import store_results
from webapp.scoring.sheets.entries import (
    LONGEST,
    change,
    in_words,
    load_entry,
)

WORDS = "Hội đồng ấn định"


def moderate_entry(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    sheet_id: str,
    entry_id: str,
    revision: int,
    points: Decimal | None,
    reason: str,
) -> ScoreEntry:
    """The council sets the points of one criterion, with a reason; None takes an earlier word of the council back. Ranks
    and titles of the cluster follow at once."""
    sheet, row, node = load_entry(session, sheet_id, entry_id)
    ensure(actor, Permission.SHEET_MODERATE, sheet)
    reason = reason.strip()[:LONGEST]
    if not reason:
        raise Invalid({"reason": "Hãy ghi lý do điều chỉnh."})
    plain = None
    if points is not None:
        entry = Entry(points=points, words=WORDS)
        if fault := check_entry(node, entry):
            raise Invalid({"points": fault})
        plain = entry_as_plain(entry)
    if (plain, reason) == (row.moderated, row.moderated_reason):
        return row
    ensure_fresh(
        row,
        revision,
        Conflict(
            theirs={"Điểm": in_words(node, row.moderated), "Lý do": row.moderated_reason},
            mine={"Điểm": in_words(node, plain), "Lý do": reason},
        ),
    )
    row.moderated, row.moderated_reason, row.moderated_by = plain, reason, actor.id
    change(session, actor, now, sheet, row, "moderated", plain, reason)
    store_results(session, load_round(session, sheet.round_id), now=now)
    return row
