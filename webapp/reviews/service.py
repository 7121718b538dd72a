"""The office gives the units the report that a review needs; pressed again it changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.duties import service as duties
from webapp.duties.rules import REPORTING_KINDS
from webapp.duties.service import RuleDraft
from webapp.models import Deadline, DutyRule, Movement
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.reviews.queries import get_phase, paper_of

# Where a plan names no day of its own.
OTHERWISE = (12, 5, True)


def give_reports(session: Session, *, actor: Viewer, now: datetime, movement: Movement, phase_id: str) -> int:
    """A rule for the interim or final report of the phase where there is none, and the duties of its year; returns how
    many duties changed. Its day is that of the plan's last yearly deadline. Raises Invalid, NotFound, Refused."""
    ensure(actor, Permission.DUTY_MANAGE, Subject(kind="duty", movement_id=movement.id))
    phase = get_phase(session, movement, phase_id)
    paper, year = paper_of(phase, movement), phase.last_year
    rules = session.scalars(
        select(DutyRule).where(DutyRule.movement_id == movement.id, DutyRule.retired_at.is_(None))
    ).all()
    if not rules:
        # A movement whose list of duties was not begun begins it as its own page would.
        rules = duties.start_rules(session, actor=actor, now=now, movement_id=movement.id)
    if not any(rule.paper is paper and rule.first_year <= year <= rule.last_year for rule in rules):
        yearly = session.scalars(
            select(Deadline)
            .where(Deadline.movement_id == movement.id)
            .order_by(Deadline.month.desc(), Deadline.day.desc())
        ).first()
        month, day, exclusive = (yearly.month, yearly.day, yearly.exclusive) if yearly else OTHERWISE
        draft = RuleDraft(
            paper=paper,
            what="",
            point=yearly.point if yearly else "",
            first_year=year,
            last_year=year,
            month=month,
            day=day,
            exclusive=exclusive,
            years_after=0,
            unit_kinds=REPORTING_KINDS,
            included=(),
            excluded=(),
        )
        duties.save_rule(session, actor=actor, now=now, movement_id=movement.id, rule_id=None, draft=draft)
    return duties.make_duties(session, actor=actor, now=now, movement_id=movement.id, year=year, papers={paper})
