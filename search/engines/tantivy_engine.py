"""tantivy: good to 100,000 documents and more; its wheel brings everything."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import tantivy

from search.analysis import Entry
from search.engines.interface import Found
from search.engines.tantivy_checksums import check_files
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

_HEAP_BYTES = 64_000_000
_MOST_FACET_VALUES = 10_000
_TIES_AMONG = 500

Must, Should, MustNot = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
Q = tantivy.Query


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("viewer", tokenizer_name="raw", index_option="basic")
    builder.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("day", indexed=True, fast=True)
    builder.add_unsigned_field("order", fast=True)
    builder.add_text_field(NUMBERS, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(WORDS, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field(TITLE_WORDS, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field(WEIGHTS, tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field("payload", stored=True)
    return builder.build()


class TantivyEngine:
    """Makes writers and readers over tantivy folders."""

    name = "tantivy"
    advised_limit: int | None = None

    def create(self, folder: Path) -> None:
        """Makes an empty index."""
        tantivy.Index(_schema(), str(folder), reuse=False)

    def writer(self, folder: Path) -> "TantivyWriter":
        """A fresh `Index` for every batch: a long-lived one kept merged-away files (18 GB at a peer)."""
        return TantivyWriter(tantivy.Index.open(str(folder)))

    def reader(self, folder: Path) -> "TantivyReader":
        """Opens the last commit after checking its files."""
        check_files(folder)
        return TantivyReader(folder)


class TantivyWriter:
    """One batch."""

    def __init__(self, index: Any) -> None:
        self._writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        self._was_empty = index.searcher().num_docs == 0
        self._added: set[str] = set()

    def add(self, entry: Entry) -> None:
        """Adds, replacing what has the same key."""
        # Every deletion is looked up in every segment at the commit: a rebuild has none to make.
        if not self._was_empty or entry.key in self._added:
            self.remove(entry.key)
        self._added.add(entry.key)
        document = tantivy.Document()
        document.add_text("key", entry.key)
        for viewer in entry.viewer_keys:
            document.add_text("viewer", viewer)
        document.add_json("facets", entry.labels)
        document.add_unsigned("day", entry.day)
        document.add_unsigned("order", entry.order)
        for number in entry.numbers:
            document.add_text(NUMBERS, number)
        # tantivy leaves a gap between the values of a field, so that no phrase reaches from one into the next.
        for row in entry.words:
            document.add_text(WORDS, row)
        document.add_text(TITLE_WORDS, " ".join(entry.title_words))
        document.add_text(WEIGHTS, " ".join(entry.weights))
        document.add_bytes("payload", entry.payload)
        self._writer.add_document(document)

    def remove(self, key: str) -> None:
        """Takes the key out if it is there."""
        self._writer.delete_documents_by_term("key", key)

    def commit(self) -> None:
        """Commits and waits for merges, so that no thread outlives the batch."""
        self._writer.commit()
        self._writer.wait_merging_threads()

    def abandon(self) -> None:
        """Leaves the index as it was."""
        self._writer.rollback()
        self._writer.wait_merging_threads()


class TantivyReader:
    """A view of the last commit."""

    def __init__(self, folder: Path) -> None:
        self._meta = folder / "meta.json"
        self._lock = Lock()
        self._stamp = self._read_stamp()
        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader("manual")
        self._index.reload()
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def refresh(self) -> bool:
        """Reloads when tantivy's own meta file was replaced."""
        with self._lock:
            stamp = self._read_stamp()
            if stamp == self._stamp:
                return False
            self._index.reload()
            self._searcher = self._index.searcher()
            self._stamp = stamp
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
        searcher = self._searcher
        silent = self._within(access, self._node(match))
        counted = self._facets(searcher, silent, facets)
        if by_date or not worths or limit == 0:
            found = searcher.search(silent, limit=max(1, limit), offset=offset, count=True, order_by_field="order")
            total, rows = int(found.count), [(0.0, address) for _, address in found.hits[:limit]]
        else:
            total, rows = self._ranked(searcher, silent, worths, offset + limit)
            rows = rows[offset:]
        return Found(total, tuple((score, self._payload(searcher, address)) for score, address in rows), counted)

    def count(self, node: Node, access: Access) -> int:
        """How many documents match."""
        return int(self._searcher.search(self._within(access, self._node(node)), limit=1, count=True).count)

    def among(self, keys: Collection[str], access: Access) -> frozenset[str]:
        """Those of the keys whose documents are within `access`."""
        searcher = self._searcher
        asked = self._within(access, Q.term_set_query(self._schema, "key", list(keys)))
        hits = searcher.search(asked, limit=len(keys), count=False).hits
        return frozenset(searcher.doc(address).get_first("key") for _, address in hits)

    def holding(self, prefix: str, access: Access) -> dict[str, int]:
        """Weighted terms beginning so, counted within `access`."""
        found = self._searcher.terms_with_prefix(WEIGHTS, prefix, self._within(access))
        return {term: held for term, held in found if held}

    def size(self) -> int:
        """How many documents there are."""
        return int(self._searcher.num_docs)

    def keys(self) -> Iterator[str]:
        """Every key, in no order."""
        searcher = self._searcher
        total = searcher.num_docs
        if total:
            for _, address in searcher.search(Q.all_query(), limit=total, count=False).hits:
                yield searcher.doc(address).get_first("key")

    def close(self) -> None:
        """Files are freed with the searcher."""
        with self._lock:
            del self._searcher, self._index

    def _ranked(
        self, searcher: Any, silent: Any, worths: Sequence[Worth], end: int
    ) -> tuple[int, list[tuple[float, Any]]]:
        """How many match, and the best `end`, ties broken by order."""
        clauses = [(Must, silent)]
        for worth in worths:
            term = Q.term_query(self._schema, WEIGHTS, worth.term, "basic")
            clauses.append((Should, Q.const_score_query(term, worth.points)))
        found = searcher.search(Q.boolean_query(clauses), limit=end + 20, count=True)
        hits, total = found.hits, int(found.count)
        if len(hits) < total and hits[end - 1][0] == hits[-1][0]:
            # The last tie is not complete.
            tied = hits[-1][0]
            above = [hit for hit in hits if hit[0] > tied]
            hits = above + self._newest_tied(searcher, silent, clauses, tied, end - len(above), total)
        orders = searcher.fast_field_values("order", [address for _, address in hits])
        ranked = sorted(zip(hits, orders, strict=True), key=lambda pair: (-pair[0][0], -(pair[1] or 0)))
        return total, [hit for hit, _ in ranked[:end]]

    def _newest_tied(
        self, searcher: Any, silent: Any, clauses: list[Any], tied: float, wanted: int, total: int
    ) -> list[tuple[float, Any]]:
        """At least the newest `wanted` matches of this score: looks among the newest matches, more and more of them.

        A frequent word gives thousands of documents one score; handing all of them over takes longer than the search.
        """
        among = _TIES_AMONG + 20 * wanted
        while True:
            newest = clauses
            if among < total:
                nth = searcher.search(silent, limit=1, offset=among - 1, count=False, order_by_field="order")
                since = Q.range_query(self._schema, "order", tantivy.FieldType.Unsigned, nth.hits[0][0], None)
                newest = [*clauses, (Must, Q.const_score_query(since, 0.0))]
            # More than `among` only when orders are equal, too.
            hits = searcher.search(Q.boolean_query(newest), limit=min(total, among + 50), count=False).hits
            hits = [hit for hit in hits if hit[0] == tied]
            if len(hits) >= wanted or among >= total:
                return hits
            among *= 5

    def _facets(self, searcher: Any, query: Any, names: Sequence[str]) -> dict[str, dict[FacetValue, int]]:
        if not names:
            return {}
        wanted = {name: {"terms": {"field": f"facets.{name}", "size": _MOST_FACET_VALUES}} for name in names}
        answer = searcher.aggregate(query, wanted)
        return {
            name: {decode_label(bucket["key"]): bucket["doc_count"] for bucket in answer[name]["buckets"]}
            for name in names
        }

    def _payload(self, searcher: Any, address: Any) -> bytes:
        return bytes(searcher.doc(address).get_first("payload"))

    def _within(self, access: Access, *parts: Any) -> Any:
        """Documents within `access` that match all parts."""
        schema = self._schema
        clauses = [(Must, Q.term_set_query(schema, "viewer", sorted(access.viewer_keys)))]
        for name, values in access.filters.items():
            terms = [(Should, Q.term_query(schema, f"facets.{name}", encode_label(value))) for value in values]
            clauses.append((Must, Q.boolean_query(terms) if terms else Q.empty_query()))
        if access.dates:
            low, high = access.dates.bounds()
            clauses.append((Must, Q.range_query(schema, "day", tantivy.FieldType.Unsigned, low, high)))
        if access.without:
            clauses.append((MustNot, Q.term_set_query(schema, "key", list(access.without))))
        return Q.const_score_query(Q.boolean_query([*clauses, *((Must, part) for part in parts)]), 0.0)

    def _node(self, node: Node) -> Any:
        schema = self._schema
        match node:
            case Everything():
                return Q.all_query()
            case Term(field, (text,)):
                return Q.term_query(schema, field, text, "basic")
            case Term(field, texts):
                return Q.term_set_query(schema, field, list(texts))
            case Prefix(field, text):
                return Q.fuzzy_term_query(schema, field, text, 0, True, True)
            case Near(field, text):
                return Q.fuzzy_term_query(schema, field, text, 1, True, False)
            case Phrase(field, texts):
                return Q.phrase_query(schema, field, list(texts))
            case AtLeast(minimum, nodes, without):
                return self._at_least(minimum, nodes, without)

    def _at_least(self, minimum: int, nodes: tuple[Node, ...], without: tuple[Node, ...]) -> Any:
        excluded = [(MustNot, self._node(node)) for node in without]
        if minimum >= len(nodes):
            return Q.boolean_query([*((Must, self._node(node)) for node in nodes), *excluded])
        return Q.boolean_query(
            [*((Should, self._node(node)) for node in nodes), *excluded], minimum_number_should_match=minimum
        )

    def _read_stamp(self) -> tuple[int, int, int]:
        stat = self._meta.stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_size
