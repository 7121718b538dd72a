"""The search library alone, at 1,000, 10,000 and 100,000 documents of about 5 KB, beside SQLite FTS5 over the same folded text.

The documents: sentences drawn with replacement from a stock (the demonstration's, or the articles of a folder given as
KHO_BENCH_TEXTS), rarer ones less often (Zipf, exponent .7), until 5,000 bytes are full; every fourth word of a
document of its own is replaced by a random number, so that no two are alike. 200 units; a document is seen by its
unit, one in ten by everyone. The viewer holds 10 of the 200 units' keys.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import search
from search import Record
from tests.bench.measuring import ms, percentile, pss, say, table, timed, times
from webapp.demo.words import TOPICS, paragraphs

SIZES = tuple(int(size) for size in os.environ.get("KHO_BENCH_SIZES", "1000,10000,100000").split(","))
BYTES = 5000
UNITS, OWN = 200, 10
ASKED = 120
SEED = 11
FACETS = ("kind", "unit", "year", "criterion", "theme", "state", "file_type")


def stock() -> list[str]:
    """Sentences to draw from."""
    folder = os.environ.get("KHO_BENCH_TEXTS")
    if folder:
        articles = (Path(folder) / "articles.jsonl").read_text(encoding="utf-8").splitlines()
        found = [
            line.strip()
            for one in articles
            for line in str(json.loads(one)["body"]).split("\n")
            if 40 < len(line) < 600
        ]
        return list(dict.fromkeys(found))
    chance = random.Random(SEED)
    return list(dict.fromkeys(line for topic in sorted(TOPICS) for line in paragraphs(chance, topic, 400)))


def records(count: int, sentences: list[str]) -> Iterator[Record]:
    chance = random.Random(SEED)
    weights = [1 / (place + 1) ** 0.7 for place in range(len(sentences))]
    for number in range(count):
        parts: list[str] = []
        size = 0
        while size < BYTES:
            for sentence in chance.choices(sentences, weights, k=8):
                words = sentence.split()
                words[chance.randrange(len(words))] = str(chance.randrange(10_000))
                parts.append(" ".join(words))
                size += len(parts[-1].encode()) + 1
        unit = number % UNITS
        keys = (f"unit:{unit}", "everyone") if number % 10 == 0 else (f"unit:{unit}",)
        yield Record(
            key=f"d{number}",
            kind=("evidence", "report", "decision")[number % 3],
            title=parts[0][:120],
            body="\n".join(parts),
            number=f"{number}/BC-U{unit}",
            date=(date(2026, 1, 1) + timedelta(days=number % 300)).isoformat(),
            viewer_keys=keys,
            facets={
                "unit": f"u{unit}",
                "year": 2024 + number % 3,
                "criterion": f"III.{number % 15}",
                "theme": f"II.{number % 6}",
                "state": ("draft", "submitted")[number % 2],
                "file_type": ("pdf", "text", "sheet")[number % 3],
            },
        )


def questions(sentences: list[str], chance: random.Random) -> dict[str, list[str]]:
    def words(count: int) -> str:
        row = [word.strip('.,;:()“”"') for word in chance.choice(sentences).split()]
        row = [word for word in row if word.isalpha()]
        if len(row) < count:
            return words(count)
        start = chance.randrange(len(row) - count + 1)
        return " ".join(row[start : start + count])

    return {
        "one term": [words(1) for _ in range(ASKED)],
        "three terms": [words(3) for _ in range(ASKED)],
        "phrase of three": [f'"{words(3)}"' for _ in range(ASKED)],
        "prefix while typing": [words(2)[:-1] for _ in range(ASKED)],
        "any of eight, bigrams": [words(8) for _ in range(ASKED)],
        "a question of 28 syllables": [" ".join(words(7) for _ in range(4)) for _ in range(ASKED)],
    }


def measure(folder: Path) -> None:
    sentences = stock()
    say(f"\n{len(sentences):,} sentences to draw from")
    keys = {f"unit:{number}" for number in range(OWN)} | {"everyone"}
    for size in SIZES:
        _one_size(folder / str(size), size, sentences, keys)


def _one_size(folder: Path, size: int, sentences: list[str], keys: set[str]) -> None:
    folder.mkdir()
    raw = sum(len(record.body.encode()) for record in records(min(size, 2000), sentences)) * size / min(size, 2000)
    started, cpu = time.perf_counter(), time.process_time()
    search.rebuild(folder / "index", records(size, sentences), engine="tantivy")
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    making = time.process_time()
    made = timed(lambda: [None for _ in records(size, sentences)])
    making = time.process_time() - making
    index = search.open(folder / "index", engine="tantivy")
    on_disk = index.describe()["bytes"]
    with closing(sqlite3.connect(folder / "fts.sqlite3", isolation_level=None)) as database:
        beside = _fill_fts(database, size, sentences)
        say(
            f"\n{size:,} documents: built in {took - made:.1f} s wall without making them "
            f"({size / max(took - made, 0.001):,.0f} a second; {(cpu - making) / size * 1000:.2f} CPU ms each), "
            f"index {on_disk / raw:.2f} of the raw text; FTS5 {beside:.1f} s; memory {pss(os.getpid()):.0f} MB"
        )
        _ask(index, database, sentences, keys, size)
    record = next(records(1, sentences))

    def add() -> None:
        with index.batch() as batch:
            batch.add(record)
        index.search("không", viewer_keys=keys, limit=1)

    say(f"  one more document until it can be found: {ms(min(timed(add) for _ in range(3)))}")


def _fill_fts(database: sqlite3.Connection, size: int, sentences: list[str]) -> float:
    database.execute("PRAGMA journal_mode=OFF")
    database.execute("CREATE VIRTUAL TABLE paper USING fts5(body, content='', tokenize='unicode61')")
    database.execute("CREATE TABLE seen (rowid INTEGER PRIMARY KEY, unit INTEGER)")
    started = time.perf_counter()
    database.execute("BEGIN")
    for number, record in enumerate(records(size, sentences)):
        database.execute("INSERT INTO paper (rowid, body) VALUES (?, ?)", (number, search.fold(record.body)))
        database.execute("INSERT INTO seen VALUES (?, ?)", (number, -1 if number % 10 == 0 else number % UNITS))
    database.execute("COMMIT")
    return time.perf_counter() - started


def _ask(index: search.Index, database: sqlite3.Connection, sentences: list[str], keys: set[str], size: int) -> None:
    chance = random.Random(SEED + 1)

    def ours(question: str, **options: object) -> None:
        index.search(question, viewer_keys=keys, limit=10, **{"facets": FACETS, **options})  # type: ignore[arg-type]

    def theirs(question: str) -> None:
        words = search.fold(question.strip('"')).split()
        match = f'"{" ".join(words)}"' if question.startswith('"') else " OR ".join(f'"{word}"' for word in words)
        database.execute(
            "SELECT paper.rowid FROM paper JOIN seen ON seen.rowid = paper.rowid WHERE paper MATCH ? AND unit < ? "
            "ORDER BY rank LIMIT 10",
            (match, OWN),
        ).fetchall()

    rows = []
    asked = questions(sentences, chance)
    for name, texts in asked.items():
        options: dict[str, object] = {"prefix_last": True} if name.startswith("prefix") else {}
        rows.append((name, texts, lambda text, options=options: ours(text, **options), theirs))
    three = asked["three terms"]
    rows += [
        ("three terms, filters", three, lambda text: ours(text, filters={"year": 2025, "kind": "report"}), None),
        ("three terms, hits alone", three, lambda text: ours(text, facets=(), snippets=False), None),
        (
            "suggestions",
            [text[: max(2, len(text) // 2)] for text in three],
            lambda text: index.suggest(text, keys),
            None,
        ),
    ]
    shown = []
    for name, texts, work, peer in rows:
        here = _spread(work, texts)
        there = _spread(peer, texts) if peer else None
        shown.append(
            (
                name,
                ms(percentile(here, 50)),
                ms(percentile(here, 95)),
                *(
                    (
                        ms(percentile(there, 50)),
                        ms(percentile(there, 95)),
                        times(percentile(here, 50), percentile(there, 50)),
                    )
                    if there
                    else ("", "", "")
                ),
            )
        )
    table(f"  {size:,} documents, a clerk with {OWN} of {UNITS} keys, facets, 10 hits with passages",
          ("", "p50", "p95", "FTS5 p50", "FTS5 p95", "ratio of p50"), shown)  # fmt: skip


def _spread(work: Callable[[str], object], texts: list[str]) -> list[float]:
    for text in texts[:5]:
        work(text)
    return [timed(lambda text=text: work(text)) for text in texts]  # type: ignore[misc]
