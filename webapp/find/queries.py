"""From a question to hits whose rows the viewer may see at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

import search
from search.query import read_query
from webapp.find.asking import Asked
from webapp.find.lagging import keys_out_of_sight
from webapp.find.loading import Found, kind_labels, load_found
from webapp.find.short_forms import short_forms_in_use
from webapp.kinds import search_key
from webapp.models import (
    Cluster,
    ClusterMember,
    Document,
    DocumentState,
    Phase,
    Unit,
)
from webapp.models.document import FILE_TYPES
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import viewer_keys

# Counted by the index; clusters and phases are sums of units and years.
COUNTED = ("kind", "unit", "year", "criterion", "theme", "state", "file_type")
PER_PAGE = 10
Chosen = dict[str, search.FilterValue]
T = TypeVar("T")


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
        short_forms=short_forms_in_use(session),
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
        short_forms=short_forms_in_use(session),
    )
    return [hit.key for hit in result.hits]


def list_similar(
    session: Session, index: search.Index, document: Document, text: str, *, viewer: Viewer, limit: int = 8
) -> list[Found]:
    """Documents like one that the viewer may see, most alike first."""
    page = index.like(
        f"{document.title}\n{text}",
        viewer_keys=viewer_keys(viewer),
        own=search_key("document", document.id),
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
        return tuple(kind for kind, label in kind_labels().items() if folded in search.fold(label))
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
        return kind_labels().get(value, value)
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
