"""What the house knows of programmes, teams and visits of inspection as kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, raiseload

from search import Record
from webapp.kinds import Address, Facts, Kind, Searched, search_key
from webapp.models import (
    Inspection,
    InspectionFinding,
    InspectionProgramme,
    InspectionRemedy,
    InspectionVisit,
)
from webapp.permissions.inspection_scopes import CONCLUDED, readable_inspections, readable_programmes, readable_visits
from webapp.permissions.scopes import subject_keys
from webapp.permissions.subject import subject_of

PRESENT = (InspectionVisit.state.in_(CONCLUDED),)


def _visits(session: Session, ids: Collection[str]) -> Iterator[Record]:
    visits = session.scalars(
        select(InspectionVisit).where(InspectionVisit.id.in_(ids), *PRESENT).options(joinedload(InspectionVisit.unit))
    )
    for visit in visits:
        yield Record(
            key=search_key("inspection-visit", visit.id),
            kind="inspection-visit",
            title=_title(visit),
            body="\n".join((visit.conclusion, visit.inspection.name, visit.unit.name)),
            number=visit.conclusion_number,
            viewer_keys=tuple(sorted(subject_keys(subject_of(visit)))),
            facets={"unit": visit.unit_id, "year": visit.year},
        )


def _title(visit: InspectionVisit) -> str:
    return f"Kiểm tra {visit.unit.name}, {visit.visit_from:%d/%m/%Y}"


KINDS = (
    Kind(
        name="inspection-programme",
        label="chương trình kiểm tra",
        model=InspectionProgramme,
        readable=readable_programmes,
        title=lambda one: f"Chương trình kiểm tra năm {one.year}",
        address=lambda one: Address("inspections.programme_view", {"year": str(one.year)}),
        unit=None,
        parts=(),
        noted=(InspectionProgramme.year,),
        search=None,
        bag=None,
    ),
    Kind(
        name="inspection",
        label="đoàn kiểm tra",
        model=Inspection,
        readable=readable_inspections,
        title=lambda one: one.name,
        address=lambda one: Address("inspections.team_view", {"inspection_id": one.id}),
        unit=None,
        parts=(),
        noted=(Inspection.year,),
        loading=(raiseload(Inspection.visits), raiseload(Inspection.members)),
        search=None,
        bag=None,
    ),
    Kind(
        name="inspection-visit",
        label="cuộc kiểm tra",
        model=InspectionVisit,
        readable=readable_visits,
        title=_title,
        address=lambda one: Address("inspections.visit_view", {"visit_id": one.id}),
        unit=InspectionVisit.unit_id,
        parts=(InspectionFinding.id, InspectionRemedy.id),
        noted=(InspectionVisit.year,),
        loading=(joinedload(InspectionVisit.unit),),
        search=Searched(
            labels={"inspection-visit": "Kết luận kiểm tra"},
            records=_visits,
            facts=lambda one: Facts(unit=one.unit.name, on=one.concluded_on, year=one.year, state=one.state.label),
            present=PRESENT,
            loading=(joinedload(InspectionVisit.unit),),
        ),
        # What a team wrote among itself stands in the manifests: in no unit's bag.
        bag=None,
    ),
)
