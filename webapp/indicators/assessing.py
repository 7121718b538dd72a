"""What a unit does with its sheet: assess, choose the papers that show it, hand in, explain, answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Conflict, Invalid
from webapp.documents.retention import begin_term
from webapp.indicators import rules
from webapp.indicators.concluding import conclude
from webapp.indicators.entries import (
    LONGEST,
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
from webapp.indicators.notes import settle_sheet, tell_verifiers
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Document,
    DocumentKind,
    DocumentState,
    IndicatorEntry,
    IndicatorSetState,
    IndicatorSheet,
    IndicatorSheetState,
    JobKind,
)
from webapp.permissions import Permission, Viewer, ensure


def save_own(session: Session, *, actor: Viewer, now: datetime, spoken: Spoken) -> IndicatorEntry:
    """What the unit says of one indicator. Raises Invalid, and Conflict with both values."""
    sheet = load_sheet(session, spoken.sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_WRITE, sheet)
    item = leaf_of(sheet, spoken.indicator_id)
    plain = checked(item, spoken.said, sheet.set.decimals)
    entry = entry_for(session, sheet, item)
    if (plain, spoken.trimmed) == (entry.own, entry.own_comment):
        return entry
    at_revision(item, entry, spoken.revision, (entry.own, entry.own_comment), (plain, spoken.trimmed))
    entry.own, entry.own_comment = plain, spoken.trimmed
    # What was verified was of something else.
    entry.verified, entry.verified_reason, entry.verified_by = None, "", None
    keep(session, actor, now, sheet, entry, "own", plain, spoken.trimmed)
    return entry


def choose_documents(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    sheet_id: str,
    indicator_id: str,
    before: Collection[str],
    document_ids: Collection[str],
) -> None:
    """The unit's own papers of the year that show an indicator; `before` is what the page showed as chosen."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_WRITE, sheet)
    item = leaf_of(sheet, indicator_id)
    own = {document.id for document in choosable(session, sheet, actor)}
    if not own.issuperset(document_ids):
        raise Invalid("Chỉ chọn được văn bản của đơn vị trong năm này.")
    entry = entry_for(session, sheet, item)
    wanted = sorted(set(document_ids))
    if sorted(before) != sorted(entry.attached) and wanted != sorted(entry.attached):
        raise Conflict("Người khác vừa chọn văn bản cho chỉ số này; lựa chọn của bạn chưa được lưu. Hãy chọn lại.")
    if wanted == sorted(entry.attached):
        return
    entry.attached = wanted
    if entry not in session:
        entry.revision = 1
        session.add(entry)
    session.flush()
    log(session, actor, now, "indicator-sheet.attach", sheet, {"part": item.code, "total": len(wanted)})


def choosable(session: Session, sheet: IndicatorSheet, actor: Viewer) -> Sequence[Document]:
    """Papers of the unit and year, newest first; for those of the unit, who read them all."""
    return session.scalars(
        select(Document)
        .where(
            Document.unit_id == sheet.unit_id,
            Document.unit_id.in_(actor.own_units),
            Document.year == sheet.year,
            Document.withdrawn_at.is_(None),
        )
        .order_by(Document.created_at.desc(), Document.id)
        .limit(200)
    ).all()


def submit_sheet(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str) -> None:
    """The head hands it in; its papers can from now on be read by those who verify."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_SUBMIT, sheet)
    if sheet.set.state is not IndicatorSetState.IN_FORCE:
        raise Invalid(
            "Kết quả của bộ chỉ số này đã công bố; muốn trình thêm, cơ quan thường trực thu hồi kết quả trước."
        )
    if left := rules.before_submitting(words_of(session, sheet)):
        raise Invalid("Chưa trình được: " + " ".join(left[:6]) + (" …" if len(left) > 6 else ""))
    sheet.state = move(sheet, "submit")
    sheet.submitted_at, sheet.state_reason = now, ""
    session.flush()
    _pass_documents(session, sheet, now, to=DocumentState.SUBMITTED)
    log(session, actor, now, "indicator-sheet.submit", sheet)
    settle_sheet(session, sheet, now)
    text = f"{sheet.unit.name} đã trình phiếu chỉ số năm {sheet.year}."
    tell_verifiers(session, sheet, f"submitted:{sheet.revision}", text, now, timezone)


def _pass_documents(session: Session, sheet: IndicatorSheet, now: datetime, *, to: DocumentState) -> None:
    ids = {one for entry in entries_of(session, sheet).values() for one in entry.attached}
    documents = session.scalars(
        select(Document).where(
            Document.id.in_(ids),
            Document.unit_id == sheet.unit_id,
            Document.kind == DocumentKind.EVIDENCE,
            Document.withdrawn_at.is_(None),
            Document.state.in_((DocumentState.DRAFT, DocumentState.RETURNED)),
        )
    ).all()
    for document in documents:
        document.state = to
        begin_term(session, document)
    session.flush()
    if documents:
        enqueue(session, JobKind.INDEX, [search_key("document", document.id) for document in documents], now=now)


def explain(session: Session, *, actor: Viewer, now: datetime, spoken: Spoken) -> IndicatorEntry:
    """The unit's answer to one differing indicator, kept until the head sends them all."""
    sheet = load_sheet(session, spoken.sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_EXPLAIN, sheet)
    if sheet.state is not IndicatorSheetState.VERIFIED:
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không giải trình được nữa.")
    item = leaf_of(sheet, spoken.indicator_id)
    entry = entry_for(session, sheet, item)
    text = spoken.trimmed[:LONGEST]
    if text == entry.explanation:
        return entry
    if entry.verified == entry.own:
        raise Invalid("Chỉ giải trình chỉ số mà kết quả thẩm định khác kết quả tự đánh giá.")
    if entry.revision != spoken.revision:
        raise Conflict(theirs={"Giải trình": entry.explanation}, mine={"Giải trình": text})
    entry.explanation = text
    keep(session, actor, now, sheet, entry, "explanation", None, text)
    return entry


def answer(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, agrees: bool) -> None:
    """The head sends the explanations, or agrees with all that was verified."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.INDICATOR_SHEET_ANSWER, sheet)
    explained = [word.code for word in words_of(session, sheet) if word.explanation]
    if not agrees and not explained:
        raise Invalid("Chưa có chỉ số nào được giải trình. Nếu đồng ý với kết quả, hãy chọn “Đồng ý với kết quả”.")
    if agrees and explained:
        raise Invalid(f"Đang có giải trình ở {', '.join(explained[:5])}. Hãy gửi giải trình, hoặc xóa trước.")
    sheet.state = move(sheet, "agree" if agrees else "explain")
    if agrees:
        conclude(session, sheet)
    session.flush()
    log(session, actor, now, "indicator-sheet.agree" if agrees else "indicator-sheet.explain", sheet)
    settle_sheet(session, sheet, now)
    said = "đồng ý với kết quả thẩm định chỉ số." if agrees else f"giải trình {len(explained)} chỉ số."
    tell_verifiers(session, sheet, f"answered:{sheet.revision}", f"{sheet.unit.name} {said}", now, timezone)
