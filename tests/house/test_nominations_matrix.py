"""Every person x every nomination x every permission, against the ward's rules written here by hand."""

from __future__ import annotations

import itertools

from sqlalchemy import select

from tests.support import commendation
from tests.support.permissions import OWN, PEOPLE, add_people_with_dead_grants
from tests.support.ward import Ward
from webapp.models import AwardSubject, Nomination, NominationStake, NominationState, Proposer
from webapp.permissions import Permission, can
from webapp.permissions.award_scopes import readable_nominations

P, S = Permission, NominationState
OF_CLUSTER = {"leader.1": "K1", "deputy.2": "K2"}
JUDGES = ("council", "office", "chair", "auditor")


def rules(ward: Ward, name: str, one: Nomination, related: set[str]) -> dict[Permission, bool]:
    """A unit reads and writes what is about it, who puts forward their own, judges what was handed in without a stake."""
    unit = next((code for code, key in ward.units.items() if key == one.unit_id), "")
    own = unit != "" and OWN.get(name) == unit
    works_there = own or (name == "office" and unit == "VH") or (name, unit) in (("leader.1", "B"), ("deputy.2", "C"))
    stake = works_there or name in related
    of_unit = one.proposer is Proposer.UNIT
    handed, opened = one.state not in (S.DRAFT, S.WITHDRAWN), one.state in (S.DRAFT, S.RETURNED)
    forward = name not in related and (
        (one.proposer is Proposer.OFFICE and name == "office")
        or (one.proposer is Proposer.CLUSTER and ward.clusters.get(OF_CLUSTER.get(name, "")) == one.cluster_id)
    )
    follows = handed and not stake and (name in JUDGES or (name == "council.2" and unit == "C"))
    return {
        P.NOMINATION_READ: own or forward or follows,
        P.NOMINATION_EDIT: opened and (own or forward),
        P.NOMINATION_SUBMIT: opened and ((own and of_unit and name == "head.a") or forward),
        P.NOMINATION_WITHDRAW: opened and ((own and of_unit) or forward),
        P.NOMINATION_DECLARE: follows,
        P.NOMINATION_APPRAISE: handed and not stake and name in ("office", "chair"),
        P.NOMINATION_DECIDE: handed and not stake and name == "chair",
    }


def test_nominations_agree_in_every_cell(ward: Ward) -> None:
    """By predicate and by SQL; one in two has somebody of the council, office and leadership related to it."""
    add_people_with_dead_grants(ward)
    round_ = commendation.open_round(ward)
    related = {"council", "office", "chair"}
    sides = [(Proposer.UNIT, None), (Proposer.CLUSTER, "K1"), (Proposer.OFFICE, None)]
    with ward.work() as session:
        for unit, state, (side, cluster), kin in itertools.product(
            [*ward.units.values(), None], S, sides, (False, True)
        ):
            session.add(
                Nomination(
                    round_id=round_.id,
                    movement_id=ward.movement_id,
                    year=2026,
                    title_id=round_.lines[0].title_id,
                    subject=AwardSubject.PERSON,
                    proposer=side,
                    unit_id=unit,
                    cluster_id=ward.clusters[cluster] if cluster else None,
                    person_id=ward.people["council"] if kin else None,
                    name="x",
                    folded="x",
                    state=state,
                    return_reason="x",
                    refusal="other",
                    verdict_reason="x",
                    created_at=ward.now,
                    stakes=[
                        NominationStake(person_id=ward.people[name], reason="x", declared_at=ward.now)
                        for name in ("office", "chair")
                        if kin
                    ],
                )
            )
    with ward.db.reading() as session:
        rows = session.scalars(select(Nomination)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Nomination.id).where(readable_nominations(viewer))))
            for one in rows:
                where = (name, one.unit_id, one.state, one.proposer, bool(one.stakes))
                expected = rules(ward, name, one, related if one.person_id else set())
                for permission, allowed in expected.items():
                    assert can(viewer, permission, one) is allowed, (*where, permission)
                assert (one.id in in_sql) is expected[P.NOMINATION_READ], where
