"""What the standing office tells the ward: guidance, praise, notices; whom it is for and who has read it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.document import Document
from webapp.models.person import Person
from webapp.models.unit import Unit


class AnnouncementKind(StrEnum):
    GUIDANCE = "guidance"
    PRAISE = "praise"
    NOTICE = "notice"

    @property
    def label(self) -> str:
        return {"guidance": "Hướng dẫn", "praise": "Biểu dương", "notice": "Thông báo"}[self.value]


class AnnouncementState(StrEnum):
    """draft → posted → withdrawn; the moves are in announcements.rules."""

    DRAFT = "draft"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"draft": "Đang soạn", "posted": "Đã đăng", "withdrawn": "Đã rút"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "posted": "good", "withdrawn": "bad"}
        return tones[self.value]


class Announcement(Base):
    """One announcement. `everyone`, or the units of these kinds, clusters and single ones: resolved when it is posted,
    into `units`. `confirm`: readers are asked to say that they have read it."""

    __tablename__ = "announcement"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    kind: Mapped[AnnouncementKind] = mapped_column(enum_column(AnnouncementKind, "announcement_kind"))
    state: Mapped[AnnouncementState] = mapped_column(enum_column(AnnouncementState, "announcement_state"))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    confirm: Mapped[bool] = mapped_column(default=False)
    everyone: Mapped[bool] = mapped_column(default=False)
    unit_kinds: Mapped[list[str]] = mapped_column(JSON)
    cluster_ids: Mapped[list[str]] = mapped_column(JSON)
    unit_ids: Mapped[list[str]] = mapped_column(JSON)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)

    # Always there: the policy asks for whom it is.
    units: Mapped[list[AnnouncementUnit]] = relationship(lazy="selectin")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("state <> 'withdrawn' OR withdrawal_reason <> ''", "withdrawn_has_a_reason"),
        Index(None, "state", "year"),
    )


class AnnouncementUnit(Base):
    """A unit whose clerks and heads an announcement is for."""

    __tablename__ = "announcement_unit"

    announcement_id: Mapped[str] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)

    unit: Mapped[Unit] = relationship(lazy="raise")


class AnnouncementFile(Base):
    """A document of the archive that goes with an announcement."""

    __tablename__ = "announcement_file"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    announcement_id: Mapped[str] = mapped_column(ForeignKey("announcement.id"), index=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    linked_at: Mapped[datetime]

    document: Mapped[Document] = relationship(lazy="raise")


class AnnouncementReading(Base):
    """That one person of the audience opened it, and when they said so themselves."""

    __tablename__ = "announcement_reading"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    announcement_id: Mapped[str] = mapped_column(ForeignKey("announcement.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("announcement_id", "person_id"),)
