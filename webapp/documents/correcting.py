"""Putting right what a document was filed under: kind, year, unit. With a reason, and never under papers that rest on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, literal, or_, select, true
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Conflict, Invalid
from webapp.core.revisions import ensure_fresh
from webapp.documents.loading import document_named
from webapp.documents.retention import begin_term
from webapp.documents.rules import MOVEMENT_KINDS, UNIT_KINDS
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Announcement,
    AnnouncementFile,
    Checklist,
    ChecklistItem,
    Difficulty,
    Document,
    DocumentKind,
    Evidence,
    EvidenceLink,
    Initiative,
    InitiativeFile,
    JobKind,
    Movement,
    PaperVersion,
    PlanImport,
    Unit,
    UnitPaper,
)
from webapp.permissions import Permission, Subject, Viewer, can, ensure
from webapp.permissions.scopes import (
    readable_announcements,
    readable_checklists,
    readable_difficulties,
    readable_initiatives,
    readable_papers,
)

UNSEEN = "tệp của một hồ sơ mà bạn không được xem"


@dataclass(frozen=True, slots=True)
class Filed:
    """What a document is filed under."""

    kind: DocumentKind
    year: int
    unit_id: str | None


def correct_document(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, revision: int, filed: Filed, reason: str
) -> Document:
    """File it anew; its term is counted again and only grows, its versions and its number stay.

    Raises Conflict when it changed meanwhile, Invalid with what rests on it and has to be put right first.
    """
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_CORRECT, document)
    ensure_fresh(document, revision, Conflict())
    before = Filed(document.kind, document.year, document.unit_id)
    faults = _faults(session, actor, document, filed)
    if not reason.strip():
        faults["reason"] = "Hãy ghi lý do sửa, để người đọc nhật ký hiểu."
    if faults:
        raise Invalid(faults)
    if filed == before:
        raise Invalid("Chưa có gì thay đổi.")
    if filed != before and (resting := what_rests_on(session, document, viewer=actor)):
        raise Invalid(f"Văn bản này đang là {resting[0]}. Hãy gỡ khỏi đó trước rồi sửa, hoặc sửa ở đó.")
    document.kind, document.year, document.unit_id = filed.kind, filed.year, filed.unit_id
    session.flush()
    begin_term(session, document)
    session.flush()
    details: dict[str, str | int | None] = {"kind": filed.kind.value, "year": filed.year, "unit": filed.unit_id}
    was: dict[str, str | int | None] = {
        "from_kind": before.kind.value,
        "from_year": before.year,
        "from_unit": before.unit_id,
    }
    log_event(session, actor, now, "document.correct", document, was | details, reason=reason.strip())
    if filed.unit_id != before.unit_id:  # in the log of the unit that it left, too
        left = Thing("document", document.id, before.unit_id)
        log_event(session, actor, now, "document.correct", left, was | details, reason=reason.strip())
    enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)
    return document


def _faults(session: Session, actor: Viewer, document: Document, filed: Filed) -> dict[str, str]:
    faults = {}
    kinds = UNIT_KINDS if filed.unit_id else MOVEMENT_KINDS
    if filed.kind is not document.kind and filed.kind not in kinds:
        faults["kind"] = "Loại văn bản này không chọn ở đây được."
    movement = session.get(Movement, document.movement_id) if document.movement_id else None
    if movement is not None and not movement.first_year <= filed.year <= movement.last_year:
        faults["year"] = f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}."
    if (filed.unit_id is None) != (document.unit_id is None):
        faults["unit_id"] = "Văn bản của đơn vị không chuyển thành văn bản chung của phường, và ngược lại."
    elif filed.unit_id != document.unit_id:
        if filed.unit_id is None or session.get(Unit, filed.unit_id) is None:
            faults["unit_id"] = "Không có đơn vị này."
        elif not _may_file_under(actor, document, filed.unit_id):
            faults["unit_id"] = "Bạn chỉ chuyển được sang đơn vị mà bạn soạn văn bản."
    return faults


def _may_file_under(actor: Viewer, document: Document, unit_id: str) -> bool:
    subject = Subject(kind="document", unit_id=unit_id, movement_id=document.movement_id)
    return document.unit_id not in actor.own_units or can(actor, Permission.DOCUMENT_ADD, subject)


def what_rests_on(session: Session, document: Document, *, viewer: Viewer) -> list[str]:
    """In words, what would be false if the document were filed elsewhere. What the viewer may not see stays unnamed."""
    handed_in = exists().where(PaperVersion.paper_id == UnitPaper.id, PaperVersion.document_id == document.id)
    plan = literal("tệp của kế hoạch phong trào")
    found = [
        select(plan, true()).where(PlanImport.document_id == document.id),
        select(literal("minh chứng ") + Evidence.code + " trong phiếu tự kiểm", readable_checklists(viewer))
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(Evidence.document_id == document.id, EvidenceLink.removed_at.is_(None)),
        select(literal("tệp của sáng kiến “") + Initiative.title + "”", readable_initiatives(viewer))
        .join(InitiativeFile, InitiativeFile.initiative_id == Initiative.id)
        .where(InitiativeFile.document_id == document.id, InitiativeFile.removed_at.is_(None)),
        select(literal("tệp của thông báo “") + Announcement.title + "”", readable_announcements(viewer))
        .join(AnnouncementFile, AnnouncementFile.announcement_id == Announcement.id)
        .where(AnnouncementFile.document_id == document.id),
        select(literal("văn bản trả lời một khó khăn, đề nghị"), readable_difficulties(viewer))
        .select_from(Difficulty)
        .where(Difficulty.document_id == document.id),
    ]
    rows = [(words, bool(seen)) for query in found for words, seen in session.execute(query)]
    papers = session.execute(
        select(UnitPaper, readable_papers(viewer)).where(or_(UnitPaper.document_id == document.id, handed_in))
    )
    rows += [(f"tệp đã ký của {paper.name}", bool(seen)) for paper, seen in papers]
    named = dict.fromkeys(words for words, seen in rows if seen)
    return [*named, *([UNSEEN] if len(rows) > sum(seen for _, seen in rows) else [])]
