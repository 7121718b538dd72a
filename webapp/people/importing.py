"""Units, clusters, people and grants from a table: a dry run with a report by row, then all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from search.vietnamese import fold
from webapp.core.days import BadDay, read_day
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.models import Cluster, ClusterMember, ClusterPosition, Person, Role, RoleGrant, Unit, UnitKind
from webapp.models.person import ROLE_LABELS
from webapp.models.unit import UNIT_KIND_LABELS
from webapp.people import service
from webapp.people.naming import Named, recognise
from webapp.people.passwords import first_password, hash_password
from webapp.people.table import Row
from webapp.permissions import Permission, Viewer, ensure

ORDER = ("unit", "cluster", "member", "person", "grant")
WHAT_LABELS = {
    "unit": "Đơn vị",
    "cluster": "Cụm, khối",
    "member": "Thành viên cụm",
    "person": "Người",
    "grant": "Vai trò",
}

UNIT_KINDS = {fold(label): kind for kind, label in UNIT_KIND_LABELS.items()} | {kind.value: kind for kind in UnitKind}
ROLES = {fold(label): role for role, label in ROLE_LABELS.items()} | {role.value: role for role in Role}
POSITIONS = (
    {fold(p.label): p for p in ClusterPosition} | {p.value: p for p in ClusterPosition} | {"": ClusterPosition.MEMBER}
)


@dataclass(frozen=True, slots=True)
class RowReport:
    """What a row did or would do; `fault` says why it cannot."""

    number: int
    what: str
    label: str
    outcome: str = ""
    fault: str = ""


@dataclass(slots=True)
class Report:
    """All rows in order; `passwords` (username, first password) of new accounts, only after applying."""

    rows: list[RowReport]
    applied: bool = False
    passwords: list[tuple[str, str]] = field(default_factory=list)
    hidden: tuple[str, ...] = ()  # sentences about what the file hides

    @property
    def ok(self) -> bool:
        return not any(row.fault for row in self.rows)


class _DryRun(Exception):
    """Leaves the unit of work without keeping anything."""


def import_people(db: Database, *, actor: Viewer, now: datetime, rows: Sequence[Row], apply: bool) -> Report:
    """Try every row in one transaction; keep it only when `apply` is set and no row has a fault."""
    ensure(actor, Permission.PERSON_MANAGE)
    # Hashing is slow on purpose; it happens before the transaction, so that others can work meanwhile.
    passwords: dict[str, tuple[str, str]] = {}
    if apply:
        with db.reading() as session:
            known = set(session.scalars(select(Person.username)))
        for row in rows:
            username = row.cells.get("code", "").lower()
            if row.what == "person" and username not in known and username not in passwords:
                password = first_password()
                passwords[username] = (password, hash_password(password))
    report = Report([])
    try:
        with db.unit_of_work() as session:
            run = _Run(session, actor, now, passwords)
            for what in (*ORDER, ""):
                report.rows += [run.take(row) for row in rows if row.what == what]
            report.rows.sort(key=lambda line: (line.number, line.what))
            if not apply or not report.ok:
                raise _DryRun
    except _DryRun:
        return report
    report.applied = True
    report.passwords = [(username, password) for username, (password, _) in passwords.items()]
    return report


class _Run:
    """Takes rows one by one, each in a savepoint, so that a faulty row does not hide the next."""

    def __init__(self, session: Session, actor: Viewer, now: datetime, passwords: dict[str, tuple[str, str]]) -> None:
        self.session, self.actor, self.now, self.passwords = session, actor, now, passwords
        self.named: dict[type[Unit] | type[Cluster], list[Named]] = {}
        self.takers: dict[str, Callable[[dict[str, str]], str]] = {
            "unit": self._unit,
            "cluster": self._cluster,
            "member": self._member,
            "person": self._person,
            "grant": self._grant,
        }

    def take(self, row: Row) -> RowReport:
        label = " · ".join(value for value in (row.cells.get("code"), row.cells.get("name")) if value) or "—"
        if row.what not in self.takers:
            known = ", ".join(WHAT_LABELS.values())
            return RowReport(row.number, "?", label, fault=f"Cột “loại” phải là một trong: {known}.")
        try:
            with self.session.begin_nested():
                outcome = self.takers[row.what](row.cells)
                if row.what in ("unit", "cluster"):
                    self.named.clear()  # later rows may name this one
        except Invalid as fault:
            return RowReport(row.number, WHAT_LABELS[row.what], label, fault=fault.sentence)
        return RowReport(row.number, WHAT_LABELS[row.what], label, outcome=outcome)

    def _unit(self, cells: dict[str, str]) -> str:
        code = cells.get("code", "").upper()
        kind = UNIT_KINDS.get(fold(cells.get("unit_kind", "")))
        if kind is None:
            known = ", ".join(UNIT_KIND_LABELS.values())
            raise Invalid(f"“Loại đơn vị” phải là một trong: {known}.")
        unit = self.session.scalar(select(Unit).where(Unit.code == code))
        if unit is not None and (unit.name, unit.kind) == (cells.get("name", ""), kind):
            return "không đổi"
        service.save_unit(
            self.session,
            actor=self.actor,
            now=self.now,
            unit_id=unit.id if unit else None,
            draft=service.UnitDraft(
                code=code,
                name=cells.get("name", ""),
                kind=kind,
                founded_on=unit.founded_on if unit else None,
                dissolved_on=unit.dissolved_on if unit else None,
            ),
        )
        return "cập nhật" if unit else "tạo mới"

    def _cluster(self, cells: dict[str, str]) -> str:
        code = cells.get("code", "").upper()
        cluster = self.session.scalar(select(Cluster).where(Cluster.code == code))
        if cluster is not None and cluster.name == cells.get("name", ""):
            return "không đổi"
        service.save_cluster(
            self.session,
            actor=self.actor,
            now=self.now,
            cluster_id=cluster.id if cluster else None,
            code=code,
            name=cells.get("name", ""),
        )
        return "cập nhật" if cluster else "tạo mới"

    def _member(self, cells: dict[str, str]) -> str:
        cluster_id, unit_id, year = self._cluster_id(cells), self._unit_id(cells), _year(cells)
        position = POSITIONS.get(fold(cells.get("role", "")))
        if position is None:
            raise Invalid("“Vai trò” trong cụm phải là: Cụm trưởng, Cụm phó hoặc Thành viên.")
        if cluster_id is None or unit_id is None or year is None:
            raise Invalid("Dòng thành viên cụm cần đủ: cụm, đơn vị, năm.")
        member = self.session.get(ClusterMember, (cluster_id, year, unit_id))
        if member is not None and member.position is position:
            return "không đổi"
        service.place_unit(
            self.session,
            actor=self.actor,
            now=self.now,
            cluster_id=cluster_id,
            year=year,
            unit_id=unit_id,
            position=position,
        )
        return "cập nhật" if member else "tạo mới"

    def _person(self, cells: dict[str, str]) -> str:
        username = cells.get("code", "").lower()
        unit_id = self._unit_id(cells)
        person = self.session.scalar(select(Person).where(Person.username == username))
        outcome = "không đổi"
        if person is None:
            password, hashed = self.passwords.get(username, ("", "dry run"))
            person = service.create_person(
                self.session,
                actor=self.actor,
                now=self.now,
                password=password,
                password_hash=hashed,
                new=service.NewPerson(
                    username=username,
                    name=cells.get("name", ""),
                    title=cells.get("title", ""),
                    email=cells.get("email", ""),
                    unit_id=unit_id,
                ),
            )
            outcome = "tạo mới"
        elif (person.name, person.title, person.email, person.unit_id) != (
            cells.get("name") or person.name,
            cells.get("title") or person.title,
            cells.get("email") or person.email,
            unit_id or person.unit_id,
        ):
            service.update_person(
                self.session,
                actor=self.actor,
                now=self.now,
                person_id=person.id,
                name=cells.get("name") or person.name,
                title=cells.get("title") or person.title,
                email=cells.get("email") or person.email,
                unit_id=unit_id or person.unit_id,
            )
            outcome = "cập nhật"
        if cells.get("role"):
            granted = self._grant_to(person, cells)
            outcome = outcome if granted == "không đổi" else f"{outcome}, {granted}"
        return outcome

    def _grant(self, cells: dict[str, str]) -> str:
        username = cells.get("code", "").lower()
        person = self.session.scalar(select(Person).where(Person.username == username))
        if person is None:
            raise Invalid(f"Không có tài khoản “{username}”.")
        return self._grant_to(person, cells)

    def _grant_to(self, person: Person, cells: dict[str, str]) -> str:
        role = ROLES.get(fold(cells.get("role", "")))
        if role is None:
            raise Invalid(f"“Vai trò” phải là một trong: {', '.join(ROLE_LABELS.values())}.")
        unit_id = self._unit_id(cells) if role in (Role.CLERK, Role.HEAD, Role.INSPECTOR) else None
        cluster_id = self._cluster_id(cells)
        year = _year(cells)
        valid_from, valid_until = _day(cells, "valid_from"), _day(cells, "valid_until")
        existing = self.session.scalar(
            select(RoleGrant).where(
                # What hangs on a team of inspectors is that team's.
                RoleGrant.inspection_id.is_(None),
                RoleGrant.person_id == person.id,
                RoleGrant.role == role,
                RoleGrant.unit_id.is_not_distinct_from(unit_id),
                RoleGrant.cluster_id.is_not_distinct_from(cluster_id),
                RoleGrant.year.is_not_distinct_from(year),
                RoleGrant.revoked_at.is_(None),
            )
        )
        if existing is not None:
            dates = (valid_from or existing.valid_from, valid_until or existing.valid_until)
            if dates == (existing.valid_from, existing.valid_until):
                return "không đổi"
            # Another term is another grant: the record keeps what held until now.
            valid_from, valid_until = dates
            service.revoke_grant(self.session, actor=self.actor, now=self.now, grant_id=existing.id)
        service.grant_role(
            self.session,
            actor=self.actor,
            now=self.now,
            person_id=person.id,
            grant=service.NewGrant(
                role=role,
                unit_id=unit_id,
                cluster_id=cluster_id,
                year=year,
                valid_from=valid_from,
                valid_until=valid_until,
            ),
        )
        return "giao vai trò" if existing is None else "đổi thời hạn vai trò"

    def _unit_id(self, cells: dict[str, str]) -> str | None:
        return self._id_of(Unit, cells.get("unit", ""), "đơn vị")

    def _cluster_id(self, cells: dict[str, str]) -> str | None:
        return self._id_of(Cluster, cells.get("cluster", ""), "cụm, khối")

    def _id_of(self, table: type[Unit] | type[Cluster], text: str, label: str) -> str | None:
        if not text:
            return None
        if table not in self.named:
            rows = self.session.execute(select(table.id, table.code, table.name)).all()
            self.named[table] = [Named(*row) for row in rows]
        found, alike = recognise(text, self.named[table])
        if found is None:
            asked = " hay ".join(f"“{one.name}” (mã {one.code})" for one in alike)
            raise Invalid(
                f"Không rõ {label} “{text}”: có phải {asked}? Hãy ghi mã trong bảng."
                if asked
                else f"Không có {label} “{text}”."
            )
        return found.id


def _year(cells: dict[str, str]) -> int | None:
    text = cells.get("year", "")
    if not text:
        return None
    if len(text) != 4 or not text.isdecimal() or not 2000 <= int(text) <= 2100:
        raise Invalid(f"“{text}” không phải là năm.")
    return int(text)


def _day(cells: dict[str, str], name: str) -> date | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        return read_day(text)
    except BadDay as fault:
        raise Invalid(str(fault)) from fault
