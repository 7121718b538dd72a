"""Changing units, clusters, people and grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, NotFound
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Cluster,
    ClusterMember,
    ClusterPosition,
    JobKind,
    Movement,
    Person,
    Role,
    RoleGrant,
    SignIn,
    Unit,
    UnitKind,
)
from webapp.models.person import CLUSTER_ROLES, UNIT_ROLES
from webapp.people import rules
from webapp.people.passwords import hash_password
from webapp.permissions import Permission, Viewer, ensure
from webapp.records.keep import touch


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDraft:
    """What is known of a unit."""

    code: str
    name: str
    kind: UnitKind
    founded_on: date | None = None
    dissolved_on: date | None = None


def save_unit(session: Session, *, actor: Viewer, now: datetime, unit_id: str | None, draft: UnitDraft) -> Unit:
    """Create a unit, or change one. A unit is never removed: it gets a day of dissolution."""
    code = draft.code
    name = draft.name
    ensure(actor, Permission.UNIT_MANAGE)
    code, name = rules.clean(code).upper(), rules.clean(name)
    faults = {}
    if fault := rules.unit_code_fault(code):
        faults["code"] = fault
    if not name or len(name) > 200:
        faults["name"] = "Hãy ghi tên đơn vị, không quá 200 ký tự."
    if draft.founded_on and draft.dissolved_on and draft.dissolved_on < draft.founded_on:
        faults["dissolved_on"] = "Ngày giải thể phải sau ngày thành lập."
    for column, value, field in ((Unit.code, code, "code"), (Unit.name, name, "name")):
        other = session.scalar(select(Unit.id).where(column == value))
        if field not in faults and other is not None and other != unit_id:
            faults[field] = f"Đã có đơn vị khác dùng “{value}”."
    if faults:
        raise Invalid(faults)
    unit = session.get(Unit, unit_id) if unit_id else Unit()
    if unit is None:
        raise NotFound(kind="unit", key=unit_id or "")
    unit.code, unit.name, unit.kind = code, name, draft.kind
    unit.founded_on, unit.dissolved_on = draft.founded_on, draft.dissolved_on
    session.add(unit)
    session.flush()
    _index_with_people(session, unit.id, now=now)
    log_event(session, actor, now, "unit.save", unit, {"code": code, "name": name, "kind": draft.kind.value})
    return unit


def save_cluster(
    session: Session, *, actor: Viewer, now: datetime, cluster_id: str | None, code: str, name: str
) -> Cluster:
    ensure(actor, Permission.CLUSTER_MANAGE)
    code, name = rules.clean(code).upper(), rules.clean(name)
    faults = {}
    if fault := rules.unit_code_fault(code):
        faults["code"] = fault
    if not name or len(name) > 200:
        faults["name"] = "Hãy ghi tên cụm, khối, không quá 200 ký tự."
    for column, value, field in ((Cluster.code, code, "code"), (Cluster.name, name, "name")):
        other = session.scalar(select(Cluster.id).where(column == value))
        if field not in faults and other is not None and other != cluster_id:
            faults[field] = f"Đã có cụm, khối khác dùng “{value}”."
    if faults:
        raise Invalid(faults)
    cluster = session.get(Cluster, cluster_id) if cluster_id else Cluster()
    if cluster is None:
        raise NotFound(kind="cluster", key=cluster_id or "")
    cluster.code, cluster.name = code, name
    session.add(cluster)
    session.flush()
    log_event(session, actor, now, "cluster.save", cluster, {"code": code, "name": name})
    return cluster


def place_unit(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    cluster_id: str,
    year: int,
    unit_id: str,
    position: ClusterPosition,
) -> ClusterMember:
    """Put a unit into a cluster for a year. Leader and deputy are one each."""
    ensure(actor, Permission.CLUSTER_MANAGE)
    if session.get(Cluster, cluster_id) is None:
        raise NotFound(kind="cluster", key=cluster_id)
    if session.get(Unit, unit_id) is None:
        raise Invalid({"unit_id": "Không có đơn vị này."})
    if not 2000 <= year <= 2100:
        raise Invalid({"year": "Năm phải từ 2000 đến 2100."})
    elsewhere = session.scalar(
        select(ClusterMember).where(
            ClusterMember.unit_id == unit_id, ClusterMember.year == year, ClusterMember.cluster_id != cluster_id
        )
    )
    if elsewhere is not None:
        raise Invalid({"unit_id": f"Đơn vị này đã thuộc một cụm, khối khác trong năm {year}."})
    if position is not ClusterPosition.MEMBER:
        touch(session, session.get_one(Cluster, cluster_id))
        session.execute(
            update(ClusterMember)
            .where(
                ClusterMember.cluster_id == cluster_id,
                ClusterMember.year == year,
                ClusterMember.position == position,
                ClusterMember.unit_id != unit_id,
            )
            .values(position=ClusterPosition.MEMBER)
        )
    member = session.get(ClusterMember, (cluster_id, year, unit_id)) or ClusterMember(
        cluster_id=cluster_id, year=year, unit_id=unit_id
    )
    member.position = position
    session.add(member)
    session.flush()
    details: Mapping[str, str | int | None] = {"year": year, "unit": unit_id, "position": position.value}
    log_event(session, actor, now, "cluster.place", Thing("cluster", cluster_id), details)
    return member


def remove_from_cluster(
    session: Session, *, actor: Viewer, now: datetime, cluster_id: str, year: int, unit_id: str
) -> None:
    ensure(actor, Permission.CLUSTER_MANAGE)
    member = session.get(ClusterMember, (cluster_id, year, unit_id))
    if member is None:
        raise NotFound(kind="cluster", key=cluster_id)
    session.delete(member)
    session.flush()
    log_event(session, actor, now, "cluster.remove", Thing("cluster", cluster_id), {"year": year, "unit": unit_id})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person with an account."""

    username: str
    name: str
    unit_id: str | None = None
    title: str = ""
    email: str = ""
    must_change_password: bool = True


