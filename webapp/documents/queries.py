"""Reading documents, always within what the viewer may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, undefer

from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.models import (
    Checklist,
    ChecklistItem,
    Criterion,
    Document,
    DocumentKind,
    DocumentState,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    TextReading,
    Unit,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists, readable_documents, restorable_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """What a list of documents is narrowed to; None means not narrowed."""

    kind: DocumentKind | None = None
    unit_id: str | None = None
    year: int | None = None
    state: DocumentState | None = None


def page_documents(session: Session, *, viewer: Viewer, wanted: DocumentFilter, page: int) -> Page[Document]:
    """Newest first."""
    return page_of(session, _wanted(viewer, wanted), page)


def list_wanted(session: Session, *, viewer: Viewer, wanted: DocumentFilter, most: int) -> Sequence[Document]:
    """What `page_documents` shows on its pages, at most so many."""
    return session.scalars(_wanted(viewer, wanted).limit(most)).all()


def find_documents(
    session: Session, ids: Collection[str], *, viewer: Viewer, withdrawn: bool = False
) -> dict[str, Document]:
    """Those of the ids that the viewer may see, or with `withdrawn` may restore."""
    scope = restorable_documents(viewer) if withdrawn else readable_documents(viewer)
    query = select(Document).where(Document.id.in_(ids), scope, Document.current_no > 0)
    return {one.id: one for one in session.scalars(query)}


def _wanted(viewer: Viewer, wanted: DocumentFilter) -> Select[Document]:
    query = (
        select(Document)
        .where(readable_documents(viewer), Document.current_no > 0)
        .options(joinedload(Document.unit))
        .order_by(Document.created_at.desc(), Document.id)
    )
    if wanted.kind is not None:
        query = query.where(Document.kind == wanted.kind)
    if wanted.unit_id is not None:
        query = query.where(Document.unit_id == wanted.unit_id)
    if wanted.year is not None:
        query = query.where(Document.year == wanted.year)
    if wanted.state is not None:
        query = query.where(Document.state == wanted.state)
    return query


def list_units_of_documents(session: Session, *, viewer: Viewer) -> Sequence[Unit]:
    """Units of the documents that the viewer may see: nothing else is worth choosing in a filter."""
    named = select(Document.unit_id).where(readable_documents(viewer), Document.current_no > 0)
    return session.scalars(select(Unit).where(Unit.id.in_(named)).order_by(Unit.kind, Unit.name)).all()


def get_document(session: Session, document_id: str, *, viewer: Viewer) -> Document:
    """With its unit. Raises NotFound alike for what is not there and what may not be seen."""
    document = session.scalar(
        select(Document)
        .where(Document.id == document_id, readable_documents(viewer), Document.current_no > 0)
        .options(joinedload(Document.unit))
    )
    if document is None:
        raise NotFound(kind="document", key=document_id)
    return document


def page_withdrawn(session: Session, *, viewer: Viewer, page: int) -> Page[Document]:
    """Withdrawn documents the viewer could restore, latest withdrawal first."""
    query = (
        select(Document)
        .where(restorable_documents(viewer), Document.current_no > 0)
        .options(joinedload(Document.unit))
        .order_by(Document.withdrawn_at.desc(), Document.id)
    )
    return page_of(session, query, page)


def get_withdrawn(session: Session, document_id: str, *, viewer: Viewer) -> Document:
    """One of them. Raises NotFound for anything else."""
    document = session.scalar(select(Document).where(Document.id == document_id, restorable_documents(viewer)))
    if document is None:
        raise NotFound(kind="document", key=document_id)
    return document


def list_versions(session: Session, document: Document, *, viewer: Viewer) -> Sequence[DocumentVersion]:
    """All versions, newest first, with uploader and reading status, of a document got from here."""
    return session.scalars(
        select(DocumentVersion)
        .join(Document)
        .where(DocumentVersion.document_id == document.id, readable_documents(viewer))
        .options(joinedload(DocumentVersion.uploader), joinedload(DocumentVersion.reading))
        .order_by(DocumentVersion.no.desc())
    ).all()


def get_version(session: Session, document_id: str, no: int, *, viewer: Viewer) -> DocumentVersion:
    version = session.scalar(
        select(DocumentVersion)
        .join(Document)
        .where(DocumentVersion.document_id == document_id, DocumentVersion.no == no, readable_documents(viewer))
        .options(joinedload(DocumentVersion.document))
    )
    if version is None:
        raise NotFound(kind="document", key=document_id)
    return version


def find_reading(session: Session, version: DocumentVersion, *, with_text: bool) -> TextReading | None:
    """What was read of a version's bytes; the version was got within the viewer's scope."""
    query = select(TextReading).where(TextReading.version_id == version.id)
    return session.scalar(query.options(undefer(TextReading.text)) if with_text else query)


@dataclass(frozen=True, slots=True)
class Use:
    """Where a document serves as evidence."""

    item_id: str
    checklist_id: str
    criterion: str
    year: int
    unit: str
    code: str


def list_uses(session: Session, document: Document, *, viewer: Viewer) -> list[Use]:
    rows = session.execute(
        select(ChecklistItem.id, Checklist.id, Criterion.code, Checklist.year, Unit.name, Evidence.code)
        .join(EvidenceLink, EvidenceLink.item_id == ChecklistItem.id)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .join(Unit, Unit.id == Checklist.unit_id)
        .where(Evidence.document_id == document.id, EvidenceLink.removed_at.is_(None), readable_checklists(viewer))
        .order_by(Checklist.year, Criterion.position)
    )
    return [Use(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One stored file of an upload, with the documents of the same bytes that the viewer may see."""

    version: DocumentVersion
    document: Document
    duplicates: list[Document]


