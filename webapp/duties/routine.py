"""What the worker does for duties day by day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.duties import service
from webapp.models import DutyRule, Movement
from webapp.movement.queries import those_over
from webapp.permissions import SYSTEM


def keep_duties(resources: Resources, now: datetime) -> None:
    """Make this year's duties of every movement that has or had rules, then send the reminders that are due."""
    timezone = resources.settings.timezone
    today = ward_day(now, timezone)
    year = today.year
    with resources.db.reading() as session:
        # Last year's too: some of it falls due in the new year, and units go on changing.
        wanted = [(movement_id, one) for one in (year - 1, year) for movement_id in _with_rules(session, one, today)]
    with resources.db.unit_of_work() as session:
        for movement_id, one in wanted:
            service.make_duties(session, actor=SYSTEM, now=now, movement_id=movement_id, year=one)
        service.remind_of_deadlines(session, now=now, timezone=timezone)


def _with_rules(session: Session, year: int, today: date) -> list[str]:
    query = (
        select(Movement.id)
        .join(DutyRule, DutyRule.movement_id == Movement.id)
        .where(Movement.first_year <= year, Movement.last_year >= year, Movement.id.not_in(those_over(today)))
        .distinct()
    )
    return sorted(session.scalars(query))
