"""The index as everybody else uses it: batches in, pages out. Engines, folders and plans stay behind it.

Readers follow commits of other processes by looking before every question. Scores are made from the documents
the viewer may see and nothing else (see analysis), so a hidden document changes no total, hit, order, score,
facet, remark or suggestion.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, cast

from search.analysis import analyse, unpack
from search.engines import load_engine
from search.engines.interface import Engine, Found, Reader, Writer
from search.errors import IndexBroken, IndexOutdated, SearchError, engine_trouble
from search.folder import IndexFolder
from search.likeness import query_like
from search.plan import TITLE_WORDS, WORDS, Access, Everything, Node, Prefix, Term, access_for, either, every
from search.planning import Step, steps, with_keystrokes, worths
from search.query import Query, read_query, with_fields
from search.record import FilterValue, Record, checked_name
from search.results import Page, plain_text
from search.short_forms import PUBLIC, ShortForms
from search.showing import ordered_facets, said_also, show_hit, wanted_marks
from search.spelling import completions, did_you_mean
from search.vietnamese import Token, fold, tokens

_CACHED_COUNTS = 20_000
_SUGGESTION_TEXTS = 12
_SUGGESTION_CHARS = 10_000
T = TypeVar("T")
CountName = tuple[frozenset[str], frozenset[str], Node | str]
Answer = tuple[Found, list[tuple[float, dict[str, str | None]]]]


class Batch:
    """Changes that become visible together. Use as a context manager; an exception leaves the index as it was."""

    def __init__(self, index: "Index") -> None:
        self._index = index
        self._lock = index._folder.lock()
        self._writer: Writer | None = None

    def __enter__(self) -> Self:
        self._lock.__enter__()
        try:
            self._writer = self._index._new_writer()
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def add(self, record: Record) -> None:
        """Adds a record or replaces the one with the same key."""
        self._open_writer().add(analyse(record))

    def remove(self, key: str) -> None:
        """Takes a record out; nothing happens when it is not there."""
        self._open_writer().remove(key)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        writer, self._writer = self._open_writer(), None
        try:
            with engine_trouble(SearchError, f"Không ghi được chỉ mục tìm kiếm ở {self._index._folder.path}."):
                if kind is None:
                    writer.commit()
                else:
                    writer.abandon()
        finally:
            self._lock.__exit__(None, None, None)

    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise SearchError("Lô ghi này đã đóng hoặc chưa mở.")
        return self._writer


class Index:
    """One opened index; safe to share between threads. Made by `search.open`."""

    def __init__(self, folder: IndexFolder, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine
        self._guard = Lock()
        self._counts: dict[CountName, Any] = {}
        self._reader, self._stamp = self._open_reader()

    @property
    def engine(self) -> str:
        """`tantivy` or `whoosh`."""
        return self._engine.name

    @property
    def remarks(self) -> tuple[str, ...]:
        """Vietnamese warnings for whoever runs the archive."""
        limit = self._engine.advised_limit
        size = self.count()
        if limit is not None and size > limit:
            return (
                f"Bộ máy {self.engine} chỉ nhanh đến khoảng {limit:,} tài liệu; chỉ mục có {size:,}. "
                "Hãy cài tantivy rồi dựng lại chỉ mục.",
            )
        return ()

    def describe(self) -> dict[str, Any]:
        """engine, documents, bytes on disk, remarks."""
        return {
            "engine": self.engine,
            "documents": self.count(),
            "bytes": self._folder.bytes_used(),
            "remarks": list(self.remarks),
        }

    def batch(self) -> Batch:
        """A batch of changes with one commit at its end; WriterBusy (on entering) when another one is open."""
        return Batch(self)

    def count(self) -> int:
        """Number of documents, whoever may see them."""
        self._refresh()
        return self._ask(lambda reader: reader.size())

    def keys(self) -> Iterator[str]:
        """Every key, in no order, whoever may see it."""
        self._refresh()
        return iter(self._ask(lambda reader: list(reader.keys())))

    def search(
        self,
        query: str | Query,
        *,
        viewer_keys: Collection[str],
        filters: Mapping[str, FilterValue] | None = None,
        facets: Sequence[str] = (),
        limit: int = 10,
        offset: int = 0,
        sort: Literal["relevance", "date"] = "relevance",
        prefix_last: bool = False,
        snippets: bool = True,
        without: Collection[str] = (),
        short_forms: ShortForms | None = None,
    ) -> Page:
        """What the holder of these keys finds; an empty query lists everything, newest first.

        filters: facet name (or `kind`) -> value or values, any of which will do; `date` -> DateRange.
        facets: names to count values of, over all matches. prefix_last: the last word is still being typed.
        without: keys of records to answer without, as if they were not there: hits, totals, facets, scores, remarks.
        short_forms: asked for beside what was typed; None for the public list.
        ValueError for a limit or offset below 0, an unknown sort, or a filter no record can have; IndexBroken when the index is unreadable.
        """
        if limit < 0 or offset < 0:
            raise ValueError("limit và offset không được âm")
        if sort not in ("relevance", "date"):
            raise ValueError(f"Không có cách sắp xếp {sort!r}")
        for name in facets:
            checked_name(name)
        if isinstance(query, str):
            query = read_query(query)
        chosen, remarks = with_fields(query, filters or {})
        access = self._access(viewer_keys, without, chosen)
        if not access.viewer_keys or (query.is_empty and query.text.strip()):
            return Page(0, (), {name: {} for name in facets}, (*query.remarks, *remarks))
        visible = Access(access.viewer_keys, without=access.without)
        count = self._counter(visible)
        query, understood = with_keystrokes(query, count)
        remarks += understood
        levels = self._levels(visible)
        also = (short_forms or PUBLIC).also(query.text, query.row, levels)
        gains, rarity = worths(query, count(Everything()), levels, also)
        step = Step(Everything())
        found = None
        for step in steps(query, rarity, count, prefix_last, also):
            match = step.match

            def answer(reader: Reader, match: Node = match) -> Answer:
                found = reader.search(
                    match,
                    gains,
                    access,
                    limit=limit,
                    offset=offset,
                    by_date=sort == "date",
                    facets=facets,
                )
                return found, [(score, unpack(payload)) for score, payload in found.rows]

            found, rows = self._ask(answer)
            if found.total:
                break
        assert found is not None
        wanted = wanted_marks(query, rarity, step, prefix_last, also)
        hits = tuple(show_hit(score, shown, wanted, snippets) for score, shown in rows)
        said = (*query.remarks, *remarks, *((step.remark,) if step.remark and found.total else ()))
        said += said_also(also, count) if found.total else ()
        texts = [text for hit in hits for text in (hit.title, *(plain_text(part) for part in hit.passages))]
        return Page(found.total, hits, ordered_facets(found.facets), said, did_you_mean(query, texts, step.tolerant))

    def like(
        self, text: str, *, viewer_keys: Collection[str], own: str, limit: int = 8, without: Collection[str] = ()
    ) -> Page:
        """Documents like the text of the record with key `own`, that one left out; otherwise as `search`."""
        visible = self._access(viewer_keys, without)
        if not visible.viewer_keys or limit < 1:
            return Page(0, ())
        levels = self._levels(visible)
        documents = self._counter(visible)(Everything())
        query = query_like(text, documents, lambda family: sum(levels(family).values()))
        if not query.row:
            return Page(0, ())
        page = self.search(query, viewer_keys=viewer_keys, limit=limit + 1, without=without)
        hits = tuple(hit for hit in page.hits if hit.key != own)[:limit]
        return Page(len(hits), hits)

    def suggest(
        self, prefix: str, viewer_keys: Collection[str], limit: int = 8, without: Collection[str] = ()
    ) -> list[str]:
        """Completions of what is being typed: words, then titles, all from documents these keys may see."""
        typed = tokens(prefix[:200])
        access = self._access(viewer_keys, without)
        if not typed or not access.viewer_keys or limit < 1:
            return []

        def texts(row: Sequence[Token], field: str) -> list[dict[str, str | None]]:
            *before, last = row
            begun = either(*(Prefix(field, beginning) for beginning in last.beginnings))
            match = every(*(Term(field, (token.folded,)) for token in before), begun)

            def answer(reader: Reader) -> list[dict[str, str | None]]:
                found = reader.search(match, (), access, limit=_SUGGESTION_TEXTS, offset=0, by_date=True, facets=())
                return [unpack(payload) for _, payload in found.rows]

            return self._ask(answer)

        def words(row: Sequence[Token], most: int) -> list[str]:
            bodies = (f"{item['title']}\n{item['body'] or ''}"[:_SUGGESTION_CHARS] for item in texts(row, WORDS))
            return completions(row, bodies, most)

        titles = [item["title"] or "" for item in texts(typed, TITLE_WORDS)]
        most = limit - min(limit // 2, len(titles))
        found = words(typed, most)
        if not found and not titles and len(typed) > 2:
            # Nobody wrote all of this in a row: complete its end.
            kept = prefix[: typed[-2].start]
            found = [kept + ending for ending in words(typed[-2:], most)]
        seen: dict[str, str] = {}
        for text in (*found, *titles):
            seen.setdefault(fold(" ".join(text.split())), " ".join(text.split()))
        return list(seen.values())[:limit]

    def _access(
        self, viewer_keys: Collection[str], without: Collection[str], filters: Mapping[str, FilterValue] | None = None
    ) -> Access:
        """Begins a question: from here on it is answered from the newest commit there is at this moment."""
        access = access_for(viewer_keys, filters or {})
        self._refresh()
        visible, gone = Access(access.viewer_keys), frozenset(without)
        if not gone:
            return access
        # Most keys a caller names are not there, or were never this viewer's.
        there: frozenset[str] = self._ask(lambda reader: reader.among(gone, visible))
        return replace(access, without=there)

    def _counter(self, access: Access) -> Callable[[Node], int]:
        def count(node: Node) -> int:
            return self._remembered(
                (access.viewer_keys, access.without, node), lambda: self._ask(lambda reader: reader.count(node, access))
            )

        return count

    def _levels(self, access: Access) -> Callable[[str], dict[str, int]]:
        def levels(prefix: str) -> dict[str, int]:
            return self._remembered(
                (access.viewer_keys, access.without, prefix),
                lambda: self._ask(lambda reader: reader.holding(prefix, access)),
            )

        return levels

    def _remembered(self, name: CountName, work: Callable[[], T]) -> T:
        """Counts are the same until the next commit, and people repeat and refine their queries."""
        known = self._counts
        if name not in known:
            if len(known) > _CACHED_COUNTS:
                known.clear()
            known[name] = work()
        return cast(T, known[name])

    def _ask(self, question: Callable[[Reader], T]) -> T:
        with engine_trouble(IndexBroken, f"Chỉ mục tìm kiếm ở {self._folder.path} không đọc được; hãy dựng lại."):
            return question(self._reader)

    def _refresh(self) -> None:
        """Follows a newer commit, or another generation switched in. Two looks at the disk when there is none.

        Every question begins so: what a commit took out must not be counted in the very next answer.
        """
        with self._guard:
            if self._folder.stamp() != self._stamp:
                self._reader, self._stamp = self._open_reader()
                self._counts = {}
                return
            with engine_trouble(IndexBroken, f"Chỉ mục tìm kiếm ở {self._folder.path} hỏng; hãy dựng lại."):
                if self._reader.refresh():
                    self._counts = {}

    def _open_reader(self) -> tuple[Reader, tuple[int, int]]:
        while True:
            stamp = self._folder.stamp()
            folder = self._folder.current(self._engine)
            try:
                with engine_trouble(IndexBroken, f"Chỉ mục tìm kiếm ở {self._folder.path} hỏng; hãy dựng lại."):
                    return self._engine.reader(folder), stamp
            except IndexBroken:
                # A rebuild may have switched and removed this generation meanwhile.
                if self._folder.stamp() == stamp:
                    raise

    def _new_writer(self) -> Writer:
        folder = self._folder.current(self._engine)
        with engine_trouble(IndexBroken, f"Chỉ mục tìm kiếm ở {self._folder.path} hỏng; hãy dựng lại."):
            return self._engine.writer(folder)


def open_index(path: str | Path, engine: str = "auto", *, rebuild: bool = False) -> Index:
    """Opens the index in this folder; a missing or empty folder becomes an empty index, mode 0700.

    engine: `auto` (tantivy where installed, else Whoosh), `tantivy`, `whoosh`. EngineUnavailable for others.
    Raises IndexOutdated or IndexBroken; with `rebuild` such an index is replaced by an empty one instead, for the
    caller to fill (see `rebuild()` to fill it while the old one answers).
    """
    loaded = load_engine(engine)
    folder = IndexFolder(Path(path))
    folder.ensure(loaded)
    try:
        return Index(folder, loaded)
    except (IndexOutdated, IndexBroken):
        if not rebuild:
            raise
        with folder.lock():
            folder.switch(folder.new_generation(loaded), loaded)
        return Index(folder, loaded)


def rebuild(path: str | Path, records: Iterable[Record], engine: str = "auto") -> int:
    """Builds the index anew beside the old one and switches; returns how many records were added.

    Readers go on with the old one and follow within a second. Batches are refused meanwhile (WriterBusy), so that no
    change is lost. A failure leaves the old index in use.
    """
    loaded = load_engine(engine)
    folder = IndexFolder(Path(path))
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder.lock():
        generation = folder.new_generation(loaded)
        writer = loaded.writer(generation)
        added = 0
        with _abandoned_on_error(writer):
            for record in records:
                writer.add(analyse(record))
                added += 1
        writer.commit()
        folder.switch(generation, loaded)
    return added


@contextmanager
def _abandoned_on_error(writer: Writer) -> Iterator[None]:
    try:
        yield
    except BaseException:
        writer.abandon()
        raise
