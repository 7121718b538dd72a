"""The council's part: moderating closed scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid
from webapp.core.revisions import ensure_fresh
from webapp.models import Meeting, MeetingState, ScoreEntry, ScoreSheet
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """On what the council's word rests: a meeting of it, or a decision with number and day."""

    meeting_id: str = ""
    decision: str = ""
    decided_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilWord:
    """What the council says of one criterion: its points (None: none of its own), why, and on what it rests."""

    points: Decimal | None
    reason: str
    basis: Basis


def list_meetings(session: Session, sheet: ScoreSheet) -> Sequence[Meeting]:
    """Meetings of the council, or of the sheet's cluster, in its year that took place, the last first."""
    return session.scalars(
        select(Meeting)
        .where(
            Meeting.movement_id == sheet.movement_id,
            Meeting.year == sheet.year,
            Meeting.state.in_((MeetingState.HELD, MeetingState.CLOSED)),
            or_(Meeting.cluster_id.is_(None), Meeting.cluster_id == sheet.cluster_id),
        )
        .order_by(Meeting.opened_at.desc(), Meeting.id)
    ).all()


def _basis_in_words(session: Session, sheet: ScoreSheet, basis: Basis, today: date, timezone: ZoneInfo) -> str:
    """Raises Invalid where neither a meeting nor a decision is named."""
    meeting = next((one for one in list_meetings(session, sheet) if one.id == basis.meeting_id), None)
    if meeting is not None and meeting.opened_at is not None:
        return f"cuộc họp “{meeting.title}” ngày {ward_day(meeting.opened_at, timezone):%d/%m/%Y}"
    number = basis.decision.strip()
    if not number or basis.decided_on is None:
        raise Invalid({"basis": "Hãy chọn cuộc họp đã xét, hoặc ghi số và ngày của quyết định."})
    if basis.decided_on > today:
        raise Invalid({"basis": "Ngày của quyết định chưa đến."})
    return f"{number} ngày {basis.decided_on:%d/%m/%Y}"


def moderate_entry(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    sheet_id: str,
    entry_id: str,
    revision: int,
    word: CouncilWord,
) -> ScoreEntry:
    """The council sets the points of one criterion, with a reason and what it rests on, which are published with it; no
    points take an earlier word of the council back. Ranks and titles of the cluster follow at once."""
    sheet, row, node = load_entry(session, sheet_id, entry_id)
    ensure(actor, Permission.SHEET_MODERATE, sheet)
    points, reason = word.points, word.reason.strip()[:LONGEST]
    if not reason:
        raise Invalid({"reason": "Hãy ghi lý do điều chỉnh."})
    plain = None
    if points is not None:
        entry = Entry(points=points, words=WORDS)
        if fault := check_entry(node, entry):
            raise Invalid({"points": fault})
        plain = entry_as_plain(entry)
    basis = _basis_in_words(session, sheet, word.basis, ward_day(now, timezone), timezone)
    reason = f"{reason.rstrip('.')}. Căn cứ: {basis}."
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
