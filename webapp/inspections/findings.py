"""What a team finds on the spot: written, changed, struck, with photographs and the evidence it rests on.

A device may have been without a network when it was written: `client_key` makes a second arrival of the same finding the
same finding, and a change says which revision it was made on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import Receipt
from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents.service import NewDocument, current_version, keep_document
from webapp.inspections import rules
from webapp.inspections.visits import load_visit
from webapp.models import (
    Criterion,
    Document,
    DocumentKind,
    DocumentState,
    DocumentVersion,
    FindingKind,
    InspectionFile,
    InspectionFinding,
    InspectionVisit,
    new_id,
)
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import readable_documents

KEY = re.compile(r"[0-9a-z-]{8,40}")
MOST_EVIDENCE, MOST_PHOTOGRAPHS = 30, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a finding says. `documents` are ids of the unit's papers that it rests on."""

    kind: FindingKind | None
    criterion_id: str | None
    text: str
    documents: Collection[str] = ()


def add_finding(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    visit_id: str,
    client_key: str,
    written: Written,
    photographs: Sequence[Receipt] = (),
) -> InspectionFinding:
    """A finding, once for each key. Raises Invalid by field, Refused when the team is not at work in the unit."""
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_WRITE, visit)
    if not KEY.fullmatch(client_key):
        raise Invalid("Trang này đã cũ; hãy tải lại trang rồi ghi lại.")
    there = session.scalar(
        select(InspectionFinding).where(
            InspectionFinding.visit_id == visit.id, InspectionFinding.client_key == client_key
        )
    )
    if there is not None:
        return there
    _check(session, visit, written)
    assert written.kind is not None
    one = InspectionFinding(
        id=new_id(),
        visit_id=visit.id,
        client_key=client_key,
        kind=written.kind,
        criterion_id=written.criterion_id,
        text=written.text.strip(),
        evidence=_evidence(session, actor, visit, written.documents),
        found_by=actor.id,
        found_at=now,
    )
    session.add(one)
    session.flush()
    details: dict[str, str | int | None] = {"finding": one.id, "kind": one.kind.value}
    log_event(session, actor, now, "inspection-visit.find", visit, details)
    _photograph(session, actor, now, visit, one, photographs)
    return one


def change_finding(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    finding_id: str,
    revision: int,
    written: Written,
    photographs: Sequence[Receipt] = (),
) -> InspectionFinding:
    """Raises Conflict with both texts when somebody of the team changed it meanwhile."""
    one, visit = _writable(session, actor, finding_id)
    theirs = {"Ghi nhận": one.kind.label, "Nội dung": one.text}
    mine = {"Ghi nhận": written.kind.label if written.kind else "", "Nội dung": written.text.strip()}
    ensure_fresh(one, revision, Conflict(theirs=theirs, mine=mine))
    _check(session, visit, written)
    assert written.kind is not None
    one.kind, one.criterion_id, one.text = written.kind, written.criterion_id, written.text.strip()
    one.evidence = _evidence(session, actor, visit, written.documents)
    session.flush()
    log_event(session, actor, now, "inspection-visit.change-finding", visit, {"finding": one.id})
    _photograph(session, actor, now, visit, one, photographs)
    return one


def drop_finding(session: Session, *, actor: Viewer, now: datetime, finding_id: str, reason: str) -> InspectionFinding:
    """Struck with a reason; it stays on record and is in no minutes."""
    one, visit = _writable(session, actor, finding_id)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi vì sao bỏ ghi nhận này."})
    one.removed_at, one.removed_reason = now, reason.strip()[: rules.LONGEST_REASON]
    session.flush()
    log_event(
        session, actor, now, "inspection-visit.drop-finding", visit, {"finding": one.id}, reason=one.removed_reason
    )
    return one


