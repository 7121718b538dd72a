"""The standing office's report of the movement: paragraphs with their sources, and what was fixed of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.movement import Movement
from webapp.models.paper import PaperKind
from webapp.models.person import Person
from webapp.models.unit import Unit


class SynthesisState(StrEnum):
    """How far a report is: no version fixed yet, one fixed, number and day of issue known."""

    DRAFT = "draft"
    FIXED = "fixed"
    ISSUED = "issued"

    @property
    def label(self) -> str:
        return {"draft": "Đang soạn", "fixed": "Đã chốt phiên bản", "issued": "Đã ban hành"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "fixed": "info", "issued": "good"}
        return tones[self.value]


class SynthesisSection(StrEnum):
    """What a paragraph speaks of, in the order of the report."""

    GENERAL = "general"
    THEME = "theme"
    CRITERION = "criterion"
    INITIATIVE = "initiative"
    DIFFICULTY = "difficulty"
    PROPOSAL = "proposal"


class Signing(StrEnum):
    """Who signs, and on whose behalf."""

    OFFICE_HEAD = "office_head"
    OFFICE_DEPUTY = "office_deputy"
    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"

    @property
    def label(self) -> str:
        return {
            "office_head": "Trưởng phòng (cơ quan thường trực ký)",
            "office_deputy": "KT. Trưởng phòng, Phó Trưởng phòng",
            "chair": "TM. Ủy ban nhân dân, Chủ tịch",
            "vice_chair": "TM. Ủy ban nhân dân, KT. Chủ tịch, Phó Chủ tịch",
        }[self.value]


class Synthesis(Base):
    """One report of a movement for one year. `version_no` counts fixed versions; `counts` are the numbers of the last
    composing (shape: synthesis.counting.Counts), `office_id` the standing office's own unit."""

    __tablename__ = "synthesis"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    kind: Mapped[PaperKind] = mapped_column(enum_column(PaperKind, "paper_kind"))
    year: Mapped[int]
    version_no: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    renewed_at: Mapped[datetime]
    office_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(default="")
    signing: Mapped[Signing] = mapped_column(enum_column(Signing, "signing"), default=Signing.OFFICE_HEAD)
    signer: Mapped[str] = mapped_column(default="")
    recipients: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    movement: Mapped[Movement] = relationship(lazy="raise")
    office: Mapped[Unit | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("movement_id", "kind", "year"),
        CheckConstraint("kind IN ('annual', 'interim', 'final')", "a_report"),
    )

    @property
    def name(self) -> str:
        """ "Báo cáo năm 2026 của phong trào"."""
        return f"{self.kind.label} {self.year} của phong trào"

    @property
    def state(self) -> SynthesisState:
        if self.version_no == 0:
            return SynthesisState.DRAFT
        return SynthesisState.ISSUED if self.number and self.issued_on else SynthesisState.FIXED


class SynthesisParagraph(Base):
    """One paragraph as the office writes it. `code` is that of its theme or criterion, else empty.

    `made_text` is what was composed last and accepted: where `text` differs, somebody edited it, and composing anew
    leaves it alone. What the sources say by then waits in `fresh_text` (None: nothing new). `sources` is a list of
    {kind, id, no, label}.
    """

    __tablename__ = "synthesis_paragraph"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    synthesis_id: Mapped[str] = mapped_column(ForeignKey("synthesis.id"))
    position: Mapped[int]
    section: Mapped[SynthesisSection] = mapped_column(enum_column(SynthesisSection, "synthesis_section"))
    code: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    made_text: Mapped[str] = mapped_column(Text)
    fresh_text: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    fresh_sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    left_out: Mapped[bool] = mapped_column(default=False)
    saved_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    saver: Mapped[Person | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("synthesis_id", "section", "code"),)

    @property
    def is_edited(self) -> bool:
        return self.text != self.made_text


class SynthesisVersion(Base):
    """What the report said when it was fixed, for ever. `content` is a list of {section, code, title, text, sources},
    `counts` as in Synthesis."""

    __tablename__ = "synthesis_version"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    synthesis_id: Mapped[str] = mapped_column(ForeignKey("synthesis.id"))
    no: Mapped[int]
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    fixed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    fixed_at: Mapped[datetime]

    fixer: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("synthesis_id", "no"),)
