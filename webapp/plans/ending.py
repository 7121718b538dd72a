"""A movement ends by a decision, or is withdrawn while nobody has used it. An amendment of its plan continues it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Announcement,
    Base,
    Checklist,
    Difficulty,
    Duty,
    DutyRule,
    Initiative,
    JobKind,
    Meeting,
    Movement,
    PlanPoint,
    Rubric,
    ScoreRound,
    Synthesis,
    UnitPaper,
)
from webapp.permissions import Permission, Viewer, ensure

# What people make in a movement, in words.
_USES: tuple[tuple[type[Base], str], ...] = (
    (Checklist, "phiếu tự kiểm"),
    (UnitPaper, "kế hoạch, báo cáo của đơn vị"),
    (Initiative, "sáng kiến"),
    (Difficulty, "khó khăn, vướng mắc"),
    (Rubric, "thang điểm"),
    (ScoreRound, "kỳ chấm"),
    (Meeting, "cuộc họp"),
    (Announcement, "thông báo"),
    (Synthesis, "báo cáo tổng hợp"),
)


def end_movement(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, ended_on: date | None, basis: str
) -> Movement:
    """From the day after on nothing is handed in, while everything can be read. Saying it again replaces the day."""
    movement = _movement(session, actor, movement_id)
    faults = {}
    if ended_on is None:
        faults["ended_on"] = "Hãy ghi ngày cuối cùng của phong trào."
    elif ended_on.year < movement.first_year:
        faults["ended_on"] = f"Phong trào bắt đầu năm {movement.first_year}."
    if not basis.strip():
        faults["basis"] = "Hãy ghi số, ngày của quyết định kết thúc phong trào."
    if faults or ended_on is None:
        raise Invalid(faults)
    movement.ended_on, movement.end_basis = ended_on, basis.strip()
    session.flush()
    details = {"valid_until": ended_on.isoformat()}
    log_event(session, actor, now, "movement.end", movement, details, reason=basis)
    return movement


def list_uses(session: Session, movement_id: str) -> list[str]:
    """What somebody already made in a movement, in words; while there is anything it cannot be withdrawn."""
    return [
        words
        for model, words in _USES
        if session.scalar(select(1).where(model.movement_id == movement_id).limit(1))  # type: ignore[attr-defined]
    ]


def withdraw_movement(
    session: Session, *, actor: Viewer, now: datetime, today: date, movement_id: str, reason: str
) -> None:
    """Out of all lists, and its name free for the plan that is read in instead; its plan stays in the archive."""
    movement = _movement(session, actor, movement_id)
    if uses := list_uses(session, movement_id):
        raise Invalid(f"Phong trào đã có {', '.join(uses)} nên không rút được; hãy kết thúc phong trào.")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi vì sao rút phong trào."})
    movement.withdrawn_on, movement.withdrawn_reason = today, reason.strip()
    movement.name = f"{movement.name} (đã rút {now:%d/%m/%Y %H:%M:%S})"
    for rule in session.scalars(select(DutyRule).where(DutyRule.movement_id == movement_id)):
        rule.retired_at = rule.retired_at or now
    for duty in session.scalars(select(Duty).where(Duty.movement_id == movement_id)):
        duty.cancelled_at = duty.cancelled_at or now
    # A search does not lead to points of a plan that is followed by nobody; its text stays with the plan.
    points = session.scalars(select(PlanPoint).where(PlanPoint.movement_id == movement_id)).all()
    for point in points:
        session.delete(point)
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("point", point.id) for point in points], now=now)
    log_event(session, actor, now, "movement.withdraw", movement, reason=reason)


def _movement(session: Session, actor: Viewer, movement_id: str) -> Movement:
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    ensure(actor, Permission.MOVEMENT_END, movement)
    if movement.withdrawn_on is not None:
        raise Invalid("Phong trào đã được rút.")
    return movement
