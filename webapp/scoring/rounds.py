"""A cluster's round: opening, members, windows, who appraises, closing, publishing, making final."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.audit import record
from webapp.core.errors import Invalid, NotFound
from webapp.models import (
    AppealOutcome,
    Cluster,
    ClusterMember,
    Movement,
    Role,
    RoundState,
    Rubric,
    RubricState,
    ScoreAppeal,
    ScoreChange,
    ScoreEntry,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Unit,
)
from webapp.notices.service import people_with, tell
from webapp.permissions import Permission, Subject, Viewer, ensure, subject_of
from webapp.permissions.predicates import kept_from_scoring
from webapp.scoring import rules
from webapp.scoring.appraising import refresh_evidence
from webapp.scoring.entries import change, list_entries, log, tell_unit
from webapp.scoring.pooling import Pooling
from webapp.scoring.results import drop_results, store_results
from webapp.scoring.rubric_rules import rules_from_plain
from webapp.scoring.service import scheme_of


def open_round(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    movement_id: str,
    cluster_id: str,
    year: int,
    windows: Mapping[str, date],
) -> ScoreRound:
    """The cluster's round of a year with a sheet for each member that a rubric in force is for; made once."""
    ensure(actor, Permission.ROUND_MANAGE, Subject(kind="score-round", movement_id=movement_id, overseen=True))
    movement, cluster = session.get(Movement, movement_id), session.get(Cluster, cluster_id)
    if movement is None or cluster is None:
        raise NotFound(kind="score-round", key=cluster_id)
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid({"year": f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}."})
    same = (ScoreRound.cluster_id == cluster_id, ScoreRound.movement_id == movement_id, ScoreRound.year == year)
    if session.scalar(select(ScoreRound.id).where(*same)) is not None:
        raise Invalid({"cluster_id": f"Kỳ chấm năm {year} của {cluster.name} đã được mở."})
    round_ = ScoreRound(
        movement_id=movement_id,
        cluster_id=cluster_id,
        year=year,
        state=RoundState.OPEN,
        windows=_checked_windows(windows),
        created_by=actor.id,
        created_at=now,
        sheets=[],
    )
    session.add(round_)
    session.flush()
    log_round(session, actor, now, "round.open", round_, {})
    if not _take_in(session, actor, now, round_):
        raise Invalid(
            {"cluster_id": f"{cluster.name} chưa có đơn vị nào trong năm {year} mà thang điểm đang áp dụng nhắm tới."}
        )
    return round_


def update_members(session: Session, *, actor: Viewer, now: datetime, round_id: str) -> int:
    """Take in units that joined the cluster; one that comes from another cluster brings its sheet. Returns how many."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_MANAGE, round_)
    _must_be(round_, RoundState.OPEN)
    return _take_in(session, actor, now, round_)


def _take_in(session: Session, actor: Viewer, now: datetime, round_: ScoreRound) -> int:
    members = session.scalars(
        select(ClusterMember)
        .where(ClusterMember.cluster_id == round_.cluster_id, ClusterMember.year == round_.year)
        .options(joinedload(ClusterMember.unit))
    ).all()
    rubrics = {
        kind: rubric
        for rubric in session.scalars(
            select(Rubric).where(
                Rubric.movement_id == round_.movement_id,
                Rubric.year == round_.year,
                Rubric.state == RubricState.IN_FORCE,
            )
        )
        for kind in rubric.unit_kinds
    }
    there = {
        sheet.unit_id: sheet
        for sheet in session.scalars(
            select(ScoreSheet)
            .where(
                ScoreSheet.movement_id == round_.movement_id,
                ScoreSheet.year == round_.year,
                ScoreSheet.unit_id.in_([member.unit_id for member in members]),
            )
            .options(joinedload(ScoreSheet.round))
        )
    }
    taken = 0
    for member in members:
        sheet, rubric = there.get(member.unit_id), rubrics.get(member.unit.kind.value)
        if sheet is not None:
            taken += _move_here(session, actor, now, round_, sheet)
        elif rubric is not None and member.unit.dissolved_on is None:
            _add_sheet(session, actor, now, round_, member.unit_id, rubric)
            taken += 1
    session.flush()
    session.expire(round_, ["sheets"])
    session.scalars(select(ScoreRound).where(ScoreRound.id == round_.id).options(selectinload(ScoreRound.sheets))).one()
    return taken


def _move_here(session: Session, actor: Viewer, now: datetime, round_: ScoreRound, sheet: ScoreSheet) -> bool:
    """A unit that changed its cluster; those asked to appraise it were of the other one."""
    if sheet.round_id == round_.id or sheet.round.state is not RoundState.OPEN:
        return False
    before = sheet.cluster_id
    sheet.round_id, sheet.cluster_id = round_.id, round_.cluster_id
    sheet.appraiser_id = sheet.control_id = None
    sheet.appraiser_by = ""
    session.flush()
    log(session, actor, now, "score.move", sheet, {"from": before, "to": round_.cluster_id})
    return True


def _add_sheet(
    session: Session, actor: Viewer, now: datetime, round_: ScoreRound, unit_id: str, rubric: Rubric
) -> ScoreSheet:
    sheet = ScoreSheet(
        round_id=round_.id,
        movement_id=round_.movement_id,
        unit_id=unit_id,
        cluster_id=round_.cluster_id,
        rubric_id=rubric.id,
        year=round_.year,
        state=SheetState.DRAFT,
        cross=rules_from_plain(rubric.rules).pooling is not Pooling.NONE,
        extensions={},
        created_at=now,
    )
    session.add(sheet)
    session.flush()
    session.add_all(
        ScoreEntry(sheet_id=sheet.id, code=leaf.code, position=place, attached=[], evidence=[])
        for place, leaf in enumerate(scheme_of(rubric).leaves())
    )
    session.flush()
    log(session, actor, now, "score.make", sheet, {})
    return sheet


def set_windows(
    session: Session, *, actor: Viewer, now: datetime, round_id: str, windows: Mapping[str, date], reason: str
) -> ScoreRound:
    """Last days of the stages. Once a day is set, changing it needs a reason, which the log keeps."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_MANAGE, round_)
    checked = _checked_windows(windows)
    if round_.windows and checked != round_.windows and not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do thay đổi thời hạn đã đặt."})
    if checked != round_.windows:
        round_.windows = checked
        session.flush()
        log_round(session, actor, now, "round.windows", round_, {**checked}, reason.strip())
    return round_


def _checked_windows(windows: Mapping[str, date]) -> dict[str, str]:
    if odd := set(windows) - set(rules.STAGES):
        raise Invalid(f"Không có công đoạn {', '.join(sorted(odd))}.")
    days = [(stage, windows[stage]) for stage in rules.STAGES if stage in windows]
    for (_, before), (stage, day) in pairwise(days):
        if day < before:
            raise Invalid({f"window-{stage}": f"“{rules.STAGES[stage]}” không thể hết hạn trước công đoạn đứng trên."})
    return {stage: day.isoformat() for stage, day in days}


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
    log_round(session, actor, now, "round.close", round_, {"total": len(taking_part)})
    _tell_of_close(session, round_, now, timezone)
    return round_


def _tell_of_close(session: Session, round_: ScoreRound, now: datetime, timezone: ZoneInfo) -> None:
    """Council and office go on from here; ranks are not in the letter."""
    today = now.astimezone(timezone).date()
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
    log_round(session, actor, now, f"round.{name}", round_, {}, reason.strip()[:4000])
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
    log_round(session, actor, now, "round.publish", round_, {})
    for sheet in round_.sheets:
        words = f"Đã công bố kết quả chấm điểm năm {round_.year}."
        tell_unit(session, _with_unit(session, sheet), f"published:{round_.revision}", words, now, timezone)
    return round_


def finalise_round(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, round_id: str) -> ScoreRound:
    """The result stands: the time for appeals is over and each is answered."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_PUBLISH, round_)
    state = _round_move(round_, "finalise")
    days = [rules.last_day("appeal", round_.windows, sheet.extensions) for sheet in round_.sheets]
    last = max((day for day in days if day is not None), default=None)
    if last is None:
        raise Invalid("Hãy đặt thời hạn kiến nghị trước; kết quả chính thức sau khi hết thời hạn ấy.")
    if now.astimezone(timezone).date() <= last:
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
    log_round(session, actor, now, "round.finalise", round_, {})
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
            sheet.state = rules.SHEET_MOVES[sheet.state, name]
    session.flush()


def _round_move(round_: ScoreRound, name: str) -> RoundState:
    try:
        return rules.ROUND_MOVES[round_.state, name]
    except KeyError as error:
        raise Invalid(
            f"Kỳ chấm đang ở trạng thái “{round_.state.label}” nên không thực hiện được thao tác này."
        ) from error


def _must_be(round_: ScoreRound, state: RoundState) -> None:
    if round_.state is not state:
        raise Invalid(f"Kỳ chấm đang ở trạng thái “{round_.state.label}” nên không thực hiện được thao tác này.")


def load_round(session: Session, round_id: str) -> ScoreRound:
    """With cluster and sheets, for whoever then asks whether the actor may."""
    round_ = session.scalar(
        select(ScoreRound)
        .where(ScoreRound.id == round_id)
        .options(joinedload(ScoreRound.cluster), selectinload(ScoreRound.sheets))
    )
    if round_ is None:
        raise NotFound(kind="score-round", key=round_id)
    return round_


def _with_unit(session: Session, sheet: ScoreSheet) -> ScoreSheet:
    return session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.id == sheet.id)
        .options(joinedload(ScoreSheet.unit), joinedload(ScoreSheet.rubric), joinedload(ScoreSheet.round))
    ).one()


def log_round(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    round_: ScoreRound,
    details: Mapping[str, str | int | None],
    reason: str = "",
) -> None:
    record(
        session,
        actor=actor,
        now=now,
        action=action,
        object_kind="score-round",
        object_id=round_.id,
        details={"year": round_.year, **details},
        reason=reason,
    )
