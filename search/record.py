"""What is put into the index: one `Record` per searchable thing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date

FacetValue = str | int
FacetEntry = FacetValue | tuple[FacetValue, ...]

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_LONGEST_TERM = 4000


@dataclass(frozen=True, slots=True)
class DateRange:
    """A filter on `Record.date`, both ends inclusive ISO dates, None for an open end.

    Documents without a date are never inside a range.
    """

    first: str | None = None
    last: str | None = None

    def bounds(self) -> tuple[int, int]:
        """First and last day as integers yyyymmdd; ValueError for a text that is not an ISO date."""
        low = day_number(self.first) if self.first else 1
        high = day_number(self.last) if self.last else 99991231
        return low, high


FilterValue = (
    FacetValue | DateRange | tuple[FacetValue, ...] | list[FacetValue] | set[FacetValue] | frozenset[FacetValue]
)


@dataclass(frozen=True, slots=True)
class Record:
    """One document as the index sees it.

    key: unique and stable; adding the same key again replaces the record.
    body: plain text, pages separated by form feeds.
    number: the document's own number, like 57-NQ/TW; date: ISO day.
    viewer_keys: whoever searches with one of these keys may find the record; empty means nobody.
    facets: values to filter by and to count; names match [a-z][a-z0-9_]*; `kind` and `date` are reserved.
    Raises ValueError when a key, date or facet cannot be indexed.
    """

    key: str
    kind: str
    title: str
    body: str
    number: str | None = None
    date: str | None = None
    viewer_keys: tuple[str, ...] = ()
    facets: Mapping[str, FacetEntry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("Bản ghi không có khóa")
        if not isinstance(self.viewer_keys, tuple):
            raise ValueError("viewer_keys phải là một bộ (tuple) chuỗi")
        for name in self.facets:
            if checked_name(name) in ("kind", "date"):
                raise ValueError(f"Tên thuộc tính đã dùng: {name!r}")
        # Engines drop or refuse longer terms and lone surrogates, some of them silently.
        for text in (self.key, *self.viewer_keys, *(item for values in self.labels().values() for item in values)):
            if isinstance(text, str) and len(text.encode()) > _LONGEST_TERM:
                raise ValueError(f"Khóa hoặc giá trị quá dài: {text[:40]!r}…")
        if self.date is not None:
            day_number(self.date)

    def labels(self) -> dict[str, tuple[FacetValue, ...]]:
        """Every facet with the kind added, values always as a tuple without repetition."""
        found: dict[str, tuple[FacetValue, ...]] = {"kind": (self.kind,)}
        for name, value in self.facets.items():
            found[name] = tuple(dict.fromkeys(value)) if isinstance(value, tuple) else (value,)
        return found


def checked_name(name: str) -> str:
    """The facet's name; ValueError when it cannot be one."""
    if not _NAME.match(name):
        raise ValueError(f"Tên thuộc tính không hợp lệ: {name!r}")
    return name


def day_number(iso: str) -> int:
    """`2026-07-05` as 20260705; ValueError when it is not an ISO date (a time after it is ignored)."""
    day = Date.fromisoformat(iso[:10])
    return day.year * 10000 + day.month * 100 + day.day


def encode_label(value: FacetValue) -> str:
    """A facet value as one index term that remembers its type."""
    return f"i{int(value)}" if isinstance(value, int) else f"s{value}"


def decode_label(term: str) -> FacetValue:
    """The inverse of `encode_label`."""
    return int(term[1:]) if term[0] == "i" else term[1:]
