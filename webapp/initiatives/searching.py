"""Full-text search among initiatives alone, with its own filters and counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

import search
from webapp.initiatives.queries import list_initiatives
from webapp.kinds import split_key
from webapp.models import Initiative, InitiativeField, InitiativeKind, InitiativeScope, Unit
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import viewer_keys

# Filters as they stand in the address, with the words of their heading; all are counted by the index.
FILTERS = {
    "initiative_kind": "Loại",
    "field": "Lĩnh vực",
    "scope": "Phạm vi",
    "author": "Tác giả",
    "unit": "Đơn vị",
    "year": "Năm",
    "theme": "Nội dung",
    "criterion": "Tiêu chí",
    "recognised": "Công nhận",
    "replicated": "Nhân rộng",
}
PER_PAGE = 10
MOST_PAGES = 1000
_WORDS = {
    "initiative_kind": {kind.value: kind.label for kind in InitiativeKind},
    "field": {one.value: one.label for one in InitiativeField},
    "scope": {scope.value: scope.label for scope in InitiativeScope},
    "recognised": {"yes": "Đã công nhận", "no": "Chưa hoặc không công nhận"},
    "replicated": {"yes": "Đã nhân rộng", "no": "Chưa nhân rộng"},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One search as it stands in the address."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    def parameters(self, **changes: str | int | None) -> dict[str, str]:
        values = {"q": self.text, **self.filters, "page": self.page if self.page > 1 else None, **changes}
        return {name: str(value) for name, value in values.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Found:
    hit: search.Hit
    initiative: Initiative


@dataclass(frozen=True, slots=True)
class Answer:
    """One page. `facets`: name to [(value, label, count)]; `labels`: filter to the words of its value."""

    total: int
    found: Sequence[Found]
    facets: Mapping[str, Sequence[tuple[str, str, int]]]
    labels: Mapping[str, str]
    remarks: Sequence[str]
    suggestion: str | None


def asked_in(values: Mapping[str, str], text: str) -> Asked:
    """Read an address; whatever is odd in it is left out."""
    number = values.get("page", "")
    return Asked(
        text=text[:1000],
        filters={name: values[name][:200] for name in FILTERS if values.get(name)},
        page=min(int(number), MOST_PAGES) if re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII) else 1,
    )


def search_initiatives(
    session: Session, index: search.Index, asked: Asked, *, viewer: Viewer, typing: bool = False
) -> Answer:
    """What the viewer finds; without words everything visible, newest first. Rows come through the list's condition."""
    ensure(viewer, Permission.SEARCH_USE)
    chosen: dict[str, search.FilterValue] = {"kind": "initiative"}
    for name, value in asked.filters.items():
        is_year = re.fullmatch(r"\d{4}", value, re.ASCII) is not None
        chosen[name] = int(value) if name == "year" and is_year else value
    result = index.search(
        asked.text,
        viewer_keys=viewer_keys(viewer),
        filters=chosen,
        facets=tuple(FILTERS),
        limit=PER_PAGE,
        offset=(asked.page - 1) * PER_PAGE,
        prefix_last=typing,
    )
    rows = list_initiatives(session, [split_key(hit.key)[1] for hit in result.hits], viewer=viewer)
    found = [Found(hit, rows[key]) for hit in result.hits if (key := split_key(hit.key)[1]) in rows]
    units = {unit.id: unit.name for unit in session.scalars(select(Unit))}

    def label(name: str, value: str) -> str:
        return units.get(value, value) if name == "unit" else _WORDS.get(name, {}).get(value, value)

    return Answer(
        total=result.total - (len(result.hits) - len(found)),
        found=found,
        facets={
            name: [(str(value), label(name, str(value)), count) for value, count in counts.items()]
            for name, counts in result.facets.items()
        },
        labels={name: label(name, value) for name, value in asked.filters.items()},
        remarks=result.remarks,
        suggestion=result.suggestion,
    )
