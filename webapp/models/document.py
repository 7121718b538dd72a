"""Documents of the archive, their versions, and the text read from their bytes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Digest, Id, enum_column, new_id
from webapp.models.person import Person
from webapp.models.unit import Unit


class DocumentKind(StrEnum):
    """What sort of paper it is."""

    PLAN = "plan"
    UNIT_PLAN = "unit_plan"
    REPORT = "report"
    EVIDENCE = "evidence"
    DECISION = "decision"
    MINUTES = "minutes"
    GUIDANCE = "guidance"
    OTHER = "other"

    @property
    def label(self) -> str:
        return DOCUMENT_KIND_LABELS[self]


DOCUMENT_KIND_LABELS = {
    DocumentKind.PLAN: "Kế hoạch của phường",
    DocumentKind.UNIT_PLAN: "Kế hoạch triển khai",
    DocumentKind.REPORT: "Báo cáo",
    DocumentKind.EVIDENCE: "Minh chứng",
    DocumentKind.DECISION: "Quyết định",
    DocumentKind.MINUTES: "Biên bản",
    DocumentKind.GUIDANCE: "Hướng dẫn",
    DocumentKind.OTHER: "Văn bản khác",
}


class DocumentState(StrEnum):
    """Who may see it follows from this, the unit and the kind, never from a switch on the file."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return DOCUMENT_STATE_LABELS[self]


DOCUMENT_STATE_LABELS = {
    DocumentState.DRAFT: "Đang soạn",
    DocumentState.SUBMITTED: "Đã trình",
    DocumentState.RETURNED: "Trả lại",
    DocumentState.ACCEPTED: "Đã nhận",
    DocumentState.PUBLISHED: "Công khai nội bộ",
}


class Document(Base):
    """A paper over all its versions. Without a unit it belongs to the movement."""

    __tablename__ = "document"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[DocumentKind] = mapped_column(enum_column(DocumentKind, "document_kind"))
    state: Mapped[DocumentState] = mapped_column(enum_column(DocumentState, "document_state"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    movement_id: Mapped[str | None] = mapped_column(ForeignKey("movement.id"))
    theme_id: Mapped[str | None] = mapped_column(ForeignKey("theme.id"))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    signer: Mapped[str | None]
    current_no: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship(lazy="raise")
    versions: Mapped[list[DocumentVersion]] = relationship(
        lazy="raise", order_by="DocumentVersion.no.desc()", back_populates="document"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint(
            "unit_id IS NOT NULL OR kind NOT IN ('unit_plan', 'report', 'evidence')", "unit_paper_has_unit"
        ),
        Index(None, "unit_id", "year", "created_at"),
        Index(None, "state", "created_at"),
        Index(None, "created_at"),
        Index(None, "number"),
    )


class DocumentVersion(Base):
    """The bytes of one version. Never changed, never removed."""

    __tablename__ = "document_version"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    no: Mapped[int]
    sha256: Mapped[str] = mapped_column(Digest, index=True)
    size: Mapped[int]
    filename: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    batch_id: Mapped[str] = mapped_column(Id, index=True)
    uploaded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]

    document: Mapped[Document] = relationship(lazy="raise", back_populates="versions")
    uploader: Mapped[Person | None] = relationship(lazy="raise")
    reading: Mapped[TextReading | None] = relationship(
        lazy="raise",
        primaryjoin="foreign(DocumentVersion.sha256) == TextReading.sha256",
        viewonly=True,
        uselist=False,
    )

    __table_args__ = (UniqueConstraint("document_id", "no"),)


class ReadingStatus(StrEnum):
    """How reading the text went; the outcomes are those of archive.extract, `waiting` is before it."""

    WAITING = "waiting"
    OK = "ok"
    NO_TEXT = "no_text"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_BIG = "too_big"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    UNSUPPORTED = "unsupported"
    UNSAFE = "unsafe"


class TextReading(Base):
    """The text of some bytes, kept by their digest: two versions with the same bytes are read once.

    `text` holds the pages, separated by form feeds.
    """

    __tablename__ = "text_reading"

    sha256: Mapped[str] = mapped_column(Digest, primary_key=True)
    status: Mapped[ReadingStatus] = mapped_column(enum_column(ReadingStatus, "reading_status"))
    sentence: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    pages: Mapped[int] = mapped_column(default=0)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    read_at: Mapped[datetime | None]
