"""Whoosh 2.7.4: pure Python, works everywhere, comfortable to about 3,000 documents.

Its own scoring and query objects are not used: postings are read as sets of document numbers, which is both
simpler and faster here, and gives the same answers as the other engine. Positions are plain bytes instead of the
pickles Whoosh writes itself; Whoosh still unpickles its table of contents, so the folder stays 0700 and is never
restored from an upload.
"""

import heapq
import json
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

from whoosh import columns, fields, formats
from whoosh import index as whoosh_index
from whoosh.reading import TermNotFound
from whoosh.util.text import utf8encode

from search.analysis import Entry
from search.engines.interface import Found
from search.plan import (
    NUMBERS,
    TITLE_WORDS,
    WEIGHTS,
    WORDS,
    Access,
    AtLeast,
    Everything,
    Near,
    Node,
    Phrase,
    Prefix,
    Term,
    Worth,
)
from search.record import FacetValue, decode_label, encode_label
from search.vietnamese import within_one_edit

_MEMORY_MB = 64
_CACHED_SETS = 4000
_BETWEEN = "\x1f"

Documents = frozenset[int]


class _Places(formats.Format):  # type: ignore[misc]
    """Positions as four bytes each, or nothing for fields that only tell presence."""

    posting_size = -1

    def encode(self, value: bytes) -> bytes:
        """Already encoded by the field."""
        return value