def list_receipt(session: Session, batch_id: str, *, viewer: Viewer) -> list[ReceiptLine]:
    """What the viewer uploaded together. Raises NotFound for another's upload."""
    versions = session.scalars(
        select(DocumentVersion)
        .join(Document)
        .where(
            DocumentVersion.batch_id == batch_id,
            DocumentVersion.uploaded_by == viewer.id,
            readable_documents(viewer),
        )
        .options(joinedload(DocumentVersion.document).joinedload(Document.unit), joinedload(DocumentVersion.reading))
        .order_by(DocumentVersion.uploaded_at, DocumentVersion.filename)
    ).all()
    if not versions:
        raise NotFound(kind="receipt", key=batch_id)
    same = list_duplicates(session, {version.sha256 for version in versions}, viewer=viewer)
    return [
        ReceiptLine(
            version,
            version.document,
            [other for other in same[version.sha256] if other.id != version.document_id],
        )
        for version in versions
    ]


def say_stored(session: Session, sha256: str, *, viewer: Viewer) -> str:
    """What is told of a file just stored; where the same bytes lay in the archive before, under which title."""
    same = list_duplicates(session, [sha256], viewer=viewer)[sha256]
    if len(same) < 2:
        return "Đã lưu vào kho, đang đọc chữ."
    return f"Đã lưu vào kho. Tệp này giống hệt “{same[0].title}” đã có trong kho."


def list_duplicates(session: Session, digests: Collection[str], *, viewer: Viewer) -> dict[str, list[Document]]:
    """Visible documents that have these bytes in some version, by digest. What the viewer may not see stays unnamed."""
    found: dict[str, list[Document]] = defaultdict(list)
    if digests:
        rows = session.execute(
            select(DocumentVersion.sha256, Document)
            .join(Document, Document.id == DocumentVersion.document_id)
            .where(DocumentVersion.sha256.in_(digests), readable_documents(viewer))
            .order_by(Document.created_at)
        )
        for sha256, document in rows:
            if document not in found[sha256]:
                found[sha256].append(document)
    return found
