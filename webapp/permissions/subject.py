"""What is looked at, reduced to the facts the policy asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch

from webapp.models import (
    RECOGNISED_STATES,
    Announcement,
    AnnouncementState,
    AwardDecision,
    AwardDecisionState,
    AwardRound,
    AwardRoundState,
    Ballot,
    BallotState,
    Checklist,
    ChecklistState,
    Difficulty,
    DifficultyState,
    Document,
    DocumentState,
    Duty,
    Initiative,
    InitiativeState,
    Meeting,
    MeetingState,
    Movement,
    Nomination,
    NominationState,
    PaperState,
    Proposer,
    RoundState,
    Rubric,
    RubricState,
    SavedSearch,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Synthesis,
    Task,
    Unit,
    UnitPaper,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The facts about one thing.

    `unit_id` None means that it belongs to the movement, not that the unit is unknown: a unit paper without a unit
    cannot be stored. `submitted` is true from the first submission on, `published` once everyone may see it,
    `open` while the unit may still change it, `withdrawn` when it is there for nobody until it is restored;
    `person_id` is whose it is, for what belongs to one person; `authors` are the accounts of those who made it.
    What belongs to the movement may be for some units (`audience`) and for those who oversee it (`overseen`).
    Of scores: `cluster_id` whose round it is, `appraisable` while it waits to be appraised, `delivered` once the unit
    reads what was said, `moderatable` between closing and publishing, `appraiser_id` and `control_id` who was asked.
    Of nominations: `by_office` when the office puts it forward, `cluster_id` when a cluster does.
    Of inspections: `team_id` whose visit it is, `told` once the unit knows of it, `authors` who is in the team, `present` who leads it.
    Of meetings: `invited` who is to be there, `present` who is, `chair_id` who leads it, `cluster_id` whose it is.
    """

    kind: str
    id: str = ""
    unit_id: str | None = None
    movement_id: str | None = None
    year: int | None = None
    submitted: bool = False
    published: bool = False
    open: bool = True
    withdrawn: bool = False
    person_id: str | None = None
    authors: frozenset[str] = frozenset()
    audience: frozenset[str] = frozenset()
    overseen: bool = False
    cluster_id: str | None = None
    appraisable: bool = False
    delivered: bool = False
    moderatable: bool = False
    excused: bool = False
    appraiser_id: str | None = None
    control_id: str | None = None
    by_office: bool = False
    told: bool = False
    team_id: str | None = None
    chair_id: str | None = None
    invited: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()


NOTHING = Subject(kind="nothing")

# From here on the unit reads what the appraiser said of it.
DELIVERED_STATES = (
    SheetState.APPRAISED,
    SheetState.EXPLAINED,
    SheetState.SETTLED,
    SheetState.CLOSED,
    SheetState.PUBLISHED,
    SheetState.FINAL,
)

SUBMITTED_STATES = (DocumentState.SUBMITTED, DocumentState.RETURNED, DocumentState.ACCEPTED)


@singledispatch
def subject_of(thing: object) -> Subject:
    """The subject for a row. Raises TypeError for a thing the policy does not know."""
    raise TypeError(f"no policy for {type(thing).__name__}")


@subject_of.register
def _(thing: Subject) -> Subject:
    return thing


@subject_of.register
def _(document: Document) -> Subject:
    return Subject(
        kind="document",
        id=document.id,
        unit_id=document.unit_id,
        movement_id=document.movement_id,
        year=document.year,
        submitted=document.state in SUBMITTED_STATES,
        published=document.state is DocumentState.PUBLISHED,
        open=document.state in (DocumentState.DRAFT, DocumentState.RETURNED),
        withdrawn=document.withdrawn_at is not None,
    )


@subject_of.register
def _(checklist: Checklist) -> Subject:
    return Subject(
        kind="checklist",
        id=checklist.id,
        unit_id=checklist.unit_id,
        movement_id=checklist.movement_id,
        year=checklist.year,
        submitted=checklist.state is not ChecklistState.DRAFT,
        open=checklist.state is not ChecklistState.SUBMITTED,
    )


@subject_of.register
def _(paper: UnitPaper) -> Subject:
    return Subject(
        kind="paper",
        id=paper.id,
        unit_id=paper.unit_id,
        movement_id=paper.movement_id,
        year=paper.year,
        submitted=paper.state is not PaperState.DRAFT,
        open=paper.state in (PaperState.DRAFT, PaperState.RETURNED),
    )


@subject_of.register
def _(duty: Duty) -> Subject:
    """That a unit owes something is known to whoever would read what it hands in."""
    return Subject(
        kind="duty",
        id=duty.id,
        unit_id=duty.unit_id,
        movement_id=duty.movement_id,
        year=duty.year,
        submitted=True,
    )


@subject_of.register
def _(initiative: Initiative) -> Subject:
    return Subject(
        kind="initiative",
        id=initiative.id,
        unit_id=initiative.unit_id,
        movement_id=initiative.movement_id,
        year=initiative.year,
        submitted=initiative.state is not InitiativeState.DRAFT,
        published=initiative.state in RECOGNISED_STATES,
        open=initiative.state in (InitiativeState.DRAFT, InitiativeState.RETURNED),
        authors=frozenset(author.person_id for author in initiative.authors if author.person_id is not None),
    )


@subject_of.register
def _(synthesis: Synthesis) -> Subject:
    """The office's own until a version is fixed."""
    return Subject(
        kind="synthesis",
        id=synthesis.id,
        movement_id=synthesis.movement_id,
        year=synthesis.year,
        overseen=synthesis.version_no > 0,
    )


