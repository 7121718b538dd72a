"""What an appraiser does: returning, scoring item by item, giving the result, the second appraisal; and what happens
when evidence changes afterwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.models import ScoreEntry, ScoreReview, ScoreReviewEntry, ScoreSheet, SheetState
from webapp.models.score import ReviewKind
from webapp.permissions import SYSTEM, Permission, Viewer, ensure
from webapp.scoring import rules
from webapp.scoring.entries import (
    LONGEST,
    at_revision,
    change,
    checked,
    in_time,
    list_entries,
    load_entry,
    load_sheet,
    log,
    move,
    said_of,
    tell_appraisers,
    tell_unit,
)
from webapp.scoring.evidence import list_proofs, proofs_of
from webapp.scoring.pooling import Pooling, pool
from webapp.scoring.rubric import Entry, entry_as_plain, entry_from_plain
from webapp.scoring.rubric_rules import rules_from_plain
from webapp.scoring.service import scheme_of

# While the sheet is in one of these, changed evidence opens an item again.
WATCHED = (SheetState.SUBMITTED, SheetState.APPRAISED, SheetState.EXPLAINED, SheetState.SETTLED)


def save_appraisal(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    sheet_id: str,
    entry_id: str,
    revision: int,
    entry: Entry | None,
    reason: str,
) -> ScoreEntry:
    """The appraiser's word on one criterion, the first or, after explanations, the second. What evidence looked like is
    kept with it. Raises Conflict with both values when somebody else wrote it meanwhile."""
    sheet, row, node = load_entry(session, sheet_id, entry_id)
    ensure(actor, Permission.SHEET_APPRAISE, sheet)
    second = sheet.state is SheetState.EXPLAINED
    side = "second" if second else "appraisal"
    in_time(sheet, "second" if second else "appraise", now, timezone)
    if sheet.cross and not second:
        raise Invalid("Phiếu này chấm chéo: điểm thẩm định là điểm gộp của các thành viên.")
    if second and not (row.explanation or row.reopened):
        raise Invalid("Lần hai chỉ thẩm định mục có giải trình hoặc có minh chứng thay đổi.")
    plain, reason = checked(node, entry), reason.strip()[:LONGEST]
    before = (row.second, row.second_reason) if second else (row.appraisal, row.appraisal_reason)
    if (plain, reason) == before and not row.reopened:
        return row
    at_revision(row, revision, side, node, plain, reason)
    if second:
        row.second, row.second_reason, row.second_by = plain, reason, actor.id
    else:
        row.appraisal, row.appraisal_reason, row.appraised_by = plain, reason, actor.id
    proofs = list_proofs(session, [sheet], [row], viewer=None)[sheet.id]
    row.evidence = [one.frozen for one in proofs_of(proofs, node.criterion, row.id)]
    row.reopened = None
    change(session, actor, now, sheet, row, side, plain, reason)
    return row


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
                sheet_id=sheet_id,
                entry_id=row.id,
                revision=row.revision,
                entry=entry_from_plain(row.self_entry),
                reason="",
            )
            taken += 1
    return taken


def return_sheet(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, reason: str
) -> ScoreSheet:
    """Give the sheet back before it is appraised, with a reason."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_RETURN, sheet)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do trả lại để đơn vị biết cần sửa gì."})
    sheet.state, sheet.state_reason = move(sheet, "return"), reason.strip()[:LONGEST]
    session.flush()
    log(session, actor, now, "score.return", sheet, {}, reason.strip()[:LONGEST])
    tell_unit(session, sheet, f"returned:{sheet.revision}", f"Phiếu điểm được trả lại: {reason.strip()}", now, timezone)
    return sheet


