"""Reading programmes, teams, visits and what they found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.core.errors import NotFound
from webapp.models import (
    Checklist,
    ChecklistItem,
    CriteriaGroup,
    Criterion,
    Document,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    FindingKind,
    GroupUnit,
    Inspection,
    InspectionFile,
    InspectionFinding,
    InspectionProgramme,
    InspectionRemedy,
    InspectionSignature,
    InspectionState,
    InspectionVisit,
    Person,
    ProgrammeLine,
    RemedyState,
    Unit,
    VisitState,
)
from webapp.permissions import Permission, Viewer, can, ensure
from webapp.permissions.inspection_scopes import readable_inspections, readable_programmes, readable_visits
from webapp.permissions.scopes import readable_checklists, readable_documents

# The team stood in the unit.
VISITED = (
    VisitState.OPENED,
    VisitState.MINUTED,
    VisitState.SIGNED,
    VisitState.REPORTED,
    VisitState.CONCLUDED,
    VisitState.CLOSED,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What the unit says of a criterion in its checklist, with the papers it shows: (document id, name, digest)."""

    state: str
    comment: str
    papers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion of the visit, what the unit claims, and what was found about it."""

    criterion: Criterion
    claim: Claim | None
    findings: Sequence[InspectionFinding]


def find_programme(session: Session, movement_id: str, year: int, *, viewer: Viewer) -> InspectionProgramme | None:
    return session.scalar(
        select(InspectionProgramme)
        .where(
            InspectionProgramme.movement_id == movement_id,
            InspectionProgramme.year == year,
            readable_programmes(viewer),
        )
        .options(selectinload(InspectionProgramme.lines).joinedload(ProgrammeLine.unit))
    )


def list_teams(session: Session, movement_id: str, year: int, *, viewer: Viewer) -> Sequence[Inspection]:
    """With their visits and members; the latest first."""
    return session.scalars(
        select(Inspection)
        .where(Inspection.movement_id == movement_id, Inspection.year == year, readable_inspections(viewer))
        .order_by(Inspection.first_day.desc(), Inspection.id)
    ).all()


def get_team(session: Session, inspection_id: str, *, viewer: Viewer) -> Inspection:
    """With members, visits and their units. Raises NotFound."""
    found = session.scalar(
        select(Inspection)
        .where(Inspection.id == inspection_id, readable_inspections(viewer))
        .options(
            selectinload(Inspection.members),
            selectinload(Inspection.visits).joinedload(InspectionVisit.unit),
        )
    )
    if found is None:
        raise NotFound(kind="inspection", key=inspection_id)
    return found


def list_visits(
    session: Session,
    *,
    viewer: Viewer,
    movement_id: str | None = None,
    year: int | None = None,
    unit_id: str | None = None,
) -> Sequence[InspectionVisit]:
    """What the viewer may know of, the nearest last; with unit and team."""
    query = select(InspectionVisit).where(readable_visits(viewer))
    for column, value in (
        (InspectionVisit.movement_id, movement_id),
        (InspectionVisit.year, year),
        (InspectionVisit.unit_id, unit_id),
    ):
        query = query.where(column == value) if value is not None else query
    return session.scalars(
        query.options(joinedload(InspectionVisit.unit)).order_by(InspectionVisit.visit_from.desc(), InspectionVisit.id)
    ).all()


def get_visit(session: Session, visit_id: str, *, viewer: Viewer) -> InspectionVisit:
    """With its unit and team. Raises NotFound."""
    found = session.scalar(
        select(InspectionVisit)
        .where(InspectionVisit.id == visit_id, readable_visits(viewer))
        .options(joinedload(InspectionVisit.unit))
    )
    if found is None:
        raise NotFound(kind="inspection-visit", key=visit_id)
    return found


def get_planned(session: Session, visit_id: str, *, viewer: Viewer) -> InspectionVisit:
    """A visit of a team that the viewer manages, of a draft too; with its unit. Raises NotFound, Refused."""
    found = session.scalar(
        select(InspectionVisit).where(InspectionVisit.id == visit_id).options(joinedload(InspectionVisit.unit))
    )
    if found is None:
        raise NotFound(kind="inspection-visit", key=visit_id)
    ensure(viewer, Permission.INSPECTION_MANAGE, found.inspection)
    return found


def list_findings(session: Session, visit: InspectionVisit, *, viewer: Viewer) -> Sequence[InspectionFinding]:
    """Those that stand, in the order they were written; none for who may not read them yet."""
    if not can(viewer, Permission.VISIT_READ_FINDINGS, visit):
        return ()
    return session.scalars(
        select(InspectionFinding)
        .where(InspectionFinding.visit_id == visit.id, InspectionFinding.removed_at.is_(None))
        .options(joinedload(InspectionFinding.criterion))
        .order_by(InspectionFinding.found_at, InspectionFinding.id)
    ).all()


def get_finding(session: Session, finding_id: str, *, viewer: Viewer) -> tuple[InspectionFinding, InspectionVisit]:
    """A finding that stands and its visit. Raises NotFound."""
    found = session.get(InspectionFinding, finding_id)
    if found is None or found.removed_at is not None:
        raise NotFound(kind="inspection-visit", key=finding_id)
    visit = get_visit(session, found.visit_id, viewer=viewer)
    if not can(viewer, Permission.VISIT_READ_FINDINGS, visit):
        raise NotFound(kind="inspection-visit", key=finding_id)
    return found, visit


def get_remedy(session: Session, remedy_id: str, *, viewer: Viewer) -> tuple[InspectionRemedy, InspectionVisit]:
    """A remedy and its visit. Raises NotFound."""
    found = session.get(InspectionRemedy, remedy_id)
    if found is None:
        raise NotFound(kind="inspection-visit", key=remedy_id)
    return found, get_visit(session, found.visit_id, viewer=viewer)


def list_remedies(session: Session, visit: InspectionVisit) -> Sequence[InspectionRemedy]:
    """Of a visit that the viewer reads; remedies come with the conclusion, which all its readers read."""
    return session.scalars(
        select(InspectionRemedy)
        .where(InspectionRemedy.visit_id == visit.id)
        .order_by(InspectionRemedy.due_on, InspectionRemedy.id)
    ).all()


def list_signatures(session: Session, visit: InspectionVisit) -> Sequence[InspectionSignature]:
    """Those that stand."""
    return session.scalars(
        select(InspectionSignature)
        .where(InspectionSignature.visit_id == visit.id, InspectionSignature.void_at.is_(None))
        .order_by(InspectionSignature.signed_at)
    ).all()


def list_files(session: Session, visit: InspectionVisit, *, viewer: Viewer) -> Sequence[InspectionFile]:
    """Files of the visit that the viewer may get: the unit's own always, the team's with the findings."""
    query = (
        select(InspectionFile)
        .where(InspectionFile.visit_id == visit.id, InspectionFile.removed_at.is_(None))
        .options(joinedload(InspectionFile.version).joinedload(DocumentVersion.reading))
        .order_by(InspectionFile.linked_at, InspectionFile.id)
    )
    if not can(viewer, Permission.VISIT_READ_FINDINGS, visit):
        query = query.where(InspectionFile.of_team.is_(False))
    return session.scalars(query).all()


def checklist_of(session: Session, visit: InspectionVisit, *, viewer: Viewer) -> list[Row]:
    """The unit's criteria in the order of the plan, beside each what it claims in the year and what was found.

    Five statements. Claims and papers are only those that the viewer may read.
    """
    criteria = session.scalars(
        select(Criterion)
        .join(CriteriaGroup, CriteriaGroup.id == Criterion.group_id)
        .where(Criterion.movement_id == visit.movement_id, Criterion.retired_at.is_(None))
        .order_by(CriteriaGroup.position, Criterion.position)
    ).all()
    own = set(session.scalars(select(GroupUnit.group_id).where(GroupUnit.unit_id == visit.unit_id)))
    findings: dict[str | None, list[InspectionFinding]] = defaultdict(list)
    for one in list_findings(session, visit, viewer=viewer):
        findings[one.criterion_id].append(one)
    claims = _claims(session, visit, viewer)
    return [
        Row(one, claims.get(one.id), findings[one.id])
        for one in criteria
        if one.group_id in own or one.id in claims or findings[one.id]
    ]


def _claims(session: Session, visit: InspectionVisit, viewer: Viewer) -> dict[str, Claim]:
    items = session.execute(
        select(ChecklistItem.id, ChecklistItem.criterion_id, ChecklistItem.state, ChecklistItem.comment)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(
            Checklist.unit_id == visit.unit_id,
            Checklist.year == visit.year,
            Checklist.movement_id == visit.movement_id,
            readable_checklists(viewer),
        )
    ).all()
    papers: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    rows = session.execute(
        select(EvidenceLink.item_id, Document.id, Document.title, DocumentVersion.sha256)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .join(Document, Document.id == Evidence.document_id)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .where(
            EvidenceLink.item_id.in_([one.id for one in items]),
            EvidenceLink.removed_at.is_(None),
            readable_documents(viewer),
        )
        .order_by(Document.title, Document.id)
    )
    for item_id, document_id, title, sha256 in rows:
        papers[item_id].append((document_id, title, sha256))
    return {one.criterion_id: Claim(one.state.label, one.comment or "", tuple(papers[one.id])) for one in items}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the year is: `units` of the ward, of which planned and visited; what was found, what is still to be done."""

    units: Sequence[Unit]
    planned: frozenset[str]
    visited: frozenset[str]
    found: Mapping[FindingKind, int]
    remedies: Mapping[RemedyState, int]
    late: int