@subject_of.register
def _(difficulty: Difficulty) -> Subject:
    return Subject(
        kind="difficulty",
        id=difficulty.id,
        unit_id=difficulty.unit_id,
        movement_id=difficulty.movement_id,
        year=difficulty.year,
        submitted=difficulty.state is not DifficultyState.DRAFT,
        open=difficulty.state is DifficultyState.DRAFT,
    )


@subject_of.register
def _(announcement: Announcement) -> Subject:
    """Whoever was told may read that it was withdrawn, and why."""
    posted = announcement.state is not AnnouncementState.DRAFT
    return Subject(
        kind="announcement",
        id=announcement.id,
        movement_id=announcement.movement_id,
        year=announcement.year,
        published=posted and announcement.everyone,
        open=announcement.state is AnnouncementState.POSTED,
        audience=frozenset(one.unit_id for one in announcement.units) if posted else frozenset(),
        overseen=posted,
    )


@subject_of.register
def _(rubric: Rubric) -> Subject:
    """Rules are known to all once they hold; before, they are the office's draft."""
    return Subject(
        kind="rubric",
        id=rubric.id,
        movement_id=rubric.movement_id,
        year=rubric.year,
        published=rubric.state is not RubricState.DRAFT,
        open=rubric.state is RubricState.DRAFT,
    )


@subject_of.register
def _(sheet: ScoreSheet) -> Subject:
    """While a result is corrected it is not published."""
    s = sheet.state
    published = s in (SheetState.PUBLISHED, SheetState.FINAL)
    return Subject(
        kind="score-sheet",
        id=sheet.id,
        unit_id=sheet.unit_id,
        movement_id=sheet.movement_id,
        year=sheet.year,
        cluster_id=sheet.cluster_id,
        submitted=s not in (SheetState.DRAFT, SheetState.EXCUSED),
        published=published,
        open=s in (SheetState.DRAFT, SheetState.RETURNED),
        appraisable=s in (SheetState.SUBMITTED, SheetState.EXPLAINED),
        delivered=s in DELIVERED_STATES,
        moderatable=s is SheetState.CLOSED,
        excused=s is SheetState.EXCUSED,
        appraiser_id=sheet.appraiser_id,
        control_id=sheet.control_id,
    )


@subject_of.register
def _(round_: ScoreRound) -> Subject:
    """With its sheets loaded: the members know of their own round."""
    return Subject(
        kind="score-round",
        id=round_.id,
        movement_id=round_.movement_id,
        year=round_.year,
        cluster_id=round_.cluster_id,
        published=round_.state in (RoundState.PUBLISHED, RoundState.FINAL),
        audience=frozenset(sheet.unit_id for sheet in round_.sheets),
        open=round_.state is RoundState.OPEN,
        overseen=True,
    )


@subject_of.register
def _(meeting: Meeting) -> Subject:
    """Chair and secretary are told of it as the invited are."""
    invited = {one for member in meeting.members for one in (member.person_id, member.stand_in_id)}
    people = {meeting.chair_id, meeting.secretary_id, *invited}
    return Subject(
        kind="meeting",
        id=meeting.id,
        movement_id=meeting.movement_id,
        year=meeting.year,
        cluster_id=meeting.cluster_id,
        chair_id=meeting.chair_id,
        open=meeting.state is not MeetingState.CLOSED,
        invited=frozenset(one for one in people if one is not None),
        present=frozenset(one.person_id for one in meeting.members if one.present),
    )


@subject_of.register
def _(ballot: Ballot) -> Subject:
    """Seen by whoever sees the meeting; `unit_id` is the unit it is about, `present` who votes by its rule."""
    running = ballot.state is BallotState.OPEN and ballot.meeting.state is MeetingState.HELD
    return replace(
        subject_of(ballot.meeting),
        kind="ballot",
        id=ballot.id,
        unit_id=ballot.unit_id,
        open=running,
        present=frozenset(ballot.voters()),
    )


@subject_of.register
def _(unit: Unit) -> Subject:
    return Subject(kind="unit", id=unit.id, unit_id=unit.id)


@subject_of.register
def _(task: Task) -> Subject:
    return Subject(kind="task", id=task.id, person_id=task.requested_by)


@subject_of.register
def _(saved: SavedSearch) -> Subject:
    return Subject(kind="saved-search", id=saved.id, person_id=saved.person_id)


@subject_of.register
def _(movement: Movement) -> Subject:
    return Subject(kind="movement", id=movement.id, movement_id=movement.id, published=True)


@subject_of.register
def _(round_: AwardRound) -> Subject:
    return Subject(
        kind="award-round",
        id=round_.id,
        movement_id=round_.movement_id,
        year=round_.year,
        published=round_.state is not AwardRoundState.DRAFT,
        open=round_.state is not AwardRoundState.CLOSED,
    )


@subject_of.register
def _(nomination: Nomination) -> Subject:
    """`authors` are those with a stake: whom it honours, and who declared to be related."""
    stakes = {one.person_id for one in nomination.stakes if one.lifted_at is None}
    return Subject(
        kind="nomination",
        id=nomination.id,
        unit_id=nomination.unit_id,
        movement_id=nomination.movement_id,
        year=nomination.year,
        submitted=nomination.state not in (NominationState.DRAFT, NominationState.WITHDRAWN),
        open=nomination.state in (NominationState.DRAFT, NominationState.RETURNED),
        authors=frozenset(stakes | ({nomination.person_id} if nomination.person_id else set())),
        cluster_id=nomination.cluster_id if nomination.proposer is Proposer.CLUSTER else None,
        by_office=nomination.proposer is Proposer.OFFICE,
    )


@subject_of.register
def _(decision: AwardDecision) -> Subject:
    return Subject(
        kind="award-decision",
        id=decision.id,
        movement_id=decision.movement_id,
        year=decision.year,
        published=decision.state is AwardDecisionState.ISSUED,
        open=decision.state is AwardDecisionState.DRAFT,
    )
