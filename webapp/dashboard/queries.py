"""What waits for the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, raiseload

from webapp.models import (
    Ballot,
    BallotBar,
    BallotState,
    BallotVoter,
    Checklist,
    ChecklistState,
    CriteriaGroup,
    Document,
    DocumentVersion,
    GroupUnit,
    Initiative,
    InitiativeState,
    Meeting,
    MeetingMember,
    MeetingState,
    Movement,
    PaperState,
    ReadingStatus,
    Role,
    ScoreSheet,
    SheetState,
    TextReading,
    Unit,
    UnitPaper,
)
from webapp.permissions import Permission, Viewer, can
from webapp.permissions.award_scopes import seen_ballots
from webapp.permissions.scopes import (
    readable_checklists,
    readable_initiatives,
    readable_papers,
    readable_sheets,
)


def count_submitted(session: Session, *, viewer: Viewer, year: int) -> int:
    """Submitted checklists of others that the viewer reads."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Checklist)
            .where(
                readable_checklists(viewer),
                Checklist.year == year,
                Checklist.state == ChecklistState.SUBMITTED,
                Checklist.unit_id.not_in(viewer.own_units),
            )
        )
        or 0
    )


def list_troubled(session: Session, *, viewer: Viewer) -> Sequence[tuple[Document, TextReading]]:
    """The viewer's own recent uploads whose text could not be read."""
    rows = session.execute(
        select(Document, TextReading)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .join(TextReading, TextReading.version_id == DocumentVersion.id)
        .where(
            Document.created_by == viewer.id,
            Document.withdrawn_at.is_(None),
            Document.unit_id.in_(viewer.own_units),
            TextReading.status.not_in((ReadingStatus.OK, ReadingStatus.WAITING)),
        )
        .order_by(Document.created_at.desc())
        .limit(5)
    )
    return [(document, reading) for document, reading in rows]


def has_group(session: Session, *, viewer: Viewer, year: int) -> bool:
    """Whether a unit of the viewer's is judged by a criteria group in the year, so that it can open a checklist."""
    if not viewer.own_units:
        return False
    found = (
        select(GroupUnit.unit_id)
        .join(CriteriaGroup, CriteriaGroup.id == GroupUnit.group_id)
        .join(Movement, Movement.id == CriteriaGroup.movement_id)
        .where(GroupUnit.unit_id.in_(viewer.own_units), Movement.first_year <= year, Movement.last_year >= year)
        .limit(1)
    )
    return session.scalar(found) is not None


def count_waiting(session: Session, *, viewer: Viewer) -> int:
    """The viewer's uploads whose text is still being read."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Document)
            .join(
                DocumentVersion,
                (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no),
            )
            .join(TextReading, TextReading.version_id == DocumentVersion.id)
            .where(
                Document.created_by == viewer.id,
                Document.withdrawn_at.is_(None),
                Document.unit_id.in_(viewer.own_units),
                TextReading.status == ReadingStatus.WAITING,
            )
        )
        or 0
    )


def count_to_receive(session: Session, *, viewer: Viewer, year: int) -> int:
    """Plans and reports handed in that wait for the office, without those of its own unit."""
    return (
        session.scalar(
            select(func.count())
            .select_from(UnitPaper)
            .where(
                readable_papers(viewer),
                UnitPaper.year == year,
                UnitPaper.state == PaperState.SUBMITTED,
                UnitPaper.unit_id.not_in({*viewer.own_units, viewer.unit_id or ""}),
            )
        )
        or 0
    )


def count_initiatives(session: Session, *, viewer: Viewer) -> tuple[int, int]:
    """(to review, to decide on): handed in by units other than the viewer's own, for those who may."""
    if not (viewer.judged_movements or viewer.judged or viewer.decided_movements):
        return 0, 0
    rows = session.execute(
        select(Initiative.state, func.count())
        .where(
            readable_initiatives(viewer),
            Initiative.state.in_((InitiativeState.SUBMITTED, InitiativeState.REVIEWED)),
            Initiative.unit_id.not_in({*viewer.own_units, viewer.unit_id or ""}),
        )
        .group_by(Initiative.state)
    )
    counts = {row[0]: row[1] for row in rows}
    to_review = counts.get(InitiativeState.SUBMITTED, 0) if viewer.judged_movements or viewer.judged else 0
    to_decide = counts.get(InitiativeState.REVIEWED, 0) if viewer.decided_movements else 0
    return to_review, to_decide


# What waits for the unit itself, and what for who appraises it.
FOR_THE_UNIT = (SheetState.DRAFT, SheetState.RETURNED, SheetState.APPRAISED)
TO_APPRAISE = (SheetState.SUBMITTED, SheetState.EXPLAINED)


