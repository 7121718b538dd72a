"""Pages of long lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows; `total` counts all."""

    rows: Sequence[T]
    total: int
    number: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.per_page, self.total)


def page_number(text: str | None) -> int:
    """A page number from a URL; anything odd is the first page."""
    return int(text) if text and len(text) <= 5 and text.isdecimal() and int(text) > 0 else 1


def page_of(session: Session, query: Select[T], number: int, *, per_page: int = PER_PAGE) -> Page[T]:
    """Run a query for one page, with the count of all rows."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = session.scalars(query.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(rows, total, number, per_page)


def page_among(rows: Sequence[T], number: int, *, per_page: int = PER_PAGE) -> Page[T]:
    """One page of what is at hand already; after the last page comes the last."""
    number = min(number, max(1, -(-len(rows) // per_page)))
    return Page(rows[(number - 1) * per_page : number * per_page], len(rows), number, per_page)
