"""Closing a cluster's round, opening it again, publishing it, making it final."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.errors import Invalid
from webapp.models import (
    AppealOutcome,
    Role,
    RoundState,
    ScoreAppeal,
    ScoreChange,
    ScoreEntry,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Unit,
)
from webapp.notices.service import people_with, settle, tell
from webapp.permissions import Permission, Viewer, ensure, subject_of
from webapp.permissions.predicates import kept_from_scoring
from webapp.scoring.rounds import rules
from webapp.scoring.rounds.loading import load_round
from webapp.scoring.rounds.results import drop_results, store_results
from webapp.scoring.sheets import rules as sheet_rules
from webapp.scoring.sheets.appraising import refresh_evidence
from webapp.scoring.sheets.entries import change, list_entries, tell_unit


def close_round(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, round_id: str) -> ScoreRound:
    """Freeze all sheets of the cluster at once and work out points relative to the best, ranks and titles."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_CLOSE, round_)
    state = _round_move(round_, "close")
    for sheet in list(round_.sheets):
        refresh_evidence(session, _with_unit(session, sheet), now=now, timezone=timezone)
    taking_part = [sheet for sheet in round_.sheets if sheet.state is not SheetState.EXCUSED]
    if left := [sheet for sheet in taking_part if sheet.state is not SheetState.SETTLED]:
        # Whoever closes does not follow the stage of the own unit.
        seen = [sheet for sheet in left if not kept_from_scoring(actor, subject_of(sheet))]
        names = ", ".join(sorted(_with_unit(session, sheet).unit.name for sheet in seen)[:8])
        raise Invalid(
            f"Còn {len(left)} đơn vị chưa xong thẩm định nên cụm chưa chốt được{': ' if names else ''}{names}. "
            "Đơn vị không tham gia năm nay thì cơ quan thường trực chọn “Gia hạn, miễn chấm”."
        )
    if not taking_part:
        raise Invalid("Không còn đơn vị nào để chốt.")
    _move_all(session, round_, state, "close", now)
    round_.closed_at = now
    store_results(session, round_, now=now)
    log_event(session, actor, now, "round.close", round_, {"total": len(taking_part)})
    _tell_of_close(session, round_, now, timezone)
    return round_


def _tell_of_close(session: Session, round_: ScoreRound, now: datetime, timezone: ZoneInfo) -> None:
    """Council and office go on from here; ranks are not in the letter."""
    today = ward_day(now, timezone)
    people: set[str] = set()
    for role in (Role.COUNCIL, Role.STANDING_OFFICE, Role.LEADERSHIP):
        people |= people_with(session, role, movement_id=round_.movement_id, now=now, today=today)
    text = f"{round_.cluster.name} đã chốt điểm năm {round_.year}; chờ Hội đồng xem xét và công bố."
    key, link = f"round:{round_.id}:closed:{round_.revision}", f"/scores/rounds/{round_.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)


def reopen_round(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, round_id: str, reason: str
) -> ScoreRound:
    """Take back the closing, or what was published, with a reason everybody of the cluster is told."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_REOPEN, round_)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do mở lại."})
    name = "withdraw" if round_.state is RoundState.PUBLISHED else "open"
    _move_all(session, round_, _round_move(round_, name), name, now)
    round_.reopen_reason = reason.strip()[:4000]
    if name == "open":
        drop_results(session, round_)
        _forget_decisions(session, actor, now, round_)
    session.flush()
    log_event(session, actor, now, f"round.{name}", round_, {}, reason=reason.strip()[:4000])
    for sheet in round_.sheets:
        words = f"Kỳ chấm năm {round_.year} được mở lại: {reason.strip()}"
        tell_unit(session, _with_unit(session, sheet), f"reopened-round:{round_.revision}", words, now, timezone)
    return round_


def _forget_decisions(session: Session, actor: Viewer, now: datetime, round_: ScoreRound) -> None:
    """What the council said of closed scores it says again of those that come: they may be others."""
    for sheet in round_.sheets:
        sheet.tie_order, sheet.tie_reason, sheet.tie_mark = None, "", ""
        for row in list_entries(session, sheet):
            if row.moderated is not None:
                row.moderated, row.moderated_reason, row.moderated_by = None, "", None
                change(session, actor, now, sheet, row, "moderated", None, "Kỳ chấm được mở lại.")


def publish_round(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, round_id: str) -> ScoreRound:
    """Everyone signed in reads the result from now on; units may appeal within the window."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_PUBLISH, round_)
    _move_all(session, round_, _round_move(round_, "publish"), "publish", now)
    round_.published_at = now
    store_results(session, round_, now=now)
    settle(session, now=now, causes=[f"round:{round_.id}:closed:"])
    log_event(session, actor, now, "round.publish", round_, {})
    for sheet in round_.sheets:
        words = f"Đã công bố kết quả chấm điểm năm {round_.year}."
        tell_unit(session, _with_unit(session, sheet), f"published:{round_.revision}", words, now, timezone)
    return round_


