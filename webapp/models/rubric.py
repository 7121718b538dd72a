"""How units of some kinds are scored in one year."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, Tone, enum_column, new_id


class RubricState(StrEnum):
    """A draft may be changed; once in force it is frozen and stays."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        return {"draft": "Đang soạn", "in_force": "Đang áp dụng", "retired": "Thôi áp dụng"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "in_force": "good", "retired": "plain"}
        return tones[self.value]


class Rubric(Base):
    """One rubric. `tree` has the shape of scoring.points.scheme.as_plain; points are rounded to `decimals`, half up.

    `rules` have the shape of scoring.points.cluster_rules.rules_as_plain; empty they are the usual ones.
    """

    __tablename__ = "rubric"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int]
    name: Mapped[str]
    unit_kinds: Mapped[list[str]] = mapped_column(JSON)
    decimals: Mapped[int] = mapped_column(default=2)
    tree: Mapped[dict[str, Any]] = mapped_column(JSON)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[RubricState] = mapped_column(enum_column(RubricState, "rubric_state"), default=RubricState.DRAFT)
    in_force_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        Index(None, "movement_id", "year"),
        CheckConstraint("decimals BETWEEN 0 AND 4", "decimals"),
    )
