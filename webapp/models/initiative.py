"""Initiatives (sáng kiến, giải pháp, mô hình): what a unit worked out, who made it, how it was judged, who took it over."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.document import Document
from webapp.models.movement import Criterion, Movement, Theme
from webapp.models.person import Person
from webapp.models.unit import Unit


class InitiativeKind(StrEnum):
    """What sort of thing it is."""

    INITIATIVE = "initiative"
    SOLUTION = "solution"
    MODEL = "model"

    @property
    def label(self) -> str:
        return {"initiative": "Sáng kiến", "solution": "Giải pháp", "model": "Mô hình"}[self.value]


class InitiativeField(StrEnum):
    """The field of work it belongs to (lĩnh vực)."""

    ADMINISTRATION = "administration"
    DIGITAL = "digital"
    ECONOMY = "economy"
    EDUCATION = "education"
    HEALTH = "health"
    CULTURE = "culture"
    SECURITY = "security"
    PARTY = "party"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "administration": "Cải cách hành chính",
            "digital": "Chuyển đổi số, dữ liệu",
            "economy": "Kinh tế, hạ tầng, đô thị",
            "education": "Giáo dục, đào tạo",
            "health": "Y tế",
            "culture": "Văn hóa, xã hội",
            "security": "Quốc phòng, an ninh",
            "party": "Xây dựng Đảng, dân vận, đoàn thể",
            "other": "Lĩnh vực khác",
        }[self.value]


class InitiativeScope(StrEnum):
    """How far it is applied (phạm vi áp dụng)."""

    UNIT = "unit"
    WARD = "ward"
    BEYOND = "beyond"

    @property
    def label(self) -> str:
        return {"unit": "Trong đơn vị", "ward": "Trong phường", "beyond": "Ngoài phường"}[self.value]


class InitiativeState(StrEnum):
    """The moves between them are in initiatives.rules."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    RECOGNISED = "recognised"
    DECLINED = "declined"
    REPLICATED = "replicated"
    HONOURED = "honoured"

    @property
    def label(self) -> str:
        return {
            "draft": "Đang soạn",
            "submitted": "Đã trình",
            "returned": "Trả lại để bổ sung",
            "reviewed": "Đã có nhận xét",
            "recognised": "Đã công nhận",
            "declined": "Không công nhận",
            "replicated": "Đã nhân rộng",
            "honoured": "Đã biểu dương",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "draft": "plain",
            "submitted": "warn",
            "returned": "bad",
            "reviewed": "warn",
            "recognised": "good",
            "declined": "bad",
            "replicated": "good",
            "honoured": "good",
        }
        return tones[self.value]


# From recognition on everybody signed in sees it, without the part to keep secret.
RECOGNISED_STATES = (InitiativeState.RECOGNISED, InitiativeState.REPLICATED, InitiativeState.HONOURED)


class Initiative(Base):
    """One initiative of one unit. A draft may be incomplete in every field but unit, movement and year.

    `secret` is seen by the own unit and by those who judge it, and is in no index. `submissions` counts how often it was
    handed in; `first_submitted_on` is the day of the request, `submitted_on` the day from which the answer is awaited
    (days of the ward).
    """

    __tablename__ = "initiative"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    state: Mapped[InitiativeState] = mapped_column(enum_column(InitiativeState, "initiative_state"))
    kind: Mapped[InitiativeKind] = mapped_column(enum_column(InitiativeKind, "initiative_kind"))
    field: Mapped[InitiativeField | None] = mapped_column(enum_column(InitiativeField, "initiative_field"))
    scope: Mapped[InitiativeScope] = mapped_column(enum_column(InitiativeScope, "initiative_scope"))
    theme_id: Mapped[str | None] = mapped_column(ForeignKey("theme.id"))
    criterion_id: Mapped[str | None] = mapped_column(ForeignKey("criterion.id"))
    title: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    solution: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    secret: Mapped[str] = mapped_column(Text, default="")
    first_applied_on: Mapped[date | None]
    submissions: Mapped[int] = mapped_column(default=0)
    first_submitted_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decision_number: Mapped[str] = mapped_column(default="")
    decision_date: Mapped[date | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decision_document_id: Mapped[str | None] = mapped_column(Id, info={"later": True})
    honoured_on: Mapped[date | None]
    honour_number: Mapped[str] = mapped_column(default="")
    honour_note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="raise")
    movement: Mapped[Movement] = relationship(lazy="raise")
    theme: Mapped[Theme | None] = relationship(lazy="raise")
    criterion: Mapped[Criterion | None] = relationship(lazy="raise")
    # Always there: the policy asks whether the viewer is one of them.
    authors: Mapped[list[InitiativeAuthor]] = relationship(
        lazy="selectin", order_by="InitiativeAuthor.position", cascade="all, delete-orphan"
    )
    reviews: Mapped[list[InitiativeReview]] = relationship(lazy="raise", order_by="InitiativeReview.reviewed_at")
    adoptions: Mapped[list[InitiativeAdoption]] = relationship(lazy="raise", order_by="InitiativeAdoption.adopted_on")
    files: Mapped[list[InitiativeFile]] = relationship(lazy="raise", order_by="InitiativeFile.linked_at")

    @property
    def name(self) -> str:
        """The title, or words for a draft that has none yet."""
        return self.title or "(chưa đặt tên)"

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("state <> 'declined' OR decision_reason <> ''", "declined_has_a_reason"),
        CheckConstraint("state <> 'returned' OR return_reason <> ''", "returned_has_a_reason"),
        Index(None, "unit_id", "year"),
        Index(None, "state", "year"),
    )


class InitiativeAuthor(Base):
    """Who made it. `share` is in hundredths of a percent; outsiders have no account (`person_id` None)."""

    __tablename__ = "initiative_author"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    initiative_id: Mapped[str] = mapped_column(ForeignKey("initiative.id"))
    position: Mapped[int]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    workplace: Mapped[str] = mapped_column(default="")
    share: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index(None, "initiative_id", "position"),
        CheckConstraint("share BETWEEN 0 AND 10000", "share"),
    )


class InitiativeReview(Base):
    """What one judge says of one submission: three scores from 0 to 10 and a comment."""

    __tablename__ = "initiative_review"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    initiative_id: Mapped[str] = mapped_column(ForeignKey("initiative.id"))
    submission: Mapped[int]
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    novelty: Mapped[int]
    effect: Mapped[int]
    spread: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    reviewed_at: Mapped[datetime]

    reviewer: Mapped[Person] = relationship(lazy="raise")

    @property
    def total(self) -> int:
        return self.novelty + self.effect + self.spread

    __table_args__ = (
        UniqueConstraint("initiative_id", "submission", "reviewer_id"),
        CheckConstraint("novelty BETWEEN 0 AND 10", "novelty"),
        CheckConstraint("effect BETWEEN 0 AND 10", "effect"),
        CheckConstraint("spread BETWEEN 0 AND 10", "spread"),
    )


class InitiativeAdoption(Base):
    """Another unit took it over."""

    __tablename__ = "initiative_adoption"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    initiative_id: Mapped[str] = mapped_column(ForeignKey("initiative.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    adopted_on: Mapped[date]
    result: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("initiative_id", "unit_id"),)


class InitiativeFile(Base):
    """A document of the archive that goes with an initiative. Removing the link keeps row and document."""

    __tablename__ = "initiative_file"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    initiative_id: Mapped[str] = mapped_column(ForeignKey("initiative.id"))
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    linked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_initiative_file_live",
            "initiative_id",
            "document_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
