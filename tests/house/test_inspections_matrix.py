"""Who may know of a visit and of what it found, in every state of it, said by hand and compared with the policy, its SQL
and the keys of the index."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support import inspections
from tests.support.permissions import PEOPLE as ROLES
from tests.support.permissions import add_people_with_dead_grants
from tests.support.prepared import prepared
from tests.support.ward import Ward
from webapp.models import Inspection, InspectionVisit, Person, Role, TeamPost, VisitState
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.permissions.inspection_scopes import readable_inspections, readable_visits
from webapp.permissions.scopes import subject_keys, viewer_keys
from webapp.permissions.subject import subject_of

pytestmark = pytest.mark.either_database

S = VisitState
OVERSEERS = ("office", "chair", "council", "auditor")
CONCLUDED = (S.CONCLUDED, S.CLOSED)
SHOWN = (S.MINUTED, S.SIGNED, S.REPORTED, *CONCLUDED)
# `outsider` is the head of the team; `related` oversees and belongs to A; `late` is of a team whose days are over.
PEOPLE = (*ROLES, "outsider", "related", "late")


@prepared
def at_a(ward: Ward) -> dict[str, str]:
    """A visit of A by a team at work, one by a team whose days are to come: their ids."""
    ward.person("related", Role.AUDITOR, "A")
    with ward.work() as session:
        session.get_one(Person, ward.people["related"]).unit_id = ward.units["A"]
    add_people_with_dead_grants(ward)
    visit = inspections.at_work(ward)
    late = inspections.at_work(
        ward,
        "C",
        people=(("late", TeamPost.HEAD),),
        first_day=inspections.TODAY,
        last_day=inspections.TODAY,
    )
    return {"visit": visit.id, "late": late.id}


def may_read(name: str, state: VisitState) -> bool:
    """Of the visit to A. Cluster K1 is led by `leader.1`, who reads what was concluded as whatever A handed in."""
    if name == "outsider":
        return True
    if name in OVERSEERS:
        return True
    if name in ("clerk.a", "head.a"):
        return state not in (S.PLANNED, S.CANCELLED)
    if name in ("leader.1", "inspector", "related"):
        return state in CONCLUDED
    return False


def may_read_findings(name: str, state: VisitState) -> bool:
    if name in ("clerk.a", "head.a"):
        return state in SHOWN
    return may_read(name, state)


@pytest.mark.parametrize("state", list(VisitState))
def test_policy_sql_and_keys_say_the_same(ward: Ward, at_a: dict[str, str], state: VisitState) -> None:
    with ward.work() as session:
        visit = session.get_one(InspectionVisit, at_a["visit"])
        visit.state = state
        visit.cancel_reason = "hủy" if state is S.CANCELLED else ""
    with ward.db.reading() as session:
        visit = session.get_one(InspectionVisit, at_a["visit"])
        keys = subject_keys(subject_of(visit))
        for name in PEOPLE:
            who = ward.viewer(name)
            wanted = may_read(name, state)
            assert can(who, P.VISIT_READ, visit) is wanted, (name, "policy")
            assert can(who, P.VISIT_READ_FINDINGS, visit) is may_read_findings(name, state), (name, "findings")
            listed = session.scalars(select(InspectionVisit.id).where(readable_visits(who))).all()
            assert (visit.id in listed) is wanted, (name, "sql")
            if state in CONCLUDED:  # only these stand in the index
                assert bool(keys & viewer_keys(who)) <= wanted, (name, "keys")


@pytest.mark.parametrize("surprise", [False, True])
def test_who_knows_of_a_team(ward: Ward, at_a: dict[str, str], surprise: bool) -> None:
    with ward.work() as session:
        visit = session.get_one(InspectionVisit, at_a["visit"])
        visit.inspection.surprise = surprise
    with ward.db.reading() as session:
        team = session.get_one(InspectionVisit, at_a["visit"]).inspection
        for name in PEOPLE:
            who = ward.viewer(name)
            wanted = name in (*OVERSEERS, "outsider") or (name == "related" and not surprise)
            assert can(who, P.INSPECTION_READ, team) is wanted, (name, "policy")
            listed = session.scalars(select(Inspection.id).where(readable_inspections(who))).all()
            assert (team.id in listed) is wanted, (name, "sql")
            assert can(who, P.INSPECTION_MANAGE, team) is (name == "office"), name


def test_a_member_reads_nothing_outside_the_teams_days(ward: Ward, at_a: dict[str, str]) -> None:
    def seen() -> tuple[bool, bool, bool]:
        with ward.db.reading() as session:
            who = ward.viewer("late")
            visit = session.get_one(InspectionVisit, at_a["late"])
            listed = session.scalars(select(InspectionVisit.id).where(readable_visits(who))).all()
            return can(who, P.VISIT_READ, visit), visit.id in listed, ward.units["C"] in who.inspected

    assert seen() == (True, True, True)
    ward.later(days=1)
    assert seen() == (False, False, False)
