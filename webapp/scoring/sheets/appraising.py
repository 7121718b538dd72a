"""What an appraiser does: returning, scoring item by item, giving the result, the second appraisal; and what happens
when evidence changes afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.core.errors import Invalid
from webapp.models import ScoreEntry, ScoreReview, ScoreReviewEntry, ScoreSheet, SheetState, Unit
from webapp.models.score import ReviewKind
from webapp.permissions import SYSTEM, Permission, Viewer, ensure
from webapp.scoring.points.pooling import Pooling, pool
from webapp.scoring.points.reckoning import reckon
from webapp.scoring.points.scheme import Entry, Node, entry_as_plain, entry_from_plain
from webapp.scoring.rubrics.queries import rules_of, scheme_of
from webapp.scoring.sheets import rules
from webapp.scoring.sheets.documents import give_back_documents
from webapp.scoring.sheets.entries import (
    LONGEST,
    Word,
    at_revision,
    change,
    checked,
    end_notices,
    in_time,
    list_entries,
    load_entry,
    load_sheet,
    log,
    move,
    points_of,
    said_of,
    tell_appraisers,
    tell_unit,
)
from webapp.scoring.sheets.evidence import Proof, list_proofs, proofs_of
from webapp.scoring.sheets.given_numbers import ensure_given

# While the sheet is in one of these, changed evidence opens an item again.
WATCHED = (SheetState.SUBMITTED, SheetState.APPRAISED, SheetState.EXPLAINED, SheetState.SETTLED)


def save_appraisal(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    word: Word,
    keep: bool = False,
) -> ScoreEntry:
    """The appraiser's word on one criterion, the first or, after explanations, the second. What evidence looked like is
    kept with it. `keep`: the second word is the first. Raises Conflict with both values when somebody else wrote it
    meanwhile."""
    sheet, row, node = load_entry(session, word.sheet_id, word.entry_id)
    ensure(actor, Permission.SHEET_APPRAISE, sheet)
    second = sheet.state is SheetState.EXPLAINED
    side = "second" if second else "appraisal"
    in_time(sheet, "second" if second else "appraise", now, timezone)
    if sheet.cross and not second:
        raise Invalid("Phiếu này chấm chéo: điểm thẩm định là điểm gộp của các thành viên.")
    if second and not (row.explanation or row.reopened or row.second):
        raise Invalid("Lần hai chỉ thẩm định mục có giải trình, có minh chứng thay đổi hoặc được mở lại.")
    if second and keep:
        plain = row.appraisal
    elif second and sheet.cross and word.entry is not None and word.entry.points is not None:
        plain = points_of(node, word.entry, "thẩm định lần hai")
    else:
        ensure_given(session, sheet, node, word.entry)
        plain = checked(node, word.entry)
    reason = word.trimmed
    before = (row.second, row.second_reason) if second else (row.appraisal, row.appraisal_reason)
    if (plain, reason) == before and not row.reopened:
        return row
    at_revision(row, word.revision, side, node, plain, reason)
    if second:
        row.second, row.second_reason, row.second_by = plain, reason, actor.id
    else:
        row.appraisal, row.appraisal_reason, row.appraised_by = plain, reason, actor.id
    proofs = list_proofs(session, [sheet], [row], viewer=None)[sheet.id]
    row.evidence = [one.frozen for one in proofs_of(proofs, node.criterion, row.id)]
    row.reopened = None
    change(session, actor, now, sheet, row, side, plain, reason)
    return row


def return_sheet(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    sheet_id: str,
    reason: str,
    until: date | None = None,
) -> ScoreSheet:
    """Give the sheet back before it is appraised, with a reason; `until` is the last day to correct it, needed when the
    time for scoring oneself is over and kept when it is longer than that."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_RETURN, sheet)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do trả lại để đơn vị biết cần sửa gì."})
    late = rules.too_late("self", ward_day(now, timezone), sheet.round.windows, sheet.extensions)
    if late and (until is None or until < ward_day(now, timezone)):
        raise Invalid({"until": "Thời hạn tự chấm đã hết; hãy cho đơn vị một ngày để sửa và trình lại."})
    if until is not None and until < ward_day(now, timezone):
        raise Invalid({"until": "Ngày này đã qua; hãy chọn một ngày sau hôm nay."})
    before = rules.last_day("self", sheet.round.windows, sheet.extensions)
    if until is not None and before is not None and until > before:
        sheet.extensions = {**sheet.extensions, "self": until.isoformat()}
    sheet.state, sheet.state_reason = move(sheet, "return"), reason.strip()[:LONGEST]
    # What others said of it was said of what is now being changed.
    for review in session.scalars(select(ScoreReview).where(ScoreReview.sheet_id == sheet.id)):
        review.handed_in_at = None
    session.flush()
    give_back_documents(session, sheet, now)
    log(session, actor, now, "score.return", sheet, {}, reason.strip()[:LONGEST])
    end_notices(session, sheet, now)
    last = rules.last_day("self", sheet.round.windows, sheet.extensions)
    until_when = f" Chậm nhất trình lại hết ngày {last:%d/%m/%Y}." if last is not None else ""
    words = f"Phiếu điểm được trả lại: {reason.strip()}{until_when}"
    tell_unit(session, sheet, f"returned:{sheet.revision}", words, now, timezone)
    return sheet


