"""Who does not vote on a unit, and why: the same for the voter's page, the vote itself and the count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.meetings.rules import STANDARD
from webapp.models import Ballot, BallotVoter, Person, Role, ScoreConflict, Unit
from webapp.notices.service import people_of_units

OWN_UNIT = "Kiêng kỵ: đây là phiếu về đơn vị của bạn nên bạn không bỏ phiếu."
DECLARED = "Kiêng kỵ: bạn đã khai báo không xét đơn vị này trong năm nên bạn không bỏ phiếu."


def bars_of(
    session: Session, ballot: Ballot, *, people: Collection[str], now: datetime, timezone: ZoneInfo
) -> dict[str, str]:
    """Person id -> the sentence why not, for those of `people` who have a stake in a unit that the ballot is about."""
    units = _units_of(session, ballot)
    if not units or not people:
        return {}
    declared = session.scalars(
        select(ScoreConflict.person_id).where(
            ScoreConflict.unit_id.in_(units),
            ScoreConflict.year == ballot.meeting.year,
            ScoreConflict.lifted_at.is_(None),
            ScoreConflict.person_id.in_(people),
        )
    )
    bars = dict.fromkeys(declared, DECLARED)
    own = set(session.scalars(select(Person.id).where(Person.unit_id.in_(units), Person.id.in_(people))))
    today = now.astimezone(timezone).date()
    workers = people_of_units(session, units, roles=(Role.CLERK, Role.HEAD), now=now, today=today)
    return bars | dict.fromkeys(own | (set().union(*workers.values()) & set(people)), OWN_UNIT)


def _units_of(session: Session, ballot: Ballot) -> set[str]:
    if tuple(ballot.choices) == STANDARD:
        return {ballot.unit_id} if ballot.unit_id else set()
    return {key for key, name in session.execute(select(Unit.id, Unit.name)) if ballot.is_about(key, name)}


def electors_of(session: Session, ballot: Ballot, *, now: datetime, timezone: ZoneInfo) -> frozenset[str]:
    """Those present who have no stake, and whoever has voted already."""
    present = {member.person_id for member in ballot.meeting.members if member.present}
    bars = bars_of(session, ballot, people=present, now=now, timezone=timezone)
    voted = session.scalars(select(BallotVoter.person_id).where(BallotVoter.ballot_id == ballot.id))
    return frozenset((present - bars.keys()) | set(voted))
