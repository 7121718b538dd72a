"""Real papers beside plain tantivy: building, questions of 2 to 28 words, size of the index, all as ratios in one run.

KHO_BENCH_PAPERS names a folder of papers (.md or .txt); 4,000 documents of 10,800 characters are cut from them, each
beginning elsewhere, so that vocabulary and lengths are real. Without it the demonstration's paragraphs serve.

Plain tantivy: simple tokenizer, lower case, ASCII folding, the text stored, ten hits each with a snippet. Ours: as the
pages ask, with facets and passages, for a clerk who may see one document in four.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import tantivy

import search
from search import Record
from tests.bench.measuring import ms, percentile, say, table, times
from tests.bench.search_speed import FACETS, stock

PAPERS = int(os.environ.get("KHO_BENCH_PAPER_COUNT", "4000"))
CHARACTERS = 10_800
LENGTHS = (2, 4, 8, 16, 28)
ASKED = 60
SEED = 17
KEYS = {"unit:0", "everyone"}


def texts() -> list[str]:
    folder = os.environ.get("KHO_BENCH_PAPERS")
    if folder:
        found = sorted([*Path(folder).rglob("*.md"), *Path(folder).rglob("*.txt")])
        return [path.read_text(encoding="utf-8") for path in found]
    say("  KHO_BENCH_PAPERS is not set: the demonstration's paragraphs instead of real papers")
    chance = random.Random(SEED)
    sentences = stock()
    return ["\n".join(chance.choices(sentences, k=120)) for _ in range(400)]


def bodies(sources: list[str]) -> Iterator[str]:
    joined = "\n\n".join(sources)
    step = max(1, (len(joined) - CHARACTERS) // PAPERS)
    for number in range(PAPERS):
        yield joined[number * step : number * step + CHARACTERS]


def record(number: int, body: str) -> Record:
    title = " ".join(body.split()[:20])
    return Record(
        key=str(number),
        kind=("evidence", "report", "decision")[number % 3],
        title=title,
        body=body,
        viewer_keys=(f"unit:{number % 8}", *(("everyone",) if number % 8 == 1 else ())),
        facets={
            "unit": f"u{number % 200}",
            "year": 2024 + number % 3,
            "criterion": f"III.{number % 15}",
            "theme": f"II.{number % 6}",
            "state": ("draft", "submitted")[number % 2],
            "file_type": ("pdf", "text", "sheet")[number % 3],
        },
    )


def plain(folder: Path, made: list[str]) -> tuple[tantivy.Index, float]:
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    builder.add_text_field("body", stored=True, tokenizer_name="plain")
    index = tantivy.Index(builder.build(), str(folder))
    analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    analyser = analyser.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
    index.register_tokenizer("plain", analyser.build())
    began = time.process_time()
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for number, body in enumerate(made):
        document = tantivy.Document()
        document.add_text("key", str(number))
        document.add_text("body", body)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index, time.process_time() - began


def ask_plain(index: tantivy.Index, question: str) -> None:
    searcher = index.searcher()
    query = index.parse_query(question, ["body"])
    snippets = tantivy.SnippetGenerator.create(searcher, query, index.schema, "body")
    for _, address in searcher.search(query, limit=10, count=True).hits:
        snippets.snippet_from_doc(searcher.doc(address)).to_html()


def questions(made: list[str], length: int, chance: random.Random) -> list[str]:
    found: list[str] = []
    while len(found) < ASKED:
        words = [word for word in (part.strip('.,;:()“”"*|') for part in chance.choice(made).split()) if word.isalpha()]
        start = chance.randrange(max(1, len(words) - length))
        if len(words) >= length:
            found.append(" ".join(words[start : start + length]))
    return found


def measure(folder: Path) -> None:
    made = list(bodies(texts()))
    raw = sum(len(body.encode()) for body in made)
    beside, plain_cpu = plain(folder / "plain", made)
    rows = [record(number, body) for number, body in enumerate(made)]
    began = time.process_time()
    search.rebuild(folder / "index", rows, engine="tantivy")
    cpu = time.process_time() - began
    index = search.open(folder / "index", engine="tantivy")
    on_disk = index.describe()["bytes"]
    say(
        f"\n{len(made):,} papers of {raw / len(made) / 1000:.1f} KB: building {cpu / len(made) * 1000:.2f} CPU ms each, "
        f"plain tantivy {plain_cpu / len(made) * 1000:.2f} ({times(cpu, plain_cpu)}); index {on_disk / raw:.2f} of the raw text"
    )
    chance = random.Random(SEED)
    shown = []
    for length in LENGTHS:
        asked = questions(made, length, chance)
        first, again = _spread(lambda text: index.search(text, viewer_keys=KEYS, facets=FACETS), asked)
        _, there = _spread(lambda text: ask_plain(beside, text), asked)
        shown.append(
            (
                f"{length} words",
                *(ms(percentile(took, part)) for took in (first, again, there) for part in (50, 95)),
                times(percentile(first, 50), percentile(there, 50)),
                times(percentile(again, 50), percentile(there, 50)),
            )
        )
    heads = ("", "first p50", "p95", "again p50", "p95", "plain p50", "p95", "ratio first", "ratio again")
    table("  ten hits with passages and facets, beside plain tantivy with snippets, CPU", heads, shown)


def _spread(work: Callable[[str], object], asked: list[str]) -> tuple[list[float], list[float]]:
    """Seconds of each question when it is asked for the first time, and when it is asked again."""
    for text in asked[:3]:
        work(f"{text} {text[::-1]}")
    return tuple([_cpu(lambda text=text: work(text)) for text in asked] for _ in range(2))  # type: ignore[misc, return-value]


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of the processor: what else runs on the machine does not count."""
    began = time.process_time()
    work()
    return time.process_time() - began
