"""Appeals: a unit asks, in time, for a published point to be looked at again; the council answers."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid, NotFound
from webapp.models import AppealOutcome, Role, ScoreAppeal, ScoreEntry
from webapp.permissions import Permission, Viewer, ensure
from webapp.scoring.sheets.entries import (
    LONGEST,
    in_time,
    load_sheet,
    log,
    tell_unit,
    tell_ward,
)


def raise_appeal(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, sheet_id: str, code: str, text: str
) -> ScoreAppeal:
    """The unit's head asks for a published point, or the whole, to be looked at again."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_APPEAL, sheet)
    if sheet.round.final_at is not None:
        raise Invalid("Kết quả đã chính thức nên không kiến nghị được nữa.")
    in_time(sheet, "appeal", now, timezone)
    if not text.strip():
        raise Invalid({"text": "Hãy nêu nội dung kiến nghị."})
    codes = set(session.scalars(select(ScoreEntry.code).where(ScoreEntry.sheet_id == sheet_id)))
    if code and code not in codes:
        raise Invalid({"code": "Không có mục này trong phiếu điểm."})
    appeal = ScoreAppeal(sheet_id=sheet_id, code=code, text=text.strip()[:LONGEST], raised_by=actor.id, raised_at=now)
    session.add(appeal)
    session.flush()
    log(session, actor, now, "score.appeal", sheet, {"part": code})
    words = f"{sheet.unit.name} kiến nghị về kết quả chấm điểm{f', mục {code}' if code else ''}."
    roles = (Role.COUNCIL, Role.STANDING_OFFICE)
    tell_ward(session, sheet, roles, f"appeal:{appeal.id}:raised", words, now, timezone)
    return appeal


def answer_appeal(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    appeal_id: str,
    outcome: AppealOutcome | None,
    answer: str,
) -> ScoreAppeal:
    """The council's answer. One that is upheld leads to the round being opened and moderated, with reasons of its own."""
    appeal = session.get(ScoreAppeal, appeal_id)
    if appeal is None:
        raise NotFound(kind="score-sheet", key=appeal_id)
    sheet = load_sheet(session, appeal.sheet_id)
    ensure(actor, Permission.APPEAL_HEAR, sheet)
    if appeal.answered_at is not None:
        raise Invalid("Kiến nghị này đã được trả lời.")
    if outcome is None:
        raise Invalid({"outcome": "Hãy chọn chấp nhận hay không."})
    if not answer.strip():
        raise Invalid({"answer": "Hãy ghi lý do trả lời."})
    appeal.outcome, appeal.answer = outcome, answer.strip()[:LONGEST]
    appeal.answered_by, appeal.answered_at = actor.id, now
    session.flush()
    log(session, actor, now, "score.answer-appeal", sheet, {"part": appeal.code, "to": outcome.value})
    words = f"Kiến nghị của đơn vị đã được trả lời: {outcome.label.lower()}."
    tell_unit(session, sheet, f"appeal:{appeal.id}", words, now, timezone)
    if outcome is AppealOutcome.UPHELD:
        words = f"Kiến nghị của {sheet.unit.name} được chấp nhận: cần rút công bố, điều chỉnh điểm rồi công bố lại."
        roles = (Role.STANDING_OFFICE, Role.LEADERSHIP)
        tell_ward(session, sheet, roles, f"appeal:{appeal.id}:upheld", words, now, timezone)
    return appeal
