"""Who does not vote on a unit, and why: the same for the voter's page, the vote itself and the count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.meetings.rules import STANDARD
from webapp.models import Ballot, BallotVoter, Meeting, Person, Role, ScoreConflict, Unit
from webapp.notices.service import people_of_units

Pairs = set[tuple[str, str]]
OWN_UNIT = "Có liên quan: đây là phiếu về đơn vị của bạn nên bạn không bỏ phiếu."
DECLARED = "Có liên quan: bạn đã khai báo không xét đơn vị này trong năm nên bạn không bỏ phiếu."


def bars_of(
    session: Session, ballot: Ballot, *, people: Collection[str], now: datetime, timezone: ZoneInfo
) -> dict[str, str]:
    """Person id -> the sentence why not, for those of `people` who have a stake in a unit that the ballot is about."""
    units = _units_of(session, [ballot])[ballot.id]
    declared, own = _stakes(session, units, people, year=ballot.meeting.year, now=now, timezone=timezone)
    bars = dict.fromkeys((person for _, person in declared), DECLARED)
    return bars | dict.fromkeys((person for _, person in own), OWN_UNIT)


def _stakes(
    session: Session, units: Collection[str], people: Collection[str], *, year: int, now: datetime, timezone: ZoneInfo
) -> tuple[Pairs, Pairs]:
    """(unit, person) as somebody declared, and as they belong to the unit or work for it."""
    if not units or not people:
        return set(), set()
    declared = session.execute(
        select(ScoreConflict.unit_id, ScoreConflict.person_id).where(
            ScoreConflict.unit_id.in_(units),
            ScoreConflict.year == year,
            ScoreConflict.lifted_at.is_(None),
            ScoreConflict.person_id.in_(people),
        )
    )
    own = session.execute(select(Person.unit_id, Person.id).where(Person.unit_id.in_(units), Person.id.in_(people)))
    today = ward_day(now, timezone)
    workers = people_of_units(session, units, roles=(Role.CLERK, Role.HEAD), now=now, today=today)
    working = {(unit, person) for unit, found in workers.items() for person in found if person in people}
    return {(unit, person) for unit, person in declared}, {(unit or "", person) for unit, person in own} | working


def _units_of(session: Session, ballots: Sequence[Ballot]) -> dict[str, set[str]]:
    """Ballot id -> the units it is about; with choices of its own, also those that a choice names."""
    found = {one.id: {one.unit_id} if one.unit_id else set() for one in ballots}
    own = [one for one in ballots if tuple(one.choices) != STANDARD]
    names = session.execute(select(Unit.id, Unit.name)).all() if own else []
    return found | {one.id: {key for key, name in names if one.is_about(key, name)} for one in own}


def electors_of(session: Session, ballot: Ballot, *, now: datetime, timezone: ZoneInfo) -> frozenset[str]:
    """Those present who have no stake, and whoever has voted already."""
    present = {member.person_id for member in ballot.meeting.members if member.present}
    bars = bars_of(session, ballot, people=present, now=now, timezone=timezone)
    voted = session.scalars(select(BallotVoter.person_id).where(BallotVoter.ballot_id == ballot.id))
    return frozenset((present - bars.keys()) | set(voted))


def count_expected(
    session: Session, meeting: Meeting, ballots: Sequence[Ballot], *, now: datetime, timezone: ZoneInfo
) -> dict[str, int]:
    """Ballot id -> how many could vote if everybody comes who is not marked absent."""
    people = {member.person_id for member in meeting.members if member.present is not False}
    units = _units_of(session, ballots)
    every = {unit for found in units.values() for unit in found}
    declared, own = _stakes(session, every, people, year=meeting.year, now=now, timezone=timezone)
    stakes = declared | own
    return {key: len(people - {person for unit, person in stakes if unit in found}) for key, found in units.items()}
