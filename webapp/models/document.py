"""Documents of the archive, their versions, and the text read from their bytes."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from archive.extract import FAMILIES
from webapp.models.base import Base, Digest, Id, Tone, enum_column, new_id
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

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "draft": "plain",
            "submitted": "info",
            "returned": "bad",
            "accepted": "good",
            "published": "good",
        }
        return tones[self.value]


DOCUMENT_STATE_LABELS = {
    DocumentState.DRAFT: "Chưa trình",
    DocumentState.SUBMITTED: "Đã trình",
    DocumentState.RETURNED: "Trả lại",
    DocumentState.ACCEPTED: "Đã nhận",
    DocumentState.PUBLISHED: "Công khai nội bộ",
}


FOR_EVER = date.max


def number_key(number: str | None) -> str | None:
    """A number's spelling reduced to what tells it from others: "Số: 57 - NQ/TW" and "57-NQ/TW" are one."""
    if number is None:
        return None
    text = re.sub(r"^\s*s[ốo]\s*[:.]?\s*", "", unicodedata.normalize("NFC", number), flags=re.IGNORECASE)
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"\s+", "", text)).casefold().strip(".,;:)")
    # 05/QĐ-UBND and 5/QĐ-UBND are one number.
    return re.sub(r"^0+(?=\d)", "", text) or None


FILE_TYPES: dict[str, tuple[str, frozenset[str]]] = {
    name: (label, FAMILIES.get(name, frozenset()))
    for name, label in {
        "pdf": "PDF",
        "text": "Văn bản Word",
        "sheet": "Bảng tính",
        "slides": "Trình chiếu",
        "picture": "Ảnh",
        "archive": "Tệp nén",
        "recording": "Ghi âm, ghi hình",
        "other": "Loại khác",
    }.items()
}


def file_type_of(filename: str) -> str:
    """The sort of file people mean, by its ending: a key of FILE_TYPES."""
    ending = filename.rpartition(".")[2].lower()
    return next((name for name, (_, endings) in FILE_TYPES.items() if ending in endings), "other")


class Document(Base):
    """A paper over all its versions. Without a unit it belongs to the movement.

    `form` is the name of its type as the paper says it ("Kế hoạch"), `recipients` one per line. Its three dates are
    `issued_on` (on the paper), `received_on` (when it reached the unit) and `created_at` (when it reached the archive).
    `retained_until` is the last day of its term, `FOR_EVER` for permanent keeping; it is only ever moved later.
    """

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
    number_key: Mapped[str | None] = mapped_column(index=True)
    form: Mapped[str | None]
    place: Mapped[str | None]
    recipients: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    received_on: Mapped[date | None]
    described_at: Mapped[datetime | None]
    retained_until: Mapped[date | None]
    held_at: Mapped[datetime | None]
    held_by: Mapped[str | None] = mapped_column(Id)
    hold_reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(Id)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    current_no: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship(lazy="raise")
    versions: Mapped[list[DocumentVersion]] = relationship(
        lazy="raise", order_by="DocumentVersion.no.desc()", back_populates="document"
    )

    @validates("number")
    def _keep_number_key(self, _name: str, number: str | None) -> str | None:
        self.number_key = number_key(number)
        return number

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
        primaryjoin="foreign(DocumentVersion.id) == TextReading.version_id",
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
    """What was read of one version. Kept by version, not by digest: that somebody else has the same file must not
    show in how quickly its text is there. `text` holds the pages, separated by form feeds.
    """

    __tablename__ = "text_reading"

    version_id: Mapped[str] = mapped_column(ForeignKey("document_version.id"), primary_key=True)
    status: Mapped[ReadingStatus] = mapped_column(enum_column(ReadingStatus, "reading_status"))
    sentence: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    pages: Mapped[int] = mapped_column(default=0)
    done_pages: Mapped[int] = mapped_column(default=0)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    read_at: Mapped[datetime | None]


class TypedPage(Base):
    """What a person typed of a page that was read badly. Never changed: a later row for the same page stands in its
    place, one without text takes it back. By version, as what was read; reading anew leaves it alone.
    """

    __tablename__ = "typed_page"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version_id: Mapped[str] = mapped_column(ForeignKey("document_version.id"))
    page: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    typed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    typed_at: Mapped[datetime]

    typist: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("page BETWEEN 1 AND 500", name="page"),
        Index(None, "version_id", "page"),
    )


class CitationRelation(StrEnum):
    """Whether a paper rests on the other or only names it."""

    BASIS = "basis"
    MENTION = "mention"

    @property
    def label(self) -> str:
        return {"basis": "Căn cứ", "mention": "Có nhắc đến"}[self.value]


class DocumentCitation(Base):
    """A paper that a document cites, found in its text; it is linked to documents of that number when looked at.

    `confirmed_at` and `dismissed_at` are a person's word; later readings leave such rows alone.
    """

    __tablename__ = "document_citation"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int]
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(index=True)
    form: Mapped[str | None]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    title: Mapped[str | None] = mapped_column(Text)
    relation: Mapped[CitationRelation] = mapped_column(enum_column(CitationRelation, "citation_relation"))
    page: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("document_id", "number_key"),)


class RelationKind(StrEnum):
    """How one document stands to another, read from the first to the second."""

    REPLACES = "replaces"
    AMENDS = "amends"
    ANNEX_OF = "annex_of"
    ANSWERS = "answers"
    RELATED = "related"

    @property
    def label(self) -> str:
        return RELATION_LABELS[self][0]

    @property
    def reverse_label(self) -> str:
        return RELATION_LABELS[self][1]


RELATION_LABELS = {
    RelationKind.REPLACES: ("Thay thế", "Được thay thế bởi"),
    RelationKind.AMENDS: ("Sửa đổi, bổ sung", "Được sửa đổi, bổ sung bởi"),
    RelationKind.ANNEX_OF: ("Kèm theo", "Có văn bản kèm theo"),
    RelationKind.ANSWERS: ("Trả lời", "Được trả lời bởi"),
    RelationKind.RELATED: ("Liên quan", "Liên quan"),
}


class DocumentRelation(Base):
    """A link between two documents that a person made. Removing it keeps the row."""

    __tablename__ = "document_relation"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[RelationKind] = mapped_column(enum_column(RelationKind, "relation_kind"))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("document_id <> other_id", "two_documents"),)


class RetentionClass(Base):
    """How many years papers of one kind are kept from the end of their year; None means for ever."""

    __tablename__ = "retention_class"

    kind: Mapped[DocumentKind] = mapped_column(enum_column(DocumentKind, "retention_kind"), primary_key=True)
    years: Mapped[int | None]

    __table_args__ = (CheckConstraint("years IS NULL OR years BETWEEN 1 AND 100", "years"),)
