"""Somebody acts for a colleague who is away, or hands in for a unit that has no head: named with a decision or a reason,
from a day to a day, and ended at once when it is withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, NotFound
from webapp.models import Person, Role, RoleGrant, Unit
from webapp.people import rules
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.permissions.viewer import is_live

# A member of the council, an inspector or an auditor is named in person: somebody else needs a decision of their own.
IN_PERSON = frozenset({Role.COUNCIL, Role.INSPECTOR, Role.AUDITOR, Role.ADMINISTRATOR})
OF_UNIT = (Role.CLERK, Role.HEAD)
MOST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who stands in, on what basis, from the first to the last day."""

    person_id: str
    basis: str
    valid_from: date | None
    valid_until: date | None


def roles_to_stand_in(
    session: Session, person: Person, *, viewer: Viewer, now: datetime, today: date
) -> list[RoleGrant]:
    """The person's own roles, with their unit and cluster, in which `viewer` may let somebody else act."""
    rows = session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.person_id == person.id,
            RoleGrant.basis.is_(None),
            RoleGrant.revoked_at.is_(None),
            RoleGrant.role.not_in(IN_PERSON),
        )
        .options(joinedload(RoleGrant.unit), joinedload(RoleGrant.cluster))
        .order_by(RoleGrant.granted_at)
    )
    everything = viewer.has(Role.ADMINISTRATOR) or viewer.is_system
    led = _itself(viewer).units(Role.HEAD)
    return [
        row
        for row in rows
        if (row.valid_until is None or row.valid_until >= today)
        and (everything or (row.role in OF_UNIT and row.unit_id in led))
    ]


def colleagues(session: Session, unit_id: str, *, now: datetime, today: date) -> list[Person]:
    """Who works in a unit: accounts of it, and clerks and heads of it, by name."""
    held = session.scalars(
        select(RoleGrant).where(
            RoleGrant.unit_id == unit_id,
            RoleGrant.role.in_(OF_UNIT),
            RoleGrant.basis.is_(None),
            RoleGrant.revoked_at.is_(None),
        )
    )
    working = {row.person_id for row in held if is_live(row, now=now, today=today)}
    people = session.scalars(
        select(Person)
        .where(Person.disabled_at.is_(None), or_(Person.unit_id == unit_id, Person.id.in_(working)))
        .options(joinedload(Person.unit))
        .order_by(Person.name, Person.id)
    )
    return list(people)


def who_can_stand_in(session: Session, person: Person, *, viewer: Viewer, now: datetime, today: date) -> list[Person]:
    """Whom `viewer` may name: an administrator everybody, a head the people of the unit."""
    if viewer.has(Role.ADMINISTRATOR) or viewer.is_system:
        found = session.scalars(
            select(Person)
            .where(Person.disabled_at.is_(None), Person.id != person.id)
            .options(joinedload(Person.unit))
            .order_by(Person.name, Person.id)
        ).all()
        # The unit's own people first.
        return sorted(found, key=lambda one: person.unit_id is None or one.unit_id != person.unit_id)
    if person.unit_id is None:
        return []
    return [one for one in colleagues(session, person.unit_id, now=now, today=today) if one.id != person.id]


def name_stand_in(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    person_id: str,
    grant_ids: Collection[str],
    standing: Standing,
) -> list[RoleGrant]:
    """Let somebody act in these roles of a person who is away. Raises Invalid by field."""
    person = find_absent(session, person_id, viewer=actor)
    roles = roles_to_stand_in(session, person, viewer=actor, now=now, today=today)
    wanted = [row for row in roles if row.id in grant_ids]
    faults = _faults(standing, today, "Hãy ghi số, ngày của quyết định hoặc văn bản cử người làm thay.")
    if not wanted:
        faults["grants"] = "Hãy chọn ít nhất một vai trò."
    who = {one.id for one in who_can_stand_in(session, person, viewer=actor, now=now, today=today)}
    if standing.person_id not in who:
        faults["person_id"] = "Hãy chọn người làm thay."
    elif any(_holds(session, standing.person_id, row, now=now, today=today) for row in wanted):
        faults["person_id"] = "Người này đã có chính vai trò ấy, không cần làm thay."
    last = min((row.valid_until for row in wanted if row.valid_until is not None), default=None)
    if last is not None and standing.valid_until is not None and standing.valid_until > last:
        faults.setdefault("valid_until", f"Vai trò của người đi vắng chỉ đến hết ngày {last:%d/%m/%Y}.")
    if faults:
        raise Invalid(faults)
    return [
        _hold(session, actor=actor, now=now, action="grant.act", standing=standing, of=row, acting_for=person.id)
        for row in wanted
    ]


