"""Reading units, clusters, people and grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound
from webapp.models import Cluster, ClusterMember, Person, Role, RoleGrant, SignIn, Unit
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.viewer import is_live


def list_units(session: Session, *, viewer: Viewer, on: date | None = None) -> Sequence[Unit]:
    """All units, or those that exist on a day, by kind and name."""
    ensure(viewer, Permission.UNIT_READ)
    query = select(Unit).order_by(Unit.kind, Unit.name)
    if on is not None:
        query = query.where(
            or_(Unit.founded_on.is_(None), Unit.founded_on <= on),
            or_(Unit.dissolved_on.is_(None), Unit.dissolved_on > on),
        )
    return session.scalars(query).all()


def list_directory(session: Session, *, viewer: Viewer, on: date) -> list[tuple[Unit | None, list[Person]]]:
    """Units of a day with the people who have accounts, by name; at the end those of no unit."""
    people: dict[str | None, list[Person]] = defaultdict(list)
    for person in session.scalars(select(Person).where(Person.disabled_at.is_(None)).order_by(Person.name)):
        people[person.unit_id].append(person)
    rows: list[tuple[Unit | None, list[Person]]] = [
        (unit, people[unit.id]) for unit in list_units(session, viewer=viewer, on=on)
    ]
    if people[None]:
        rows.append((None, people[None]))
    return rows


def list_own_units(session: Session, *, viewer: Viewer) -> Sequence[Unit]:
    """Units the viewer works for as clerk or head."""
    if not viewer.own_units:
        return []
    return session.scalars(select(Unit).where(Unit.id.in_(viewer.own_units)).order_by(Unit.name)).all()


def get_unit(session: Session, unit_id: str, *, viewer: Viewer) -> Unit:
    ensure(viewer, Permission.UNIT_READ)
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(kind="unit", key=unit_id)
    return unit


def list_clusters(session: Session, *, viewer: Viewer) -> Sequence[Cluster]:
    ensure(viewer, Permission.UNIT_READ)
    return session.scalars(select(Cluster).order_by(Cluster.name)).all()


def list_members(session: Session, *, viewer: Viewer, year: int) -> dict[str, list[ClusterMember]]:
    """Members of each cluster in a year, by cluster id."""
    ensure(viewer, Permission.UNIT_READ)
    members: dict[str, list[ClusterMember]] = defaultdict(list)
    query = (
        select(ClusterMember)
        .join(Unit)
        .where(ClusterMember.year == year)
        .options(joinedload(ClusterMember.unit))
        .order_by(ClusterMember.position, Unit.name)
    )
    for member in session.scalars(query):
        members[member.cluster_id].append(member)
    return members


def list_people(session: Session, *, viewer: Viewer) -> Sequence[Person]:
    ensure(viewer, Permission.PERSON_MANAGE)
    return session.scalars(select(Person).options(joinedload(Person.unit)).order_by(Person.username)).all()


def get_person(session: Session, person_id: str, *, viewer: Viewer) -> Person:
    ensure(viewer, Permission.PERSON_MANAGE)
    person = session.get(Person, person_id, options=[joinedload(Person.unit)])
    if person is None:
        raise NotFound(kind="person", key=person_id)
    return person


def list_grants(session: Session, *, viewer: Viewer, person_id: str | None = None) -> Sequence[RoleGrant]:
    """Grants that are not revoked, of one person or of all; not those that hang on a team of inspectors."""
    ensure(viewer, Permission.PERSON_MANAGE)
    query = (
        select(RoleGrant)
        .where(RoleGrant.revoked_at.is_(None), RoleGrant.inspection_id.is_(None))
        .options(joinedload(RoleGrant.unit), joinedload(RoleGrant.cluster), joinedload(RoleGrant.acting_for))
        .order_by(RoleGrant.granted_at)
    )
    if person_id is not None:
        query = query.where(RoleGrant.person_id == person_id)
    return session.scalars(query).all()


def list_unit_roles(session: Session, unit_id: str, *, now: datetime, today: date) -> dict[str, list[RoleGrant]]:
    """Roles held in a unit today in one's own right, by person's id. Who works where is known to everyone signed in."""
    rows = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.unit_id == unit_id, RoleGrant.basis.is_(None), RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.role, RoleGrant.granted_at)
    )
    found: dict[str, list[RoleGrant]] = defaultdict(list)
    for row in rows:
        if is_live(row, now=now, today=today) and row.role in (Role.CLERK, Role.HEAD):
            found[row.person_id].append(row)
    return found


def units_with_head(session: Session, *, now: datetime, today: date) -> set[str]:
    """Units that somebody leads in their own right today."""
    rows = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == Role.HEAD, RoleGrant.basis.is_(None), Person.disabled_at.is_(None))
    )
    return {row.unit_id for row in rows if row.unit_id is not None and is_live(row, now=now, today=today)}


def list_sign_ins(session: Session, *, viewer: Viewer) -> Sequence[SignIn]:
    """Where the viewer is signed in now."""
    return session.scalars(
        select(SignIn).where(SignIn.person_id == viewer.id, SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc())
    ).all()


def find_person_named(session: Session, username: str) -> Person | None:
    """For signing in and for commands that act as somebody."""
    return session.scalar(select(Person).where(Person.username == username.strip().lower()))


def count_people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0
