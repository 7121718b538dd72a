"""Who does not vote on a unit, and why: the same for the voter's page, the vote itself and the count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.meetings.rules import STANDARD
from webapp.models import Ballot, BallotBar, BallotVoter, Nomination, NominationStake, Person, Role, ScoreConflict, Unit
from webapp.notices.service import people_of_units

Pairs = set[tuple[str, str]]
OWN_UNIT = "Có liên quan: đây là phiếu về đơn vị của bạn nên bạn không bỏ phiếu."
KEPT = "Có liên quan: {}; bạn không bỏ phiếu này."
HONOURED = "Có liên quan: đây là phiếu về chính bạn nên bạn không bỏ phiếu."
RELATED = "Có liên quan: bạn đã khai báo có quan hệ với người được đề nghị nên bạn không bỏ phiếu."
DECLARED = "Có liên quan: bạn đã khai báo không xét đơn vị này trong năm nên bạn không bỏ phiếu."


def bars_of(
    session: Session, ballot: Ballot, *, people: Collection[str], now: datetime, timezone: ZoneInfo
) -> dict[str, str]:
    """Person id -> the sentence why not, for those of `people` who have a stake in what the ballot is about; somebody
    who stands in also where the member has one."""
    places = ballot.voters()
    asked = {*people, *(places[person] for person in people if person in places)}
    units = _units_of(session, [ballot])[ballot.id]
    declared, own = _stakes(session, units, asked, year=ballot.meeting.year, now=now, timezone=timezone)
    bars = _bars(session, [ballot]).get(ballot.id, {})
    bars |= dict.fromkeys((person for _, person in declared), DECLARED)
    bars |= dict.fromkeys((person for _, person in own), OWN_UNIT)
    found = ((person, bars.get(person) or bars.get(places.get(person, ""))) for person in people)
    return {person: bar for person, bar in found if bar}


def _bars(session: Session, ballots: Sequence[Ballot]) -> dict[str, dict[str, str]]:
    """Ballot id -> person id -> why: kept from it when it was prepared, or related to whom it would honour by now."""
    rows = session.execute(
        select(BallotBar.ballot_id, BallotBar.person_id, BallotBar.reason).where(
            BallotBar.ballot_id.in_([one.id for one in ballots])
        )
    )
    found: dict[str, dict[str, str]] = {}
    for ballot_id, person_id, reason in rows:
        found.setdefault(ballot_id, {})[person_id] = KEPT.format(reason)
    about: dict[str, list[str]] = {}
    for one in ballots:
        if one.nomination_id:
            about.setdefault(one.nomination_id, []).append(one.id)
    if about:
        # A household, a collective, an outsider has no account: nobody is barred as the honoured then.
        honoured = select(Nomination.id, Nomination.person_id).where(
            Nomination.id.in_(about), Nomination.person_id.is_not(None)
        )
        related = select(NominationStake.nomination_id, NominationStake.person_id).where(
            NominationStake.nomination_id.in_(about), NominationStake.lifted_at.is_(None)
        )
        for query, words in ((honoured, HONOURED), (related, RELATED)):
            for nomination_id, related_id in session.execute(query):
                for ballot_id in about[nomination_id]:
                    found.setdefault(ballot_id, {})[related_id or ""] = words
    return found


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
    """Those who vote by the ballot's rule and have no stake, and whoever has voted already."""
    voters = ballot.voters().keys()
    bars = bars_of(session, ballot, people=voters, now=now, timezone=timezone)
    return frozenset((voters - bars.keys()) | _voted(session, ballot))


def _voted(session: Session, ballot: Ballot) -> set[str]:
    return set(session.scalars(select(BallotVoter.person_id).where(BallotVoter.ballot_id == ballot.id)))


def base_of(session: Session, ballot: Ballot, *, now: datetime, timezone: ZoneInfo) -> int:
    """Of how many the votes needed are a share: all members, or those who are there or have answered.

    Who has a stake leaves it unless the rule says otherwise; who has voted is in it. Each place counts once.
    """
    places, voted = ballot.voters(), _voted(session, ballot)
    used = {places.get(person, person) for person in voted}
    if ballot.of_all:
        base = {one.person_id for one in ballot.meeting.members}
    else:
        present = {one.person_id for one in ballot.meeting.members if one.present}
        base = present | {member for person, member in places.items() if person != member}
    if ballot.shrinks is not False:
        by_place = {member: person for person, member in places.items()}
        people = base if ballot.of_all else {by_place.get(member, member) for member in base}
        bars = bars_of(session, ballot, people=people, now=now, timezone=timezone)
        base -= {places.get(person, person) for person in bars}
    return len(base | used)


def count_expected(session: Session, ballots: Sequence[Ballot], *, now: datetime, timezone: ZoneInfo) -> dict[str, int]:
    """Ballot id -> how many could vote if everybody comes who is not marked absent; all are of one meeting."""
    if not ballots:
        return {}
    voters = {one.id: one.voters(expected=True) for one in ballots}
    people = {person for found in voters.values() for pair in found.items() for person in pair}
    units, bars = _units_of(session, ballots), _bars(session, ballots)
    every = {unit for found in units.values() for unit in found}
    declared, own = _stakes(session, every, people, year=ballots[0].meeting.year, now=now, timezone=timezone)
    counts = {}
    for one in ballots:
        kept = {person for unit, person in declared | own if unit in units[one.id]} | bars.get(one.id, {}).keys()
        counts[one.id] = sum(not kept & {*pair} for pair in voters[one.id].items())
    return counts
