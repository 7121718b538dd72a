"""What the office says of a duty of the plan: whose it is, where it is done, by when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, new_id


class PointAssignment(Base):
    """Of one duty (`part` from 1) of one point of one version of the plan, with the duty's own words. `owners` are keys of
    obligations.rules.OWNERS or `unit:` with an id, `places` keys of obligations.places.PLACES."""

    __tablename__ = "point_assignment"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    plan_version_id: Mapped[str] = mapped_column(ForeignKey("plan_version.id"))
    point: Mapped[str]
    part: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    owners: Mapped[list[str]] = mapped_column(JSON)
    places: Mapped[list[str]] = mapped_column(JSON)
    due: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("plan_version_id", "point", "part"), CheckConstraint("part > 0", "part"))
