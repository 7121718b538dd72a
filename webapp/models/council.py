"""The council of a movement: who founded it, who sits in it, what each seat is given in a year, who sits for whom.

Nothing here gives a permission: what a member may do follows from their role.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, enum_column, new_id
from webapp.models.movement import CriteriaGroup, Theme
from webapp.models.person import Person
from webapp.models.unit import Cluster


class CouncilPost(StrEnum):
    """A post on the council, the highest first."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    MEMBER = "member"

    @property
    def label(self) -> str:
        return {
            "chair": "Chủ tịch Hội đồng",
            "deputy": "Phó Chủ tịch Hội đồng",
            "secretary": "Thư ký Hội đồng",
            "member": "Ủy viên",
        }[self.value]


class Council(Base):
    """Founded by a decision, for the days from `first_day` to `last_day` (None: until it is replaced)."""

    __tablename__ = "council"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"), index=True)
    name: Mapped[str]
    number: Mapped[str]
    decided_on: Mapped[date]
    decision_document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    seats: Mapped[list[CouncilSeat]] = relationship(
        lazy="raise", order_by="(CouncilSeat.from_day, CouncilSeat.name, CouncilSeat.id)", back_populates="council"
    )

    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", "days"),)

    def holds(self, on: date) -> bool:
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)


class CouncilSeat(Base):
    """One person in one post, by the name of that day, from a day to a day, by a decision; what ends it is another row's
    beginning or `end_decision`. Rows are never overwritten: a change ends one and begins another."""

    __tablename__ = "council_seat"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    post: Mapped[CouncilPost] = mapped_column(enum_column(CouncilPost, "council_post"))
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    decision: Mapped[str]
    end_decision: Mapped[str] = mapped_column(default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    council: Mapped[Council] = relationship(lazy="raise", back_populates="seats")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    assignments: Mapped[list[CouncilAssignment]] = relationship(
        lazy="raise", order_by="(CouncilAssignment.year, CouncilAssignment.from_day, CouncilAssignment.id)"
    )
    stand_ins: Mapped[list[CouncilStandIn]] = relationship(
        lazy="raise", order_by="(CouncilStandIn.from_day, CouncilStandIn.id)"
    )

    __table_args__ = (CheckConstraint("until_day IS NULL OR until_day >= from_day", "days"),)

    def holds(self, on: date) -> bool:
        return self.from_day <= on and (self.until_day is None or on <= self.until_day)


class CouncilAssignment(Base):
    """What a seat looks after in a year: one theme, one group of criteria, one cluster, or a field in words."""

    __tablename__ = "council_assignment"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    seat_id: Mapped[str] = mapped_column(ForeignKey("council_seat.id"), index=True)
    year: Mapped[int]
    theme_id: Mapped[str | None] = mapped_column(ForeignKey("theme.id"))
    group_id: Mapped[str | None] = mapped_column(ForeignKey("criteria_group.id"))
    cluster_id: Mapped[str | None] = mapped_column(ForeignKey("cluster.id"))
    field: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(default="")
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    theme: Mapped[Theme | None] = relationship(lazy="raise")
    group: Mapped[CriteriaGroup | None] = relationship(lazy="raise")
    cluster: Mapped[Cluster | None] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("until_day IS NULL OR until_day >= from_day", "days"),)

    def holds(self, on: date) -> bool:
        return self.from_day <= on and (self.until_day is None or on <= self.until_day)

    @property
    def about(self) -> tuple[str | None, str | None, str | None, str]:
        """What it is, whoever has it."""
        return self.theme_id, self.group_id, self.cluster_id, self.field


class CouncilStandIn(Base):
    """Who sits for a member who is away; ended early at `ended_at`, it counts no more."""

    __tablename__ = "council_stand_in"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    seat_id: Mapped[str] = mapped_column(ForeignKey("council_seat.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("until_day >= from_day", "days"),)

    def holds(self, on: date) -> bool:
        return self.ended_at is None and self.from_day <= on <= self.until_day
