"""The digital index (bộ chỉ số mức độ chuyển đổi số): a year's set of indicators, each unit's sheet, what was said of each."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.person import Person
from webapp.models.unit import Unit


class IndicatorSetState(StrEnum):
    """draft → in_force → published; the moves are in indicators.rules."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return {"draft": "Đang soạn", "in_force": "Đang đánh giá", "published": "Đã công bố"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "in_force": "info", "published": "good"}
        return tones[self.value]


class IndicatorMethod(StrEnum):
    """How an indicator comes to its points; what has others below it is their sum."""

    SUM = "sum"
    LADDER = "ladder"
    STEPS = "steps"
    RATIO = "ratio"
    FORMULA = "formula"
    INFO = "info"

    @property
    def label(self) -> str:
        return {
            "sum": "Tổng các chỉ số con",
            "ladder": "Đủ, một nửa, không",
            "steps": "Theo mức",
            "ratio": "Tỷ lệ a/b",
            "formula": "Công thức",
            "info": "Thông tin, không tính điểm",
        }[self.value]


class IndicatorSheetState(StrEnum):
    """draft → submitted → verified → explained → final → published; see indicators.rules."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VERIFIED = "verified"
    EXPLAINED = "explained"
    FINAL = "final"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return {
            "draft": "Đang tự đánh giá",
            "submitted": "Chờ thẩm định",
            "returned": "Trả lại để đánh giá lại",
            "verified": "Chờ đơn vị trả lời",
            "explained": "Chờ kết luận",
            "final": "Đã kết luận",
            "published": "Đã công bố",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "draft": "plain",
            "submitted": "warn",
            "returned": "bad",
            "verified": "warn",
            "explained": "warn",
            "final": "info",
            "published": "good",
        }
        return tones[self.value]


class IndicatorSet(Base):
    """One set for units of some kinds. `rescales`: what does not apply to a unit is taken out of the highest points, else
    it gives none. Points are rounded to `decimals`, half up. Self-assessments are due on `due_on`."""

    __tablename__ = "indicator_set"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int]
    name: Mapped[str]
    citation: Mapped[str] = mapped_column(Text, default="")
    unit_kinds: Mapped[list[str]] = mapped_column(JSON)
    rescales: Mapped[bool] = mapped_column(default=True)
    decimals: Mapped[int] = mapped_column(default=2)
    due_on: Mapped[date | None]
    state: Mapped[IndicatorSetState] = mapped_column(
        enum_column(IndicatorSetState, "indicator_set_state"), default=IndicatorSetState.DRAFT
    )
    in_force_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    indicators: Mapped[list[Indicator]] = relationship(
        lazy="raise", order_by="Indicator.position", cascade="all, delete-orphan"
    )
    verifiers: Mapped[list[IndicatorVerifier]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        Index(None, "movement_id", "year"),
        CheckConstraint("decimals BETWEEN 0 AND 4", "decimals"),
    )


class Indicator(Base):
    """One line of a set, in its order. `code` is text ("1.10" is not 1.1), `parent` the code above it, "" for a pillar.

    `most` is a number as text; `rule` has the shape of indicators.scheme.rule_as_plain. `verifier` is as the set says it,
    `verifier_unit_id` the unit of the ward that this is.
    """

    __tablename__ = "indicator"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    set_id: Mapped[str] = mapped_column(ForeignKey("indicator_set.id"))
    position: Mapped[int]
    code: Mapped[str]
    parent: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text)
    method: Mapped[IndicatorMethod] = mapped_column(enum_column(IndicatorMethod, "indicator_method"))
    most: Mapped[str]
    rule: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    evidence: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    verifier: Mapped[str] = mapped_column(Text, default="")
    verifier_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))

    __table_args__ = (UniqueConstraint("set_id", "code"),)


class IndicatorVerifier(Base):
    """A unit that verifies some indicator of a set; kept beside the indicators for the policy."""

    __tablename__ = "indicator_verifier"

    set_id: Mapped[str] = mapped_column(ForeignKey("indicator_set.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class IndicatorSheet(Base):
    """One unit's assessment by one set. `result`, once it is final, has the shape of indicators.reckoning.as_plain."""

    __tablename__ = "indicator_sheet"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    set_id: Mapped[str] = mapped_column(ForeignKey("indicator_set.id"))
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    state: Mapped[IndicatorSheetState] = mapped_column(
        enum_column(IndicatorSheetState, "indicator_sheet_state"), default=IndicatorSheetState.DRAFT
    )
    state_reason: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    set: Mapped[IndicatorSet] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("set_id", "unit_id"),
        Index(None, "unit_id", "year"),
        Index(None, "year", "state"),
    )


class IndicatorEntry(Base):
    """One indicator on one sheet; there from the first word said of it. Values have the shape of
    indicators.scheme.said_as_plain, each side's written by its own service alone. `attached` are ids of documents."""

    __tablename__ = "indicator_entry"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    sheet_id: Mapped[str] = mapped_column(ForeignKey("indicator_sheet.id"))
    code: Mapped[str]
    own: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    own_comment: Mapped[str] = mapped_column(Text, default="")
    attached: Mapped[list[str]] = mapped_column(JSON, default=list)
    verified: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    verified_reason: Mapped[str] = mapped_column(Text, default="")
    verified_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    explanation: Mapped[str] = mapped_column(Text, default="")
    final: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    final_reason: Mapped[str] = mapped_column(Text, default="")
    final_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("sheet_id", "code"),)


class IndicatorChange(Base):
    """What one field of an entry was set to, for ever: `side` is own, verified, explanation or final."""

    __tablename__ = "indicator_change"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    entry_id: Mapped[str] = mapped_column(ForeignKey("indicator_entry.id"))
    no: Mapped[int]
    side: Mapped[str]
    value: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    text: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    person: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("entry_id", "no"),)
