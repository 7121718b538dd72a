"""People, what they were granted, and where they are signed in."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Digest, Id, enum_column, new_id
from webapp.models.unit import Cluster, Unit


class Role(StrEnum):
    """What a person can be granted."""

    CLERK = "clerk"
    HEAD = "head"
    CLUSTER_LEADER = "cluster_leader"
    CLUSTER_DEPUTY = "cluster_deputy"
    COUNCIL = "council"
    STANDING_OFFICE = "standing_office"
    LEADERSHIP = "leadership"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.CLERK: "Cán bộ đơn vị",
    Role.HEAD: "Lãnh đạo đơn vị",
    Role.CLUSTER_LEADER: "Cụm trưởng, khối trưởng",
    Role.CLUSTER_DEPUTY: "Cụm phó, khối phó",
    Role.COUNCIL: "Thành viên Hội đồng",
    Role.STANDING_OFFICE: "Cơ quan thường trực",
    Role.LEADERSHIP: "Lãnh đạo phường",
    Role.INSPECTOR: "Thành viên đoàn kiểm tra",
    Role.AUDITOR: "Kiểm toán",
    Role.ADMINISTRATOR: "Quản trị hệ thống",
}

UNIT_ROLES = frozenset({Role.CLERK, Role.HEAD, Role.INSPECTOR})
CLUSTER_ROLES = frozenset({Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY})


class Person(Base):
    """Somebody with an account. Only what the work needs is kept: no identity numbers."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    first_failed_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    unit: Mapped[Unit | None] = relationship(lazy="raise")


class RoleGrant(Base):
    """One role of one person: where it holds (unit, cluster, movement), in which year, between which dates.

    Dates are whole days in the ward's time zone; `valid_until` is the last day on which it holds. Of a role held for
    somebody who is away `acting_for` is that person; `basis` is the decision that says so, or why a unit without a head
    has somebody who hands in. A member of a team of inspectors has one for each unit that it visits (`inspection_id`).
    """

    __tablename__ = "role_grant"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    cluster_id: Mapped[str | None] = mapped_column(ForeignKey("cluster.id"))
    movement_id: Mapped[str | None] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    granted_at: Mapped[datetime]
    acting_for_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True, info={"later": True})
    basis: Mapped[str | None] = mapped_column(info={"later": True})
    inspection_id: Mapped[str | None] = mapped_column(ForeignKey("inspection.id"), index=True, info={"later": True})

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    acting_for: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[acting_for_id])
    unit: Mapped[Unit | None] = relationship(lazy="raise")
    cluster: Mapped[Cluster | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("role NOT IN ('clerk', 'head', 'inspector') OR unit_id IS NOT NULL", "unit_role_names_a_unit"),
        CheckConstraint(
            "role NOT IN ('cluster_leader', 'cluster_deputy') OR (cluster_id IS NOT NULL AND year IS NOT NULL)",
            "cluster_role_names_a_cluster_and_year",
        ),
        CheckConstraint("role <> 'inspector' OR valid_until IS NOT NULL", "inspector_ends"),
        CheckConstraint(
            "basis IS NULL OR (valid_from IS NOT NULL AND valid_until IS NOT NULL)", "what_has_a_basis_has_its_days"
        ),
        CheckConstraint("acting_for_id IS NULL OR basis IS NOT NULL", "acting_has_a_basis"),
    )


# As User-Agent names them; the first that fits, for most name several others they resemble.
BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "điện thoại Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "máy Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class SignIn(Base):
    """A session on the server: the cookie carries a token, this row its digest. Revoked rows stay for the record."""

    __tablename__ = "sign_in"

    token_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    agent: Mapped[str]

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index(None, "person_id", "ended_at"),)

    @property
    def device(self) -> str:
        """The browser and system that `agent` names, as people call them: "Chrome trên Windows"."""
        browser = next((name for mark, name in BROWSERS if mark in self.agent), "Trình duyệt khác")
        system = next((name for mark, name in SYSTEMS if mark in self.agent), "thiết bị khác")
        return f"{browser} trên {system}"