def list_score_tasks(session: Session, *, viewer: Viewer, year: int) -> tuple[list[ScoreSheet], list[ScoreSheet]]:
    """(own sheets that wait for the unit, sheets of others that the viewer is to appraise), with units."""
    led = {
        (grant.cluster_id, grant.year)
        for grant in viewer.grants
        if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY) and grant.year == year
    }
    if not (viewer.own_units or led):
        return [], []
    clusters = [cluster_id for cluster_id, _ in led]
    rows = session.scalars(
        select(ScoreSheet)
        .where(
            ScoreSheet.year == year,
            readable_sheets(viewer),
            (ScoreSheet.unit_id.in_(viewer.own_units) & ScoreSheet.state.in_(FOR_THE_UNIT))
            | (
                ScoreSheet.state.in_(TO_APPRAISE)
                & (ScoreSheet.appraiser_id.is_not(None) | ScoreSheet.cluster_id.in_(clusters))
            ),
        )
        .options(joinedload(ScoreSheet.unit), joinedload(ScoreSheet.round))
        .order_by(ScoreSheet.submitted_at, ScoreSheet.id)
    ).all()
    own = [sheet for sheet in rows if sheet.unit_id in viewer.own_units and sheet.state in FOR_THE_UNIT]
    return own, [sheet for sheet in rows if can(viewer, Permission.SHEET_APPRAISE, sheet)]


@dataclass(frozen=True, slots=True)
class MeetingTask:
    """A meeting that the viewer is invited to, and its ballots that wait for the viewer's vote."""

    meeting: Meeting
    ballots: list[Ballot] = field(default_factory=list)


def list_meeting_tasks(session: Session, *, viewer: Viewer, today: datetime) -> list[MeetingTask]:
    """Meetings since the beginning of `today` that are not over, and earlier ones with a ballot that waits; the next
    first. A ballot about a unit that the viewer has a stake in waits for others."""
    if viewer.id is None:
        return []
    units = {*viewer.own_units, viewer.unit_id or "", *(unit for unit, _ in viewer.conflicts)}
    voted = exists().where(BallotVoter.ballot_id == Ballot.id, BallotVoter.person_id == viewer.id)
    kept = exists().where(
        BallotBar.ballot_id == Ballot.id,
        or_(BallotBar.person_id == viewer.id, BallotBar.person_id == MeetingMember.person_id),
    )
    represented, by_stand_ins = MeetingMember.stand_in_id.is_not(None), func.coalesce(Ballot.stand_ins, false())
    waiting = and_(
        Ballot.meeting_id == Meeting.id,
        Ballot.state == BallotState.OPEN,
        Meeting.state == MeetingState.HELD,
        or_(
            and_(MeetingMember.person_id == viewer.id, MeetingMember.present.is_(True)),
            and_(MeetingMember.person_id == viewer.id, Ballot.written.is_(True), ~and_(represented, by_stand_ins)),
            and_(MeetingMember.stand_in_id == viewer.id, MeetingMember.present.is_not(True), by_stand_ins),
        ),
        ~voted,
        ~kept,
        seen_ballots(viewer),
    )
    rows = session.execute(
        select(Meeting, Ballot, Unit.id, Unit.name)
        .outerjoin(
            MeetingMember,
            and_(
                MeetingMember.meeting_id == Meeting.id,
                or_(MeetingMember.person_id == viewer.id, MeetingMember.stand_in_id == viewer.id),
            ),
        )
        .outerjoin(Ballot, waiting)
        .outerjoin(Unit, Unit.id.in_(units))
        .where(
            Meeting.state.in_((MeetingState.PLANNED, MeetingState.HELD)),
            or_(MeetingMember.id.is_not(None), Meeting.chair_id == viewer.id, Meeting.secretary_id == viewer.id),
            or_(Meeting.meets_at >= today, Ballot.id.is_not(None)),
        )
        .options(raiseload(Meeting.members), raiseload(Ballot.meeting))
        .order_by(Meeting.meets_at, Meeting.id, Ballot.position, Ballot.id)
    ).all()
    barred = {
        ballot.id
        for meeting, ballot, unit_id, name in rows
        if ballot and name and _has_a_stake(viewer, unit_id, meeting.year) and ballot.is_about(unit_id, name)
    }
    tasks: dict[str, MeetingTask] = {}
    for meeting, ballot, _, _ in rows:
        task = tasks.setdefault(meeting.id, MeetingTask(meeting))
        if ballot and ballot.id not in barred and ballot not in task.ballots:
            task.ballots.append(ballot)
    return [task for task in tasks.values() if task.ballots or task.meeting.meets_at >= today]


def _has_a_stake(viewer: Viewer, unit_id: str, year: int) -> bool:
    return unit_id == viewer.unit_id or unit_id in viewer.own_units or (unit_id, year) in viewer.conflicts


def is_reader(viewer: Viewer) -> bool:
    """Whether the viewer reads what others submit."""
    return bool(viewer.led or viewer.inspected or viewer.overseen_movements) or viewer.has(Role.COUNCIL)
