"""A unit's yearly checklist, its items, their evidence."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Digest, Id, Tone, enum_column, new_id
from webapp.models.document import Document
from webapp.models.movement import CriteriaGroup, Criterion
from webapp.models.person import Person
from webapp.models.unit import Unit


class ChecklistState(StrEnum):
    """draft → submitted → returned → submitted …; the moves are in checklists.rules."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return {"draft": "Đang soạn", "submitted": "Đã trình", "returned": "Trả lại để bổ sung"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "submitted": "info", "returned": "bad"}
        return tones[self.value]


class ItemState(StrEnum):
    """What the unit says about one criterion."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    CLAIMED = "claimed"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return {
            "not_started": "Chưa bắt đầu",
            "in_progress": "Đang thực hiện",
            "claimed": "Đã tự nhận đạt",
            "not_applicable": "Không áp dụng",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "not_started": "plain",
            "in_progress": "info",
            "claimed": "good",
            "not_applicable": "plain",
        }
        return tones[self.value]


class Checklist(Base):
    """Phiếu tự kiểm of one unit for one year of a movement."""

    __tablename__ = "checklist"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    group_id: Mapped[str] = mapped_column(ForeignKey("criteria_group.id"))
    year: Mapped[int]
    state: Mapped[ChecklistState] = mapped_column(enum_column(ChecklistState, "checklist_state"))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    # The first time decides whether it was late; a correction does not.
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="raise")
    group: Mapped[CriteriaGroup] = relationship(lazy="raise")
    items: Mapped[list[ChecklistItem]] = relationship(
        lazy="raise", order_by="ChecklistItem.position", back_populates="checklist"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("unit_id", "movement_id", "year", "group_id"),
        Index(None, "state", "year"),
        Index(None, "year", "group_id"),
    )


class ChecklistItem(Base):
    """One criterion on one checklist. `evidence_changed_at` is set when evidence changes after the item was claimed."""

    __tablename__ = "checklist_item"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    checklist_id: Mapped[str] = mapped_column(ForeignKey("checklist.id"))
    criterion_id: Mapped[str] = mapped_column(ForeignKey("criterion.id"), index=True)
    position: Mapped[int]
    state: Mapped[ItemState] = mapped_column(enum_column(ItemState, "item_state"), default=ItemState.NOT_STARTED)
    reason: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    evidence_changed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    checklist: Mapped[Checklist] = relationship(lazy="raise", back_populates="items")
    criterion: Mapped[Criterion] = relationship(lazy="raise")
    sub_items: Mapped[list[SubItem]] = relationship(
        lazy="raise", order_by="SubItem.position", cascade="all, delete-orphan"
    )
    links: Mapped[list[EvidenceLink]] = relationship(lazy="raise", back_populates="item")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("checklist_id", "criterion_id"),
        CheckConstraint("state <> 'not_applicable' OR reason <> ''", "not_applicable_has_a_reason"),
    )


class ChecklistVersion(Base):
    """A submission: what the unit said then, and on which evidence, for ever.

    `content` holds per item: criterion (its code), text, state, reason, comment, sub_items [{text, done}], evidence
    [{code, document_id, sha256, cited, dates}]. Others read this while the unit corrects what was given back. `on_behalf`
    says in words for whom it was handed in, when not by the head.
    """

    __tablename__ = "checklist_version"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    checklist_id: Mapped[str] = mapped_column(ForeignKey("checklist.id"))
    no: Mapped[int]
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime]
    on_behalf: Mapped[str | None] = mapped_column(info={"later": True})

    submitter: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("checklist_id", "no"),)


class SubItem(Base):
    """A part of a criterion that the unit ticks off for itself."""

    __tablename__ = "sub_item"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("checklist_item.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    done: Mapped[bool] = mapped_column(default=False)


class Evidence(Base):
    """A document and/or a citation that supports items, with its three dates and a code such as `III.1.đ-2026-003`.

    The code counts within unit, criterion and year, so that it tells nothing about other units.
    """

    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    code: Mapped[str]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"), index=True)
    cited_number: Mapped[str | None]
    cited_on: Mapped[date | None]
    cited_issuer: Mapped[str | None]
    cited_abstract: Mapped[str | None] = mapped_column(Text)
    issued_on: Mapped[date | None]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    received_on: Mapped[date]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    document: Mapped[Document | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("unit_id", "code"),
        CheckConstraint("document_id IS NOT NULL OR cited_number IS NOT NULL", "file_or_citation"),
        CheckConstraint("period_from IS NULL OR period_to IS NULL OR period_from <= period_to", "period"),
    )


class EvidenceLink(Base):
    """One evidence under one item. Removing it keeps the row; `sha256` is what the unit saw when it linked or confirmed."""

    __tablename__ = "evidence_link"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("checklist_item.id"), index=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"), index=True)
    sha256: Mapped[str | None] = mapped_column(Digest)
    linked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    item: Mapped[ChecklistItem] = relationship(lazy="raise", back_populates="links")
    evidence: Mapped[Evidence] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_evidence_link_live",
            "item_id",
            "evidence_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
