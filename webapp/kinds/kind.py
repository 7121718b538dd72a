"""What there is to say of a kind of record. Every part has to be said, if only that there is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement
from sqlalchemy.orm import QueryableAttribute, Session
from sqlalchemy.orm.interfaces import ORMOption

from search import Record
from webapp.kinds.keys import search_key
from webapp.models import Base
from webapp.permissions import Viewer

# What a search record is counted by.
Facets = dict[str, str | int | tuple[str | int, ...]]


@dataclass(frozen=True, slots=True)
class Address:
    """The page of a row: endpoint, values of its address, and the place on the page."""

    endpoint: str
    values: Mapping[str, str]
    anchor: str = ""


# For kinds whose rows have no page of their own.
NO_PLACE = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is told of a row beside its title, in this order under a hit, and in columns of a sheet.

    `of_ward`: it belongs to no unit but to the whole ward. `code`: the point of the plan that it is.
    """

    more: str = ""
    unit: str | None = None
    of_ward: bool = False
    on: date | datetime | None = None
    year: int | None = None
    state: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """How rows of a kind are found.

    `labels` are the values of the filter "loại" that this kind adds. `present` are conditions on the model: only these
    rows stand in the index. `records(session, ids)` gives the search records of those ids that are present, in a fixed
    number of statements. `load(session, ids, viewer)` gives the rows behind hits by id where a plain query will not do;
    `loading` are options of the plain one. `opens_page`: a hit leads to the page of the text, with the question.
    """

    labels: Mapping[str, str]
    records: Callable[[Session, Collection[str]], Iterator[Record]]
    facts: Callable[[Any], Facts]
    present: tuple[ColumnElement[bool], ...] = ()
    loading: tuple[ORMOption, ...] = ()
    load: Callable[[Session, Collection[str], Viewer], Mapping[str, Any]] | None = None
    opens_page: bool = False


@dataclass(frozen=True, slots=True)
class Along:
    """Records that go into a bag with another: their name in `records.catalogue`, and the column that names the other."""

    record: str
    link: QueryableAttribute[str]
    along: tuple[Along, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bagged:
    """How rows of a kind get into the bag of a unit's year.

    `record` is the kind's name in `records.catalogue`. Rows of the unit and year go in where `where` holds, with their
    `along`; with `only_if_named` they go in only where something else refers to them, or where they are asked for.
    """

    record: str
    where: tuple[ColumnElement[bool], ...] = ()
    along: tuple[Along, ...] = ()
    only_if_named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record: its name in log and index, and all that the house does with every kind.

    `model` has an `id`. `readable(viewer)` is a condition on it. `title` is the row's name in the log, told to those
    who may read the row; `address` its page (None where that row has none), or NO_PLACE. `unit` is the column with the unit it concerns, whose log notes
    what is refused; `parts` are columns that name the row, of parts of it that stand in addresses in its place.
    `noted` are columns whose values stand in each event about a row.
    `search` and `bag` are None where a kind is not searched, or not handed over.
    """

    name: str
    label: str
    model: type[Base]
    readable: Callable[[Viewer], ColumnElement[bool]]
    title: Callable[[Any], str]
    address: Callable[[Any], Address | None] | None
    unit: QueryableAttribute[Any] | None
    parts: tuple[QueryableAttribute[str], ...]
    noted: tuple[QueryableAttribute[Any], ...]
    search: Searched | None
    bag: Bagged | None
    loading: tuple[ORMOption, ...] = ()

    def unit_of(self, row: Any) -> str | None:
        """The id of the unit that a row concerns."""
        return getattr(row, self.unit.key) if self.unit is not None else None

    def facts_noted(self, row: Any) -> dict[str, str | int | None]:
        """What stands in every event about a row."""
        values = {column.key: getattr(row, column.key) for column in self.noted}
        return {name: value.value if isinstance(value, StrEnum) else value for name, value in values.items()}

    def key(self, identity: str) -> str:
        """Its key in the search index."""
        return search_key(self.name, identity)

    @property
    def id(self) -> ColumnElement[str]:
        return cast(ColumnElement[str], self.model.id)  # type: ignore[attr-defined]
