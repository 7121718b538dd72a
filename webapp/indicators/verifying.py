"""What those do who verify a sheet: each indicator, returning, giving it to the unit, concluding."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.core.errors import Invalid, Refused
from webapp.indicators import rules
from webapp.indicators.concluding import conclude
from webapp.indicators.entries import (
    Spoken,
    at_revision,
    checked,
    entries_of,
    entry_for,
    keep,
    leaf_of,
    load_sheet,
    log,
    move,
    words_of,
)
from webapp.indicators.notes import settle_sheet, tell_unit
from webapp.indicators.rows import items_of
from webapp.indicators.scheme import Item
from webapp.models import IndicatorEntry, IndicatorSheet, IndicatorSheetState
from webapp.permissions import Permission, Viewer, can, ensure


def may_verify(actor: Viewer, sheet: IndicatorSheet, item: Item) -> bool:
    """The office any indicator, a verifying unit those that name it."""
    if not can(actor, Permission.INDICATOR_SHEET_VERIFY, sheet):
        return False
    if can(actor, Permission.INDICATOR_SHEET_CONCLUDE, sheet):
        return True
    return sheet.state is IndicatorSheetState.SUBMITTED and item.verifier_unit_id in actor.own_units


def save_verified(session: Session, *, actor: Viewer, now: datetime, spoken: Spoken) -> IndicatorEntry:
    """What was verified of one indicator; after explanations what is concluded of it. Raises Invalid, Conflict."""
    sheet = load_sheet(session, spoken.sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_VERIFY, sheet)
    item = leaf_of(sheet, spoken.indicator_id)
    if not may_verify(actor, sheet, item):
        raise Refused(f"Chỉ số {item.code} do “{item.verifier or 'cơ quan thường trực'}” xác minh.")
    plain = checked(item, spoken.said, sheet.set.decimals)
    entry = entry_for(session, sheet, item)
    if entry.own is None:
        raise Invalid(f"{item.code}: đơn vị chưa tự đánh giá chỉ số này.")
    if plain is not None and not plain["applies"] and not spoken.trimmed:
        raise Invalid({"text": "Không áp dụng thì cần ghi lý do."})
    second = sheet.state is IndicatorSheetState.EXPLAINED
    theirs = (entry.final, entry.final_reason) if second else (entry.verified, entry.verified_reason)
    if theirs == (plain, spoken.trimmed):
        return entry
    at_revision(item, entry, spoken.revision, theirs, (plain, spoken.trimmed))
    by = actor.id if plain is not None else None
    if second:
        entry.final, entry.final_reason, entry.final_by = plain, spoken.trimmed, by
    else:
        entry.verified, entry.verified_reason, entry.verified_by = plain, spoken.trimmed, by
    keep(session, actor, now, sheet, entry, "final" if second else "verified", plain, spoken.trimmed)
    return entry


def accept_rest(session: Session, *, actor: Viewer, now: datetime, sheet_id: str) -> int:
    """What is not verified yet, and the actor may, is as the unit says. How many these were."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_VERIFY, sheet)
    if sheet.state is not IndicatorSheetState.SUBMITTED:
        raise Invalid("Chỉ chấp nhận hàng loạt khi phiếu đang chờ thẩm định.")
    entries, count = entries_of(session, sheet), 0
    for item in items_of(sheet.set):
        entry = entries.get(item.code)
        if entry is None or entry.own is None or entry.verified is not None or not may_verify(actor, sheet, item):
            continue
        entry.verified, entry.verified_reason, entry.verified_by = entry.own, "", actor.id
        keep(session, actor, now, sheet, entry, "verified", entry.own, "")
        count += 1
    return count


def return_sheet(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, reason: str
) -> None:
    """Back to the unit to be put right. What was verified stays where the unit changes nothing."""
    sheet = _for_concluding(session, actor, sheet_id)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do trả lại, để đơn vị biết cần sửa gì."})
    sheet.state, sheet.state_reason = move(sheet, "return"), reason.strip()
    session.flush()
    log(session, actor, now, "indicator-sheet.return", sheet, reason=reason)
    _tell(session, sheet, "returned", "được trả lại để đánh giá lại: " + reason.strip()[:200], now, timezone)


def deliver(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str) -> None:
    """The unit reads what was verified, and answers."""
    sheet = _for_concluding(session, actor, sheet_id)
    if left := rules.before_delivering(words_of(session, sheet)):
        raise Invalid("Chưa gửi được: " + " ".join(left[:6]) + (" …" if len(left) > 6 else ""))
    sheet.state = move(sheet, "deliver")
    session.flush()
    log(session, actor, now, "indicator-sheet.deliver", sheet)
    _tell(session, sheet, "verified", "đã thẩm định; hãy đồng ý hoặc giải trình.", now, timezone)


def settle_explained(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str) -> None:
    """Explanations are answered: the sheet is final."""
    sheet = _for_concluding(session, actor, sheet_id)
    if left := rules.before_settling(words_of(session, sheet)):
        raise Invalid("Chưa kết luận được: " + " ".join(left[:6]))
    sheet.state = move(sheet, "settle")
    conclude(session, sheet)
    session.flush()
    log(session, actor, now, "indicator-sheet.settle", sheet)
    _tell(session, sheet, "settled", "đã có kết luận.", now, timezone)


def lapse(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, reason: str) -> None:
    """The unit did not answer: what was verified stands."""
    sheet = _for_concluding(session, actor, sheet_id)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do, ví dụ: quá hạn trả lời."})
    sheet.state = move(sheet, "lapse")
    conclude(session, sheet)
    session.flush()
    log(session, actor, now, "indicator-sheet.lapse", sheet, reason=reason)
    _tell(session, sheet, "settled", "được kết luận theo kết quả thẩm định: " + reason.strip()[:200], now, timezone)


def reopen(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, reason: str) -> None:
    """A final sheet that is not published is looked at again."""
    sheet = _for_concluding(session, actor, sheet_id)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do mở lại."})
    sheet.state, sheet.result = move(sheet, "reopen"), None
    session.flush()
    log(session, actor, now, "indicator-sheet.reopen", sheet, reason=reason)
    _tell(session, sheet, "reopened", "được mở lại để kết luận lại: " + reason.strip()[:200], now, timezone)


def _for_concluding(session: Session, actor: Viewer, sheet_id: str) -> IndicatorSheet:
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_CONCLUDE, sheet)
    return sheet


def _tell(session: Session, sheet: IndicatorSheet, cause: str, words: str, now: datetime, timezone: ZoneInfo) -> None:
    settle_sheet(session, sheet, now)
    text = f"Phiếu chỉ số năm {sheet.year} {words}"
    tell_unit(session, sheet, f"{cause}:{sheet.revision}", text, now, timezone)
