"""A small ward for tests: units, clusters, a movement, people in every role, made through the real services."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.checklists import evidence
from webapp.checklists import service as checklists
from webapp.checklists.evidence import Dates
from webapp.commands.runners import RUNNERS
from webapp.core.clock import Clock
from webapp.core.db import Database
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.documents import service as documents
from webapp.jobs.worker import Worker
from webapp.models import (
    Checklist,
    ChecklistItem,
    ClusterPosition,
    CriteriaGroup,
    Criterion,
    Document,
    DocumentKind,
    DocumentState,
    Person,
    Role,
    UnitKind,
    new_id,
)
from webapp.movement import rules as movement_rules
from webapp.movement.reading import (
    CodedText,
    CriteriaGroupReading,
    DeadlineReading,
    Milestone,
    PhaseReading,
    PlanReading,
    Point,
)
from webapp.people import service as people
from webapp.permissions import SYSTEM, Viewer, load_viewer
from webapp.plans import service as movement
from webapp.records.keep import install
from webapp.records.opening import open_resources

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PASSWORD = "một câu dễ nhớ"


@cache
def password_hash() -> str:
    """Cheap to check: what hashing costs is no part of what most tests ask; theirs that do set a password of their own."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def settings_for(folder: Path, database_url: str, **changes: Any) -> Settings:
    environment = {
        "KHO_DATA": str(folder),
        "KHO_DATABASE_URL": database_url,
        "KHO_SECRET_KEY": "for tests only",
        "KHO_NOW": NOW.isoformat(),
        **changes,
    }
    return Settings.from_environment(environment)


def small_reading(**changes: Any) -> PlanReading:
    """A reading of a small plan: two groups, four criteria with the letters d, đ, two themes."""
    criteria = (
        CodedText(code="III.1.d", text="Chuyển đổi số trong hoạt động của đơn vị; nâng cao hiệu quả quản lý"),
        CodedText(code="III.1.đ", text="Dữ liệu liên thông, chia sẻ. Ứng dụng trí tuệ nhân tạo dựa trên dữ liệu lớn"),
        CodedText(code="III.1.e", text="Tinh gọn bộ máy, một cửa"),
    )
    front = (CodedText(code="III.2.a", text="Tuyên truyền, vận động đoàn viên, hội viên"),)
    themes = (CodedText(code="II.2.a", text="Nâng cao nhận thức"), CodedText(code="II.2.đ", text="Xã hội số"))
    points = [Point(code="II", level=1, text="NỘI DUNG"), *(Point(code=t.code, level=3, text=t.text) for t in themes)]
    points += [Point(code="III.1", level=2, text="Đối với Ủy ban nhân dân phường")]
    points += [Point(code=c.code, level=3, text=c.text) for c in (*criteria, *front)]
    points += [Point(code="V.5", level=2, text="Trước ngày 05 tháng 12 hàng năm báo cáo về Phòng Văn hóa - Xã hội")]
    values: dict[str, Any] = {
        "issuer": "Ủy ban nhân dân phường Thử",
        "kind": "Kế hoạch",
        "abstract": "Triển khai Phong trào thi đua “Đổi mới sáng tạo và chuyển đổi số” giai đoạn 2026-2030",
        "phases": (
            PhaseReading(name="Giai đoạn 1", first_year=2026, last_year=2027),
            PhaseReading(name="Giai đoạn 2", first_year=2028, last_year=2030),
        ),
        "themes": themes,
        "criteria_groups": (
            CriteriaGroupReading(code="III.1", title="Đối với Ủy ban nhân dân phường", criteria=criteria),
            CriteriaGroupReading(code="III.2", title="Đối với Mặt trận Tổ quốc", criteria=front),
        ),
        "deadlines": (DeadlineReading(point="V.5", what="Báo cáo năm", month=12, day=5, exclusive=True),),
        "milestones": (Milestone(point="IV.1", what="Khen thưởng sơ kết", year=2027),),
        "recipients": ("Công an phường", "Hội Nông dân phường", "Lưu: VT"),
        "points": tuple(points),
    }
    return PlanReading(**{**values, **changes})


