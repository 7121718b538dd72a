"""Who is told what of a sheet of the digital index."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.models import IndicatorSheet, Person, Role
from webapp.notices.service import people_of_units, people_with, settle, tell

WRITERS = (Role.CLERK, Role.HEAD)


def tell_unit(
    session: Session, sheet: IndicatorSheet, cause: str, text: str, now: datetime, timezone: ZoneInfo
) -> None:
    """A notice to those who write for the unit."""
    people = people_of_units(session, {sheet.unit_id}, roles=WRITERS, now=now, today=ward_day(now, timezone))
    _tell(session, sheet, people[sheet.unit_id], cause, text, now, timezone)


def tell_verifiers(
    session: Session, sheet: IndicatorSheet, cause: str, text: str, now: datetime, timezone: ZoneInfo
) -> None:
    """A notice to the office and to the units that verify, never to those of the unit itself; to the ward's leadership
    where the office may not."""
    today = ward_day(now, timezone)

    def others(role: Role) -> set[str]:
        people = people_with(session, role, movement_id=sheet.movement_id, now=now, today=today)
        own = session.scalars(select(Person.id).where(Person.unit_id == sheet.unit_id))
        return set(people) - set(own)

    units = {one.unit_id for one in sheet.set.verifiers} - {sheet.unit_id}
    asked = people_of_units(session, units, roles=WRITERS, now=now, today=today) if units else {}
    people = (others(Role.STANDING_OFFICE) or others(Role.LEADERSHIP)).union(*asked.values())
    _tell(session, sheet, people, cause, text, now, timezone)


def settle_sheet(session: Session, sheet: IndicatorSheet, now: datetime) -> None:
    """The sheet has moved on: what was asked of anybody before that is done."""
    settle(session, now=now, causes=[f"indicator:{sheet.id}:"])


def _tell(
    session: Session, sheet: IndicatorSheet, people: set[str], cause: str, text: str, now: datetime, timezone: ZoneInfo
) -> None:
    key, link = f"indicator:{sheet.id}:{cause}", f"/indicator-sheets/{sheet.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)