def finalise_round(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, round_id: str) -> ScoreRound:
    """The result stands: the time for appeals is over and each is answered."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_PUBLISH, round_)
    state = _round_move(round_, "finalise")
    days = [sheet_rules.last_day("appeal", round_.windows, sheet.extensions) for sheet in round_.sheets]
    last = max((day for day in days if day is not None), default=None)
    if last is None:
        raise Invalid("Hãy đặt thời hạn kiến nghị trước; kết quả chính thức sau khi hết thời hạn ấy.")
    if ward_day(now, timezone) <= last:
        raise Invalid(f"Các đơn vị còn được kiến nghị đến hết ngày {last:%d/%m/%Y}.")
    waiting = session.scalar(
        select(ScoreAppeal.id)
        .join(ScoreSheet, ScoreSheet.id == ScoreAppeal.sheet_id)
        .where(ScoreSheet.round_id == round_id, ScoreAppeal.answered_at.is_(None))
    )
    if waiting is not None:
        raise Invalid("Còn kiến nghị chưa được trả lời.")
    if left := _unheeded(session, round_):
        raise Invalid(f"Kiến nghị đã được chấp nhận nhưng điểm chưa được điều chỉnh: {', '.join(left)}.")
    _move_all(session, round_, state, "finalise", now)
    round_.final_at = now
    session.flush()
    log_event(session, actor, now, "round.finalise", round_, {})
    return round_


def _unheeded(session: Session, round_: ScoreRound) -> list[str]:
    """Units whose appeal was upheld and none of whose points was moderated since."""
    moderated = (
        select(ScoreChange.id)
        .join(ScoreEntry, ScoreEntry.id == ScoreChange.entry_id)
        .where(
            ScoreEntry.sheet_id == ScoreAppeal.sheet_id,
            ScoreChange.side == "moderated",
            ScoreChange.at >= ScoreAppeal.answered_at,
        )
    )
    names = session.scalars(
        select(Unit.name)
        .join(ScoreSheet, ScoreSheet.unit_id == Unit.id)
        .join(ScoreAppeal, ScoreAppeal.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.round_id == round_.id, ScoreAppeal.outcome == AppealOutcome.UPHELD, ~moderated.exists())
        .order_by(Unit.name)
    )
    return list(dict.fromkeys(names))


def _move_all(session: Session, round_: ScoreRound, state: RoundState, name: str, now: datetime) -> None:
    round_.state = state
    for sheet in round_.sheets:
        if sheet.state is not SheetState.EXCUSED:
            sheet.state = sheet_rules.SHEET_MOVES[sheet.state, name]
    session.flush()


def _round_move(round_: ScoreRound, name: str) -> RoundState:
    try:
        return rules.ROUND_MOVES[round_.state, name]
    except KeyError as error:
        raise Invalid(
            f"Kỳ chấm đang ở trạng thái “{round_.state.label}” nên không thực hiện được thao tác này."
        ) from error


def _with_unit(session: Session, sheet: ScoreSheet) -> ScoreSheet:
    return session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.id == sheet.id)
        .options(joinedload(ScoreSheet.unit), joinedload(ScoreSheet.rubric), joinedload(ScoreSheet.round))
    ).one()
