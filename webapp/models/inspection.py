"""Inspections: the council's yearly programme, and teams founded by a decision. What they do in a unit is in `visit.py`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.person import Person
from webapp.models.unit import Unit

if TYPE_CHECKING:
    from webapp.models.visit import InspectionVisit


class ProgrammeState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"

    @property
    def label(self) -> str:
        return {"draft": "Dự thảo", "approved": "Đã phê duyệt"}[self.value]

    @property
    def tone(self) -> Tone:
        return "good" if self is ProgrammeState.APPROVED else "plain"


class InspectionProgramme(Base):
    """Which units and areas the council means to inspect in a year. `goal` is the share of units in percent."""

    __tablename__ = "inspection_programme"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int]
    goal: Mapped[int]
    state: Mapped[ProgrammeState] = mapped_column(
        enum_column(ProgrammeState, "programme_state"), default=ProgrammeState.DRAFT
    )
    number: Mapped[str] = mapped_column(default="")
    approved_on: Mapped[date | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[ProgrammeLine]] = relationship(lazy="raise", order_by="(ProgrammeLine.month, ProgrammeLine.id)")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("movement_id", "year"),
        CheckConstraint("goal BETWEEN 1 AND 100", "goal"),
        CheckConstraint("state <> 'approved' OR approved_on IS NOT NULL", "approved_has_its_day"),
    )


class ProgrammeLine(Base):
    """A unit to be visited in a month, and on what; struck off with a reason once the programme is approved."""

    __tablename__ = "inspection_programme_line"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("inspection_programme.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    month: Mapped[int]
    area: Mapped[str] = mapped_column(Text, default="")
    struck_at: Mapped[datetime | None]
    struck_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("month BETWEEN 1 AND 12", "month"),)


class TeamPost(StrEnum):
    """A post in a team, the highest first."""

    HEAD = "head"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    MEMBER = "member"

    @property
    def label(self) -> str:
        return {"head": "Trưởng đoàn", "deputy": "Phó Trưởng đoàn", "secretary": "Thư ký", "member": "Thành viên"}[
            self.value
        ]


class InspectionState(StrEnum):
    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "draft": "Dự thảo quyết định",
            "in_force": "Đang kiểm tra",
            "ended": "Đã kết thúc",
            "cancelled": "Đã hủy",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "in_force": "info", "ended": "good", "cancelled": "bad"}
        return tones[self.value]


class Inspection(Base):
    """A team (đoàn kiểm tra) founded by a decision.

    Its members read the units that it visits from `first_day` to `last_day`, whole days in the ward. The period that it
    examines (`period_from` to `period_until`) is another thing. `days` are working days that this decision sets: keys
    notice, self_report, report, conclusion. A `surprise` team tells its units nothing before it stands at their door.
    """

    __tablename__ = "inspection"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int]
    name: Mapped[str]
    surprise: Mapped[bool] = mapped_column(default=False)
    period_from: Mapped[date]
    period_until: Mapped[date]
    first_day: Mapped[date]
    last_day: Mapped[date]
    days: Mapped[dict[str, int]] = mapped_column(JSON)
    state: Mapped[InspectionState] = mapped_column(
        enum_column(InspectionState, "inspection_state"), default=InspectionState.DRAFT
    )
    number: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    decision_document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    # Both always there: the policy asks who is in the team, and whom it shall surprise.
    members: Mapped[list[InspectionMember]] = relationship(
        lazy="selectin", order_by="(InspectionMember.added_at, InspectionMember.id)"
    )
    visits: Mapped[list[InspectionVisit]] = relationship(
        lazy="selectin", order_by="(InspectionVisit.visit_from, InspectionVisit.id)", back_populates="inspection"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        Index(None, "movement_id", "year"),
        CheckConstraint("last_day >= first_day", "days"),
        CheckConstraint("period_until >= period_from", "period"),
        CheckConstraint("state NOT IN ('in_force', 'ended') OR decided_on IS NOT NULL", "decided"),
        CheckConstraint("state <> 'cancelled' OR end_reason <> ''", "cancelled_has_a_reason"),
    )

    @property
    def team(self) -> frozenset[str]:
        """Accounts of those who are in it now."""
        return frozenset(one.person_id for one in self.members if one.removed_at is None)


class InspectionMember(Base):
    """Somebody in the team by the name of that day; whoever leaves it stays on record."""

    __tablename__ = "inspection_member"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspection.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    post: Mapped[TeamPost] = mapped_column(enum_column(TeamPost, "team_post"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("removed_at IS NULL OR removed_reason <> ''", "removed_has_a_reason"),)
