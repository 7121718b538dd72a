"""Reading meetings and ballots, always within what the viewer may see; results only once a ballot is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.core.errors import NotFound
from webapp.core.numbers import show_number, stored_number
from webapp.core.paging import Page, page_of
from webapp.meetings import rules
from webapp.meetings.service import may_change_members
from webapp.meetings.stakes import bars_of, count_expected, electors_of
from webapp.models import (
    AuditEvent,
    Ballot,
    BallotAsked,
    BallotState,
    BallotVoter,
    Cluster,
    ClusterMember,
    Meeting,
    RoundState,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Unit,
)
from webapp.permissions import Permission, Subject, Viewer, can
from webapp.permissions.award_scopes import seen_ballots
from webapp.permissions.rank_access import sees_ranks
from webapp.permissions.scopes import readable_appraisals, readable_meetings

COUNCIL = "Hội đồng Thi đua - Khen thưởng"
PUBLISHED = (SheetState.PUBLISHED, SheetState.FINAL)


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's total and place; empty where there is none, or none for this reader."""

    unit: Unit
    cluster: str
    total: str = ""
    rank: int | None = None
    published: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A ballot as one person sees it: how many voted, whether they did, why they may not.

    `in_writing`: this viewer is absent and answers in writing. `few` says why one that is prepared could not begin, even if everybody not yet marked comes.
    """

    ballot: Ballot
    voted: int
    mine: bool
    electors: int
    bar: str = ""
    few: str = ""
    in_writing: bool = False


def get_meeting(session: Session, meeting_id: str, *, viewer: Viewer) -> Meeting:
    """With members, cluster, chair and secretary."""
    found = session.scalar(
        select(Meeting)
        .where(Meeting.id == meeting_id, readable_meetings(viewer))
        .options(joinedload(Meeting.cluster), joinedload(Meeting.chair), joinedload(Meeting.secretary))
    )
    if found is None:
        raise NotFound(kind="meeting", key=meeting_id)
    return found


def page_meetings(session: Session, *, viewer: Viewer, year: int, page: int) -> Page[Meeting]:
    """Those of a year, the latest first."""
    query = (
        select(Meeting)
        .where(Meeting.year == year, readable_meetings(viewer))
        .options(joinedload(Meeting.cluster))
        .order_by(Meeting.meets_at.desc(), Meeting.id)
    )
    return page_of(session, query, page)


def list_bodies(session: Session, *, viewer: Viewer, movement_id: str, year: int) -> list[tuple[str, str]]:
    """(cluster id or "", name) of whose meetings the viewer may call: clusters by name, at the end the council."""
    clusters = session.scalars(
        select(Cluster)
        .where(Cluster.id.in_(select(ClusterMember.cluster_id).where(ClusterMember.year == year)))
        .order_by(Cluster.name)
    )
    bodies = [(cluster.id, cluster.name) for cluster in clusters] + [("", COUNCIL)]
    return [
        (key, name)
        for key, name in bodies
        if can(
            viewer,
            Permission.MEETING_MANAGE,
            Subject(kind="cluster", movement_id=movement_id, year=year, cluster_id=key or None),
        )
    ]


def list_units_of(session: Session, *, viewer: Viewer, cluster_id: str | None, year: int) -> Sequence[Unit]:
    """Units that a meeting may speak of: the cluster's, or for the council all that are in a cluster that year."""
    if viewer.id is None:
        return []
    members = select(ClusterMember.unit_id).where(ClusterMember.year == year)
    if cluster_id is not None:
        members = members.where(ClusterMember.cluster_id == cluster_id)
    return session.scalars(select(Unit).where(Unit.id.in_(members)).order_by(Unit.name)).all()


def list_scores(
    session: Session, *, viewer: Viewer, movement_id: str, cluster_id: str | None, year: int
) -> list[Score]:
    """The units to be considered, with total and place where this viewer may know them; by cluster, the best first.

    Before publication the places of the others tell the own, so who does not read all ranks of a round reads no result.
    Excused units are left out; the council considers only those whose round is closed.
    """
    rounds = session.scalars(
        select(ScoreRound)
        .where(ScoreRound.movement_id == movement_id, ScoreRound.year == year)
        .options(selectinload(ScoreRound.sheets))
    ).all()
    excused = {sheet.unit_id for one in rounds for sheet in one.sheets if sheet.state is SheetState.EXCUSED}
    closed = [one for one in rounds if one.state is not RoundState.OPEN]
    scored = {sheet.unit_id for one in closed for sheet in one.sheets}
    ranked = [one.id for one in closed if sees_ranks(viewer, one)]
    rows = session.execute(
        select(ScoreSheet.unit_id, ScoreSheet.state, ScoreResult.total, ScoreResult.rank)
        .join(ScoreResult, ScoreResult.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.round_id.in_(ranked), readable_appraisals(viewer))
    )
    found = {unit_id: (state, total, rank) for unit_id, state, total, rank in rows}
    clusters = _cluster_names(session, year)
    scores = []
    for unit in list_units_of(session, viewer=viewer, cluster_id=cluster_id, year=year):
        if unit.id in excused or (cluster_id is None and unit.id not in scored):
            continue
        state, total, rank = found.get(unit.id, (None, "", None))
        scores.append(Score(unit, clusters.get(unit.id, ""), total, rank, state in PUBLISHED))
    return sorted(scores, key=lambda one: (one.cluster, one.rank is None, one.rank or 0, one.unit.name))


