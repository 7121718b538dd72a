"""Who appraises a sheet: the cluster's leadership, or somebody of another member, named or drawn by lot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.models import Person, Role, RoleGrant, ScoreConflict, ScoreSheet, SheetState
from webapp.permissions.viewer import is_live

LEADERSHIP = (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY)


def kept_away(session: Session, sheet: ScoreSheet, people: set[str]) -> set[str]:
    """Those of these people who have a stake in the unit."""
    conflicts = select(ScoreConflict.person_id).where(
        ScoreConflict.unit_id == sheet.unit_id, ScoreConflict.year == sheet.year, ScoreConflict.lifted_at.is_(None)
    )
    of_unit = select(Person.id).where(Person.id.in_(people), Person.unit_id == sheet.unit_id)
    working = select(RoleGrant.person_id).where(
        RoleGrant.person_id.in_(people),
        RoleGrant.unit_id == sheet.unit_id,
        RoleGrant.role.in_((Role.CLERK, Role.HEAD)),
        RoleGrant.revoked_at.is_(None),
    )
    return {one for query in (conflicts, of_unit, working) for one in session.scalars(query)}


def leaders_of(session: Session, sheet: ScoreSheet, *, now: datetime, timezone: ZoneInfo) -> set[str]:
    """Leader and deputy of the cluster who may judge this unit."""
    today = ward_day(now, timezone)
    rows = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.cluster_id == sheet.cluster_id,
            RoleGrant.year == sheet.year,
            RoleGrant.role.in_(LEADERSHIP),
            RoleGrant.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )
    people = {row.person_id for row in rows if is_live(row, now=now, today=today)}
    return people - kept_away(session, sheet, people)


def appraisers_of(session: Session, sheet: ScoreSheet, *, now: datetime, timezone: ZoneInfo) -> set[str]:
    """Who is to appraise the sheet now."""
    if sheet.appraiser_id is not None:
        return {sheet.appraiser_id}
    return leaders_of(session, sheet, now=now, timezone=timezone) - {sheet.control_id or ""}


def list_candidates(session: Session, sheet: ScoreSheet, *, now: datetime, timezone: ZoneInfo) -> Sequence[Person]:
    """Heads and clerks of the other members, and the cluster's leadership, without anybody who has a stake; by name."""
    today = ward_day(now, timezone)
    others = select(ScoreSheet.unit_id).where(
        ScoreSheet.round_id == sheet.round_id,
        ScoreSheet.unit_id != sheet.unit_id,
        ScoreSheet.state != SheetState.EXCUSED,
    )
    rows = session.execute(
        select(RoleGrant, Person)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.revoked_at.is_(None),
            Person.disabled_at.is_(None),
            or_(
                RoleGrant.role.in_((Role.HEAD, Role.CLERK)) & RoleGrant.unit_id.in_(others),
                RoleGrant.role.in_(LEADERSHIP)
                & (RoleGrant.cluster_id == sheet.cluster_id)
                & (RoleGrant.year == sheet.year),
            ),
        )
    ).all()
    people = {person.id: person for grant, person in rows if is_live(grant, now=now, today=today)}
    barred = kept_away(session, sheet, set(people))
    return sorted((one for key, one in people.items() if key not in barred), key=lambda one: (one.name, one.id))


def draw(candidates: Sequence[Person], seed: str, sheet_id: str) -> Person:
    """One of them by lot. Anybody who has the seed, which is in the log, can draw again and gets the same."""
    number = int.from_bytes(hashlib.sha256(f"{seed}:{sheet_id}".encode()).digest(), "big")
    return sorted(candidates, key=lambda one: one.id)[number % len(candidates)]
