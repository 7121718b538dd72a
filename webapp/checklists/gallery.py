"""Photographs and videos that serve as evidence, within what the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webapp.core.paging import Page, page_among
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    Criterion,
    Document,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    Unit,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists, readable_documents

PHOTOGRAPHS = ("jpg", "jpeg", "png", "heic", "heif", "webp")
# Kept as they came; nothing of the house plays them.
VIDEOS = ("mp4", "mov")
PER_PAGE = 48


@dataclass(frozen=True, slots=True)
class Picture:
    """One photograph or video: its document, whose it is, the codes of the criteria it is shown for."""

    document: Document
    unit: str
    criteria: str
    is_video: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of them: of a year, of one unit, of one criterion; "" for all."""

    year: int
    unit_id: str = ""
    criterion_id: str = ""


def page_of_pictures(session: Session, wanted: Wanted, *, viewer: Viewer, page: int) -> Page[Picture]:
    """The newest first, each once however many criteria it serves. One statement. Others see of a unit's links what was
    handed in."""
    name = func.lower(DocumentVersion.filename)
    query = (
        select(Document, Unit.name, name, Criterion.code)
        .join(Evidence, Evidence.document_id == Document.id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .join(Unit, Unit.id == Checklist.unit_id)
        .join(
            DocumentVersion,
            (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no),
        )
        .where(
            EvidenceLink.removed_at.is_(None),
            Checklist.year == wanted.year,
            or_(*(name.endswith(f".{ending}") for ending in (*PHOTOGRAPHS, *VIDEOS))),
            or_(Checklist.state == ChecklistState.SUBMITTED, Checklist.unit_id.in_(viewer.own_units)),
            readable_checklists(viewer),
            readable_documents(viewer),
        )
        .order_by(Document.created_at.desc(), Document.id, Criterion.position)
    )
    if wanted.unit_id:
        query = query.where(Checklist.unit_id == wanted.unit_id)
    if wanted.criterion_id:
        query = query.where(ChecklistItem.criterion_id == wanted.criterion_id)
    found: dict[str, Picture] = {}
    for document, unit, filename, code in session.execute(query):
        known = found.get(document.id)
        codes = f"{known.criteria}, {code}" if known else code
        found[document.id] = Picture(document, unit, codes, filename.endswith(VIDEOS))
    return page_among(list(found.values()), page, per_page=PER_PAGE)


def name_of_criterion(session: Session, criterion_id: str) -> str:
    """Its code; "" for what is none."""
    return session.scalar(select(Criterion.code).where(Criterion.id == criterion_id)) or ""