def keep_file(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    visit: InspectionVisit,
    receipt: Receipt,
    of_team: bool,
    finding_id: str | None = None,
    remedy_id: str | None = None,
) -> InspectionFile:
    """A stored file becomes a document (the ward's, or of the unit) and a file of the visit. The caller asked the policy."""
    document = keep_document(
        session,
        actor=actor,
        now=now,
        new=NewDocument(
            receipt=receipt,
            kind=DocumentKind.OTHER,
            unit_id=None if of_team else visit.unit_id,
            movement_id=visit.movement_id,
            year=visit.year,
            batch_id=new_id(),
        ),
    )
    # Got through the visit by those who read that, and by nobody in the archive.
    document.state = DocumentState.DRAFT
    link = InspectionFile(
        id=new_id(),
        visit_id=visit.id,
        finding_id=finding_id,
        remedy_id=remedy_id,
        of_team=of_team,
        document_id=document.id,
        version_id=current_version(session, document).id,
        linked_by=actor.id,
        linked_at=now,
    )
    session.add(link)
    session.flush()
    return link


def _photograph(
    session: Session,
    actor: Viewer,
    now: datetime,
    visit: InspectionVisit,
    one: InspectionFinding,
    receipts: Sequence[Receipt],
) -> None:
    if len(receipts) > MOST_PHOTOGRAPHS:
        raise Invalid({"files": f"Mỗi lần gửi nhiều nhất {MOST_PHOTOGRAPHS} ảnh, tệp."})
    for receipt in receipts:
        link = keep_file(session, actor=actor, now=now, visit=visit, receipt=receipt, of_team=True, finding_id=one.id)
        details: dict[str, str | int | None] = {"finding": one.id, "document": link.document_id}
        log_event(session, actor, now, "inspection-visit.photograph", visit, details)


def _writable(session: Session, actor: Viewer, finding_id: str) -> tuple[InspectionFinding, InspectionVisit]:
    visit_id = session.scalar(select(InspectionFinding.visit_id).where(InspectionFinding.id == finding_id))
    if visit_id is None:
        raise NotFound(kind="inspection-visit", key=finding_id)
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_WRITE, visit)
    one = session.get_one(InspectionFinding, finding_id, populate_existing=True)
    if one.removed_at is not None:
        raise NotFound(kind="inspection-visit", key=finding_id)
    return one, visit


def _check(session: Session, visit: InspectionVisit, written: Written) -> None:
    faults = {}
    if written.kind is None:
        faults["kind"] = "Hãy chọn: làm được, tồn tại hay kiến nghị."
    if not written.text.strip():
        faults["text"] = "Hãy ghi nội dung."
    elif len(written.text) > rules.LONGEST_TEXT:
        faults["text"] = f"Nội dung dài tối đa {rules.LONGEST_TEXT} ký tự."
    if written.criterion_id is not None:
        criterion = session.get(Criterion, written.criterion_id)
        if criterion is None or criterion.movement_id != visit.movement_id:
            faults["criterion_id"] = "Hãy chọn tiêu chí trong danh sách."
    if len(written.documents) > MOST_EVIDENCE:
        faults["documents"] = f"Chọn nhiều nhất {MOST_EVIDENCE} minh chứng."
    if faults:
        raise Invalid(faults)


def _evidence(session: Session, actor: Viewer, visit: InspectionVisit, documents: Collection[str]) -> list[list[str]]:
    """[name, digest, document id] of each paper as it is now. Raises Invalid for one that is not the unit's."""
    if not documents:
        return []
    rows = session.execute(
        select(Document.title, DocumentVersion.sha256, Document.id)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .where(Document.id.in_(documents), Document.unit_id == visit.unit_id, readable_documents(actor))
        .order_by(Document.title, Document.id)
    ).all()
    if len(rows) != len(set(documents)):
        raise Invalid({"documents": "Chỉ chọn được minh chứng của đơn vị, có trong danh sách."})
    return [[title, sha256, identity] for title, sha256, identity in rows]
