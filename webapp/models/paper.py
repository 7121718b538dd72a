"""Plans and reports that units hand in: parts written by theme and criterion, and every submission as a version."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Digest, Id, Tone, enum_column, new_id
from webapp.models.document import Document, DocumentKind
from webapp.models.person import Person
from webapp.models.unit import Unit


class PaperKind(StrEnum):
    """What a unit owes: its implementing plan, its reports, and the checklist (which has tables of its own)."""

    UNIT_PLAN = "unit_plan"
    ANNUAL = "annual"
    INTERIM = "interim"
    FINAL = "final"
    CHECKLIST = "checklist"

    @property
    def label(self) -> str:
        return {
            "unit_plan": "Kế hoạch triển khai",
            "annual": "Báo cáo năm",
            "interim": "Báo cáo sơ kết",
            "final": "Báo cáo tổng kết",
            "checklist": "Phiếu tự kiểm",
        }[self.value]

    @property
    def document_kind(self) -> DocumentKind:
        """Of the signed file that goes with it."""
        return DocumentKind.UNIT_PLAN if self is PaperKind.UNIT_PLAN else DocumentKind.REPORT


class PlanForm(StrEnum):
    """A plan of its own, or a part of the unit's work programme (V.2b)."""

    SEPARATE = "separate"
    INTEGRATED = "integrated"

    @property
    def label(self) -> str:
        return {"separate": "Kế hoạch riêng", "integrated": "Lồng ghép trong chương trình công tác"}[self.value]


class PaperState(StrEnum):
    """draft → submitted → accepted | returned → submitted …; the moves are in submissions.rules."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        return {"draft": "Đang soạn", "submitted": "Đã trình", "returned": "Trả lại", "accepted": "Đã nhận"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "submitted": "warn", "returned": "bad", "accepted": "good"}
        return tones[self.value]


class PartKind(StrEnum):
    """What a part of a paper speaks of."""

    OVERVIEW = "overview"
    THEME = "theme"
    CRITERION = "criterion"
    DIFFICULTY = "difficulty"
    PROPOSAL = "proposal"
    ORGANISATION = "organisation"


class UnitPaper(Base):
    """One unit's plan or report for one year. `version_no` counts submissions; `first_submitted_at` decides lateness."""

    __tablename__ = "unit_paper"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[PaperKind] = mapped_column(enum_column(PaperKind, "paper_kind"))
    year: Mapped[int]
    form: Mapped[PlanForm] = mapped_column(enum_column(PlanForm, "plan_form"), default=PlanForm.SEPARATE)
    state: Mapped[PaperState] = mapped_column(enum_column(PaperState, "paper_state"), default=PaperState.DRAFT)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"), index=True)
    version_no: Mapped[int] = mapped_column(default=0)
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="raise")
    document: Mapped[Document | None] = relationship(lazy="raise")
    parts: Mapped[list[PaperPart]] = relationship(lazy="raise", order_by="PaperPart.position", back_populates="paper")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("unit_id", "movement_id", "kind", "year"),
        CheckConstraint("kind <> 'checklist'", "not_a_checklist"),
        Index(None, "year", "kind", "state"),
    )

    @property
    def name(self) -> str:
        """ "Báo cáo năm 2026"."""
        return f"{self.kind.label} {self.year}"


class PaperPart(Base):
    """One part of a paper as it is being written; the code is that of its theme or criterion, else empty."""

    __tablename__ = "paper_part"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    paper_id: Mapped[str] = mapped_column(ForeignKey("unit_paper.id"))
    position: Mapped[int]
    kind: Mapped[PartKind] = mapped_column(enum_column(PartKind, "part_kind"))
    code: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    saved_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    paper: Mapped[UnitPaper] = relationship(lazy="raise", back_populates="parts")
    saver: Mapped[Person | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("paper_id", "kind", "code"),)


class PaperVersion(Base):
    """A submission: what it said then, for ever. `content` is a list of {kind, code, title, text}; `sha256` is that of
    the signed file at that moment. `received_on`: the day on which it came on paper, when somebody else entered it for
    the unit. `on_behalf` says in words for whom it was handed in, when not by the head."""

    __tablename__ = "paper_version"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    paper_id: Mapped[str] = mapped_column(ForeignKey("unit_paper.id"))
    no: Mapped[int]
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    sha256: Mapped[str | None] = mapped_column(Digest)
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime]
    received_on: Mapped[date | None] = mapped_column(info={"later": True})
    on_behalf: Mapped[str | None] = mapped_column(info={"later": True})

    submitter: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("paper_id", "no"),)


class PaperComment(Base):
    """A remark on a passage of a submission."""

    __tablename__ = "paper_comment"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    paper_id: Mapped[str] = mapped_column(ForeignKey("unit_paper.id"), index=True)
    version_no: Mapped[int]
    part_kind: Mapped[PartKind] = mapped_column(enum_column(PartKind, "part_kind"))
    part_code: Mapped[str] = mapped_column(default="")
    quote: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))

    author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[author_id])


class DutyRule(Base):
    """Who owes what, and when: units of these kinds (and `included` ones, without `excluded` ones), every year from
    `first_year` to `last_year`. `exclusive`: the day named is already too late. `years_after`: 1 when the day named lies
    in the year after."""

    __tablename__ = "duty_rule"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"), index=True)
    paper: Mapped[PaperKind] = mapped_column(enum_column(PaperKind, "paper_kind"))
    what: Mapped[str] = mapped_column(Text, default="")
    point: Mapped[str] = mapped_column(default="")
    first_year: Mapped[int]
    last_year: Mapped[int]
    month: Mapped[int]
    day: Mapped[int]
    exclusive: Mapped[bool]
    years_after: Mapped[int] = mapped_column(default=0)
    unit_kinds: Mapped[list[str]] = mapped_column(JSON)
    included: Mapped[list[str]] = mapped_column(JSON)
    excluded: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Duty(Base):
    """One unit owes one paper for one year. `due_on` is the last day in time; an extension replaces it.

    `again_until` is the day by which what was given back is awaited again; whether it was in time is the first
    submission's to say. `cancelled_at` is set when the rule or the unit's lifetime no longer ask for it and nothing was handed in.
    """

    __tablename__ = "duty"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    rule_id: Mapped[str] = mapped_column(ForeignKey("duty_rule.id"))
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    paper: Mapped[PaperKind] = mapped_column(enum_column(PaperKind, "paper_kind"))
    year: Mapped[int]
    due_on: Mapped[date]
    extended_until: Mapped[date | None]
    extension_reason: Mapped[str] = mapped_column(Text, default="")
    again_until: Mapped[date | None] = mapped_column(info={"later": True})
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="raise")
    rule: Mapped[DutyRule] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("rule_id", "unit_id", "year"),
        Index(None, "year", "paper"),
        Index(None, "unit_id", "year"),
    )

    @property
    def last_day(self) -> date:
        """The last day on which it is in time."""
        return self.extended_until or self.due_on

    @property
    def name(self) -> str:
        return f"{self.paper.label} {self.year}"
