"""Reading the council: it is everybody's to read who reads the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from webapp.core.errors import NotFound
from webapp.models import (
    Cluster,
    ClusterMember,
    Council,
    CouncilAssignment,
    CouncilPost,
    CouncilSeat,
    CouncilStandIn,
    Person,
    Role,
    Theme,
    Unit,
)
from webapp.notices.service import people_with
from webapp.permissions import Permission, Viewer, can

ORDER = {post: place for place, post in enumerate(CouncilPost)}


@dataclass(frozen=True, slots=True)
class Sitting:
    """A seat with what it looks after in the year and who sits for the member, on the day asked for."""

    seat: CouncilSeat
    assignments: list[CouncilAssignment]
    stand_ins: list[CouncilStandIn]
    has_role: bool = True


@dataclass(slots=True)
class Gaps:
    """What nobody looks after, and where roles and seats differ; names in order."""

    clusters: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    without_role: list[str] = field(default_factory=list)
    without_seat: list[str] = field(default_factory=list)


def list_councils(session: Session, movement_id: str, *, viewer: Viewer) -> Sequence[Council]:
    """The newest first, with all their seats and what these look after."""
    if not can(viewer, Permission.MOVEMENT_READ):
        return []
    query = (
        select(Council)
        .where(Council.movement_id == movement_id)
        .options(selectinload(Council.seats).options(*_of_seat()))
        .order_by(Council.first_day.desc())
    )
    return session.scalars(query).all()


def get_council(session: Session, council_id: str, *, viewer: Viewer) -> Council:
    found = session.get(Council, council_id)
    if found is None or not can(viewer, Permission.MOVEMENT_READ):
        raise NotFound(kind="council", key=council_id)
    return found


def get_seat(session: Session, seat_id: str, *, viewer: Viewer) -> CouncilSeat:
    """With its council and all that it looks after."""
    found = session.scalar(
        select(CouncilSeat).where(CouncilSeat.id == seat_id).options(joinedload(CouncilSeat.council), *_of_seat())
    )
    if found is None or not can(viewer, Permission.MOVEMENT_READ):
        raise NotFound(kind="council", key=seat_id)
    return found


def get_assignment(session: Session, assignment_id: str, *, viewer: Viewer) -> CouncilAssignment:
    found = session.scalar(
        select(CouncilAssignment).where(CouncilAssignment.id == assignment_id).options(*_of_assignment())
    )
    if found is None or not can(viewer, Permission.MOVEMENT_READ):
        raise NotFound(kind="council", key=assignment_id)
    return found


def _of_seat() -> tuple[_AbstractLoad, ...]:
    return (
        selectinload(CouncilSeat.assignments).options(*_of_assignment()),
        selectinload(CouncilSeat.stand_ins),
    )


def _of_assignment() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(CouncilAssignment.theme),
        joinedload(CouncilAssignment.group),
        joinedload(CouncilAssignment.cluster),
    )


def sittings(session: Session, council: Council, *, year: int, on: date, now: datetime) -> list[Sitting]:
    """Who sits on the day, the chair first; of what they look after that of the year that holds."""
    named = people_with(session, Role.COUNCIL, movement_id=council.movement_id, now=now, today=on)
    rows = [
        Sitting(
            one,
            [given for given in one.assignments if given.year == year and given.holds(on)],
            [who for who in one.stand_ins if who.ended_at is None and who.until_day >= on],
            one.person_id in named,
        )
        for one in council.seats
        if one.holds(on) and council.holds(on)
    ]
    return sorted(rows, key=lambda one: (ORDER[one.seat.post], one.seat.name))


def find_gaps(
    session: Session, council: Council, seated: Sequence[Sitting], *, year: int, on: date, now: datetime
) -> Gaps:
    """Clusters of the year and themes without anybody; members without the role, and the other way round."""
    given = [one for sitting in seated for one in sitting.assignments]
    members = select(ClusterMember.cluster_id).where(ClusterMember.year == year)
    clusters = session.execute(select(Cluster.id, Cluster.name).where(Cluster.id.in_(members)).order_by(Cluster.name))
    themes = session.execute(
        select(Theme.id, Theme.code, Theme.text)
        .where(Theme.movement_id == council.movement_id, Theme.retired_at.is_(None))
        .order_by(Theme.position)
    )
    named = people_with(session, Role.COUNCIL, movement_id=council.movement_id, now=now, today=on)
    without = named - {one.seat.person_id for one in seated}
    names = session.scalars(select(Person.name).where(Person.id.in_(without)).order_by(Person.name)).all()
    return Gaps(
        [name for key, name in clusters if key not in {one.cluster_id for one in given}],
        [f"{code} {text}" for key, code, text in themes if key not in {one.theme_id for one in given}],
        [one.seat.name for one in seated if not one.has_role],
        list(names),
    )


def list_people(session: Session, *, viewer: Viewer) -> list[tuple[str, str]]:
    """(id, name and unit) of everybody with an account, by name."""
    if viewer.id is None:
        return []
    rows = session.execute(
        select(Person.id, Person.name, Unit.name)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return [(key, f"{name} ({unit})" if unit else name) for key, name, unit in rows]
