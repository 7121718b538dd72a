"""Second opinions: a second appraiser on a sample, and members scoring each other. Each is hidden from the others until
it is handed in."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Conflict, Invalid
from webapp.models import (
    ReviewKind,
    Role,
    ScoreReview,
    ScoreReviewEntry,
    ScoreSheet,
    SheetState,
)
from webapp.permissions import Permission, Viewer, ensure
from webapp.scoring.sheets.documents import frozen_evidence
from webapp.scoring.sheets.entries import (
    Word,
    checked,
    in_time,
    in_words,
    list_entries,
    load_entry,
    load_sheet,
    log,
    points_of,
)
from webapp.scoring.sheets.given_numbers import ensure_given


def giver_of(session: Session, actor: Viewer, sheet: ScoreSheet, kind: ReviewKind) -> str:
    """In whose name the actor gives an opinion: the own person, or the own unit. Raises Refused."""
    if kind is ReviewKind.CONTROL:
        ensure(actor, Permission.SHEET_SECOND_OPINION, sheet)
        return actor.id or ""
    ensure(actor, Permission.SHEET_CROSS, sheet)
    unit_id = session.scalar(
        select(ScoreSheet.unit_id)
        .where(
            ScoreSheet.round_id == sheet.round_id,
            ScoreSheet.unit_id.in_(actor.own_units),
            ScoreSheet.state != SheetState.EXCUSED,
        )
        .order_by(ScoreSheet.unit_id)
    )
    if unit_id is None:
        raise Invalid("Đơn vị của bạn không thuộc cụm này.")
    return unit_id


def save_opinion(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    kind: ReviewKind,
    word: Word,
) -> ScoreReviewEntry:
    """One item of a second opinion. In cross scoring it is a number of points; revision 0 is a first word."""
    sheet, row, node = load_entry(session, word.sheet_id, word.entry_id)
    giver = giver_of(session, actor, sheet, kind)
    in_time(sheet, "appraise", now, timezone)
    _still_open(sheet)
    if kind is ReviewKind.CROSS:
        plain = points_of(node, word.entry) if word.entry is not None else None
    else:
        ensure_given(session, sheet, node, word.entry)
        plain = checked(node, word.entry)
    review = _review(session, sheet, kind, giver, now)
    if review.handed_in_at is not None:
        raise Invalid("Kết quả này đã gửi nên không sửa được nữa.")
    kept = session.scalar(
        select(ScoreReviewEntry).where(ScoreReviewEntry.review_id == review.id, ScoreReviewEntry.code == row.code)
    )
    reason = word.trimmed
    if kept is not None and (kept.value, kept.reason) == (plain, reason):
        return kept
    if word.revision != (kept.revision if kept is not None else 0):
        raise Conflict(
            theirs={"Kết quả": in_words(node, kept.value if kept else None), "Ghi chú": kept.reason if kept else ""},
            mine={"Kết quả": in_words(node, plain), "Ghi chú": reason},
        )
    if kept is None:
        kept = ScoreReviewEntry(review_id=review.id, code=row.code, reason="")
        session.add(kept)
    kept.value, kept.reason = plain, reason
    session.flush()
    log(session, actor, now, f"score.{kind.value}", sheet, {"part": row.code}, of_unit=False)
    return kept


def hand_in_opinion(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, kind: ReviewKind, sheet_id: str
) -> ScoreReview:
    """From now on it counts, and cannot be changed. A unit's head hands in cross scores."""
    sheet = load_sheet(session, sheet_id)
    giver = giver_of(session, actor, sheet, kind)
    in_time(sheet, "appraise", now, timezone)
    _still_open(sheet)
    if kind is ReviewKind.CROSS and giver not in actor.units(Role.HEAD):
        raise Invalid("Lãnh đạo đơn vị gửi kết quả chấm chéo.")
    review = _review(session, sheet, kind, giver, now)
    given = set(
        session.scalars(
            select(ScoreReviewEntry.code).where(
                ScoreReviewEntry.review_id == review.id, ScoreReviewEntry.value.is_not(None)
            )
        )
    )
    if left := [row.code for row in list_entries(session, sheet) if row.code not in given]:
        raise Invalid(f"Còn {len(left)} mục chưa chấm: {', '.join(left[:6])}.")
    if review.handed_in_at is None:
        review.handed_in_at, review.handed_in_by = now, actor.id
        review.evidence = frozen_evidence(session, sheet)
        session.flush()
        log(session, actor, now, f"score.hand-in-{kind.value}", sheet, {}, of_unit=False)
    return review


def _still_open(sheet: ScoreSheet) -> None:
    if sheet.state is not SheetState.SUBMITTED:
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không chấm được nữa.")


def _review(session: Session, sheet: ScoreSheet, kind: ReviewKind, giver: str, now: datetime) -> ScoreReview:
    review = session.scalar(
        select(ScoreReview).where(
            ScoreReview.sheet_id == sheet.id, ScoreReview.kind == kind, ScoreReview.giver == giver
        )
    )
    if review is None:
        review = ScoreReview(sheet_id=sheet.id, kind=kind, giver=giver, evidence={}, created_at=now)
        session.add(review)
        session.flush()
    return review