@dataclass
class Ward:
    """A running house in a folder, with verbs for what tests need often."""

    resources: Resources
    now: datetime = NOW
    units: dict[str, str] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    movement_id: str = ""
    theirs: str = ""
    prepared: tuple[Callable[[Ward], Any] | None, Any] = (None, None)  # what was done to it, and what that gave

    @property
    def db(self) -> Database:
        return self.resources.db

    @contextmanager
    def work(self) -> Iterator[Session]:
        with self.db.unit_of_work() as session:
            yield session

    def unit(self, code: str, kind: UnitKind = UnitKind.OFFICE, name: str = "", **changes: Any) -> str:
        with self.work() as session:
            row = people.save_unit(
                session,
                actor=SYSTEM,
                now=self.now,
                unit_id=None,
                draft=people.UnitDraft(code=code, name=name or f"Đơn vị {code}", kind=kind, **changes),
            )
        self.units[code] = row.id
        return row.id

    def cluster(self, code: str, *members: str, year: int = 2026, leader: str = "") -> str:
        with self.work() as session:
            row = people.save_cluster(
                session, actor=SYSTEM, now=self.now, cluster_id=None, code=code, name=f"Cụm {code}"
            )
            for unit in members:
                position = ClusterPosition.LEADER if unit == leader else ClusterPosition.MEMBER
                people.place_unit(
                    session,
                    actor=SYSTEM,
                    now=self.now,
                    cluster_id=row.id,
                    year=year,
                    unit_id=self.units[unit],
                    position=position,
                )
        self.clusters[code] = row.id
        return row.id

    def person(self, username: str, role: Role | None = None, unit: str = "", **scope: Any) -> str:
        with self.work() as session:
            row = people.create_person(
                session,
                actor=SYSTEM,
                now=self.now,
                password="",
                password_hash=password_hash(),
                new=people.NewPerson(
                    username=username,
                    name=f"Người {username}",
                    must_change_password=False,
                    unit_id=self.units.get(unit),
                ),
            )
        self.people[username] = row.id
        if role is not None:
            self.grant(username, role, unit, **scope)
        return row.id

    def grant(self, username: str, role: Role, unit: str = "", cluster: str = "", **scope: Any) -> str:
        scoped = role in (Role.CLERK, Role.HEAD, Role.INSPECTOR)
        if role is Role.INSPECTOR:
            scope.setdefault("valid_until", date(2026, 12, 31))
        with self.work() as session:
            row = people.grant_role(
                session,
                actor=SYSTEM,
                now=self.now,
                person_id=self.people[username],
                grant=people.NewGrant(
                    role=role,
                    unit_id=self.units[unit] if scoped else None,
                    cluster_id=self.clusters[cluster] if cluster else None,
                    **scope,
                ),
            )
        return row.id

    def viewer(self, username: str, *, now: datetime | None = None) -> Viewer:
        with self.db.reading() as session:
            person = session.get_one(Person, self.people[username])
            return load_viewer(session, person, now=now or self.now, timezone=self.resources.settings.timezone)

    def plan(self, reading: PlanReading | None = None, *, movement_id: str | None = None) -> str:
        """Apply a plan; returns the movement's id."""
        reading = reading or small_reading()
        receipt = self.resources.store.put(io.BytesIO(b"ke hoach " + new_id().encode()), filename="ke-hoach.txt")
        with self.work() as session:
            document = documents.add_document(
                session,
                actor=SYSTEM,
                now=self.now,
                new=documents.NewDocument(
                    receipt=receipt,
                    kind=DocumentKind.PLAN,
                    unit_id=None,
                    movement_id=movement_id,
                    year=2026,
                    batch_id=new_id(),
                ),
            )
            started = movement.start_import(
                session, actor=SYSTEM, now=self.now, document=document, movement_id=movement_id
            )
            version = movement.apply_import(
                session,
                actor=SYSTEM,
                now=self.now,
                import_id=started.id,
                reading=reading,
                text=movement_rules.plan_text(reading),
            )
        self.movement_id = version.movement_id
        return version.movement_id

    def map_units(self, **groups: str) -> None:
        """`map_units(KT="III.1")`: which group each unit works under."""
        with self.work() as session:
            by_code = {
                row.code: row.id
                for row in session.scalars(select(CriteriaGroup).where(CriteriaGroup.movement_id == self.movement_id))
            }
            movement.map_units(
                session,
                actor=SYSTEM,
                now=self.now,
                movement_id=self.movement_id,
                mapped={self.units[unit]: [by_code[code]] for unit, code in groups.items()},
            )

    def checklist(self, username: str, unit: str, group: str = "III.1", year: int = 2026) -> Checklist:
        with self.work() as session:
            group_id = session.scalars(
                select(CriteriaGroup.id).where(
                    CriteriaGroup.movement_id == self.movement_id, CriteriaGroup.code == group
                )
            ).one()
            return checklists.open_checklist(
                session,
                actor=self.viewer(username),
                now=self.now,
                unit_id=self.units[unit],
                group_id=group_id,
                year=year,
            )

    def item(self, checklist: Checklist, code: str) -> ChecklistItem:
        with self.db.reading() as session:
            return session.scalars(
                select(ChecklistItem)
                .join(Criterion)
                .where(ChecklistItem.checklist_id == checklist.id, Criterion.code == code)
            ).one()

    def document(
        self,
        username: str | None,
        unit: str | None,
        content: bytes | str = "nội dung",
        *,
        filename: str = "van-ban.txt",
        kind: DocumentKind = DocumentKind.EVIDENCE,
        year: int = 2026,
        title: str = "",
    ) -> Document:
        data = content.encode() if isinstance(content, str) else content
        receipt = self.resources.store.put(io.BytesIO(data), filename=filename)
        with self.work() as session:
            return documents.add_document(
                session,
                actor=self.viewer(username) if username else SYSTEM,
                now=self.now,
                new=documents.NewDocument(
                    receipt=receipt,
                    kind=kind,
                    unit_id=self.units[unit] if unit else None,
                    movement_id=self.movement_id or None,
                    year=year,
                    batch_id=new_id(),
                    title=title,
                ),
            )

    def decision(self, session: Session | None = None) -> str:
        """A signed decision of the ward in the archive, with its number and day; returns its id."""
        if session is None:
            with self.work() as own:
                return self.decision(own)
        receipt = self.resources.store.put(io.BytesIO(new_id().encode()), filename="quyet-dinh.txt")
        row = documents.add_document(
            session,
            actor=SYSTEM,
            now=self.now,
            new=documents.NewDocument(
                receipt=receipt,
                kind=DocumentKind.DECISION,
                unit_id=None,
                movement_id=self.movement_id or None,
                year=2026,
                batch_id=new_id(),
            ),
        )
        row.number, row.issued_on, row.state = "12/QĐ-UBND", date(2026, 11, 20), DocumentState.PUBLISHED
        session.flush()
        return row.id

    def attach(
        self, username: str, item: ChecklistItem, content: bytes | str = "nội dung", filename: str = "minh-chung.txt"
    ) -> str:
        """A file as evidence under an item; returns the document's id."""
        data = content.encode() if isinstance(content, str) else content
        receipt = self.resources.store.put(io.BytesIO(data), filename=filename)
        with self.work() as session:
            link = evidence.attach_file(
                session,
                actor=self.viewer(username),
                now=self.now,
                timezone=self.resources.settings.timezone,
                item_id=item.id,
                file=evidence.StoredFile(receipt, new_id()),
                dates=Dates(),
            )
            found = session.get_one(evidence.Evidence, link.evidence_id).document_id
        assert found is not None
        return found

    def drain(self, *, patience: float = 30.0) -> None:
        """Let the worker do all that waits; the next question opens the index anew, as a reader a second later would."""
        Worker(self.resources, RUNNERS).drain(patience=patience)
        self.resources.forget_index()

    def later(self, **delta: float) -> None:
        """Let time pass."""
        self.now += timedelta(**delta)
        self.resources.clock = Clock(self.now)
        install(self.db, self.resources.store, self.resources.clock)