def deliver_appraisal(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str
) -> ScoreSheet:
    """Give the unit its appraised points, all of them at once."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_APPRAISE, sheet)
    if sheet.state is not SheetState.SUBMITTED:
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không thực hiện được thao tác này.")
    _check_second_opinion(session, sheet)
    if sheet.cross:
        _pool(session, actor, now, timezone, sheet)
    refresh_evidence(session, sheet, now=now, timezone=timezone)
    if left := rules.before_delivering(said_of(session, sheet)):
        raise Invalid("Chưa gửi được: " + " ".join(left[:6]) + (" …" if len(left) > 6 else ""))
    sheet.state, sheet.delivered_at = move(sheet, "deliver"), now
    session.flush()
    differing = len(_differing(session, sheet))
    log(session, actor, now, "score.deliver", sheet, {"total": differing})
    words = f"Đã có điểm thẩm định; {differing} mục khác điểm tự chấm." if differing else "Đã có điểm thẩm định."
    end_notices(session, sheet, now)
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
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không thực hiện được thao tác này.")
    if left := rules.before_settling(said_of(session, sheet)):
        raise Invalid("Chưa kết thúc được: " + " ".join(left[:6]))
    sheet.state = move(sheet, "settle")
    session.flush()
    log(session, actor, now, "score.settle", sheet, {})
    end_notices(session, sheet, now)
    tell_unit(session, sheet, f"settled:{sheet.revision}", "Giải trình của đơn vị đã được trả lời.", now, timezone)
    return sheet


def _lapse(session: Session, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet: ScoreSheet) -> ScoreSheet:
    ensure(actor, Permission.SHEET_ASSIGN, sheet)
    last = rules.last_day("explain", sheet.round.windows, sheet.extensions)
    if last is None or ward_day(now, timezone) <= last:
        until = f"; hạn trả lời đến hết ngày {last:%d/%m/%Y}" if last else ""
        raise Invalid(f"Đơn vị chưa trả lời điểm thẩm định{until}.")
    reopened = any(row.reopened for row in list_entries(session, sheet))
    # An item whose evidence changed is still to be appraised again.
    sheet.state = move(sheet, "explain" if reopened else "lapse")
    sheet.state_reason = "Đơn vị không trả lời trong thời hạn."
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
    opened: list[str] = []
    told = sheet.state is not SheetState.SUBMITTED
    for row in entries:
        if row.appraisal is None:
            continue
        present = [one.frozen for one in proofs_of(proofs, nodes[row.code].criterion, row.id)]
        changed = rules.changed_evidence(row.evidence, present)
        if changed and changed != row.reopened:
            row.reopened = changed
            session.flush()
            details = {"part": row.code, "was": changed[0]["was"], "now": changed[0]["now"]}
            log(session, SYSTEM, now, "score.reopen", sheet, details, of_unit=told)
            opened.append(row.code)
        elif not changed and row.reopened and not any("why" in one for one in row.reopened):
            row.reopened = None
    session.flush()
    if sheet.state is SheetState.SUBMITTED:
        opened += _reopen_opinions(session, sheet, entries, proofs, nodes)
    if opened:
        if sheet.state is SheetState.SETTLED:
            sheet.state = move(sheet, "reopen")
            session.flush()
        words = f"Minh chứng đã thay đổi sau khi thẩm định: {', '.join(opened)}; cần thẩm định lại."
        # Before the unit is given its points it does not learn which items are appraised.
        if told:
            tell_unit(session, sheet, f"reopened:{sheet.revision}", words, now, timezone)
        tell_appraisers(session, sheet, f"reopened:{sheet.revision}", f"{sheet.unit.name}: {words}", now, timezone)
    return opened


def _reopen_opinions(
    session: Session,
    sheet: ScoreSheet,
    entries: Sequence[ScoreEntry],
    proofs: dict[str, list[Proof]],
    nodes: Mapping[str, Node],
) -> list[str]:
    """An opinion handed in on other evidence than there is now is open again for its giver."""
    present = {
        row.code: [one.frozen for one in proofs_of(proofs, nodes[row.code].criterion, row.id)] for row in entries
    }
    codes: list[str] = []
    for review in session.scalars(
        select(ScoreReview).where(ScoreReview.sheet_id == sheet.id, ScoreReview.handed_in_at.is_not(None))
    ):
        changed = [code for code in present if rules.changed_evidence(review.evidence.get(code, []), present[code])]
        if changed:
            review.handed_in_at = None
            codes += [code for code in changed if code not in codes]
    session.flush()
    return codes


def reopen_sheet(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, code: str, reason: str
) -> ScoreSheet:
    """Open one criterion of a sheet whose appraisal had ended, with a reason, while the cluster is not closed."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_ASSIGN, sheet)
    row = next((one for one in list_entries(session, sheet) if one.code == code), None)
    if row is None:
        raise Invalid({"code": "Hãy chọn mục cần thẩm định lại."})
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do mở lại mục này."})
    if sheet.state is not SheetState.EXPLAINED:
        sheet.state = move(sheet, "reopen")
    row.reopened = [*(row.reopened or []), {"code": "", "was": "", "now": "", "why": reason.strip()[:LONGEST]}]
    session.flush()
    log(session, actor, now, "score.reopen", sheet, {"part": code}, reason.strip()[:LONGEST])
    words = f"Mục {code} được mở lại để thẩm định lần nữa: {reason.strip()}"
    tell_unit(session, sheet, f"again:{sheet.revision}", words, now, timezone)
    tell_appraisers(session, sheet, f"again:{sheet.revision}", f"{sheet.unit.name}: {words}", now, timezone)
    return sheet


