"""What a search asks for, as it stands in the address: words, filters, order, page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

FILTERS = ("kind", "unit", "cluster", "year", "phase", "theme", "criterion", "state", "file_type")
DAYS = ("from", "to")
SORTS = {"relevance": "Liên quan nhất", "date": "Mới nhất"}
LONGEST = 1000
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """One search. `filters` hold names of FILTERS with values as in an address; days are inclusive."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    sort: str = "relevance"
    page: int = 1

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.filters or self.first_day or self.last_day)

    def parameters(self, **changes: str | int | None) -> dict[str, Any]:
        """What stands in an address for this search; `changes` set or (None) drop single parts."""
        values: dict[str, str | int | None] = {
            "q": self.text,
            **self.filters,
            "from": self.first_day.isoformat() if self.first_day else None,
            "to": self.last_day.isoformat() if self.last_day else None,
            "sort": self.sort if self.sort != "relevance" else None,
            "page": self.page if self.page > 1 else None,
            **changes,
        }
        return {name: str(value) for name, value in values.items() if value not in (None, "")}

    def first_page(self) -> Asked:
        return replace(self, page=1)


def asked_in(values: Mapping[str, str], text: str) -> Asked:
    """Read an address; whatever is odd in it is left out."""
    number = values.get("page", "")
    sort = values.get("sort", "relevance")
    return Asked(
        text=text[:LONGEST],
        filters={name: values[name][:60] for name in FILTERS if values.get(name)},
        first_day=day_in(values.get("from", "")),
        last_day=day_in(values.get("to", "")),
        sort=sort if sort in SORTS else "relevance",
        page=min(int(number), MOST_PAGES) if re.fullmatch(r"[1-9]\d{0,5}", number) else 1,
    )


def day_in(text: str) -> date | None:
    """2026-12-05 or 05/12/2026; None for anything else."""
    text = text.strip()
    if match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text, re.ASCII):
        parts = tuple(int(match[place]) for place in (3, 2, 1))
    elif match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII):
        parts = tuple(int(match[place]) for place in (1, 2, 3))
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None