def open_ward(folder: Path, database_url: str, **changes: Any) -> Ward:
    return Ward(open_resources(settings_for(folder, database_url, **changes)))


def people_of_every_role(ward: Ward) -> None:
    """Units A, B (cluster 1), C (cluster 2), the office's own unit VH, a movement, and one person per role."""
    ward.unit("A")
    ward.unit("B")
    ward.unit("C", UnitKind.FRONT)
    ward.unit("VH")
    ward.cluster("K1", "A", "B", "VH", leader="B")
    ward.cluster("K2", "C")
    ward.plan()
    ward.map_units(A="III.1", B="III.1", VH="III.1", C="III.2")
    ward.person("clerk.a", Role.CLERK, "A")
    ward.person("head.a", Role.HEAD, "A")
    ward.person("clerk.b", Role.CLERK, "B")
    ward.person("clerk.c", Role.CLERK, "C")
    ward.person("leader.1", Role.CLUSTER_LEADER, "B", cluster="K1", year=2026)
    ward.person("deputy.2", Role.CLUSTER_DEPUTY, "C", cluster="K2", year=2026)
    ward.person("council", Role.COUNCIL)
    ward.person("council.2", Role.COUNCIL, cluster="K2")
    ward.person("office", Role.STANDING_OFFICE, "VH")
    ward.person("chair", Role.LEADERSHIP)
    ward.person("inspector", Role.INSPECTOR, "A")
    ward.person("auditor", Role.AUDITOR)
    ward.person("admin", Role.ADMINISTRATOR)
    ward.person("nobody")
