"""A movement as its plan describes it: versions of the plan, phases, themes, criteria, deadlines, who is covered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.document import Document


class PlanState(StrEnum):
    """A plan without number and date is a draft; a newer version makes an older one replaced."""

    DRAFT = "draft"
    ISSUED = "issued"
    AMENDED = "amended"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        return {
            "draft": "Dự thảo (chưa có số, ngày)",
            "issued": "Đã ban hành",
            "amended": "Đã sửa đổi, bổ sung",
            "replaced": "Đã được thay thế",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "issued": "good", "amended": "info", "replaced": "plain"}
        return tones[self.value]


class Movement(Base):
    """A named campaign over years. After `ended_on`, decided by `end_basis`, nothing is handed in; one withdrawn unused
    stands in no list."""

    __tablename__ = "movement"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    first_year: Mapped[int]
    last_year: Mapped[int]
    created_at: Mapped[datetime]
    # Counted up with every plan version; a second writer of the same number fails.
    plan_no: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None] = mapped_column(info={"later": True})
    end_basis: Mapped[str | None] = mapped_column(info={"later": True})
    withdrawn_on: Mapped[date | None] = mapped_column(info={"later": True})
    withdrawn_reason: Mapped[str | None] = mapped_column(Text, info={"later": True})

    __table_args__ = (CheckConstraint("first_year <= last_year", "years"),)


class PlanVersion(Base):
    """One wording of the movement's plan. `reading` is the accepted reading (shape: movement.reading.PlanReading)."""

    __tablename__ = "plan_version"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    no: Mapped[int]
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    state: Mapped[PlanState] = mapped_column(enum_column(PlanState, "plan_state"))
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    reading: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    applied_at: Mapped[datetime]

    movement: Mapped[Movement] = relationship(lazy="raise")
    document: Mapped[Document] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("movement_id", "no"),)


class PlanImport(Base):
    """A plan being read in: the uploaded document and the reading as corrected so far (null: as read by machine)."""

    __tablename__ = "plan_import"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    movement_id: Mapped[str | None] = mapped_column(ForeignKey("movement.id"))
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    applied_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document] = relationship(lazy="raise")
    movement: Mapped[Movement | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}


class PlanPoint(Base):
    """A point of the present plan with the code people cite (`III.1.đ`), in the order of the text."""

    __tablename__ = "plan_point"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    position: Mapped[int]
    code: Mapped[str]
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("movement_id", "code"),)


class Phase(Base):
    """A part of the movement's years."""

    __tablename__ = "phase"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    position: Mapped[int]
    name: Mapped[str]
    first_year: Mapped[int]
    last_year: Mapped[int]

    __table_args__ = (UniqueConstraint("movement_id", "position"),)


class Theme(Base):
    """A theme of the competition (nội dung thi đua). `retired_at` is set when an amended plan drops it."""

    __tablename__ = "theme"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    position: Mapped[int]
    code: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("movement_id", "code"),)


class CriteriaGroup(Base):
    """Criteria for one sort of participant (nhóm tiêu chí)."""

    __tablename__ = "criteria_group"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime | None]

    criteria: Mapped[list[Criterion]] = relationship(
        lazy="raise", order_by="Criterion.position", back_populates="group"
    )

    __table_args__ = (UniqueConstraint("movement_id", "code"),)


class Criterion(Base):
    """One criterion with its code as read from the plan. Letters are data: after d comes đ, and III.1 has no f."""

    __tablename__ = "criterion"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    group_id: Mapped[str] = mapped_column(ForeignKey("criteria_group.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime | None]

    group: Mapped[CriteriaGroup] = relationship(lazy="raise", back_populates="criteria")

    __table_args__ = (UniqueConstraint("movement_id", "code"),)


class Deadline(Base):
    """What is due every year. With `exclusive`, the day itself is already too late ("trước ngày")."""

    __tablename__ = "deadline"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"), index=True)
    point: Mapped[str]
    what: Mapped[str] = mapped_column(Text)
    month: Mapped[int]
    day: Mapped[int]
    exclusive: Mapped[bool]

    __table_args__ = (CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", "day_of_year"),)


class GroupUnit(Base):
    """Which criteria group a unit works under. The plan does not say it for every unit, so it is data."""

    __tablename__ = "group_unit"

    group_id: Mapped[str] = mapped_column(ForeignKey("criteria_group.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True)
