"""The ward's units, clusters and people, as they were when the movement began."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.demo.ward import CLUSTERS, HEADS, PASSWORD, PEOPLE, UNITS
from webapp.models import Cluster, ClusterPosition, Person, Role, Unit
from webapp.people import service as people
from webapp.people.passwords import hash_password
from webapp.permissions import SYSTEM

YEARLY = frozenset({Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY})


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """Ids by code: what the rest of the demonstration refers to."""

    units: dict[str, str]
    clusters: dict[str, str]


def add_people(session: Session, *, now: datetime, years: Iterable[int]) -> DemoPeople:
    """Units, clusters of each of the years, people with their roles; what is there already stays."""
    made = DemoPeople(_units(session, now), _clusters(session, now))
    every = sorted(years)
    for year in every:
        _place(session, made, now, year)
    hashed = hash_password(PASSWORD)
    for username, name, title, unit, grants in (*PEOPLE, *HEADS):
        if session.scalar(select(Person.id).where(Person.username == username)):
            continue
        person = people.create_person(
            session,
            actor=SYSTEM,
            now=now,
            password="",
            password_hash=hashed,
            new=people.NewPerson(
                username=username, name=name, title=title, unit_id=made.units.get(unit), must_change_password=False
            ),
        )
        for role, scope in grants:
            if role is Role.INSPECTOR:
                continue  # it hangs on a team
            for year in every if role in YEARLY else every[-1:]:
                people.grant_role(
                    session, actor=SYSTEM, now=now, person_id=person.id, grant=_grant(made, role, scope, year)
                )
    return made


def _grant(made: DemoPeople, role: Role, scope: str, year: int) -> people.NewGrant:
    in_cluster = role in YEARLY
    return people.NewGrant(
        role=role,
        unit_id=None if in_cluster else made.units.get(scope),
        cluster_id=made.clusters[scope] if in_cluster else None,
        year=year if in_cluster else None,
    )


def _units(session: Session, now: datetime) -> dict[str, str]:
    found = {one.code: one.id for one in session.scalars(select(Unit))}
    for code, name, kind in UNITS:
        if code not in found:
            draft = people.UnitDraft(code=code, name=name, kind=kind)
            found[code] = people.save_unit(session, actor=SYSTEM, now=now, unit_id=None, draft=draft).id
    return {code: found[code] for code, _, _ in UNITS}


def _clusters(session: Session, now: datetime) -> dict[str, str]:
    found = {one.code: one.id for one in session.scalars(select(Cluster))}
    for code, name, *_ in CLUSTERS:
        if code not in found:
            found[code] = people.save_cluster(session, actor=SYSTEM, now=now, cluster_id=None, code=code, name=name).id
    return found


def _place(session: Session, made: DemoPeople, now: datetime, year: int) -> None:
    for code, _, leader, deputy, members in CLUSTERS:
        positions = {leader: ClusterPosition.LEADER, deputy: ClusterPosition.DEPUTY}
        for unit in (leader, deputy, *members):
            people.place_unit(
                session,
                actor=SYSTEM,
                now=now,
                cluster_id=made.clusters[code],
                year=year,
                unit_id=made.units[unit],
                position=positions.get(unit, ClusterPosition.MEMBER),
            )
