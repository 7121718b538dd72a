"""What an engine must do. It knows nothing of Vietnamese: it stores entries and answers plans."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from search.analysis import Entry
from search.plan import Access, Node, Worth
from search.record import FacetValue


@dataclass(frozen=True, slots=True)
class Found:
    """One page of answers: total of matches, (score, payload) in order, facet counts over all matches."""

    total: int
    rows: tuple[tuple[float, bytes], ...]
    facets: dict[str, dict[FacetValue, int]]


class Writer(Protocol):
    """One batch. Nothing is seen by readers before `commit`."""

    def add(self, entry: Entry) -> None:
        """Adds, replacing what has the same key."""

    def remove(self, key: str) -> None:
        """Takes the key out if it is there."""

    def commit(self) -> None:
        """Makes the batch durable and visible; the writer is used up."""

    def abandon(self) -> None:
        """Leaves the index as it was; the writer is used up."""


class Reader(Protocol):
    """A view of the last commit. May be used by several threads."""

    def refresh(self) -> bool:
        """Moves to the newest commit; True when there was a newer one. Cheap when there was none."""

    def search(
        self,
        match: Node,
        worths: Sequence[Worth],
        access: Access,
        *,
        limit: int,
        offset: int,
        by_date: bool,
        facets: Sequence[str],
    ) -> Found:
        """Matches by score then `Entry.order`, or by `Entry.order` alone (newest first)."""

    def count(self, node: Node, access: Access) -> int:
        """How many documents match."""

    def among(self, keys: Collection[str], access: Access) -> frozenset[str]:
        """Those of the keys whose documents are within `access`; quick for thousands of keys, few of which are."""

    def holding(self, prefix: str, access: Access) -> dict[str, int]:
        """Terms of WEIGHTS beginning so -> how many documents within `access` hold each; none at 0."""

    def size(self) -> int:
        """How many documents there are, whoever may see them."""

    def keys(self) -> Iterator[str]:
        """Every key, in no order."""

    def close(self) -> None:
        """Frees files."""


class Engine(Protocol):
    """Folders in, writers and readers out. Errors of a torn folder may be any exception: callers translate."""

    name: str
    advised_limit: int | None

    def create(self, folder: Path) -> None:
        """Makes an empty index in an empty folder."""

    def writer(self, folder: Path) -> Writer:
        """Begins a batch."""

    def reader(self, folder: Path) -> Reader:
        """Opens the last commit."""