def create_person(
    session: Session, *, actor: Viewer, now: datetime, password: str, new: NewPerson, password_hash: str | None = None
) -> Person:
    """A new account. `password_hash` spares hashing again where many accounts share a known password (demonstration)."""
    username = new.username
    name = new.name
    ensure(actor, Permission.PERSON_MANAGE)
    username, name = rules.clean(username).lower(), rules.clean(name)
    faults = {}
    if fault := rules.username_fault(username):
        faults["username"] = fault
    elif session.scalar(select(Person.id).where(Person.username == username)):
        faults["username"] = f"Đã có tài khoản “{username}”."
    if not name or len(name) > 100:
        faults["name"] = "Hãy ghi họ và tên, không quá 100 ký tự."
    if new.unit_id is not None and session.get(Unit, new.unit_id) is None:
        faults["unit_id"] = "Không có đơn vị này."
    if new.email and ("@" not in new.email or len(new.email) > 200):
        faults["email"] = "Địa chỉ thư điện tử không đúng."
    if password_hash is None and (fault := rules.password_fault(password, username=username)):
        faults["password"] = fault
    if faults:
        raise Invalid(faults)
    person = Person(
        username=username,
        name=name,
        title=rules.clean(new.title),
        email=new.email.strip(),
        unit_id=new.unit_id,
        password_hash=password_hash or hash_password(password),
        must_change_password=new.must_change_password,
        created_at=now,
    )
    session.add(person)
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("person", person.id)], now=now)
    log_event(session, actor, now, "person.create", person, {"username": username, "name": name})
    return person


def update_person(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    person_id: str,
    name: str,
    title: str,
    email: str,
    unit_id: str | None,
) -> Person:
    ensure(actor, Permission.PERSON_MANAGE)
    person = _person(session, person_id)
    name = rules.clean(name)
    if not name or len(name) > 100:
        raise Invalid({"name": "Hãy ghi họ và tên, không quá 100 ký tự."})
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise Invalid({"unit_id": "Không có đơn vị này."})
    if email and "@" not in email:
        raise Invalid({"email": "Địa chỉ thư điện tử không đúng."})
    person.name, person.title, person.email, person.unit_id = name, rules.clean(title), email.strip(), unit_id
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("person", person.id)], now=now)
    log_event(session, actor, now, "person.update", person, {"name": name, "unit": unit_id})
    return person


def set_disabled(session: Session, *, actor: Viewer, now: datetime, person_id: str, disabled: bool) -> None:
    """Close or reopen an account. Closing ends all its sessions at once."""
    ensure(actor, Permission.PERSON_MANAGE)
    person = _person(session, person_id)
    if disabled and person.id == actor.id:
        raise Invalid("Bạn không thể tự khóa tài khoản của mình.")
    person.disabled_at = now if disabled else None
    if disabled:
        end_sign_ins(session, person.id, now=now)
        _end(session, now=now, acting_for_id=person.id)
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("person", person.id)], now=now)
    log_event(session, actor, now, "person.close" if disabled else "person.reopen", person)


