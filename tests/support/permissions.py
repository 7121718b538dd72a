"""People of every kind and papers in every state, and who may read them, in other words than the program's."""

from __future__ import annotations

import itertools
from datetime import date

from sqlalchemy import select

from tests.support.ward import Ward
from webapp.models import (
    Checklist,
    ChecklistState,
    Document,
    DocumentKind,
    DocumentState,
    Role,
)

SUBMITTED = (DocumentState.SUBMITTED, DocumentState.RETURNED, DocumentState.ACCEPTED)
YEARS = (2025, 2026)
OWN = {"clerk.a": "A", "head.a": "A", "clerk.b": "B", "clerk.c": "C"}
PEOPLE = [
    "clerk.a",
    "head.a",
    "clerk.b",
    "clerk.c",
    "leader.1",
    "deputy.2",
    "council",
    "council.2",
    "office",
    "chair",
    "inspector",
    "auditor",
    "admin",
    "nobody",
    "lapsed",
    "revoked",
    "future.grant",
]


def add_people_with_dead_grants(ward: Ward) -> None:
    ward.person("lapsed")
    ward.grant("lapsed", Role.CLERK, "A", valid_until=date(2026, 11, 21))
    ward.person("future.grant")
    ward.grant("future.grant", Role.CLERK, "A", valid_from=date(2026, 11, 23))
    ward.person("revoked")
    grant = ward.grant("revoked", Role.AUDITOR)
    with ward.work() as session:
        from webapp.people.service import revoke_grant
        from webapp.permissions import SYSTEM

        revoke_grant(session, actor=SYSTEM, now=ward.now, grant_id=grant)


def add_papers(ward: Ward) -> None:
    """Documents and checklists of every unit, state and year, withdrawn or not, and papers of the movement."""
    with ward.work() as session:
        for unit_id in (*ward.units.values(), None):
            for state in DocumentState:
                for year, withdrawn_at in itertools.product(YEARS, (None, ward.now)):
                    kind = DocumentKind.REPORT if unit_id else DocumentKind.GUIDANCE
                    session.add(
                        Document(
                            kind=kind,
                            state=state,
                            unit_id=unit_id,
                            movement_id=ward.movement_id,
                            year=year,
                            title="x",
                            created_at=ward.now,
                            current_no=1,
                            withdrawn_at=withdrawn_at,
                        )
                    )
        group_id = session.scalars(select(Checklist.group_id)).first()
        from webapp.models import CriteriaGroup

        group_id = session.scalars(select(CriteriaGroup.id).where(CriteriaGroup.code == "III.1")).one()
        for unit_id in ward.units.values():
            for number, state in enumerate(ChecklistState):
                session.add(
                    Checklist(
                        movement_id=ward.movement_id,
                        unit_id=unit_id,
                        group_id=group_id,
                        year=2024 + number,
                        state=state,
                        created_at=ward.now,
                    )
                )


def may_read(
    ward: Ward, name: str, unit_id: str | None, state: DocumentState, year: int, *, withdrawn: bool = False
) -> bool:
    """The rule in other words than the program's: domain knowledge as a straightforward function."""
    if withdrawn:
        return False
    if state is DocumentState.PUBLISHED:
        return True
    if unit_id is None:
        return name == "office"
    if name in OWN and ward.units[OWN[name]] == unit_id:
        return True
    if state not in SUBMITTED:
        return False
    if name in ("office", "chair", "council", "auditor"):
        return True
    if name == "inspector":
        return unit_id == ward.units["A"]
    first, second = ("A", "B", "VH"), ("C",)
    if name == "leader.1":
        return year == 2026 and unit_id in {ward.units[code] for code in first}
    if name == "deputy.2" or name == "council.2":
        return year == 2026 and unit_id in {ward.units[code] for code in second}
    return False
