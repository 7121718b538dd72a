"""Opening a cluster's round: members with their sheets, last days of stages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound
from webapp.models import (
    Cluster,
    ClusterMember,
    Movement,
    RoundState,
    Rubric,
    RubricState,
    ScoreEntry,
    ScoreRound,
    ScoreSheet,
    SheetState,
)
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.rounds.loading import load_round, must_be
from webapp.scoring.rubrics.queries import rules_of, scheme_of
from webapp.scoring.sheets import rules as sheet_rules
from webapp.scoring.sheets.entries import log


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
    log_event(session, actor, now, "round.open", round_, {})
    if not _take_in(session, actor, now, round_):
        raise Invalid(
            {"cluster_id": f"{cluster.name} chưa có đơn vị nào trong năm {year} mà thang điểm đang áp dụng nhắm tới."}
        )
    return round_


def update_members(session: Session, *, actor: Viewer, now: datetime, round_id: str) -> int:
    """Take in units that joined the cluster; one that comes from another cluster brings its sheet. Returns how many."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_MANAGE, round_)
    must_be(round_, RoundState.OPEN)
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
        cross=rules_of(rubric).pooling is not Pooling.NONE,
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
        log_event(session, actor, now, "round.windows", round_, {**checked}, reason=reason.strip())
    return round_


def _checked_windows(windows: Mapping[str, date]) -> dict[str, str]:
    if odd := set(windows) - set(sheet_rules.STAGES):
        raise Invalid(f"Không có công đoạn {', '.join(sorted(odd))}.")
    days = [(stage, windows[stage]) for stage in sheet_rules.STAGES if stage in windows]
    for (_, before), (stage, day) in pairwise(days):
        if day < before:
            raise Invalid(
                {f"window-{stage}": f"“{sheet_rules.STAGES[stage]}” không thể hết hạn trước công đoạn đứng trên."}
            )
    return {stage: day.isoformat() for stage, day in days}
