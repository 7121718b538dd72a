"""Who may be invited to a meeting, who is as a rule, who sits in the council that day and who sits for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from webapp.core.days import ward_day
from webapp.models import (
    ClusterMember,
    Council,
    CouncilPost,
    CouncilSeat,
    Meeting,
    Person,
    Role,
    RoleGrant,
    Unit,
)
from webapp.notices.service import people_of_units, people_with
from webapp.permissions import Viewer
from webapp.permissions.viewer import is_live


def list_candidates(session: Session, *, viewer: Viewer) -> list[tuple[str, str, str]]:
    """(id, name, unit) of everybody with an account, by unit and name: the directory is everybody's."""
    if viewer.id is None:
        return []
    rows = session.execute(
        select(Person.id, Person.name, Unit.name)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Unit.name, Person.name, Person.id)
    )
    return [(key, name, unit or "") for key, name, unit in rows]


def list_usual_members(
    session: Session, *, viewer: Viewer, movement_id: str, cluster_id: str | None, year: int, now: datetime, today: date
) -> set[str]:
    """Who is invited unless somebody says otherwise: heads of the cluster's units with its leader and deputy, or who sits
    in the council on the day `today`; where no seats are entered whoever has the role."""
    if viewer.id is None:
        return set()
    if cluster_id is None:
        seated = list_seats(session, movement_id, on=today)
        return {one.person_id for one in seated} or people_with(
            session, Role.COUNCIL, movement_id=movement_id, now=now, today=today
        )
    members = select(ClusterMember.unit_id).where(ClusterMember.cluster_id == cluster_id, ClusterMember.year == year)
    heads = people_of_units(session, session.scalars(members).all(), roles=(Role.HEAD,), now=now, today=today)
    leaders = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.cluster_id == cluster_id,
            RoleGrant.year == year,
            RoleGrant.role.in_((Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY)),
            RoleGrant.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )
    return set().union(*heads.values(), {one.person_id for one in leaders if is_live(one, now=now, today=today)})


def list_seats(session: Session, movement_id: str, *, on: date) -> Sequence[CouncilSeat]:
    """Who sits in the council of the movement on that day, with those who sit for them; the chair first."""
    council = and_(
        Council.movement_id == movement_id,
        Council.first_day <= on,
        or_(Council.last_day.is_(None), Council.last_day >= on),
    )
    rows = session.scalars(
        select(CouncilSeat)
        .join(Council, Council.id == CouncilSeat.council_id)
        .join(Person, Person.id == CouncilSeat.person_id)
        .where(
            council,
            CouncilSeat.from_day <= on,
            or_(CouncilSeat.until_day.is_(None), CouncilSeat.until_day >= on),
            Person.disabled_at.is_(None),
        )
        .options(selectinload(CouncilSeat.stand_ins))
    ).all()
    order = list(CouncilPost)
    return sorted(rows, key=lambda one: (order.index(one.post), one.name))


def list_stand_ins(session: Session, meeting: Meeting, *, timezone: ZoneInfo) -> dict[str, list[tuple[str, str]]]:
    """Member's id -> (id, name) of who may sit for them in a meeting of the council, on its day."""
    if meeting.cluster_id is not None:
        return {}
    day = ward_day(meeting.meets_at, timezone)
    return {
        seat.person_id: [(one.person_id, one.name) for one in seat.stand_ins if one.holds(day)]
        for seat in list_seats(session, meeting.movement_id, on=day)
    }
