"""Photographs and videos that serve as evidence, within what the viewer may see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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


# Words that tell which of two photographs of one thing is which.
BEFORE, AFTER = frozenset({"trước", "truoc"}), frozenset({"sau"})


@dataclass(frozen=True, slots=True)
class Picture:
    """One photograph or video: its document, whose it is, the criteria (id to code) it is shown for."""

    document: Document
    unit_id: str
    unit: str
    shown_for: dict[str, str]
    is_video: bool

    @property
    def criteria(self) -> str:
        return ", ".join(self.shown_for.values())


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photographs of one thing of a unit, before and after."""

    before: Picture
    after: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of them: of a year, of one unit, of one criterion; "" for all."""

    year: int
    unit_id: str = ""
    criterion_id: str = ""

    def holds(self, picture: Picture) -> bool:
        of_unit = self.unit_id in ("", picture.unit_id)
        return of_unit and (not self.criterion_id or self.criterion_id in picture.shown_for)


def list_pictures(session: Session, year: int, *, viewer: Viewer) -> list[Picture]:
    """The newest first, each once however many criteria it serves. One statement. Others see of a unit's links what was
    handed in."""
    name = func.lower(DocumentVersion.filename)
    query = (
        select(Document, Unit.id, Unit.name, name, Criterion.id, Criterion.code)
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
            Checklist.year == year,
            or_(*(name.endswith(f".{ending}") for ending in (*PHOTOGRAPHS, *VIDEOS))),
            or_(Checklist.state == ChecklistState.SUBMITTED, Checklist.unit_id.in_(viewer.own_units)),
            readable_checklists(viewer),
            readable_documents(viewer),
        )
        .order_by(Document.created_at.desc(), Document.id, Criterion.position)
    )
    found: dict[str, Picture] = {}
    for document, unit_id, unit, filename, criterion_id, code in session.execute(query):
        known = found.setdefault(document.id, Picture(document, unit_id, unit, {}, filename.endswith(VIDEOS)))
        known.shown_for[criterion_id] = code
    return list(found.values())


def page_of(pictures: Sequence[Picture], wanted: Wanted, *, page: int) -> Page[Picture]:
    """Those asked for, a page of them. Pure."""
    return page_among([one for one in pictures if wanted.holds(one)], page, per_page=PER_PAGE)


def pairs_of(pictures: Iterable[Picture]) -> list[Pair]:
    """Photographs of one unit whose titles differ in “trước” and “sau” alone, the older of several first. Pure."""
    sides: dict[tuple[str, str], tuple[list[Picture], list[Picture]]] = {}
    for one in pictures:
        words = re.findall(r"\w+", one.document.title.lower().replace("_", " "))
        which = [word for word in words if word in BEFORE | AFTER]
        if one.is_video or len(which) != 1:
            continue
        rest = " ".join(word for word in words if word not in BEFORE | AFTER)
        sides.setdefault((one.unit_id, rest), ([], []))[which[0] in AFTER].append(one)
    return [
        Pair(before, after)
        for befores, afters in sides.values()
        for before, after in zip(reversed(befores), reversed(afters), strict=False)
    ]


def name_of_criterion(session: Session, criterion_id: str) -> str:
    """Its code; "" for what is none."""
    return session.scalar(select(Criterion.code).where(Criterion.id == criterion_id)) or ""
