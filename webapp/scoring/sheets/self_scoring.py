"""What the unit itself does with its sheet: scoring itself, evidence, handing in, explaining, agreeing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.models import Evidence, ScoreChange, ScoreEntry, ScoreSheet, SheetState
from webapp.permissions import SYSTEM, Permission, Viewer, ensure
from webapp.scoring.points.scheme import entry_from_plain
from webapp.scoring.sheets import rules
from webapp.scoring.sheets.documents import hand_in_documents
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
    said_of,
    take_back,
    tell_appraisers,
)
from webapp.scoring.sheets.given_numbers import ensure_given


def save_self(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    word: Word,
) -> ScoreEntry:
    """The unit's own word on one criterion. Raises Conflict with both values when somebody else wrote it meanwhile."""
    sheet, row, node = load_entry(session, word.sheet_id, word.entry_id)
    ensure(actor, Permission.SHEET_WRITE, sheet)
    in_time(sheet, "self", now, timezone)
    ensure_given(session, sheet, node, word.entry)
    plain = checked(node, word.entry)
    comment = word.trimmed
    if plain == row.self_entry and comment == row.self_comment:
        return row
    at_revision(row, word.revision, "self", node, plain, comment)
    row.self_entry, row.self_comment = plain, comment
    change(session, actor, now, sheet, row, "self", plain, comment)
    return row


def undo_self(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    sheet_id: str,
    entry_id: str,
    revision: int,
    no: int,
) -> ScoreEntry:
    """Say again what the unit said in its change `no`."""
    sheet, row, _ = load_entry(session, sheet_id, entry_id)
    ensure(actor, Permission.SHEET_WRITE, sheet)
    kept = session.scalar(
        select(ScoreChange).where(ScoreChange.entry_id == row.id, ScoreChange.no == no, ScoreChange.side == "self")
    )
    if kept is None:
        raise NotFound(kind="score-sheet", key=entry_id)
    return save_self(
        session,
        actor=actor,
        now=now,
        timezone=timezone,
        word=Word(
            sheet_id=sheet_id,
            entry_id=entry_id,
            revision=revision,
            entry=entry_from_plain(kept.value) if kept.value is not None else None,
            text=kept.text,
        ),
    )


def choose_evidence(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    sheet_id: str,
    entry_id: str,
    before: Collection[str],
    evidence_ids: Collection[str],
) -> ScoreEntry:
    """Evidence for an entry beside that of its criterion's checklist item; only the unit's own of that year. `before` is
    what the person saw chosen. Raises Conflict when somebody else chose meanwhile."""
    sheet, row, node = load_entry(session, sheet_id, entry_id)
    ensure(actor, Permission.SHEET_WRITE, sheet)
    in_time(sheet, "self", now, timezone)
    own = set(
        session.scalars(
            select(Evidence.id).where(
                Evidence.id.in_(set(evidence_ids)), Evidence.unit_id == sheet.unit_id, Evidence.year == sheet.year
            )
        )
    )
    if own != set(evidence_ids):
        raise Invalid("Chỉ chọn được minh chứng của đơn vị trong năm này.")
    if sorted(before) != row.attached and sorted(own) != row.attached:
        raise Conflict("Người khác vừa chọn minh chứng cho mục này; lựa chọn của bạn chưa được lưu. Hãy chọn lại.")
    if sorted(own) != row.attached:
        row.attached = sorted(own)
        session.flush()
        log(session, actor, now, "score.attach", sheet, {"part": node.code, "total": len(own)})
    return row


def submit_sheet(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str) -> ScoreSheet:
    """The head hands it in; its evidence can from now on be read by those who appraise."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_SUBMIT, sheet)
    in_time(sheet, "self", now, timezone)
    if left := rules.before_submitting(said_of(session, sheet)):
        raise Invalid("Chưa trình được: " + " ".join(left[:6]) + (" …" if len(left) > 6 else ""))
    sheet.state = move(sheet, "submit")
    sheet.submitted_at, sheet.state_reason = now, ""
    for row in list_entries(session, sheet):
        said = {"own": row.self_entry, "comment": row.self_comment}
        if row.appraisal is not None and row.handed != said:
            take_back(session, SYSTEM, now, sheet, row, "Đơn vị đã sửa mục này sau khi được trả lại.")
        row.handed = said
    session.flush()
    hand_in_documents(session, sheet, now)
    log(session, actor, now, "score.submit", sheet, {})
    end_notices(session, sheet, now)
    tell_appraisers(
        session, sheet, f"submitted:{sheet.revision}", f"{sheet.unit.name} đã trình phiếu điểm.", now, timezone
    )
    return sheet


def explain_entry(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    sheet_id: str,
    entry_id: str,
    revision: int,
    text: str,
) -> ScoreEntry:
    """The unit's answer to one differing item, kept until the head sends them all."""
    sheet, row, _ = load_entry(session, sheet_id, entry_id)
    ensure(actor, Permission.SHEET_EXPLAIN, sheet)
    if sheet.state is not SheetState.APPRAISED:
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không giải trình được nữa.")
    in_time(sheet, "explain", now, timezone)
    text = text.strip()[:LONGEST]
    if row.appraisal == row.self_entry and text:
        raise Invalid("Chỉ giải trình mục mà điểm thẩm định khác điểm tự chấm.")
    if text == row.explanation:
        return row
    ensure_fresh(row, revision, Conflict(theirs={"Giải trình": row.explanation}, mine={"Giải trình": text}))
    row.explanation = text
    change(session, actor, now, sheet, row, "explanation", None, text)
    return row


def answer_appraisal(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, agrees: bool
) -> ScoreSheet:
    """The head sends the explanations, or agrees with all points."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_ANSWER, sheet)
    entries = list_entries(session, sheet)
    explained = [row.code for row in entries if row.explanation]
    if not agrees and not explained:
        raise Invalid("Chưa có mục nào được giải trình. Nếu đồng ý với mọi điểm, hãy chọn “Đồng ý với mọi điểm”.")
    if agrees and explained:
        raise Invalid(
            f"Đang có giải trình ở {', '.join(explained[:5])}. Hãy gửi giải trình, hoặc xóa giải trình trước."
        )
    if not agrees:
        in_time(sheet, "explain", now, timezone)
    reopened = any(row.reopened for row in entries)
    # What has other evidence by now is appraised again, whatever the unit says of the rest.
    sheet.state = move(sheet, "agree" if agrees and not reopened else "explain")
    session.flush()
    log(session, actor, now, "score.agree" if agrees else "score.explain", sheet, {"total": len(explained)})
    words = "đồng ý với điểm thẩm định." if agrees else f"giải trình {len(explained)} mục."
    end_notices(session, sheet, now)
    tell_appraisers(session, sheet, f"answered:{sheet.revision}", f"{sheet.unit.name} {words}", now, timezone)
    return sheet