def _differing(session: Session, sheet: ScoreSheet) -> list[str]:
    """Criteria whose points are not those the unit gave itself."""
    scheme, rows = scheme_of(sheet.rubric), list_entries(session, sheet)
    own = {row.code: entry_from_plain(row.self_entry) for row in rows if row.self_entry is not None}
    given = {row.code: entry_from_plain(row.appraisal) for row in rows if row.appraisal is not None}
    before = {line.node.code: line.points for line in reckon(scheme, own, relative=False).lines}
    return [
        line.node.code
        for line in reckon(scheme, given, relative=False).lines
        if line.node.is_leaf and line.points != before[line.node.code]
    ]


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


def _pool(session: Session, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet: ScoreSheet) -> None:
    """In cross scoring the members' points, pooled by the rubric's rule, are the appraisal.

    All members must have handed in; once the time for appraising is over, at least half of them, and two at least.
    """
    method = rules_of(sheet.rubric).pooling
    if method is Pooling.NONE:
        method = Pooling.MEDIAN
    others = session.execute(
        select(Unit.id, Unit.name)
        .join(ScoreSheet, ScoreSheet.unit_id == Unit.id)
        .where(
            ScoreSheet.round_id == sheet.round_id,
            ScoreSheet.unit_id != sheet.unit_id,
            ScoreSheet.state != SheetState.EXCUSED,
        )
        .order_by(Unit.name)
    ).all()
    rows = session.execute(
        select(ScoreReview.giver, ScoreReviewEntry.code, ScoreReviewEntry.value)
        .join(ScoreReview, ScoreReview.id == ScoreReviewEntry.review_id)
        .where(
            ScoreReview.sheet_id == sheet.id,
            ScoreReview.kind == ReviewKind.CROSS,
            ScoreReview.handed_in_at.is_not(None),
            # A unit that left the cluster does not score it any more.
            ScoreReview.giver.in_([unit_id for unit_id, _ in others]),
        )
    ).all()
    given_by = {giver for giver, _, _ in rows}
    missing = [name for unit_id, name in others if unit_id not in given_by]
    late = rules.too_late("appraise", ward_day(now, timezone), sheet.round.windows, sheet.extensions)
    enough = len(given_by) >= max(2, -(-len(others) // 2))
    if missing and not (late and enough):
        raise Invalid(
            f"Chưa hoàn thành chấm chéo: {', '.join(missing[:8])}. Khi hết thời hạn thẩm định, điểm được gộp nếu ít nhất một "
            "nửa số thành viên khác (và từ hai đơn vị) đã gửi."
        )
    points: dict[str, list[Decimal]] = {}
    for _, code, value in rows:
        entry = entry_from_plain(value)
        if entry.points is not None:
            points.setdefault(code, []).append(entry.points)
    entries = list_entries(session, sheet)
    proofs = list_proofs(session, [sheet], entries, viewer=None)[sheet.id]
    nodes = {leaf.code: leaf for leaf in scheme_of(sheet.rubric).leaves()}
    for row in entries:
        given = points.get(row.code)
        if not given:
            continue
        # Eight decimals at most: far finer than any rubric rounds to.
        row.appraisal = entry_as_plain(
            Entry(points=pool(method, given), words=f"{method.label} của các thành viên"[:200])
        )
        row.appraisal_reason = f"Chấm chéo: {len(given)} thành viên."
        row.appraised_by, row.reopened = actor.id, None
        row.evidence = [one.frozen for one in proofs_of(proofs, nodes[row.code].criterion, row.id)]
        change(session, actor, now, sheet, row, "appraisal", row.appraisal, row.appraisal_reason)
    if missing:
        log(session, actor, now, "score.pool", sheet, {"total": len(given_by), "missing": len(missing)}, of_unit=False)
