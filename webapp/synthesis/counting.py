"""What the office's report is composed from, counted in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.days import ward_day
from webapp.core.numbers import show_number, stored_number
from webapp.duties.queries import list_duties
from webapp.models import (
    RECOGNISED_STATES,
    Checklist,
    ChecklistItem,
    ChecklistState,
    CriteriaGroup,
    Criterion,
    Difficulty,
    DifficultyKind,
    DifficultyState,
    EvidenceLink,
    IndicatorSheet,
    IndicatorSheetState,
    Initiative,
    InitiativeAdoption,
    InitiativeState,
    InspectionRemedy,
    InspectionVisit,
    ItemState,
    Movement,
    PaperKind,
    PaperState,
    PaperVersion,
    PartKind,
    Phase,
    PlanVersion,
    RemedyState,
    Theme,
    Unit,
    UnitPaper,
    VisitState,
)
from webapp.movement.figures import FigureLine, figures_in
from webapp.permissions import Viewer
from webapp.permissions.inspection_scopes import readable_visits
from webapp.permissions.scopes import (
    readable_checklists,
    readable_difficulties,
    readable_initiatives,
    readable_papers,
)
from webapp.synthesis.oversight import OversightLine
from webapp.synthesis.rules import (
    Counts,
    CriterionLine,
    Facts,
    InitiativeLine,
    Raised,
    Said,
    Source,
    UnitLine,
    title_of,
)
from webapp.synthesis.years import count_years

# Parts whose figures can be totalled: what they speak of has a code of the plan.
COVERED = (PartKind.THEME, PartKind.CRITERION)


def gather_facts(
    session: Session,
    *,
    viewer: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    movement: Movement,
    kind: PaperKind,
    year: int,
) -> Facts:
    """Everything for one report, as the viewer may see it. Checklists, initiatives and difficulties count from the first
    year that the report covers."""
    years = (_first_year(session, movement, kind, year), year)
    themes = [
        (code, title_of(text))
        for code, text in session.execute(
            select(Theme.code, Theme.text)
            .where(Theme.movement_id == movement.id, Theme.retired_at.is_(None))
            .order_by(Theme.position)
        )
    ]
    criteria = _criteria(session, viewer, movement.id, years)
    papers = _accepted(session, viewer, movement.id, kind, year)
    said = [
        Said(paper.id, version.no, paper.unit.name, PartKind(part["kind"]), part["code"], part["text"])
        for paper, version in papers
        for part in version.content
        if part["text"].strip()
    ]
    return Facts(
        kind=kind,
        year=year,
        plan=_plan(session, movement),
        themes=themes,
        counts=Counts(
            _units(session, viewer, now, timezone, movement.id, kind, year),
            criteria,
            _initiatives(session, viewer, movement.id, years),
            _figures(said, [code for code, _ in themes] + [line.code for line in criteria]),
            _oversight(session, viewer, movement.id, years),
        ),
        reports=[Source("paper", paper.id, paper.unit.name, version.no) for paper, version in papers],
        said=said,
        raised=_raised(session, viewer, movement.id, years),
        years=count_years(session, viewer=viewer, now=now, timezone=timezone, movement=movement, years=years),
    )


def _first_year(session: Session, movement: Movement, kind: PaperKind, year: int) -> int:
    if kind is PaperKind.ANNUAL:
        return year
    if kind is PaperKind.FINAL:
        return movement.first_year
    first = session.scalar(
        select(func.min(Phase.first_year)).where(
            Phase.movement_id == movement.id, Phase.first_year <= year, Phase.last_year >= year
        )
    )
    return first or movement.first_year


def find_plan(session: Session, movement_id: str) -> PlanVersion | None:
    """The plan's latest wording."""
    return session.scalars(
        select(PlanVersion).where(PlanVersion.movement_id == movement_id).order_by(PlanVersion.no.desc())
    ).first()


def _plan(session: Session, movement: Movement) -> Source:
    plan = find_plan(session, movement.id)
    label = f"Kế hoạch số {plan.number}" if plan and plan.number else f"kế hoạch của phong trào “{movement.name}”"
    return Source("plan", movement.id, label, plan.no if plan else 0)