def find_standing(
    session: Session, movement_id: str, year: int, *, viewer: Viewer, units: Sequence[Unit], today: date
) -> Standing:
    """Numbers of what the viewer may read. Four statements."""
    seen = (
        InspectionVisit.movement_id == movement_id,
        InspectionVisit.year == year,
        InspectionVisit.state != VisitState.CANCELLED,
        readable_visits(viewer),
    )
    visits = session.execute(select(InspectionVisit.unit_id, InspectionVisit.state).where(*seen)).all()
    programme = find_programme(session, movement_id, year, viewer=viewer)
    planned = {line.unit_id for line in programme.lines if line.struck_at is None} if programme else set()
    # What was found is told once it stands in the minutes.
    shown = InspectionVisit.state.in_(VISITED[1:])
    found = session.execute(
        select(InspectionFinding.kind, func.count())
        .join(InspectionVisit, InspectionVisit.id == InspectionFinding.visit_id)
        .where(*seen, shown, InspectionFinding.removed_at.is_(None))
        .group_by(InspectionFinding.kind)
    )
    remedies = session.execute(
        select(InspectionRemedy.state, InspectionRemedy.due_on)
        .join(InspectionVisit, InspectionVisit.id == InspectionRemedy.visit_id)
        .where(*seen)
    ).all()
    states: dict[RemedyState, int] = defaultdict(int)
    for state, _ in remedies:
        states[state] += 1
    return Standing(
        units=units,
        planned=frozenset(planned),
        visited=frozenset(unit_id for unit_id, state in visits if state in VISITED[1:]),
        found={kind: total for kind, total in found},  # noqa: C416  rows are not pairs to mypy
        remedies=states,
        late=sum(state is RemedyState.OPEN and due_on < today for state, due_on in remedies),
    )


def list_people(session: Session, *, viewer: Viewer) -> list[tuple[str, str]]:
    """(id, name and unit) of everybody with an account, by name, for who may found a team."""
    if not viewer.run_movements:
        return []
    rows = session.execute(
        select(Person.id, Person.name, Unit.name)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return [(key, f"{name} ({unit})" if unit else name) for key, name, unit in rows]


def working_teams(session: Session, *, viewer: Viewer) -> Sequence[Inspection]:
    """Teams in which the viewer is, that work or are about to."""
    return [
        one
        for one in session.scalars(
            select(Inspection)
            .where(Inspection.state == InspectionState.IN_FORCE, readable_inspections(viewer))
            .order_by(Inspection.first_day, Inspection.id)
        )
        if viewer.id in one.team
    ]
