"""From hits to the rows behind them, as the viewer may see them at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, raiseload

import search
from webapp.documents.queries import list_documents
from webapp.jobs.keys import split_key
from webapp.models import (
    Announcement,
    Checklist,
    ChecklistItem,
    Criterion,
    Difficulty,
    Document,
    Evidence,
    EvidenceLink,
    Initiative,
    Person,
    PlanPoint,
    Synthesis,
    Theme,
    Unit,
    UnitPaper,
)
from webapp.models.document import DOCUMENT_KIND_LABELS
from webapp.movement.queries import list_points_by_id
from webapp.permissions import Viewer
from webapp.permissions.scopes import (
    readable_announcements,
    readable_checklists,
    readable_difficulties,
    readable_initiatives,
    readable_papers,
    readable_syntheses,
)

KIND_LABELS: dict[str, str] = {kind.value: label for kind, label in DOCUMENT_KIND_LABELS.items()} | {
    "plan_point": "Điểm của kế hoạch",
    "citation": "Trích dẫn",
    "synthesis": "Báo cáo tổng hợp",
    "difficulty": "Khó khăn, đề nghị",
    "announcement": "Thông báo",
    "initiative": "Sáng kiến",
    "unit": "Đơn vị",
    "person": "Người",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited document that is not kept here, with an item it stands under."""

    evidence: Evidence
    item_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """A hit and the row behind it: exactly one of them is set."""

    hit: search.Hit
    document: Document | None = None
    point: PlanPoint | None = None
    citation: Citation | None = None
    initiative: Initiative | None = None
    paper: UnitPaper | None = None
    synthesis: Synthesis | None = None
    difficulty: Difficulty | None = None
    announcement: Announcement | None = None
    unit: Unit | None = None
    person: Person | None = None
    criteria: Sequence[str] = ()
    theme: str = ""

    @property
    def kind_label(self) -> str:
        return KIND_LABELS.get(self.hit.kind, "")


def load_found(session: Session, hits: Sequence[search.Hit], *, viewer: Viewer) -> list[Found]:
    """The rows behind hits, in their order; what may not be seen any more is left out."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for hit in hits:
        kind, identity = split_key(hit.key)
        by_kind[kind].append(identity)
    documents = list_documents(session, by_kind["document"], viewer=viewer)
    points = {point.id: point for point in list_points_by_id(session, by_kind["point"], viewer=viewer)}
    citations = _citations(session, by_kind["citation"], viewer)
    initiatives = _initiatives(session, by_kind["initiative"], viewer)
    papers = _papers(session, by_kind["paper"], viewer)
    reports = _reports(session, by_kind["synthesis"], viewer)
    difficulties = _difficulties(session, by_kind["difficulty"], viewer)
    announcements = _announcements(session, by_kind["announcement"], viewer)
    units = _by_id(session, Unit, by_kind["unit"])
    people = _people(session, by_kind["person"])
    criteria = _criteria(session, documents, viewer)
    themes = _themes(session, {one.theme_id for one in documents.values() if one.theme_id})
    found = []
    for hit in hits:
        kind, identity = split_key(hit.key)
        if kind == "document" and (document := documents.get(identity)):
            theme = themes.get(document.theme_id or "", "")
            found.append(Found(hit, document=document, criteria=criteria[identity], theme=theme))
        elif kind == "point" and identity in points:
            found.append(Found(hit, point=points[identity]))
        elif kind == "citation" and identity in citations:
            found.append(Found(hit, citation=citations[identity]))
        elif kind == "initiative" and identity in initiatives:
            found.append(Found(hit, initiative=initiatives[identity]))
        elif kind == "paper" and identity in papers:
            found.append(Found(hit, paper=papers[identity]))
        elif kind == "synthesis" and identity in reports:
            found.append(Found(hit, synthesis=reports[identity]))
        elif kind == "difficulty" and identity in difficulties:
            found.append(Found(hit, difficulty=difficulties[identity]))
        elif kind == "announcement" and identity in announcements:
            found.append(Found(hit, announcement=announcements[identity]))
        elif kind == "unit" and identity in units:
            found.append(Found(hit, unit=units[identity]))
        elif kind == "person" and identity in people:
            found.append(Found(hit, person=people[identity]))
    return found


def _initiatives(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, Initiative]:
    if not ids:
        return {}
    query = (
        select(Initiative)
        .where(Initiative.id.in_(ids), readable_initiatives(viewer))
        .options(joinedload(Initiative.unit), raiseload(Initiative.authors))
    )
    return {initiative.id: initiative for initiative in session.scalars(query)}


def _papers(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, UnitPaper]:
    if not ids:
        return {}
    query = select(UnitPaper).where(UnitPaper.id.in_(ids), readable_papers(viewer)).options(joinedload(UnitPaper.unit))
    return {paper.id: paper for paper in session.scalars(query)}


def _reports(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, Synthesis]:
    if not ids:
        return {}
    query = select(Synthesis).where(Synthesis.id.in_(ids), readable_syntheses(viewer))
    return {one.id: one for one in session.scalars(query)}


def _difficulties(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, Difficulty]:
    if not ids:
        return {}
    query = select(Difficulty).where(Difficulty.id.in_(ids), readable_difficulties(viewer))
    return {one.id: one for one in session.scalars(query.options(joinedload(Difficulty.unit)))}


def _announcements(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, Announcement]:
    if not ids:
        return {}
    query = select(Announcement).where(Announcement.id.in_(ids), readable_announcements(viewer))
    return {one.id: one for one in session.scalars(query.options(raiseload(Announcement.units)))}


def _by_id(session: Session, table: type[Unit], ids: Collection[str]) -> dict[str, Unit]:
    return {row.id: row for row in session.scalars(select(table).where(table.id.in_(ids)))} if ids else {}


def _people(session: Session, ids: Collection[str]) -> dict[str, Person]:
    if not ids:
        return {}
    query = select(Person).where(Person.id.in_(ids), Person.disabled_at.is_(None)).options(joinedload(Person.unit))
    return {person.id: person for person in session.scalars(query)}


def _criteria(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, list[str]]:
    """Codes of the criteria that documents serve, on checklists the viewer may see."""
    codes: dict[str, list[str]] = defaultdict(list)
    if ids:
        rows = session.execute(
            select(Evidence.document_id, Criterion.code)
            .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
            .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
            .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
            .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
            .where(Evidence.document_id.in_(ids), EvidenceLink.removed_at.is_(None), readable_checklists(viewer))
            .distinct()
            .order_by(Criterion.code)
        )
        for document_id, code in rows:
            codes[document_id or ""].append(code)
    return codes


def _themes(session: Session, ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    themes = session.scalars(select(Theme).where(Theme.id.in_(ids)))
    return {theme.id: theme.code for theme in themes}


def _citations(session: Session, ids: Sequence[str], viewer: Viewer) -> dict[str, Citation]:
    if not ids:
        return {}
    rows = session.execute(
        select(Evidence, ChecklistItem.id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(Evidence.id.in_(ids), EvidenceLink.removed_at.is_(None), readable_checklists(viewer))
    )
    return {evidence.id: Citation(evidence, item_id) for evidence, item_id in rows}