def name_submitter(
    session: Session, *, actor: Viewer, now: datetime, today: date, unit_id: str, standing: Standing
) -> RoleGrant:
    """Let somebody of a unit that has no head hand in for it; `standing.basis` is the reason."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(kind="unit", key=unit_id)
    ensure(actor, Permission.SUBMITTER_NAME, unit)
    if heads_of(session, unit_id, now=now, today=today):
        raise Invalid("Đơn vị đã có lãnh đạo; lãnh đạo đi vắng thì cử người làm thay.")
    faults = _faults(standing, today, "Hãy ghi vì sao đơn vị chưa có lãnh đạo.")
    if standing.person_id not in {one.id for one in colleagues(session, unit_id, now=now, today=today)}:
        faults["person_id"] = "Hãy chọn một người của đơn vị."
    if faults:
        raise Invalid(faults)
    head = RoleGrant(role=Role.HEAD, unit_id=unit_id)
    return _hold(session, actor=actor, now=now, action="grant.unheaded", standing=standing, of=head, acting_for=None)


def end_stand_in(session: Session, *, actor: Viewer, now: datetime, grant_id: str) -> RoleGrant:
    """It holds no more, from the next request on."""
    grant = session.get(RoleGrant, grant_id)
    if grant is None or grant.basis is None or grant.revoked_at is not None:
        raise NotFound(kind="grant", key=grant_id)
    if grant.acting_for_id is None:
        ensure(actor, Permission.SUBMITTER_NAME, session.get_one(Unit, grant.unit_id))
    else:
        find_absent(session, grant.acting_for_id, viewer=actor)
    grant.revoked_at = now
    session.flush()
    details = {"role": grant.role.value, "person": grant.person_id}
    if grant.acting_for_id is not None:
        details["acting_for"] = grant.acting_for_id
    log_event(session, actor, now, "grant.revoke", Thing("grant", grant.id, grant.unit_id), details)
    return grant


def heads_of(session: Session, unit_id: str, *, now: datetime, today: date) -> list[RoleGrant]:
    """Who leads the unit now in their own right."""
    rows = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.unit_id == unit_id,
            RoleGrant.role == Role.HEAD,
            RoleGrant.basis.is_(None),
            RoleGrant.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )
    return [row for row in rows if is_live(row, now=now, today=today)]


def list_standing(
    session: Session, *, viewer: Viewer, today: date, unit_id: str | None = None, people: Collection[str] = ()
) -> Sequence[RoleGrant]:
    """What is held in somebody's place now or soon: in a unit, by or for these people; first what begins first."""
    ensure(viewer, Permission.UNIT_READ)
    about: list[ColumnElement[bool]] = [RoleGrant.person_id.in_(people), RoleGrant.acting_for_id.in_(people)]
    if unit_id is not None:
        about.append(RoleGrant.unit_id == unit_id)
    return session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.basis.is_not(None), RoleGrant.revoked_at.is_(None), RoleGrant.valid_until >= today, or_(*about)
        )
        .options(
            joinedload(RoleGrant.person),
            joinedload(RoleGrant.acting_for),
            joinedload(RoleGrant.unit),
            joinedload(RoleGrant.cluster),
        )
        .order_by(RoleGrant.valid_from, RoleGrant.id)
    ).all()


def find_absent(session: Session, person_id: str, *, viewer: Viewer) -> Person:
    """The person for whom `viewer` may arrange who acts; nobody arranges it while acting themselves."""
    person = session.get(Person, person_id, options=[joinedload(Person.unit)])
    if person is None:
        raise NotFound(kind="person", key=person_id)
    ensure(
        _itself(viewer), Permission.ACTING_SET, Subject(kind="unit", id=person.unit_id or "", unit_id=person.unit_id)
    )
    return person


def _itself(viewer: Viewer) -> Viewer:
    return viewer.itself or viewer


def _faults(standing: Standing, today: date, no_basis: str) -> dict[str, str]:
    faults = {}
    if not rules.clean(standing.basis) or len(standing.basis) > 300:
        faults["basis"] = no_basis
    if standing.valid_from is None:
        faults["valid_from"] = "Hãy ghi ngày bắt đầu."
    if standing.valid_until is None:
        faults["valid_until"] = "Hãy ghi ngày cuối cùng."
    elif standing.valid_until < today:
        faults["valid_until"] = "Ngày kết thúc đã qua; hãy chọn từ hôm nay trở đi."
    elif standing.valid_from is not None and standing.valid_until < standing.valid_from:
        faults["valid_until"] = "Ngày cuối cùng phải từ ngày bắt đầu trở đi."
    elif standing.valid_from is not None and (standing.valid_until - standing.valid_from).days > MOST_DAYS:
        faults["valid_until"] = "Mỗi lần cử không quá một năm."
    return faults


def _holds(session: Session, person_id: str, wanted: RoleGrant, *, now: datetime, today: date) -> bool:
    """Whether somebody has this very role in their own right."""
    rows = session.scalars(
        select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == wanted.role,
            RoleGrant.unit_id == wanted.unit_id,
            RoleGrant.cluster_id == wanted.cluster_id,
            RoleGrant.year == wanted.year,
            RoleGrant.basis.is_(None),
        )
    )
    return any(is_live(row, now=now, today=today) for row in rows)


def _hold(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    action: str,
    standing: Standing,
    of: RoleGrant,
    acting_for: str | None,
) -> RoleGrant:
    row = RoleGrant(
        person_id=standing.person_id,
        role=of.role,
        unit_id=of.unit_id,
        cluster_id=of.cluster_id,
        movement_id=of.movement_id,
        year=of.year,
        valid_from=standing.valid_from,
        valid_until=standing.valid_until,
        granted_at=now,
        acting_for_id=acting_for,
        basis=rules.clean(standing.basis),
    )
    session.add(row)
    session.flush()
    details: dict[str, str | int | None] = {
        "role": row.role.value,
        "person": row.person_id,
        "acting_for": acting_for,
        "unit": row.unit_id,
        "cluster": row.cluster_id,
        "year": row.year,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }
    thing = Thing("grant", row.id, row.unit_id)
    log_event(session, actor, now, action, thing, details, reason=row.basis or "")
    return row