class TermField(fields.FieldType):  # type: ignore[misc]
    """Terms worked out beforehand: a list of texts, or with positions rows of words joined by spaces."""

    stored = scorable = unique = False
    analyzer = None

    def __init__(self, with_positions: bool = False) -> None:
        self.with_positions = with_positions
        self.format = _Places() if with_positions else formats.Existence()

    def index(self, value: Sequence[str], **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """(term, frequency, weight, value) for each term once, as Whoosh asks for them."""
        if not self.with_positions:
            for text in dict.fromkeys(value):
                yield utf8encode(text)[0], 1, 1.0, b""
            return
        places: dict[str, list[int]] = {}
        position = 0
        for row in value:
            for text in row.split(" "):
                places.setdefault(text, []).append(position)
                position += 1
            # A gap, so that no phrase reaches from one row into the next.
            position += 1
        for text, positions in places.items():
            yield utf8encode(text)[0], len(positions), 1.0, array("I", positions).tobytes()


def _schema() -> Any:
    return fields.Schema(
        key=fields.ID(unique=True, stored=True),
        viewer=TermField(),
        facet=TermField(),
        **{WORDS: TermField(with_positions=True), TITLE_WORDS: TermField(), WEIGHTS: TermField(), NUMBERS: TermField()},
        order=fields.COLUMN(columns.NumericColumn("Q")),
        labels=fields.COLUMN(columns.VarBytesColumn()),
        payload=fields.COLUMN(columns.VarBytesColumn()),
    )


class WhooshEngine:
    """Makes writers and readers over Whoosh folders."""

    name = "whoosh"
    advised_limit: int | None = 3000

    def create(self, folder: Path) -> None:
        """Makes an empty index."""
        whoosh_index.create_in(str(folder), _schema()).close()

    def writer(self, folder: Path) -> "WhooshWriter":
        """Begins a batch."""
        return WhooshWriter(whoosh_index.open_dir(str(folder)))

    def reader(self, folder: Path) -> "WhooshReader":
        """Opens the last commit."""
        return WhooshReader(whoosh_index.open_dir(str(folder)))


class WhooshWriter:
    """One batch. Entries wait, packed, until the commit: Whoosh cannot replace what the same batch added."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._writer = index.writer(limitmb=_MEMORY_MB)
        self._waiting: dict[str, bytes | None] = {}

    def add(self, entry: Entry) -> None:
        """Adds, replacing what has the same key."""
        values = {
            "viewer": entry.viewer_keys,
            "facet": [f"{name}{_BETWEEN}{value}" for name, values in entry.labels.items() for value in values],
            WORDS: entry.words,
            TITLE_WORDS: " ".join(entry.title_words).split(),
            WEIGHTS: entry.weights,
            NUMBERS: entry.numbers,
            "order": entry.order,
            "labels": json.dumps(entry.labels),
            "payload": entry.payload.hex(),
        }
        self._waiting[entry.key] = zlib.compress(json.dumps(values).encode(), 1)

    def remove(self, key: str) -> None:
        """Takes the key out if it is there."""
        self._waiting[key] = None

    def commit(self) -> None:
        """Makes the batch durable and visible."""
        for key, packed in self._waiting.items():
            self._writer.delete_by_term("key", key)
            if packed is not None:
                values = json.loads(zlib.decompress(packed))
                values["labels"] = values["labels"].encode()
                values["payload"] = bytes.fromhex(values["payload"])
                self._writer.add_document(key=key, **values)
        self._writer.commit()
        self._index.close()

    def abandon(self) -> None:
        """Leaves the index as it was."""
        self._writer.cancel()
        self._index.close()


class _View:
    """One commit: leaf readers with the number of their first document, and what was read from them."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self.leaves: list[tuple[Any, int]] = list(reader.leaf_readers())
        self.everything: Documents = frozenset(reader.all_doc_ids())
        # Whoosh has no columns where there are no documents.
        self.payloads: Any = reader.column_reader("payload") if self.everything else {}
        orders: Any = reader.column_reader("order") if self.everything else {}
        self.orders: dict[int, int] = {number: orders[number] for number in self.everything}
        self.labels: list[dict[str, list[str]]] | None = None
        self.by_key: dict[str, int] | None = None
        self.sets: dict[tuple[str, str], Documents] = {}

    def holding(self, field: str, text: str) -> Documents:
        """Documents holding this term."""
        known = self.sets.get((field, text))
        if known is None:
            found: set[int] = set()
            for leaf, first in self.leaves:
                try:
                    matcher = leaf.postings(field, text)
                except TermNotFound:
                    continue
                found.update(first + number for number in matcher.all_ids())
            known = frozenset(found)
            if len(self.sets) > _CACHED_SETS:
                self.sets.clear()
            self.sets[field, text] = known
        return known

    def positions(self, text: str, among: set[int]) -> dict[int, list[int]]:
        """Where the word stands in each of these documents."""
        found: dict[int, list[int]] = {}
        for leaf, first in self.leaves:
            try:
                matcher = leaf.postings(WORDS, text)
            except TermNotFound:
                continue
            while matcher.is_active():
                number = first + matcher.id()
                if number in among:
                    found[number] = array("I", matcher.value()).tolist()
                matcher.next()
        return found

    def terms(self, field: str, prefix: str) -> Iterator[str]:
        """Terms of a field beginning so."""
        for term in self.reader.expand_prefix(field, prefix):
            yield term.decode("utf-8")

    def of_keys(self, keys: Collection[str]) -> Documents:
        """Documents of those keys that are there."""
        if self.by_key is None:
            stored = self.reader.iter_docs()
            self.by_key = {fields["key"]: number for number, fields in stored}
        return frozenset(self.by_key[key] for key in keys if key in self.by_key)

    def facet_labels(self) -> list[dict[str, list[str]]]:
        """The facets of every document, by document number."""
        if self.labels is None:
            column = self.reader.column_reader("labels")
            self.labels = [json.loads(column[number] or b"{}") for number in range(self.reader.doc_count_all())]
        return self.labels


class WhooshReader:
    """A view of the last commit. Whoosh's readers share file positions, so one thread at a time."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._lock = RLock()
        self._view = _View(index.reader())

    def refresh(self) -> bool:
        """Opens a new view when there was a newer commit."""
        with self._lock:
            if self._view.reader.generation() == self._index.latest_generation():
                return False
            old, self._view = self._view, _View(self._index.reader())
            old.reader.close()
            return True

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
        """Matches by score then order, or by order alone."""
        with self._lock:
            view = self._view
            matched = self._matching(match) & self._allowed(access)
            scores: dict[int, float] = dict.fromkeys(matched, 0.0)
            if not by_date:
                for worth in worths:
                    for number in matched & view.holding(WEIGHTS, worth.term):
                        scores[number] += worth.points
            best = heapq.nsmallest(offset + limit, matched, key=lambda number: (-scores[number], -view.orders[number]))
            rows = tuple((scores[number], bytes(view.payloads[number])) for number in best[offset:])
            counted: dict[str, dict[FacetValue, int]] = {}
            for name in facets:
                labels = view.facet_labels() if matched else []
                counts = Counter(label for number in matched for label in labels[number].get(name, ()))
                counted[name] = {decode_label(label): count for label, count in counts.items()}
            return Found(len(matched), rows, counted)

    def count(self, node: Node, access: Access) -> int:
        """How many documents match."""
        with self._lock:
            return len(self._matching(node) & self._allowed(access))

    def among(self, keys: Collection[str], access: Access) -> frozenset[str]:
        """Those of the keys whose documents are within `access`."""
        with self._lock:
            allowed = self._allowed(access)
            return frozenset(key for key in keys if not allowed.isdisjoint(self._view.of_keys((key,))))

    def holding(self, prefix: str, access: Access) -> dict[str, int]:
        """Weighted terms beginning so, counted within `access`."""
        with self._lock:
            allowed = self._allowed(access)
            counts = {
                term: len(self._view.holding(WEIGHTS, term) & allowed) for term in self._view.terms(WEIGHTS, prefix)
            }
            return {term: held for term, held in counts.items() if held}

    def size(self) -> int:
        """How many documents there are."""
        return len(self._view.everything)

    def keys(self) -> Iterator[str]:
        """Every key, in no order."""
        with self._lock:
            return iter([stored["key"] for stored in self._view.reader.all_stored_fields()])

    def close(self) -> None:
        """Frees files."""
        with self._lock:
            self._view.reader.close()
            self._index.close()

    def __del__(self) -> None:
        # Another thread may still be answering when a rebuild replaces this reader, so the last user closes it.
        if hasattr(self, "_view"):
            self.close()

    def _allowed(self, access: Access) -> Documents:
        view = self._view
        allowed = _union(view.holding("viewer", key) for key in access.viewer_keys)
        if access.without:
            allowed -= view.of_keys(access.without)
        for name, values in access.filters.items():
            allowed &= _union(view.holding("facet", f"{name}{_BETWEEN}{encode_label(value)}") for value in values)
        if access.dates:
            low, high = access.dates.bounds()
            allowed = frozenset(number for number in allowed if low <= view.orders[number] >> 32 <= high)
        return allowed

    def _matching(self, node: Node) -> Documents:
        view = self._view
        match node:
            case Everything():
                return view.everything
            case Term(field, texts):
                return _union(view.holding(field, text) for text in texts)
            case Prefix(field, text):
                return _union(view.holding(field, term) for term in list(view.terms(field, text)))
            case Near(field, text):
                near = [term for term in view.terms(field, "") if within_one_edit(term, text)]
                return _union(view.holding(field, term) for term in near)
            case Phrase(field, texts):
                return self._phrase(field, texts)
            case AtLeast(minimum, nodes, without):
                return self._at_least(minimum, nodes) - _union(map(self._matching, without))

    def _at_least(self, minimum: int, nodes: tuple[Node, ...]) -> Documents:
        found = [self._matching(node) for node in nodes]
        if minimum >= len(found):
            return frozenset.intersection(*found)
        if minimum == 1:
            return _union(iter(found))
        counts = Counter(number for documents in found for number in documents)
        return frozenset(number for number, count in counts.items() if count >= minimum)

    def _phrase(self, field: str, texts: tuple[str, ...]) -> Documents:
        together = set(frozenset.intersection(*(self._view.holding(field, text) for text in texts)))
        if not together:
            return frozenset()
        places = {text: self._view.positions(text, together) for text in texts}
        return frozenset(
            number
            for number in together
            if set.intersection(
                *({place - shift for place in places[text][number]} for shift, text in enumerate(texts))
            )
        )


def _union(sets: Iterator[Documents]) -> Documents:
    return frozenset().union(*sets)
