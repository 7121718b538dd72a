"""Who does not vote on a unit, and why: the same for the voter's page, the vote itself and the count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Ballot, BallotVoter, Person, Role, ScoreConflict
from webapp.notices.service import people_of_units

OWN_UNIT = "Kiêng kỵ: đây là phiếu về đơn vị của bạn nên bạn không bỏ phiếu."
DECLARED = "Kiêng kỵ: bạn đã khai báo không xét đơn vị này trong năm nên bạn không bỏ phiếu."


def bars_of(
    session: Session, *, unit_id: str | None, year: int, people: Collection[str], now: datetime, timezone: ZoneInfo
) -> dict[str, str]:
    """Person id -> the sentence why not, for those of `people` who have a stake in the unit."""
    if unit_id is None or not people:
        return {}
    declared = session.scalars(
        select(ScoreConflict.person_id).where(
            ScoreConflict.unit_id == unit_id,
            ScoreConflict.year == year,
            ScoreConflict.lifted_at.is_(None),
            ScoreConflict.person_id.in_(people),
        )
    )
    bars = dict.fromkeys(declared, DECLARED)
    own = set(session.scalars(select(Person.id).where(Person.unit_id == unit_id, Person.id.in_(people))))
    today = now.astimezone(timezone).date()
    workers = people_of_units(session, {unit_id}, roles=(Role.CLERK, Role.HEAD), now=now, today=today)[unit_id]
    return bars | dict.fromkeys(own | (workers & set(people)), OWN_UNIT)


def electors_of(session: Session, ballot: Ballot, *, now: datetime, timezone: ZoneInfo) -> frozenset[str]:
    """Those present who have no stake, and whoever has voted already."""
    present = {member.person_id for member in ballot.meeting.members if member.present}
    bars = bars_of(
        session, unit_id=ballot.unit_id, year=ballot.meeting.year, people=present, now=now, timezone=timezone
    )
    voted = session.scalars(select(BallotVoter.person_id).where(BallotVoter.ballot_id == ballot.id))
    return frozenset((present - bars.keys()) | set(voted))
