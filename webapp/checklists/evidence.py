"""Putting evidence under items: files, citations, what is in the archive already; and taking it away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from archive import Receipt
from webapp.audit import Thing, log_event
from webapp.checklists import rules
from webapp.checklists.service import load_open_item
from webapp.core.days import ward_day
from webapp.core.errors import Invalid, NotFound
from webapp.documents.service import NewDocument, add_document
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    ChecklistItem,
    Document,
    DocumentKind,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    ItemState,
    JobKind,
)
from webapp.permissions import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The three dates of an evidence: issued on, the period it speaks of, received on (None: today)."""

    issued_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    received_on: date | None = None

    def faults(self) -> dict[str, str]:
        if self.period_from and self.period_to and self.period_to < self.period_from:
            return {"period_to": "Ngày cuối kỳ phải sau ngày đầu kỳ."}
        return {}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is in the archive already, and the upload it came with."""

    receipt: Receipt
    batch_id: str


def attach_file(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    item_id: str,
    file: StoredFile,
    dates: Dates,
    title: str = "",
) -> EvidenceLink:
    """A stored file becomes a document and evidence under the item."""
    item = load_open_item(session, actor, item_id)
    document = _evidence_document(session, item, actor, now, file, title=title)
    if document.issued_on is None:
        document.issued_on = dates.issued_on
    evidence = _new_evidence(session, item, actor, now, timezone, dates, document=document)
    return _link(session, item, evidence, actor=actor, now=now, sha256=file.receipt.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedPaper:
    """A paper that is named as evidence, kept elsewhere."""

    number: str
    cited_on: date | None
    issuer: str
    abstract: str


def attach_citation(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    item_id: str,
    dates: Dates,
    cited: CitedPaper,
    file: StoredFile | None = None,
) -> EvidenceLink:
    """A document named by number, date, issuer and abstract; with `file` what is stored of it as well."""
    item = load_open_item(session, actor, item_id)
    if faults := rules.citation_faults(cited.number, cited.abstract):
        raise Invalid(faults)
    document = None
    if file is not None:
        document = _evidence_document(session, item, actor, now, file, title=cited.abstract)
        # What the person states stands; reading fills in only what is blank.
        document.number, document.issued_on, document.issuer = (
            cited.number.strip(),
            cited.cited_on,
            cited.issuer.strip() or None,
        )
    evidence = _new_evidence(session, item, actor, now, timezone, dates, document=document)
    evidence.cited_number, evidence.cited_on = cited.number.strip(), cited.cited_on
    evidence.cited_issuer, evidence.cited_abstract = cited.issuer.strip() or None, cited.abstract.strip()
    if evidence.issued_on is None:
        evidence.issued_on = cited.cited_on
    return _link(session, item, evidence, actor=actor, now=now, sha256=file.receipt.sha256 if file else None)


def attach_existing(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, item_id: str, choice: str
) -> EvidenceLink:
    """The unit's own evidence (`evidence:ID`) or document (`document:ID`) under one more item."""
    item = load_open_item(session, actor, item_id)
    kind, _, identity = choice.partition(":")
    evidence: Evidence | None = None
    if kind == "evidence":
        evidence = session.get(Evidence, identity)
    elif kind == "document":
        document = session.get(Document, identity)
        if document is not None and document.unit_id == item.checklist.unit_id:
            evidence = session.scalar(
                select(Evidence).where(Evidence.document_id == document.id, Evidence.year == item.checklist.year)
            ) or _new_evidence(session, item, actor, now, timezone, Dates(issued_on=document.issued_on), document)
    if evidence is None or evidence.unit_id != item.checklist.unit_id or _is_withdrawn(session, evidence):
        raise Invalid({"choice": "Hãy chọn một minh chứng hoặc văn bản của đơn vị trong danh sách."})
    already = session.scalar(
        select(EvidenceLink.id).where(
            EvidenceLink.item_id == item.id,
            EvidenceLink.evidence_id == evidence.id,
            EvidenceLink.removed_at.is_(None),
        )
    )
    if already is not None:
        raise Invalid({"choice": "Minh chứng này đã được gắn vào tiêu chí từ trước."})
    return _link(session, item, evidence, actor=actor, now=now, sha256=_present_digest(session, evidence))


def attach_to_several(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    document_id: str,
    item_ids: Collection[str],
) -> int:
    """One document as evidence under several items; those it stands under already are passed over. All or none."""
    present = set(
        session.scalars(
            select(EvidenceLink.item_id)
            .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
            .where(
                Evidence.document_id == document_id,
                EvidenceLink.item_id.in_(item_ids),
                EvidenceLink.removed_at.is_(None),
            )
        )
    )
    wanted = sorted(set(item_ids) - present)
    if not wanted:
        raise Invalid({"items": "Hãy chọn ít nhất một tiêu chí mà văn bản này chưa được gắn vào."})
    for item_id in wanted:
        attach_existing(
            session, actor=actor, now=now, timezone=timezone, item_id=item_id, choice=f"document:{document_id}"
        )
    return len(wanted)


