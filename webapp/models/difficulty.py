"""What units find hard, and what they ask to have changed in the plan (V.5)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.document import Document
from webapp.models.movement import PlanVersion
from webapp.models.unit import Unit


class DifficultyKind(StrEnum):
    DIFFICULTY = "difficulty"
    AMENDMENT = "amendment"

    @property
    def label(self) -> str:
        return {"difficulty": "Khó khăn, vướng mắc", "amendment": "Đề nghị điều chỉnh, bổ sung kế hoạch"}[self.value]


class DifficultyState(StrEnum):
    """draft → raised → gathered → accepted | declined; the moves are in difficulties.rules."""

    DRAFT = "draft"
    RAISED = "raised"
    GATHERED = "gathered"
    ACCEPTED = "accepted"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return {
            "draft": "Đang soạn",
            "raised": "Đã gửi",
            "gathered": "Đã tổng hợp",
            "accepted": "Được chấp thuận",
            "declined": "Không được chấp thuận",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "draft": "plain",
            "raised": "warn",
            "gathered": "warn",
            "accepted": "good",
            "declined": "bad",
        }
        return tones[self.value]


class Difficulty(Base):
    """One difficulty of one unit. `point` is the code of the plan's point as cited (`III.1.đ`), `topic` what the office
    groups it under; `plan_version_id` the wording of the plan that came of it."""

    __tablename__ = "difficulty"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    kind: Mapped[DifficultyKind] = mapped_column(enum_column(DifficultyKind, "difficulty_kind"))
    state: Mapped[DifficultyState] = mapped_column(enum_column(DifficultyState, "difficulty_state"))
    point: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    proposal: Mapped[str] = mapped_column(Text, default="")
    topic: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    plan_version_id: Mapped[str | None] = mapped_column(ForeignKey("plan_version.id"))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    raised_at: Mapped[datetime | None]
    gathered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="raise")
    document: Mapped[Document | None] = relationship(lazy="raise")
    plan_version: Mapped[PlanVersion | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("state NOT IN ('accepted', 'declined') OR answer <> ''", "decided_has_an_answer"),
        Index(None, "unit_id", "year"),
        Index(None, "state", "year"),
    )
