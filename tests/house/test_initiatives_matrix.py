"""Every person x every initiative x every permission, against the ward's rules written here by hand."""

from __future__ import annotations

import itertools

from sqlalchemy import select

from tests.support.permissions import OWN, PEOPLE, YEARS, add_people_with_dead_grants, may_read
from tests.support.ward import Ward
from webapp.models import (
    DocumentState,
    Initiative,
    InitiativeAuthor,
    InitiativeKind,
    InitiativeScope,
    InitiativeState,
)
from webapp.permissions import Permission, can, subject_of
from webapp.permissions.scopes import (
    readable_initiatives,
    subject_keys,
    viewer_keys,
)

AS_PAPER = {
    InitiativeState.DRAFT: DocumentState.DRAFT,
    InitiativeState.RECOGNISED: DocumentState.PUBLISHED,
    InitiativeState.REPLICATED: DocumentState.PUBLISHED,
    InitiativeState.HONOURED: DocumentState.PUBLISHED,
}


def may_judge(ward: Ward, name: str, initiative: Initiative) -> dict[Permission, bool]:
    """Office and council judge, office and leadership decide; never of the own unit, never as an author."""
    handed = initiative.state is not InitiativeState.DRAFT
    stake = (name == "office" and initiative.unit_id == ward.units["VH"]) or any(
        author.person_id == ward.people[name] for author in initiative.authors
    )
    followed = name == "council.2" and initiative.unit_id == ward.units["C"] and initiative.year == 2026
    judges = handed and not stake and (name in ("office", "council") or followed)
    decides = handed and not stake and name in ("office", "chair")
    mine = initiative.unit_id == ward.units.get(OWN.get(name, ""))
    opened = initiative.state in (InitiativeState.DRAFT, InitiativeState.RETURNED)
    published = AS_PAPER.get(initiative.state) is DocumentState.PUBLISHED
    return {
        Permission.INITIATIVE_REVIEW: judges,
        Permission.INITIATIVE_RETURN: judges,
        Permission.INITIATIVE_DECIDE: decides,
        Permission.INITIATIVE_HONOUR: decides,
        Permission.INITIATIVE_READ_WITHHELD: judges or mine,
        Permission.INITIATIVE_EDIT: mine and opened,
        Permission.INITIATIVE_SUBMIT: mine and opened and name == "head.a",
        Permission.INITIATIVE_ADOPT: published and name in OWN and not mine,
        Permission.INITIATIVE_CERTIFY: published and name in ("office", "chair"),
    }


def test_initiatives_agree_in_every_cell(ward: Ward) -> None:
    """Reading by predicate, SQL and search keys; judging, deciding, taking over by the rules above."""
    add_people_with_dead_grants(ward)
    with ward.work() as session:
        for unit_id, state, year in itertools.product(ward.units.values(), InitiativeState, YEARS):
            for author in (None, "council"):
                session.add(
                    Initiative(
                        movement_id=ward.movement_id,
                        unit_id=unit_id,
                        year=year,
                        state=state,
                        kind=InitiativeKind.MODEL,
                        scope=InitiativeScope.UNIT,
                        return_reason="x",
                        decision_reason="x",
                        created_at=ward.now,
                        authors=[
                            InitiativeAuthor(position=0, person_id=ward.people[author] if author else None, name="x")
                        ],
                    )
                )
    with ward.db.reading() as session:
        initiatives = session.scalars(select(Initiative)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Initiative.id).where(readable_initiatives(viewer))))
            keys = viewer_keys(viewer)
            for one in initiatives:
                where = (name, one.unit_id, one.state, one.year)
                paper = AS_PAPER.get(one.state, DocumentState.SUBMITTED)
                expected = may_read(ward, name, one.unit_id, paper, one.year)
                assert can(viewer, Permission.INITIATIVE_READ, one) is expected, where
                assert (one.id in in_sql) is expected, where
                assert bool(keys & subject_keys(subject_of(one))) is expected, where
                for permission, allowed in may_judge(ward, name, one).items():
                    assert can(viewer, permission, one) is allowed, (*where, permission)