def detach(session: Session, *, actor: Viewer, now: datetime, link_id: str) -> ChecklistItem:
    """Take evidence away from an item; file, evidence and the history of the link stay."""
    link = session.scalar(
        select(EvidenceLink).where(EvidenceLink.id == link_id).options(joinedload(EvidenceLink.evidence))
    )
    if link is None or link.removed_at is not None:
        raise NotFound(kind="checklist", key=link_id)
    item = load_open_item(session, actor, link.item_id)
    link.removed_at = now
    if item.state is ItemState.CLAIMED:
        item.evidence_changed_at = now
    session.flush()
    _log(session, actor, now, "evidence.detach", item, link.evidence)
    _reindex(session, link.evidence, now)
    return item


def confirm_evidence(session: Session, *, actor: Viewer, now: datetime, item_id: str) -> ChecklistItem:
    """The unit has looked at the changed evidence: the mark goes, the present digests are kept."""
    item = load_open_item(session, actor, item_id)
    item.evidence_changed_at = None
    for link in session.scalars(
        select(EvidenceLink)
        .where(EvidenceLink.item_id == item.id, EvidenceLink.removed_at.is_(None))
        .options(joinedload(EvidenceLink.evidence))
    ):
        link.sha256 = _present_digest(session, link.evidence)
    session.flush()
    _log(session, actor, now, "evidence.confirm", item, None)
    return item


def _evidence_document(
    session: Session,
    item: ChecklistItem,
    actor: Viewer,
    now: datetime,
    file: StoredFile,
    *,
    title: str,
) -> Document:
    checklist = item.checklist
    return add_document(
        session,
        actor=actor,
        now=now,
        new=NewDocument(
            receipt=file.receipt,
            kind=DocumentKind.EVIDENCE,
            unit_id=checklist.unit_id,
            movement_id=checklist.movement_id,
            year=checklist.year,
            batch_id=file.batch_id,
            title=title,
        ),
    )


def _new_evidence(
    session: Session,
    item: ChecklistItem,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    dates: Dates,
    document: Document | None = None,
) -> Evidence:
    if faults := dates.faults():
        raise Invalid(faults)
    checklist = item.checklist
    # Writers wait for each other at the audit head, so no two count the same number.
    _log(session, actor, now, "evidence.create", item, None)
    prefix = rules.evidence_code(item.criterion.code, checklist.year, 0)[:-3]
    used = session.scalar(
        select(func.count()).where(
            Evidence.unit_id == checklist.unit_id, Evidence.code.startswith(prefix, autoescape=True)
        )
    )
    return Evidence(
        unit_id=checklist.unit_id,
        year=checklist.year,
        code=rules.evidence_code(item.criterion.code, checklist.year, (used or 0) + 1),
        document_id=document.id if document else None,
        issued_on=dates.issued_on or (document.issued_on if document else None),
        period_from=dates.period_from,
        period_to=dates.period_to,
        received_on=dates.received_on or ward_day(now, timezone),
        created_by=actor.id,
        created_at=now,
    )


def _link(
    session: Session, item: ChecklistItem, evidence: Evidence, *, actor: Viewer, now: datetime, sha256: str | None
) -> EvidenceLink:
    session.add(evidence)
    session.flush()
    link = EvidenceLink(item_id=item.id, evidence_id=evidence.id, sha256=sha256, linked_by=actor.id, linked_at=now)
    session.add(link)
    if item.state is ItemState.NOT_STARTED:
        item.state = ItemState.IN_PROGRESS
    session.flush()
    _log(session, actor, now, "evidence.attach", item, evidence, sha256)
    _reindex(session, evidence, now)
    return link


def _is_withdrawn(session: Session, evidence: Evidence) -> bool:
    """Asked of the database: it may have been withdrawn since the row was read."""
    if evidence.document_id is None:
        return False
    gone = select(Document.id).where(Document.id == evidence.document_id, Document.withdrawn_at.is_not(None))
    return session.scalar(gone) is not None


def _present_digest(session: Session, evidence: Evidence) -> str | None:
    if evidence.document_id is None:
        return None
    return session.scalar(
        select(DocumentVersion.sha256)
        .join(Document, (Document.id == DocumentVersion.document_id) & (Document.current_no == DocumentVersion.no))
        .where(Document.id == evidence.document_id)
    )


def _reindex(session: Session, evidence: Evidence, now: datetime) -> None:
    key = search_key("document", evidence.document_id) if evidence.document_id else search_key("citation", evidence.id)
    enqueue(session, JobKind.INDEX, [key], now=now)


def _log(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    item: ChecklistItem,
    evidence: Evidence | None,
    sha256: str | None = None,
) -> None:
    details: Mapping[str, str | int | None] = {
        "item": item.id,
        "criterion": item.criterion.code,
        "evidence": evidence.code if evidence else None,
        "document": evidence.document_id if evidence else None,
        "sha256": sha256,
    }
    log_event(session, actor, now, action, Thing("checklist", item.checklist_id, item.checklist.unit_id), details)
