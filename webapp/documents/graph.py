"""How documents stand to each other: what they cite, who cites them, and links people made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound
from webapp.documents.loading import document_named
from webapp.models import (
    Document,
    DocumentCitation,
    DocumentRelation,
    RelationKind,
    number_key,
)
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import readable_documents


@dataclass(frozen=True, slots=True)
class CitedPaper:
    """One citation of a document, with the documents of that number the viewer may see (none: not in the archive)."""

    citation: DocumentCitation
    present: list[Document]


@dataclass(frozen=True, slots=True)
class Relative:
    """Another document and how it stands to the one looked at, in words."""

    relation_id: str
    label: str
    document: Document


def list_citations(session: Session, document: Document, *, viewer: Viewer) -> list[CitedPaper]:
    """In the order of the text, those dismissed left out. The document was got within the viewer's scope."""
    citations = session.scalars(
        select(DocumentCitation)
        .where(DocumentCitation.document_id == document.id, DocumentCitation.dismissed_at.is_(None))
        .order_by(DocumentCitation.relation, DocumentCitation.position)
    ).all()
    present: dict[str, list[Document]] = defaultdict(list)
    keys = {citation.number_key for citation in citations}
    if keys:
        for other in session.scalars(
            select(Document)
            .where(
                Document.number_key.in_(keys),
                Document.id != document.id,
                Document.current_no > 0,
                readable_documents(viewer),
            )
            .order_by(Document.issued_on.desc(), Document.id)
        ):
            present[other.number_key or ""].append(other)
    return [CitedPaper(citation, _of_that_day(citation, present[citation.number_key])) for citation in citations]


def _of_that_day(citation: DocumentCitation, documents: list[Document]) -> list[Document]:
    """Numbers start anew; where the cited date is known, papers of another date are other papers."""
    if citation.issued_on is None:
        return documents
    return [one for one in documents if one.issued_on in (None, citation.issued_on)]


def list_citing(session: Session, document: Document, *, viewer: Viewer, limit: int = 50) -> list[Document]:
    """Documents the viewer may see that cite this one by its number."""
    if document.number_key is None:
        return []
    query = (
        select(Document)
        .join(DocumentCitation, DocumentCitation.document_id == Document.id)
        .where(
            DocumentCitation.number_key == document.number_key,
            DocumentCitation.dismissed_at.is_(None),
            Document.id != document.id,
            Document.current_no > 0,
            readable_documents(viewer),
        )
        .order_by(Document.created_at.desc(), Document.id)
        .limit(limit)
    )
    if document.issued_on is not None:
        query = query.where(or_(DocumentCitation.issued_on.is_(None), DocumentCitation.issued_on == document.issued_on))
    return list(session.scalars(query))


def list_relatives(session: Session, document: Document, *, viewer: Viewer) -> list[Relative]:
    """Both directions, each with its wording."""
    found: list[Relative] = []
    for here, there, reverse in (
        (DocumentRelation.document_id, DocumentRelation.other_id, False),
        (DocumentRelation.other_id, DocumentRelation.document_id, True),
    ):
        for relation, other in session.execute(
            select(DocumentRelation, Document)
            .join(Document, Document.id == there)
            .where(here == document.id, DocumentRelation.removed_at.is_(None), readable_documents(viewer))
            .order_by(DocumentRelation.created_at, DocumentRelation.id)
        ):
            label = relation.kind.reverse_label if reverse else relation.kind.label
            found.append(Relative(relation.id, label, other))
    return found


def judge_citations(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, shown: Collection[str], kept: Collection[str]
) -> int:
    """Of the citations that were `shown`, confirm those `kept` and dismiss the others; returns how many changed."""
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_REVISE, document)
    changed = 0
    for citation in session.scalars(
        select(DocumentCitation).where(DocumentCitation.document_id == document.id, DocumentCitation.id.in_(shown))
    ):
        keep = citation.id in kept
        if keep and citation.confirmed_at is None:
            citation.confirmed_at, citation.dismissed_at, changed = now, None, changed + 1
        elif not keep and citation.dismissed_at is None:
            citation.confirmed_at, citation.dismissed_at, changed = None, now, changed + 1
    session.flush()
    if changed:
        log_event(session, actor, now, "document.judge-citations", document, {"changed": changed})
    return changed


def relate_documents(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, kind: RelationKind, other: str
) -> DocumentRelation:
    """Link to another document, named by its id or its number. Only one the actor may see can be named."""
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_REVISE, document)
    found = session.scalars(
        select(Document)
        .where(
            or_(Document.id == other.strip(), Document.number_key == (number_key(other) or "")),
            Document.id != document.id,
            Document.current_no > 0,
            readable_documents(actor),
        )
        .limit(2)
    ).all()
    if not found:
        raise Invalid({"other": "Không thấy văn bản nào có số, ký hiệu này trong kho."})
    if len(found) > 1:
        raise Invalid({"other": "Có nhiều văn bản cùng số, ký hiệu này; hãy ghi mã văn bản (phần cuối địa chỉ trang)."})
    present = session.scalar(
        select(DocumentRelation).where(
            DocumentRelation.document_id == document.id,
            DocumentRelation.other_id == found[0].id,
            DocumentRelation.kind == kind,
            DocumentRelation.removed_at.is_(None),
        )
    )
    if present is not None:
        return present
    relation = DocumentRelation(
        document_id=document.id, other_id=found[0].id, kind=kind, created_by=actor.id, created_at=now
    )
    session.add(relation)
    session.flush()
    log_event(session, actor, now, "document.relate", document, {"other": found[0].id, "kind": kind.value})
    return relation


def unrelate_documents(session: Session, *, actor: Viewer, now: datetime, document_id: str, relation_id: str) -> None:
    """Take a link back; the row stays for the record. Allowed from the side that made it."""
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_REVISE, document)
    relation = session.get(DocumentRelation, relation_id)
    if relation is None or relation.document_id != document.id:
        raise NotFound(kind="relation", key=relation_id)
    if relation.removed_at is None:
        relation.removed_at = now
        session.flush()
        log_event(session, actor, now, "document.unrelate", document, {"other": relation.other_id})
