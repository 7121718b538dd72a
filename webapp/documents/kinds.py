"""What the house knows of documents as a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from search import Record
from webapp.documents.typed_pages import latest, with_typed
from webapp.kinds import Address, Bagged, Facets, Facts, Kind, Searched, search_key
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    Criterion,
    Document,
    DocumentState,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    NominationPaper,
    TextReading,
    Theme,
)
from webapp.models.document import DOCUMENT_KIND_LABELS, file_type_of
from webapp.permissions.inspection_scopes import files_of_teams
from webapp.permissions.scopes import readable_documents, subject_keys
from webapp.permissions.subject import SUBMITTED_STATES, subject_of

# What the office put into a dossier of commendation, and inspectors into a visit, has no audience that search keys could
# name: it stands in no index.
PRESENT = (
    Document.current_no > 0,
    Document.withdrawn_at.is_(None),
    or_(
        Document.unit_id.is_not(None),
        and_(~exists().where(NominationPaper.document_id == Document.id), ~files_of_teams()),
    ),
)


def _documents(session: Session, ids: Collection[str]) -> Iterator[Record]:
    rows = session.execute(
        select(Document, TextReading, Theme.code, DocumentVersion.filename, DocumentVersion.id)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .outerjoin(TextReading, TextReading.version_id == DocumentVersion.id)
        .outerjoin(Theme, Theme.id == Document.theme_id)
        .where(Document.id.in_(ids), *PRESENT)
        .options(undefer(TextReading.text))
    ).all()
    criteria: dict[str, set[str]] = defaultdict(set)
    # What a paper is evidence for is told to those only who read that checklist too: the unit, or, once both are handed
    # in, the same overseers.
    as_visible = or_(
        Document.state == DocumentState.DRAFT,
        and_(Document.state.in_(SUBMITTED_STATES), Checklist.state != ChecklistState.DRAFT),
    )
    for document_id, code in session.execute(
        select(Evidence.document_id, Criterion.code)
        .join(Document, Document.id == Evidence.document_id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .where(Evidence.document_id.in_(ids), EvidenceLink.removed_at.is_(None), as_visible)
    ):
        criteria[document_id or ""].add(code)
    typed = latest(session, [version_id for *_, version_id in rows])
    for document, reading, theme, filename, version_id in rows:
        facets: Facets = {
            "year": document.year,
            "state": document.state.value,
            "file_type": file_type_of(filename),
        }
        if document.unit_id:
            facets["unit"] = document.unit_id
        if theme:
            facets["theme"] = theme
        if criteria[document.id]:
            facets["criterion"] = tuple(sorted(criteria[document.id]))
        yield Record(
            key=search_key("document", document.id),
            kind=document.kind.value,
            title=document.title,
            body=with_typed(reading.text if reading else "", typed.get(version_id, {})),
            number=document.number,
            date=document.issued_on.isoformat() if document.issued_on else None,
            viewer_keys=tuple(sorted(subject_keys(subject_of(document)))),
            facets=facets,
        )


def _facts(document: Document) -> Facts:
    return Facts(
        unit=document.unit.name if document.unit else None,
        of_ward=document.unit is None,
        on=document.issued_on,
        year=document.year,
        state=document.state.label,
    )


KINDS = (
    Kind(
        name="document",
        label="văn bản",
        model=Document,
        readable=readable_documents,
        title=lambda document: document.title,
        address=lambda document: Address("documents.document_view", {"document_id": document.id}),
        unit=Document.unit_id,
        parts=(DocumentVersion.document_id,),
        noted=(),
        loading=(joinedload(Document.unit),),
        search=Searched(
            labels={kind.value: label for kind, label in DOCUMENT_KIND_LABELS.items()},
            records=_documents,
            facts=_facts,
            present=PRESENT,
            opens_page=True,
        ),
        # The bag's own choice: what is asked for begins with documents.
        bag=Bagged(record="document", only_if_named=True),
    ),
)
