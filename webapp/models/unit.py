"""Units of the ward, the clusters they compete in, and who belongs to which, year by year."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, enum_column, new_id


class UnitKind(StrEnum):
    """The kinds of bodies in a ward."""

    PARTY = "party"
    FRONT = "front"
    OFFICE = "office"
    SERVICE = "service"
    ARMED = "armed"
    ENTERPRISE = "enterprise"

    @property
    def label(self) -> str:
        return UNIT_KIND_LABELS[self]


UNIT_KIND_LABELS = {
    UnitKind.PARTY: "Cơ quan Đảng",
    UnitKind.FRONT: "Mặt trận, đoàn thể, hội",
    UnitKind.OFFICE: "Cơ quan thuộc UBND",
    UnitKind.SERVICE: "Đơn vị sự nghiệp",
    UnitKind.ARMED: "Quân sự, công an",
    UnitKind.ENTERPRISE: "Doanh nghiệp",
}


class Unit(Base):
    """One body that takes part in the movement."""

    __tablename__ = "unit"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[UnitKind] = mapped_column(enum_column(UnitKind, "unit_kind"))
    founded_on: Mapped[date | None]
    dissolved_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("founded_on IS NULL OR dissolved_on IS NULL OR founded_on <= dissolved_on", "lifetime"),
    )


class Cluster(Base):
    """A group of units of like function that are compared with each other (cụm, khối)."""

    __tablename__ = "cluster"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)


class ClusterPosition(StrEnum):
    """What a unit is in its cluster in one year."""

    LEADER = "leader"
    DEPUTY = "deputy"
    MEMBER = "member"

    @property
    def label(self) -> str:
        return {"leader": "Cụm trưởng", "deputy": "Cụm phó", "member": "Thành viên"}[self.value]


class ClusterMember(Base):
    """A unit's place in a cluster for one year; a unit is in one cluster a year at most."""

    __tablename__ = "cluster_member"

    cluster_id: Mapped[str] = mapped_column(ForeignKey("cluster.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    position: Mapped[ClusterPosition] = mapped_column(enum_column(ClusterPosition, "cluster_position"))

    unit: Mapped[Unit] = relationship(lazy="raise")
    cluster: Mapped[Cluster] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("unit_id", "year"),)
