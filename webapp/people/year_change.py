"""A new year begins as the last one ended: clusters with their units, and the roles that hold for a year."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.models import ClusterMember, Person, RoleGrant, Unit
from webapp.people.service import NewGrant, grant_role, place_unit
from webapp.permissions import Permission, Viewer, can, ensure


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a year lacks of the one before: places of units still there, roles of people still here."""

    members: Sequence[ClusterMember]
    grants: Sequence[RoleGrant]


def find_lacking(session: Session, *, viewer: Viewer, year: int) -> TakenOver:
    """What of `year - 1` can be taken over into `year`. A unit placed already, wherever, is left as it is."""
    ensure(viewer, Permission.CLUSTER_MANAGE)
    placed = set(session.scalars(select(ClusterMember.unit_id).where(ClusterMember.year == year)))
    members = session.scalars(
        select(ClusterMember)
        .join(Unit, Unit.id == ClusterMember.unit_id)
        .where(ClusterMember.year == year - 1)
        .options(joinedload(ClusterMember.unit), joinedload(ClusterMember.cluster))
        .order_by(ClusterMember.cluster_id, ClusterMember.position, Unit.name)
    )
    begins = date(year, 1, 1)
    return TakenOver(
        members=[
            one
            for one in members
            if one.unit_id not in placed and (one.unit.dissolved_on is None or one.unit.dissolved_on >= begins)
        ],
        grants=_grants(session, year) if can(viewer, Permission.GRANT_MANAGE) else [],
    )


def _grants(session: Session, year: int) -> list[RoleGrant]:
    rows = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.year.in_((year - 1, year)), RoleGrant.revoked_at.is_(None), Person.disabled_at.is_(None))
        .where(RoleGrant.basis.is_(None))
        .options(joinedload(RoleGrant.person), joinedload(RoleGrant.cluster), joinedload(RoleGrant.unit))
        .order_by(RoleGrant.role, Person.name, RoleGrant.id)
    ).all()
    there = {_scope(one) for one in rows if one.year == year}
    return [one for one in rows if one.year == year - 1 and _scope(one) not in there]


def _scope(grant: RoleGrant) -> tuple[str | None, ...]:
    return (grant.person_id, grant.role.value, grant.unit_id, grant.cluster_id, grant.movement_id)


def take_over(
    session: Session, *, actor: Viewer, now: datetime, year: int, units: Collection[str], grants: Collection[str]
) -> tuple[int, int]:
    """Place these units and give these roles (ids of last year's grants) for `year`; how many of each."""
    lacking = find_lacking(session, viewer=actor, year=year)
    members = [one for one in lacking.members if one.unit_id in units]
    for one in members:
        place_unit(
            session,
            actor=actor,
            now=now,
            cluster_id=one.cluster_id,
            year=year,
            unit_id=one.unit_id,
            position=one.position,
        )
    given = [one for one in lacking.grants if one.id in grants]
    for grant in given:
        new = NewGrant(
            role=grant.role,
            unit_id=grant.unit_id,
            cluster_id=grant.cluster_id,
            movement_id=grant.movement_id,
            year=year,
        )
        grant_role(session, actor=actor, now=now, person_id=grant.person_id, grant=new)
    return len(members), len(given)
