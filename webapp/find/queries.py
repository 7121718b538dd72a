"""From a question to hits whose rows the viewer may see at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, raiseload

import search
from search.query import read_query
from webapp.documents.queries import list_documents
from webapp.find.asking import Asked
from webapp.find.lagging import keys_out_of_sight
from webapp.jobs.keys import document_key, split_key
from webapp.models import (
    Checklist,
    ChecklistItem,
    Cluster,
    ClusterMember,
    Criterion,
    Document,
    DocumentState,
    Evidence,
    EvidenceLink,
    Initiative,
    Person,
    Phase,
    PlanPoint,
    Theme,
    Unit,
    UnitPaper,
)
from webapp.models.document import DOCUMENT_KIND_LABELS, FILE_TYPES
from webapp.movement.queries import list_points_by_id
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import readable_checklists, readable_initiatives, readable_papers, viewer_keys

KIND_LABELS: dict[str, str] = {kind.value: label for kind, label in DOCUMENT_KIND_LABELS.items()} | {
    "plan_point": "Điểm của kế hoạch",
    "citation": "Trích dẫn",
    "initiative": "Sáng kiến",
    "unit": "Đơn vị",
    "person": "Người",
}
# Counted by the index; clusters and phases are sums of units and years.
COUNTED = ("kind", "unit", "year", "criterion", "theme", "state", "file_type")
PER_PAGE = 10
Chosen = dict[str, search.FilterValue]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited document that is not kept here, with an item it stands under."""

    evidence: Evidence
    item_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """A hit and the row behind it: exactly one of document, point, citation, initiative, paper, unit, person is set."""

    hit: search.Hit
    document: Document | None = None
    point: PlanPoint | None = None
    citation: Citation | None = None
    initiative: Initiative | None = None
    paper: UnitPaper | None = None
    unit: Unit | None = None
    person: Person | None = None
    criteria: Sequence[str] = ()
    theme: str = ""

    @property
    def kind_label(self) -> str:
        return KIND_LABELS.get(self.hit.kind, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results. `facets`: name to [(value, label, count)]; `labels`: filter to the words of its value."""

    total: int
    found: Sequence[Found]
    facets: Mapping[str, Sequence[tuple[str, str, int]]]
    labels: Mapping[str, str]
    remarks: Sequence[str]
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class House:
    """The names that filters and counts are shown with."""

    units: Mapping[str, Unit]
    clusters: Mapping[str, Cluster]
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    phases: Mapping[str, Phase] = field(default_factory=dict)


def load_house(session: Session, *, year: int) -> House:
    """Units, clusters with their members of that year, and phases."""
    members: dict[str, set[str]] = defaultdict(set)
    for cluster_id, unit_id in session.execute(
        select(ClusterMember.cluster_id, ClusterMember.unit_id).where(ClusterMember.year == year)
    ):
        members[cluster_id].add(unit_id)
    return House(
        units={unit.id: unit for unit in session.scalars(select(Unit).order_by(Unit.name))},
        clusters={cluster.id: cluster for cluster in session.scalars(select(Cluster).order_by(Cluster.name))},
        members={cluster_id: frozenset(ids) for cluster_id, ids in members.items()},
        phases={phase.id: phase for phase in session.scalars(select(Phase).order_by(Phase.position))},
    )


def search_everything(
    session: Session,
    index: search.Index,
    asked: Asked,
    *,
    viewer: Viewer,
    year: int,
    per_page: int = PER_PAGE,
    typing: bool = False,
) -> Answer:
    """What the viewer finds; `year` is the one whose clusters count when none is asked for.

    The index answers with keys; rows are loaded through the same conditions as every list, so an index that lags
    behind shows too little, never too much. What it still holds but the viewer may not see is not counted either.
    """
    ensure(viewer, Permission.SEARCH_USE)
    query = read_query(asked.text)
    wanted_year = asked.filters.get("year", "")
    house = load_house(session, year=int(wanted_year) if is_year(wanted_year) else year)
    chosen, understood, remarks = choose(query, asked, house)
    result = index.search(
        query.without_fields(understood),
        viewer_keys=viewer_keys(viewer),
        filters=chosen,
        facets=COUNTED,
        limit=per_page,
        offset=(asked.page - 1) * per_page,
        sort="date" if asked.sort == "date" else "relevance",
        prefix_last=typing,
        without=keys_out_of_sight(session, viewer=viewer),
    )
    found = load_found(session, result.hits, viewer=viewer)
    gone = len(result.hits) - len(found)
    return Answer(
        total=result.total - gone,
        found=found,
        facets=count_facets(result.facets, house),
        labels={name: label_of(name, value, house) for name, value in asked.filters.items()},
        remarks=(*remarks, *result.remarks),
        suggestion=result.suggestion,
    )


def list_keys(
    session: Session, index: search.Index, asked: Asked, *, viewer: Viewer, year: int, most: int
) -> list[str]:
    """Keys of everything found, best first, at most `most`."""
    query = read_query(asked.text)
    chosen, understood, _ = choose(query, asked, load_house(session, year=year))
    result = index.search(
        query.without_fields(understood),
        viewer_keys=viewer_keys(viewer),
        filters=chosen,
        limit=most,
        sort="date" if asked.sort == "date" else "relevance",
        snippets=False,
        without=keys_out_of_sight(session, viewer=viewer),
    )
    return [hit.key for hit in result.hits]


def list_similar(
    session: Session, index: search.Index, document: Document, text: str, *, viewer: Viewer, limit: int = 8
) -> list[Found]:
    """Documents like one that the viewer may see, most alike first."""
    page = index.like(
        f"{document.title}\n{text}",
        viewer_keys=viewer_keys(viewer),
        own=document_key(document.id),
        limit=limit * 2,
        without=keys_out_of_sight(session, viewer=viewer),
    )
    return [one for one in load_found(session, page.hits, viewer=viewer) if one.document is not None][:limit]


def choose(query: search.Query, asked: Asked, house: House) -> tuple[Chosen, set[str], list[str]]:
    """Filters from the address and from the question (`đơn vị:KT`), which of its fields were used, and remarks."""
    chosen: Chosen = {}
    units: set[str] | None = None
    years: set[int] | None = None
    for name, value in asked.filters.items():
        if name == "unit":
            units = both(units, {value})
        elif name == "cluster":
            units = both(units, set(house.members.get(value, ())))
        elif name == "year":
            years = both(years, {int(value)} if is_year(value) else set())
        elif name == "phase":
            phase = house.phases.get(value)
            years = both(years, set(range(phase.first_year, phase.last_year + 1)) if phase else set())
        else:
            chosen[name] = value
    if units is not None:
        chosen["unit"] = tuple(sorted(units))
    if years is not None:
        chosen["year"] = tuple(sorted(years))
    if asked.first_day or asked.last_day:
        chosen["date"] = search.DateRange(
            asked.first_day.isoformat() if asked.first_day else None,
            asked.last_day.isoformat() if asked.last_day else None,
        )
    understood: set[str] = set()
    remarks = []
    for item in query.fields:
        values = _field_values(item, house)
        if values is None:
            continue
        understood.add(item.name)
        if values:
            chosen.setdefault(item.name, values)
        else:
            remarks.append(f"Không có “{item.value}” để lọc; phần này đã bỏ qua.")
    return chosen, understood, remarks


def both(known: set[T] | None, more: set[T]) -> set[T]:
    return more if known is None else known & more


def is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal()


def _field_values(item: search.FieldFilter, house: House) -> tuple[str, ...] | None:
    folded = search.fold(item.value)
    if item.name == "unit":
        return tuple(
            unit.id
            for unit in house.units.values()
            if folded == search.fold(unit.code) or folded in search.fold(unit.name)
        )
    if item.name in ("criterion", "theme"):
        return (item.value,)
    if item.name == "kind":
        return tuple(kind for kind, label in KIND_LABELS.items() if folded in search.fold(label))
    return None


def count_facets(counts: Mapping[str, Mapping[str | int, int]], house: House) -> dict[str, list[tuple[str, str, int]]]:
    """What the index counted, with words, and the sums for clusters and phases."""
    facets = {
        name: [(str(value), label_of(name, str(value), house), count) for value, count in found.items()]
        for name, found in counts.items()
    }
    units, years = counts.get("unit", {}), counts.get("year", {})
    facets["cluster"] = _sums(
        (cluster_id, cluster.name, sum(units.get(unit_id, 0) for unit_id in house.members.get(cluster_id, ())))
        for cluster_id, cluster in house.clusters.items()
    )
    facets["phase"] = _sums(
        (phase_id, phase.name, sum(years.get(year, 0) for year in range(phase.first_year, phase.last_year + 1)))
        for phase_id, phase in house.phases.items()
    )
    return facets


def _sums(rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    return [row for row in rows if row[2]]


def label_of(name: str, value: str, house: House) -> str:
    if name == "kind":
        return KIND_LABELS.get(value, value)
    if name == "unit":
        return house.units[value].name if value in house.units else value
    if name == "cluster":
        return house.clusters[value].name if value in house.clusters else value
    if name == "phase":
        return house.phases[value].name if value in house.phases else value
    if name == "state":
        return DocumentState(value).label if value in list(DocumentState) else value
    if name == "file_type":
        return FILE_TYPES[value][0] if value in FILE_TYPES else value
    return value


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
