"""What is there of a movement in a year, counted once for all points of the plan, in a fixed number of statements.

Only numbers of what was handed in, held, decided: no draft counts, and nothing that a vote or a dossier says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.duties.queries import first_submissions
from webapp.models import (
    RECOGNISED_STATES,
    SHOWN_VISITS,
    Announcement,
    AnnouncementState,
    AwardDecision,
    AwardRound,
    AwardRoundState,
    Checklist,
    ChecklistItem,
    ChecklistState,
    Council,
    CouncilAssignment,
    CouncilSeat,
    Difficulty,
    DifficultyState,
    Document,
    Duty,
    Evidence,
    EvidenceLink,
    IndicatorSheet,
    IndicatorSheetState,
    Initiative,
    InitiativeState,
    Inspection,
    InspectionState,
    InspectionVisit,
    ItemState,
    Meeting,
    MeetingState,
    Movement,
    PaperKind,
    Rubric,
    RubricState,
    ScoreRound,
    Synthesis,
    Theme,
    Unit,
    UnitKind,
    VisitState,
)


@dataclass(slots=True)
class Facts:
    """Counts of one movement and year; sets hold ids of units."""

    year: int
    kinds: dict[str, UnitKind] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    owed: dict[PaperKind, set[str]] = field(default_factory=lambda: defaultdict(set))
    handed_in: dict[PaperKind, set[str]] = field(default_factory=lambda: defaultdict(set))
    judged: dict[str, int] = field(default_factory=dict)  # checklists handed in, by criterion
    claimed: dict[str, int] = field(default_factory=dict)  # of these claimed as done, by criterion
    evidences: dict[str, int] = field(default_factory=dict)  # by theme
    evidence_total: int = 0
    initiatives: dict[str, int] = field(default_factory=dict)  # handed in, by unit
    recognised: int = 0
    honoured: int = 0
    rounds: int = 0
    rounds_open: int = 0
    decisions: int = 0
    meetings: int = 0
    meetings_held: int = 0
    seats: int = 0
    assignments: int = 0
    raised: int = 0
    decided: int = 0
    announcements: int = 0
    score_rounds: int = 0
    score_rounds_done: int = 0
    rubrics: int = 0
    teams: int = 0
    inspected: int = 0
    concluded: int = 0
    index_sheets: int = 0
    index_published: int = 0
    syntheses: int = 0
    syntheses_issued: int = 0


def gather(session: Session, movement: Movement, year: int) -> Facts:
    """Everything the states of points are worked out from."""
    facts = Facts(year)
    first, last = date(year, 1, 1), date(year, 12, 31)
    for unit in session.scalars(select(Unit)):
        if (unit.founded_on is None or unit.founded_on <= last) and (
            unit.dissolved_on is None or unit.dissolved_on > first
        ):
            facts.kinds[unit.id], facts.names[unit.id] = unit.kind, unit.name
    owed = select(Duty.paper, Duty.unit_id).where(
        Duty.movement_id == movement.id, Duty.year == year, Duty.cancelled_at.is_(None)
    )
    for paper, unit_id in session.execute(owed):
        facts.owed[paper].add(unit_id)
    for unit_id, kind in first_submissions(session, movement_id=movement.id, year=year):
        facts.handed_in[kind].add(unit_id)
    _checklists(session, movement.id, facts)
    _voices(session, movement.id, facts)
    _honours(session, movement.id, facts)
    _oversight(session, movement.id, facts)
    return facts


def _checklists(session: Session, movement_id: str, facts: Facts) -> None:
    of_year = (
        Checklist.movement_id == movement_id,
        Checklist.year == facts.year,
        Checklist.state != ChecklistState.DRAFT,
    )
    rows = session.execute(
        select(ChecklistItem.criterion_id, ChecklistItem.state, func.count())
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(*of_year)
        .group_by(ChecklistItem.criterion_id, ChecklistItem.state)
    )
    for criterion_id, state, count in rows:
        if state is not ItemState.NOT_APPLICABLE:
            facts.judged[criterion_id] = facts.judged.get(criterion_id, 0) + count
        if state is ItemState.CLAIMED:
            facts.claimed[criterion_id] = count
    proofs = session.execute(
        select(Theme.code, func.count(func.distinct(Evidence.id)))
        .select_from(Evidence)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .outerjoin(Document, Document.id == Evidence.document_id)
        .outerjoin(Theme, Theme.id == Document.theme_id)
        .where(EvidenceLink.removed_at.is_(None), *of_year)
        .group_by(Theme.code)
    )
    for code, count in proofs:
        facts.evidence_total += count
        if code:
            facts.evidences[code] = count


def _voices(session: Session, movement_id: str, facts: Facts) -> None:
    """Initiatives, difficulties, announcements."""
    initiatives = session.execute(
        select(Initiative.unit_id, Initiative.state, func.count())
        .where(
            Initiative.movement_id == movement_id,
            Initiative.year == facts.year,
            Initiative.state != InitiativeState.DRAFT,
        )
        .group_by(Initiative.unit_id, Initiative.state)
    )
    for unit_id, state, count in initiatives:
        facts.initiatives[unit_id] = facts.initiatives.get(unit_id, 0) + count
        facts.recognised += count if state in RECOGNISED_STATES else 0
    difficulties = session.execute(
        select(Difficulty.state, func.count())
        .where(
            Difficulty.movement_id == movement_id,
            Difficulty.year == facts.year,
            Difficulty.state != DifficultyState.DRAFT,
        )
        .group_by(Difficulty.state)
    )
    for raised, count in difficulties:
        facts.raised += count
        facts.decided += count if raised in (DifficultyState.ACCEPTED, DifficultyState.DECLINED) else 0
    facts.announcements = _count(
        session,
        Announcement.movement_id == movement_id,
        Announcement.year == facts.year,
        Announcement.state == AnnouncementState.POSTED,
    )
    facts.honoured = _count(
        session,
        Initiative.movement_id == movement_id,
        Initiative.year == facts.year,
        Initiative.honoured_on.is_not(None),
    )


def _honours(session: Session, movement_id: str, facts: Facts) -> None:
    """Rounds of awards and of scores, the council, its meetings, the office's reports."""
    year = facts.year
    of_rounds = (AwardRound.movement_id == movement_id, AwardRound.year == year)
    facts.rounds = _count(session, *of_rounds, AwardRound.state != AwardRoundState.DRAFT)
    facts.rounds_open = _count(session, *of_rounds, AwardRound.state == AwardRoundState.IN_FORCE)
    facts.decisions = _count(
        session,
        AwardDecision.movement_id == movement_id,
        AwardDecision.year == year,
        AwardDecision.issued_at.is_not(None),
    )
    of_meetings = (Meeting.movement_id == movement_id, Meeting.year == year)
    facts.meetings = _count(session, *of_meetings, Meeting.state != MeetingState.CANCELLED)
    facts.meetings_held = _count(session, *of_meetings, Meeting.state.in_((MeetingState.HELD, MeetingState.CLOSED)))
    first, last = date(year, 1, 1), date(year, 12, 31)
    seats = (
        select(CouncilSeat.id)
        .join(Council, Council.id == CouncilSeat.council_id)
        .where(Council.movement_id == movement_id, CouncilSeat.from_day <= last)
        .where(CouncilSeat.until_day.is_(None) | (CouncilSeat.until_day >= first))
    )
    facts.seats = session.scalar(select(func.count()).select_from(seats.subquery())) or 0
    facts.assignments = _count(session, CouncilAssignment.year == year, CouncilAssignment.seat_id.in_(seats))
    of_scores = (ScoreRound.movement_id == movement_id, ScoreRound.year == year)
    facts.score_rounds = _count(session, *of_scores)
    facts.score_rounds_done = _count(session, *of_scores, ScoreRound.published_at.is_not(None))
    facts.rubrics = _count(
        session, Rubric.movement_id == movement_id, Rubric.year == year, Rubric.state != RubricState.DRAFT
    )
    of_reports = (Synthesis.movement_id == movement_id, Synthesis.year == year)
    facts.syntheses = _count(session, *of_reports, Synthesis.version_no > 0)
    facts.syntheses_issued = _count(session, *of_reports, Synthesis.issued_on.is_not(None))


def _oversight(session: Session, movement_id: str, facts: Facts) -> None:
    """Inspections that everybody who oversees knows of, and the digital index."""
    of_teams = (Inspection.movement_id == movement_id, Inspection.year == facts.year)
    facts.teams = _count(session, *of_teams, Inspection.state.in_((InspectionState.IN_FORCE, InspectionState.ENDED)))
    of_visits = (InspectionVisit.movement_id == movement_id, InspectionVisit.year == facts.year)
    facts.inspected = _count(session, *of_visits, InspectionVisit.state.in_((VisitState.OPENED, *SHOWN_VISITS)))
    facts.concluded = _count(session, *of_visits, InspectionVisit.state.in_((VisitState.CONCLUDED, VisitState.CLOSED)))
    of_index = (IndicatorSheet.movement_id == movement_id, IndicatorSheet.year == facts.year)
    facts.index_sheets = _count(session, *of_index, IndicatorSheet.state != IndicatorSheetState.DRAFT)
    facts.index_published = _count(session, *of_index, IndicatorSheet.state == IndicatorSheetState.PUBLISHED)


def _count(session: Session, *conditions: object) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]
