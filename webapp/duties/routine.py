"""What the worker does for duties day by day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.resources import Resources
from webapp.duties import service
from webapp.models import DutyRule, Movement
from webapp.permissions import SYSTEM


def keep_duties(resources: Resources, now: datetime) -> None:
    """Make this year's duties of every movement that has rules, then send the reminders that are due."""
    timezone = resources.settings.timezone
    year = now.astimezone(timezone).year
    with resources.db.reading() as session:
        movements = _with_rules(session, year)
    with resources.db.unit_of_work() as session:
        for movement_id in movements:
            service.make_duties(session, actor=SYSTEM, now=now, movement_id=movement_id, year=year)
        service.remind_of_deadlines(session, now=now, timezone=timezone)


def _with_rules(session: Session, year: int) -> list[str]:
    query = (
        select(Movement.id)
        .join(DutyRule, DutyRule.movement_id == Movement.id)
        .where(DutyRule.retired_at.is_(None), Movement.first_year <= year, Movement.last_year >= year)
        .distinct()
    )
    return sorted(session.scalars(query))
