"""Programmes, teams and visits of inspection, reduced to the facts the policy asks for; part of `subject.subject_of`."""

from __future__ import annotations

from webapp.models import (
    SHOWN_VISITS,
    TOLD_VISITS,
    Inspection,
    InspectionProgramme,
    InspectionState,
    InspectionVisit,
    ProgrammeState,
    TeamPost,
    VisitState,
)
from webapp.permissions.subject import Subject, subject_of

LEADING = (TeamPost.HEAD, TeamPost.DEPUTY, TeamPost.SECRETARY)


@subject_of.register
def _(programme: InspectionProgramme) -> Subject:
    return Subject(
        kind="inspection-programme",
        id=programme.id,
        movement_id=programme.movement_id,
        year=programme.year,
        published=programme.state is ProgrammeState.APPROVED,
    )


@subject_of.register
def _(inspection: Inspection) -> Subject:
    """`audience` are the units that shall not know of it yet; `open` while its team works."""
    waiting = {one.unit_id for one in inspection.visits if one.state is VisitState.PLANNED}
    return Subject(
        kind="inspection",
        id=inspection.id,
        movement_id=inspection.movement_id,
        year=inspection.year,
        authors=inspection.team,
        audience=frozenset(waiting if inspection.surprise else ()),
        open=inspection.state in (InspectionState.DRAFT, InspectionState.IN_FORCE),
        overseen=inspection.state is not InspectionState.DRAFT,
    )


@subject_of.register
def _(visit: InspectionVisit) -> Subject:
    """`submitted` once it is concluded: from then on it is told to whoever reads what the unit handed in."""
    members = [one for one in visit.inspection.members if one.removed_at is None]
    return Subject(
        kind="inspection-visit",
        id=visit.id,
        unit_id=visit.unit_id,
        movement_id=visit.movement_id,
        year=visit.year,
        submitted=visit.state in (VisitState.CONCLUDED, VisitState.CLOSED),
        team_id=visit.inspection_id,
        told=visit.state in TOLD_VISITS,
        delivered=visit.state in SHOWN_VISITS,
        open=visit.state is VisitState.OPENED,
        authors=frozenset(one.person_id for one in members),
        present=frozenset(one.person_id for one in members if one.post in LEADING),
        overseen=visit.inspection.state is not InspectionState.DRAFT,
    )
