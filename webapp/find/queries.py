"""From a question to hits whose rows the viewer may see at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

import search
from search.query import read_query
from webapp.documents.queries import list_documents
from webapp.jobs.keys import split_key
from webapp.models import (
    Checklist,
    ChecklistItem,
    Document,
    Evidence,
    EvidenceLink,
    PlanPoint,
    Unit,
)
from webapp.models.document import DOCUMENT_KIND_LABELS
from webapp.movement.queries import list_points_by_id
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import readable_checklists, viewer_keys

KIND_LABELS: dict[str, str] = {kind.value: label for kind, label in DOCUMENT_KIND_LABELS.items()} | {
    "plan_point": "Điểm của kế hoạch",
    "citation": "Trích dẫn",
}
FACETS = ("kind", "unit", "year", "criterion", "theme")
PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited document that is not kept here, with an item it stands under."""

    evidence: Evidence
    item_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """A hit and the row behind it: exactly one of document, point, citation is set."""

    hit: search.Hit
    document: Document | None = None
    point: PlanPoint | None = None
    citation: Citation | None = None

    @property
    def kind_label(self) -> str:
        return KIND_LABELS.get(self.hit.kind, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results. `facets`: name to [(value, label, count)]."""

    total: int
    found: Sequence[Found]
    facets: Mapping[str, Sequence[tuple[str, str, int]]]
    remarks: Sequence[str]
    suggestion: str | None


def search_everything(
    session: Session,
    index: search.Index,
    text: str,
    *,
    viewer: Viewer,
    filters: Mapping[str, str],
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Answer:
    """What the viewer finds. Filters are facet names with values as in a URL.

    The index answers with keys; rows are loaded through the same conditions as every list, so an index that lags
    behind shows too little, never too much.
    """
    ensure(viewer, Permission.SEARCH_USE)
    query = read_query(text[:1000])
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    chosen, understood, remarks = _chosen(query, filters, units)
    result = index.search(
        query.without_fields(understood),
        viewer_keys=viewer_keys(viewer),
        filters=chosen,
        facets=FACETS,
        limit=per_page,
        offset=(page - 1) * per_page,
    )
    found = _load(session, result.hits, viewer)
    gone = len(result.hits) - len(found)
    facets = {
        name: [(str(value), _label(name, value, units), count) for value, count in counts.items()]
        for name, counts in result.facets.items()
    }
    return Answer(result.total - gone, found, facets, (*remarks, *result.remarks), result.suggestion)


def _chosen(
    query: search.Query, filters: Mapping[str, str], units: Mapping[str, Unit]
) -> tuple[dict[str, str | int | tuple[str, ...]], set[str], list[str]]:
    """Filters from the URL and from the question (`đơn vị:KT`), which of its fields were used, and remarks."""
    chosen: dict[str, str | int | tuple[str, ...]] = {}
    for name, value in filters.items():
        if name in FACETS and value:
            chosen[name] = int(value) if name == "year" and value.isdecimal() and len(value) == 4 else value
    understood: set[str] = set()
    remarks = []
    for field in query.fields:
        values: tuple[str, ...] | None = None
        folded = search.fold(field.value)
        if field.name == "unit":
            values = tuple(
                unit.id
                for unit in units.values()
                if folded == search.fold(unit.code) or folded in search.fold(unit.name)
            )
        elif field.name == "criterion" or field.name == "theme":
            values = (field.value,)
        elif field.name == "kind":
            values = tuple(kind for kind, label in KIND_LABELS.items() if folded in search.fold(label))
        if values is None:
            continue
        understood.add(field.name)
        if values:
            chosen.setdefault(field.name, values)
        else:
            remarks.append(f"Không có “{field.value}” để lọc; phần này đã bỏ qua.")
    return chosen, understood, remarks


def _label(name: str, value: object, units: Mapping[str, Unit]) -> str:
    if name == "kind":
        return KIND_LABELS.get(str(value), str(value))
    if name == "unit":
        unit = units.get(str(value))
        return unit.name if unit else str(value)
    return str(value)


def _load(session: Session, hits: Sequence[search.Hit], viewer: Viewer) -> list[Found]:
    by_kind: dict[str, list[str]] = {"document": [], "point": [], "citation": []}
    for hit in hits:
        kind, identity = split_key(hit.key)
        by_kind.setdefault(kind, []).append(identity)
    documents = list_documents(session, by_kind["document"], viewer=viewer)
    points = {point.id: point for point in list_points_by_id(session, by_kind["point"], viewer=viewer)}
    citations = _citations(session, by_kind["citation"], viewer)
    found = []
    for hit in hits:
        kind, identity = split_key(hit.key)
        if kind == "document" and identity in documents:
            found.append(Found(hit, document=documents[identity]))
        elif kind == "point" and identity in points:
            found.append(Found(hit, point=points[identity]))
        elif kind == "citation" and identity in citations:
            found.append(Found(hit, citation=citations[identity]))
    return found


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