def deliver_appraisal(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str
) -> ScoreSheet:
    """Give the unit its appraised points, all of them at once."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_APPRAISE, sheet)
    if sheet.state is not SheetState.SUBMITTED:
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không làm được việc này.")
    _check_second_opinion(session, sheet)
    if sheet.cross:
        _pool(session, actor, now, sheet)
    refresh_evidence(session, sheet, now=now, timezone=timezone)
    if left := rules.before_delivering(said_of(session, sheet)):
        raise Invalid("Chưa gửi được: " + " ".join(left[:6]) + (" …" if len(left) > 6 else ""))
    sheet.state, sheet.delivered_at = move(sheet, "deliver"), now
    session.flush()
    differing = sum(1 for row in list_entries(session, sheet) if row.appraisal != row.self_entry)
    log(session, actor, now, "score.deliver", sheet, {"total": differing})
    words = f"Đã có điểm thẩm định; {differing} mục khác điểm tự chấm." if differing else "Đã có điểm thẩm định."
    tell_unit(session, sheet, f"delivered:{sheet.revision}", words, now, timezone)
    return sheet


def settle_sheet(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str) -> ScoreSheet:
    """End the appraisal: each explanation is answered; or the unit did not answer within its time."""
    sheet = load_sheet(session, sheet_id)
    if sheet.state is SheetState.APPRAISED:
        return _lapse(session, actor, now, timezone, sheet)
    ensure(actor, Permission.SHEET_APPRAISE, sheet)
    refresh_evidence(session, sheet, now=now, timezone=timezone)
    if sheet.state is not SheetState.EXPLAINED:
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không làm được việc này.")
    if left := rules.before_settling(said_of(session, sheet)):
        raise Invalid("Chưa kết thúc được: " + " ".join(left[:6]))
    sheet.state = move(sheet, "settle")
    session.flush()
    log(session, actor, now, "score.settle", sheet, {})
    tell_unit(session, sheet, f"settled:{sheet.revision}", "Giải trình của đơn vị đã được trả lời.", now, timezone)
    return sheet


def _lapse(session: Session, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet: ScoreSheet) -> ScoreSheet:
    ensure(actor, Permission.SHEET_ASSIGN, sheet)
    last = rules.last_day("explain", sheet.round.windows, sheet.extensions)
    if last is None or now.astimezone(timezone).date() <= last:
        until = f"; hạn trả lời đến hết ngày {last:%d/%m/%Y}" if last else ""
        raise Invalid(f"Đơn vị chưa trả lời điểm thẩm định{until}.")
    sheet.state, sheet.state_reason = move(sheet, "lapse"), "Đơn vị không trả lời trong thời hạn."
    session.flush()
    log(session, actor, now, "score.lapse", sheet, {})
    return sheet


def refresh_evidence(session: Session, sheet: ScoreSheet, *, now: datetime, timezone: ZoneInfo) -> list[str]:
    """Open again each appraised item whose evidence is not what was appraised; returns their codes.

    Both digests are kept with the item. A sheet whose points the unit already knows goes back to the second appraisal.
    """
    if sheet.state not in WATCHED:
        return []
    entries = list_entries(session, sheet)
    proofs = list_proofs(session, [sheet], entries, viewer=None)[sheet.id]
    nodes = {leaf.code: leaf for leaf in scheme_of(sheet.rubric).leaves()}
    opened = []
    for row in entries:
        if row.appraisal is None:
            continue
        present = [one.frozen for one in proofs_of(proofs, nodes[row.code].criterion, row.id)]
        changed = rules.changed_evidence(row.evidence, present)
        if changed and changed != row.reopened:
            row.reopened = changed
            session.flush()
            details = {"part": row.code, "was": changed[0]["was"], "now": changed[0]["now"]}
            log(session, SYSTEM, now, "score.reopen", sheet, details)
            opened.append(row.code)
        elif not changed and row.reopened:
            row.reopened = None
    session.flush()
    if opened:
        if sheet.state in (SheetState.APPRAISED, SheetState.SETTLED):
            sheet.state = move(sheet, "reopen")
            session.flush()
        words = f"Minh chứng đã thay đổi sau khi thẩm định: {', '.join(opened)}; cần thẩm định lại."
        tell_unit(session, sheet, f"reopened:{sheet.revision}", words, now, timezone)
        tell_appraisers(session, sheet, f"reopened:{sheet.revision}", f"{sheet.unit.name}: {words}", now, timezone)
    return opened


def look_at_evidence(session: Session, *, now: datetime, timezone: ZoneInfo, sheet_ids: Collection[str]) -> list[str]:
    """`refresh_evidence` for sheets somebody is about to move, in a transaction of its own: what is found stays found when
    the move is refused because of it."""
    return [
        code
        for sheet_id in sheet_ids
        for code in refresh_evidence(session, load_sheet(session, sheet_id), now=now, timezone=timezone)
    ]


def _check_second_opinion(session: Session, sheet: ScoreSheet) -> None:
    if sheet.control_id is None:
        return
    done = session.scalar(
        select(ScoreReview.id).where(
            ScoreReview.sheet_id == sheet.id,
            ScoreReview.kind == ReviewKind.CONTROL,
            ScoreReview.giver == sheet.control_id,
            ScoreReview.handed_in_at.is_not(None),
        )
    )
    if done is None:
        raise Invalid("Phiếu này được chọn thẩm định đối chứng; người thẩm định thứ hai chưa gửi kết quả.")


def _pool(session: Session, actor: Viewer, now: datetime, sheet: ScoreSheet) -> None:
    """In cross scoring the members' points, pooled by the rubric's rule, are the appraisal."""
    method = rules_from_plain(sheet.rubric.rules).pooling
    if method is Pooling.NONE:
        method = Pooling.MEDIAN
    rows = session.execute(
        select(ScoreReviewEntry.code, ScoreReviewEntry.value)
        .join(ScoreReview, ScoreReview.id == ScoreReviewEntry.review_id)
        .where(
            ScoreReview.sheet_id == sheet.id,
            ScoreReview.kind == ReviewKind.CROSS,
            ScoreReview.handed_in_at.is_not(None),
            # A unit that left the cluster does not score it any more.
            ScoreReview.giver.in_(select(ScoreSheet.unit_id).where(ScoreSheet.round_id == sheet.round_id)),
        )
    ).all()
    points: dict[str, list[Entry]] = {}
    for code, value in rows:
        points.setdefault(code, []).append(entry_from_plain(value))
    if not points:
        raise Invalid("Chưa thành viên nào chấm chéo xong phiếu này.")
    words = f"{method.label} của các thành viên"
    proofs = list_proofs(session, [sheet], list_entries(session, sheet), viewer=None)[sheet.id]
    nodes = {leaf.code: leaf for leaf in scheme_of(sheet.rubric).leaves()}
    for row in list_entries(session, sheet):
        given = [one.points for one in points.get(row.code, []) if one.points is not None]
        if not given:
            continue
        # Eight decimals at most: far finer than any rubric rounds to.
        row.appraisal = entry_as_plain(Entry(points=pool(method, given), words=words[:200]))
        row.appraisal_reason = f"Chấm chéo: {len(given)} thành viên."
        row.appraised_by, row.reopened = actor.id, None
        row.evidence = [one.frozen for one in proofs_of(proofs, nodes[row.code].criterion, row.id)]
        change(session, actor, now, sheet, row, "appraisal", row.appraisal, row.appraisal_reason)
