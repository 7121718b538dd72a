"""The policy of inspections as SQL, line for line as in `inspection_table.py`."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true

from webapp.models import (
    TOLD_VISITS,
    AuditEvent,
    Document,
    Inspection,
    InspectionFile,
    InspectionMember,
    InspectionProgramme,
    InspectionState,
    InspectionVisit,
    ProgrammeState,
    VisitState,
)
from webapp.permissions.viewer import Viewer

CONCLUDED = (VisitState.CONCLUDED, VisitState.CLOSED)
# What a team does before the unit is told of it, and among itself; a unit's log leaves it out.
TEAMWORK = (
    "inspection-visit.plan",
    "inspection-visit.call-off",
    "inspection-visit.find",
    "inspection-visit.change-finding",
    "inspection-visit.drop-finding",
    "inspection-visit.photograph",
    "inspection-visit.prepare",
    "inspection-visit.report",
    "inspection-visit.download",
)


def _own(viewer: Viewer) -> frozenset[str]:
    return viewer.own_units | ({viewer.unit_id} if viewer.unit_id else set())


def readable_programmes(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on InspectionProgramme for PROGRAMME_READ."""
    if viewer.id is None:
        return false()
    run = viewer.run_movements
    drafts = true() if None in run else InspectionProgramme.movement_id.in_(run - {None})
    return or_(InspectionProgramme.state == ProgrammeState.APPROVED, drafts)


def _in_team(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        InspectionMember.inspection_id == Inspection.id,
        InspectionMember.person_id == viewer.id,
        InspectionMember.removed_at.is_(None),
    )


def readable_inspections(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Inspection for INSPECTION_READ."""
    if viewer.is_system:
        return true()
    if viewer.id is None:
        return false()
    surprised = exists().where(
        InspectionVisit.inspection_id == Inspection.id,
        InspectionVisit.state == VisitState.PLANNED,
        InspectionVisit.unit_id.in_(_own(viewer)),
    )
    kept = and_(Inspection.surprise.is_(True), surprised)
    known = Inspection.state != InspectionState.DRAFT
    run, overseen = viewer.run_movements, viewer.overseen_movements
    wide: list[ColumnElement[bool]] = []
    if run:
        wide.append(true() if None in run else Inspection.movement_id.in_(run))
    if overseen:
        wide.append(and_(known, true() if None in overseen else Inspection.movement_id.in_(overseen)))
    return or_(and_(not_(kept), or_(false(), *wide)), and_(known, _in_team(viewer)))


def readable_visits(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on InspectionVisit for VISIT_READ; correlates with nothing but the visit."""
    if viewer.id is None:
        return false()
    known = exists().where(Inspection.id == InspectionVisit.inspection_id, Inspection.state != InspectionState.DRAFT)
    conditions: list[ColumnElement[bool]] = []
    teams: dict[str, set[str]] = defaultdict(set)
    for team_id, unit_id in viewer.inspecting:
        teams[team_id].add(unit_id)
    for team_id, units in sorted(teams.items()):
        at_work = and_(InspectionVisit.inspection_id == team_id, InspectionVisit.unit_id.in_(units - _own(viewer)))
        conditions.append(and_(at_work, known))
    overseen = viewer.overseen_movements
    if overseen:
        of_movement = true() if None in overseen else InspectionVisit.movement_id.in_(overseen)
        conditions.append(and_(of_movement, known, InspectionVisit.unit_id.not_in(_own(viewer))))
    if viewer.own_units:
        told = InspectionVisit.state.in_(TOLD_VISITS)
        conditions.append(and_(InspectionVisit.unit_id.in_(viewer.own_units), told))
    return or_(false(), *conditions, *_concluded(viewer))


def surprises(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on AuditEvent: it tells of a team that shall surprise the viewer's own unit."""
    if not _own(viewer):
        return false()
    hidden = (
        select(InspectionVisit.id, InspectionVisit.inspection_id)
        .join(Inspection, Inspection.id == InspectionVisit.inspection_id)
        .where(
            Inspection.surprise.is_(True),
            InspectionVisit.state == VisitState.PLANNED,
            InspectionVisit.unit_id.in_(_own(viewer)),
        )
        .subquery()
    )
    return or_(AuditEvent.object_id.in_(select(hidden.c.id)), AuditEvent.object_id.in_(select(hidden.c.inspection_id)))


def _concluded(viewer: Viewer) -> list[ColumnElement[bool]]:
    """For everyone who reads what units handed in."""
    by_year: dict[int, set[str]] = defaultdict(set)
    for unit_id, year in viewer.led:
        by_year[year].add(unit_id)
    wider = [
        and_(InspectionVisit.year == year, InspectionVisit.unit_id.in_(units))
        for year, units in sorted(by_year.items())
    ]
    if viewer.inspected:
        wider.append(InspectionVisit.unit_id.in_(viewer.inspected))
    overseen = viewer.overseen_movements
    if None in overseen:
        wider.append(true())
    elif overseen:
        wider.append(InspectionVisit.movement_id.in_(overseen))
    return [and_(InspectionVisit.state.in_(CONCLUDED), or_(*wider))] if wider else []


def files_of_teams() -> ColumnElement[bool]:
    """Condition on Document: what a team put there is got through the visit only."""
    return exists().where(InspectionFile.document_id == Document.id, InspectionFile.of_team.is_(True))