def reset_password(session: Session, *, actor: Viewer, now: datetime, person_id: str, password: str) -> None:
    """Give a new first password; it must be changed at the next sign-in, and all sessions end."""
    ensure(actor, Permission.PERSON_MANAGE)
    person = _person(session, person_id)
    if fault := rules.password_fault(password, username=person.username):
        raise Invalid({"password": fault})
    person.password_hash = hash_password(password)
    person.must_change_password = True
    person.failed_sign_ins, person.locked_until = 0, None
    end_sign_ins(session, person.id, now=now)
    session.flush()
    log_event(session, actor, now, "person.reset-password", person)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """A role, where it holds and from when to when."""

    role: Role
    unit_id: str | None = None
    cluster_id: str | None = None
    movement_id: str | None = None
    year: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def grant_role(session: Session, *, actor: Viewer, now: datetime, person_id: str, grant: NewGrant) -> RoleGrant:
    """Grant a role. The scope that the role needs must be named; a scope it does not use is refused."""
    ensure(actor, Permission.GRANT_MANAGE)
    person = _person(session, person_id)
    faults = _grant_faults(session, grant)
    if faults:
        raise Invalid(faults)
    row = RoleGrant(
        person_id=person.id,
        role=grant.role,
        unit_id=grant.unit_id,
        cluster_id=grant.cluster_id,
        movement_id=grant.movement_id,
        year=grant.year,
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        granted_at=now,
    )
    session.add(row)
    session.flush()
    if grant.role is Role.HEAD:
        # Whoever handed in while the unit had no head does so no more.
        _end(session, now=now, role=Role.HEAD, unit_id=grant.unit_id, acting_for_id=None)
    details: Mapping[str, str | int | None] = {
        "role": grant.role.value,
        "person": person.id,
        "unit": grant.unit_id,
        "cluster": grant.cluster_id,
        "movement": grant.movement_id,
        "year": grant.year,
        "until": grant.valid_until.isoformat() if grant.valid_until else None,
    }
    log_event(session, actor, now, "grant.give", Thing("grant", row.id), details)
    return row


def _grant_faults(session: Session, grant: NewGrant) -> dict[str, str]:
    faults = {}
    if grant.role in UNIT_ROLES:
        if grant.unit_id is None or session.get(Unit, grant.unit_id) is None:
            faults["unit_id"] = "Vai trò này cần gắn với một đơn vị; hãy chọn đơn vị."
    elif grant.unit_id is not None:
        faults["unit_id"] = "Vai trò này không gắn với một đơn vị; xin để trống."
    if grant.role in CLUSTER_ROLES and (grant.cluster_id is None or grant.year is None):
        faults["cluster_id"] = "Vai trò này cần gắn với một cụm, khối trong một năm; hãy chọn cụm, khối và ghi năm."
    elif grant.cluster_id is not None and grant.role not in CLUSTER_ROLES | {Role.COUNCIL}:
        faults["cluster_id"] = "Vai trò này không gắn với cụm, khối; xin để trống."
    elif grant.cluster_id is not None and session.get(Cluster, grant.cluster_id) is None:
        faults["cluster_id"] = "Không có cụm, khối này."
    if grant.movement_id is not None and session.get(Movement, grant.movement_id) is None:
        faults["movement_id"] = "Không có phong trào này."
    if grant.role is Role.INSPECTOR and grant.valid_until is None:
        faults["valid_until"] = "Thành viên đoàn kiểm tra cần có ngày hết hạn."
    if grant.valid_from and grant.valid_until and grant.valid_until < grant.valid_from:
        faults["valid_until"] = "Ngày hết hạn phải sau ngày bắt đầu."
    return faults


def revoke_grant(session: Session, *, actor: Viewer, now: datetime, grant_id: str) -> None:
    """Take a role away; it counts from the next request on."""
    ensure(actor, Permission.GRANT_MANAGE)
    grant = session.get(RoleGrant, grant_id)
    if grant is None or grant.revoked_at is not None or grant.inspection_id is not None:
        raise NotFound(kind="grant", key=grant_id)
    if grant.person_id == actor.id and grant.role is Role.ADMINISTRATOR:
        raise Invalid("Bạn không thể tự bỏ vai trò quản trị của mình.")
    grant.revoked_at = now
    session.flush()
    if grant.basis is None:
        # What somebody does not hold any more nobody holds in their place.
        scope = {name: getattr(grant, name) for name in ("role", "unit_id", "cluster_id", "movement_id", "year")}
        _end(session, now=now, acting_for_id=grant.person_id, **scope)
    log_event(
        session,
        actor,
        now,
        "grant.revoke",
        Thing("grant", grant.id),
        {"role": grant.role.value, "person": grant.person_id},
    )


def _end(session: Session, *, now: datetime, **held: object) -> None:
    """Roles held in somebody's place, or for want of a head, end now."""
    alike = [getattr(RoleGrant, name) == value for name, value in held.items()]
    for row in session.scalars(
        select(RoleGrant).where(RoleGrant.basis.is_not(None), RoleGrant.revoked_at.is_(None), *alike)
    ):
        row.revoked_at = now
    session.flush()


def _index_with_people(session: Session, unit_id: str, *, now: datetime) -> None:
    """A unit's people are found by its name too."""
    people = session.scalars(select(Person.id).where(Person.unit_id == unit_id))
    enqueue(
        session,
        JobKind.INDEX,
        [search_key("unit", unit_id), *(search_key("person", identity) for identity in people)],
        now=now,
    )


def end_sign_ins(session: Session, person_id: str, *, now: datetime) -> None:
    session.execute(update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).values(ended_at=now))


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(kind="person", key=person_id)
    return person