def _units(
    session: Session,
    viewer: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    movement_id: str,
    kind: PaperKind,
    year: int,
) -> tuple[UnitLine, ...]:
    """One line a unit: where several rules ask it for the same report, the earliest day counts."""
    lines: dict[str, UnitLine] = {}
    for row in list_duties(session, viewer=viewer, year=year, now=now, timezone=timezone, paper=kind):
        duty = row.duty
        if duty.movement_id == movement_id and duty.unit_id not in lines:
            handed = ward_day(row.submitted_at, timezone).isoformat() if row.submitted_at else ""
            lines[duty.unit_id] = UnitLine(
                duty.unit_id,
                duty.unit.name,
                row.cluster,
                duty.last_day.isoformat(),
                handed,
                row.late,
                row.state is PaperState.ACCEPTED,
            )
    return tuple(sorted(lines.values(), key=lambda line: (line.cluster, line.unit)))


def _accepted(
    session: Session, viewer: Viewer, movement_id: str, kind: PaperKind, year: int
) -> Sequence[tuple[UnitPaper, PaperVersion]]:
    rows = session.execute(
        select(UnitPaper, PaperVersion)
        .join(UnitPaper.unit)
        .join(PaperVersion, (PaperVersion.paper_id == UnitPaper.id) & (PaperVersion.no == UnitPaper.version_no))
        .where(
            UnitPaper.movement_id == movement_id,
            UnitPaper.kind == kind,
            UnitPaper.year == year,
            UnitPaper.state == PaperState.ACCEPTED,
            readable_papers(viewer),
        )
        .options(joinedload(UnitPaper.unit))
        .order_by(Unit.name)
    )
    return [(paper, version) for paper, version in rows]


def _figures(said: Sequence[Said], order: Sequence[str]) -> tuple[FigureLine, ...]:
    found = (line for one in said if one.kind in COVERED for line in figures_in(one.text, code=one.code, unit=one.unit))
    places = {code: place for place, code in enumerate(order)}
    return tuple(sorted(found, key=lambda line: (places.get(line.code, len(places)), line.code)))


def _criteria(session: Session, viewer: Viewer, movement_id: str, years: tuple[int, int]) -> tuple[CriterionLine, ...]:
    """Criteria in force in the plan's order, with zeros where no checklist was handed in."""
    handed: Any = (
        Checklist.movement_id == movement_id,
        Checklist.year.between(*years),
        Checklist.state == ChecklistState.SUBMITTED,
        readable_checklists(viewer),
    )
    items = {
        criterion_id: (count, claimed)
        for criterion_id, count, claimed in session.execute(
            select(
                ChecklistItem.criterion_id,
                func.count(),
                func.count().filter(ChecklistItem.state == ItemState.CLAIMED),
            )
            .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
            .where(*handed)
            .group_by(ChecklistItem.criterion_id)
        )
    }
    evidences: dict[str, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(ChecklistItem.criterion_id, func.count(func.distinct(EvidenceLink.evidence_id)))
            .join(EvidenceLink, EvidenceLink.item_id == ChecklistItem.id)
            .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
            .where(EvidenceLink.removed_at.is_(None), *handed)
            .group_by(ChecklistItem.criterion_id)
        )
    }
    rows = session.execute(
        select(CriteriaGroup.id, CriteriaGroup.code, CriteriaGroup.title, Criterion.id, Criterion.code, Criterion.text)
        .join(Criterion, Criterion.group_id == CriteriaGroup.id)
        .where(
            CriteriaGroup.movement_id == movement_id,
            CriteriaGroup.retired_at.is_(None),
            Criterion.retired_at.is_(None),
        )
        .order_by(CriteriaGroup.position, Criterion.position)
    )
    return tuple(
        CriterionLine(
            group_id, group, title_of(title), code, title_of(text), *items.get(key, (0, 0)), evidences.get(key, 0)
        )
        for group_id, group, title, key, code, text in rows
    )