def _cluster_names(session: Session, year: int) -> dict[str, str]:
    """Unit id -> name of its cluster that year."""
    rows = session.execute(
        select(ClusterMember.unit_id, Cluster.name)
        .join(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(ClusterMember.year == year)
    )
    return {unit_id: name for unit_id, name in rows}  # noqa: C416  rows are not pairs to mypy


def agenda_from_scores(scores: Sequence[Score], *, council: bool) -> str:
    """A line a unit, for the council with its cluster. The agenda is read by all who are invited, so it holds what is
    published to all, no more."""
    lines = []
    for one in scores:
        known = one.published and one.rank is not None
        result = f": {show_number(stored_number(one.total), 2)} điểm, xếp thứ {one.rank}" if known else ""
        if council:
            lines.append(f"{one.cluster} · {one.unit.name}{result or ': xét kết quả'}")
        else:
            lines.append(f"Xét kết quả của {one.unit.name}{result}")
    return "\n".join(lines)


def list_turns(session: Session, meeting: Meeting, *, viewer: Viewer, now: datetime, timezone: ZoneInfo) -> list[Turn]:
    """The meeting's ballots, in order, as the viewer sees them."""
    query = select(Ballot).where(Ballot.meeting_id == meeting.id, seen_ballots(viewer))
    query = query.order_by(Ballot.position, Ballot.id)
    ballots = session.scalars(query.options(joinedload(Ballot.unit))).all()
    return _turns(session, ballots, viewer, now, timezone)


def get_turn(session: Session, ballot_id: str, *, viewer: Viewer, now: datetime, timezone: ZoneInfo) -> Turn:
    found = session.scalar(
        select(Ballot)
        .join(Meeting, Meeting.id == Ballot.meeting_id)
        .where(Ballot.id == ballot_id, readable_meetings(viewer), seen_ballots(viewer))
        .options(joinedload(Ballot.unit))
    )
    if found is None:
        raise NotFound(kind="ballot", key=ballot_id)
    return _turns(session, [found], viewer, now, timezone)[0]


def _turns(
    session: Session, ballots: Sequence[Ballot], viewer: Viewer, now: datetime, timezone: ZoneInfo
) -> list[Turn]:
    """Who may vote, and whether this viewer may, is worked out for those that are open or to be opened."""
    ids = [ballot.id for ballot in ballots]
    rows = session.execute(
        select(BallotVoter.ballot_id, func.count())
        .where(BallotVoter.ballot_id.in_(ids))
        .group_by(BallotVoter.ballot_id)
    )
    voted: dict[str, int] = {ballot_id: count for ballot_id, count in rows}  # noqa: C416  rows are not pairs to mypy
    person = viewer.id or ""
    mine = set(
        session.scalars(
            select(BallotVoter.ballot_id).where(BallotVoter.ballot_id.in_(ids), BallotVoter.person_id == person)
        )
    )
    few = _too_few(session, [one for one in ballots if one.state is BallotState.PREPARED], now, timezone)
    turns = []
    for ballot in ballots:
        electors, bar = ballot.electors or 0, ""
        if ballot.state is BallotState.OPEN:
            electors = len(electors_of(session, ballot, now=now, timezone=timezone))
            bar = bars_of(session, ballot, people={person}, now=now, timezone=timezone).get(person, "")
        away = {one.person_id for one in ballot.meeting.members if not one.present}
        turn = Turn(ballot, voted.get(ballot.id, 0), ballot.id in mine, electors, bar, few.get(ballot.id, ""))
        turns.append(replace(turn, in_writing=person in away and ballot.written is True))
    return turns


def _too_few(session: Session, prepared: Sequence[Ballot], now: datetime, timezone: ZoneInfo) -> dict[str, str]:
    """Ballot id -> why it could not begin, for those of one meeting where so few could vote."""
    if not prepared or prepared[0].meeting.is_over:
        return {}
    meeting = prepared[0].meeting
    able = count_expected(session, prepared, now=now, timezone=timezone)
    absent = any(member.present is False for member in meeting.members)
    may_invite = may_change_members(session, meeting)
    return {
        one.id: rules.too_few(able[one.id], secret=one.secret, absent=absent, may_invite=may_invite) for one in prepared
    }


@dataclass(frozen=True, slots=True)
class Moment:
    """Who was there when a ballot began: how many of how many members, the others with the reason where it is known.

    `barred` do not vote, having a stake; `names` are those present, `stand_ins` (who, for whom). `asked` are those asked in writing: (name, whether they
    answered, the day of their paper).
    """

    present: int
    members: int
    absent: tuple[str, ...]
    names: tuple[str, ...] = ()
    stand_ins: tuple[tuple[str, str], ...] = ()
    asked: tuple[tuple[str, bool, date | None], ...] = ()
    barred: tuple[str, ...] = ()


def list_moments(session: Session, ballots: Sequence[Ballot]) -> dict[str, Moment]:
    """By ballot, for those that began; who reads the ballots reads this."""
    asked = _asked(session, [one for one in ballots if one.written])
    found = {one.id: _moment(one.there, asked.get(one.id, [])) for one in ballots if one.there is not None}
    earlier = [one for one in ballots if one.there is None]
    return found | _noted_moments(session, earlier) if earlier else found


def _moment(there: dict[str, Any], asked: Sequence[tuple[str, bool, date | None]]) -> Moment:
    away = tuple(f"{name} ({reason})" if reason else name for name, reason in there["absent"])
    names = tuple(there["present"])
    stand_ins = tuple((who, for_whom) for who, for_whom in there["stand_ins"])
    barred = tuple(there.get("barred", ()))
    return Moment(len(names), len(names) + len(away), away, names, stand_ins, tuple(asked), barred)


def _asked(session: Session, ballots: Sequence[Ballot]) -> dict[str, list[tuple[str, bool, date | None]]]:
    """Ballot id -> who was asked in writing, by name; never what they answered."""
    names = {member.person_id: member.name for one in ballots for member in one.meeting.members}
    voted = exists().where(
        BallotVoter.ballot_id == BallotAsked.ballot_id, BallotVoter.person_id == BallotAsked.person_id
    )
    rows = session.execute(
        select(BallotAsked.ballot_id, BallotAsked.person_id, voted, BallotAsked.received_on).where(
            BallotAsked.ballot_id.in_([one.id for one in ballots])
        )
    )
    found: dict[str, list[tuple[str, bool, date | None]]] = {}
    for ballot_id, person_id, answered, received_on in rows:
        found.setdefault(ballot_id, []).append((names.get(person_id, ""), bool(answered), received_on))
    return {key: sorted(one, key=lambda row: row[0]) for key, one in found.items()}


def list_awaited(session: Session, ballot: Ballot) -> list[tuple[str, str]]:
    """(person id, name) of those asked in writing who have not answered; for whoever runs the meeting."""
    voted = select(BallotVoter.person_id).where(BallotVoter.ballot_id == ballot.id)
    asked = set(
        session.scalars(
            select(BallotAsked.person_id).where(BallotAsked.ballot_id == ballot.id, BallotAsked.person_id.not_in(voted))
        )
    )
    return [(one.person_id, one.name) for one in ballot.meeting.members if one.person_id in asked]


def _noted_moments(session: Session, ballots: Sequence[Ballot]) -> dict[str, Moment]:
    """Of ballots from before the moment was kept with them: as the log has it."""
    rows = session.execute(
        select(AuditEvent.object_id, AuditEvent.details).where(
            AuditEvent.action == "ballot.open", AuditEvent.object_id.in_([one.id for one in ballots])
        )
    )
    names = {member.person_id: member.name for one in ballots for member in one.meeting.members}
    return {
        ballot_id: Moment(
            int(details["present"]),
            int(details["members"]),
            tuple(sorted(names[person] for person in str(details.get("absent", "")).split() if person in names)),
        )
        for ballot_id, details in rows
        if "present" in details
    }


def list_votes(session: Session, ballot: Ballot, *, viewer: Viewer) -> list[tuple[str, int]]:
    """(name, choice) of an open ballot that is closed, by name; of any other none."""
    if ballot.secret or ballot.state is not BallotState.CLOSED or not can(viewer, Permission.MEETING_READ, ballot):
        return []
    names = {member.person_id: member.name for member in ballot.meeting.members}
    rows = session.execute(select(BallotVoter.person_id, BallotVoter.choice).where(BallotVoter.ballot_id == ballot.id))
    return sorted((names.get(person, ""), choice) for person, choice in rows if choice is not None)