def _initiatives(
    session: Session, viewer: Viewer, movement_id: str, years: tuple[int, int]
) -> tuple[InitiativeLine, ...]:
    """What was handed in, by state and name; of the part to keep secret nothing is asked for."""
    adopters = (
        select(InitiativeAdoption.initiative_id, func.count().label("count"))
        .group_by(InitiativeAdoption.initiative_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Initiative.id,
            Initiative.title,
            Unit.name,
            Initiative.kind,
            Initiative.state,
            adopters.c.count,
            Initiative.decision_number,
        )
        .join(Unit, Unit.id == Initiative.unit_id)
        .outerjoin(adopters, adopters.c.initiative_id == Initiative.id)
        .where(
            Initiative.movement_id == movement_id,
            Initiative.year.between(*years),
            Initiative.state != InitiativeState.DRAFT,
            readable_initiatives(viewer),
        )
        .order_by(Unit.name, Initiative.title, Initiative.id)
    )
    return tuple(
        InitiativeLine(
            key,
            title or "(chưa đặt tên)",
            unit,
            kind.label,
            state.label,
            state in RECOGNISED_STATES,
            count or 0,
            decision,
        )
        for key, title, unit, kind, state, count, decision in rows
    )


def _oversight(session: Session, viewer: Viewer, movement_id: str, years: tuple[int, int]) -> tuple[OversightLine, ...]:
    """Concluded inspections, then published sheets of the digital index, the highest share first."""
    done = func.sum(case((InspectionRemedy.state == RemedyState.CLOSED, 1), else_=0))
    visits = session.execute(
        select(InspectionVisit.id, Unit.name, func.count(InspectionRemedy.id), func.coalesce(done, 0))
        .join(Unit, Unit.id == InspectionVisit.unit_id)
        .outerjoin(InspectionRemedy, InspectionRemedy.visit_id == InspectionVisit.id)
        .where(
            InspectionVisit.movement_id == movement_id,
            InspectionVisit.year.between(*years),
            InspectionVisit.state.in_((VisitState.CONCLUDED, VisitState.CLOSED)),
            readable_visits(viewer),
        )
        .group_by(InspectionVisit.id, Unit.name, InspectionVisit.concluded_on)
        .order_by(InspectionVisit.concluded_on, InspectionVisit.id)
    )
    sheets = session.execute(
        select(IndicatorSheet.id, Unit.name, IndicatorSheet.result)
        .join(Unit, Unit.id == IndicatorSheet.unit_id)
        .where(
            IndicatorSheet.movement_id == movement_id,
            IndicatorSheet.year == years[1],
            IndicatorSheet.state == IndicatorSheetState.PUBLISHED,
        )
        .order_by(Unit.name, IndicatorSheet.id)
    ).all()
    shares = [(stored_number(result["share"]), key, unit) for key, unit, result in sheets if result]
    return (
        *(OversightLine("inspection-visit", key, unit, asked, int(closed)) for key, unit, asked, closed in visits),
        *(
            OversightLine("indicator-sheet", key, unit, share=show_number(share, 2))
            for share, key, unit in sorted(shares, key=lambda row: (-row[0], row[2]))
        ),
    )


def _raised(session: Session, viewer: Viewer, movement_id: str, years: tuple[int, int]) -> list[Raised]:
    rows = session.execute(
        select(Difficulty, Unit.name)
        .join(Unit, Unit.id == Difficulty.unit_id)
        .where(
            Difficulty.movement_id == movement_id,
            Difficulty.year.between(*years),
            Difficulty.state != DifficultyState.DRAFT,
            readable_difficulties(viewer),
        )
        .order_by(Difficulty.topic, Unit.name, Difficulty.raised_at)
    )
    return [
        Raised(
            one.id,
            unit,
            one.kind is DifficultyKind.AMENDMENT,
            one.point,
            _with_proposal(one),
            one.state.label,
            one.answer,
        )
        for one, unit in rows
    ]


def _with_proposal(one: Difficulty) -> str:
    if not one.proposal:
        return one.text
    lead = "" if one.proposal.casefold().startswith("đề nghị") else "Đề nghị: "
    return f"{one.text} {lead}{one.proposal}"
