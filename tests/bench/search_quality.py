"""Retrieval quality of an engine, for queries as people type them.

    python tests/bench/search_quality.py FOLDER [--engine tantivy|whoosh]

FOLDER holds articles.jsonl ({"key", "title", "body"}) and questions.jsonl ({"id", "text", "relevant": [key]}).
Prints MRR@10, recall@10, recall@50 and nDCG@10 for accented, bare, half-bare, NFD and moved-tone spellings.
Bare must not be behind accented: people often type without diacritics.
"""

import argparse
import json
import math
import random
import re
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import search

_MOVED = {"òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé", "ỏe": "oẻ", "õe": "oẽ"}
_MOVED |= {"ọe": "oẹ", "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}
_EITHER = _MOVED | {new: old for old, new in _MOVED.items()}
_OPEN = re.compile(rf"(?<!q)({'|'.join(_EITHER)})(?!\w)", re.IGNORECASE)


def bare(text: str) -> str:
    """Without any diacritic, as on a keyboard without Vietnamese input."""
    apart = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(char for char in apart if not unicodedata.combining(char))


def half_bare(text: str) -> str:
    """Every word bare with even chances, the same ones in each run."""
    dice = random.Random(text)
    return " ".join(bare(word) if dice.random() < 0.5 else word for word in text.split())


def moved_tone(text: str) -> str:
    """hòa as hoà and the other way round."""
    return _OPEN.sub(lambda match: _EITHER[match.group().lower()], unicodedata.normalize("NFC", text))


VARIANTS: dict[str, Callable[[str], str]] = {
    "accented": lambda text: text,
    "bare": bare,
    "half-bare": half_bare,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "moved-tone": moved_tone,
}


def measure(index: search.Index, questions: list[dict], spell: Callable[[str], str]) -> dict[str, float]:
    """Mean figures over all questions, and CPU milliseconds a query without snippets."""
    sums = dict.fromkeys(("MRR@10", "recall@10", "recall@50", "nDCG@10"), 0.0)
    began = time.process_time()
    for question in questions:
        page = index.search(spell(question["text"]), viewer_keys={"everyone"}, limit=50, snippets=False)
        ranks = [place for place, hit in enumerate(page.hits) if hit.key in question["relevant"]]
        wanted = len(question["relevant"])
        first_ten = [rank for rank in ranks if rank < 10]
        sums["MRR@10"] += 1 / (first_ten[0] + 1) if first_ten else 0
        sums["recall@10"] += len(first_ten) / wanted
        sums["recall@50"] += len(ranks) / wanted
        ideal = sum(1 / math.log2(rank + 2) for rank in range(min(10, wanted)))
        sums["nDCG@10"] += sum(1 / math.log2(rank + 2) for rank in first_ten) / ideal
    means = {name: value / len(questions) for name, value in sums.items()}
    means["CPU ms"] = (time.process_time() - began) * 1000 / len(questions)
    return means


def main() -> None:
    """Builds the index in a temporary folder and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", default="auto", choices=("auto", "tantivy", "whoosh"))
    parser.add_argument("--first", type=int, help="only so many questions")
    chosen = parser.parse_args()
    articles = [json.loads(line) for line in (chosen.folder / "articles.jsonl").open(encoding="utf-8")]
    questions = [json.loads(line) for line in (chosen.folder / "questions.jsonl").open(encoding="utf-8")]
    questions = questions[: chosen.first]
    with tempfile.TemporaryDirectory() as folder:
        index = search.open(Path(folder) / "index", engine=chosen.engine)
        with index.batch() as batch:
            for item in articles:
                batch.add(search.Record(item["key"], "article", item["title"], item["body"], viewer_keys=("everyone",)))
        print(f"{index.engine}: {index.count()} articles, {len(questions)} questions")
        for name, spell in VARIANTS.items():
            figures = measure(index, questions, spell)
            print(f"{name:11}", "  ".join(f"{key} {value:.4f}" for key, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
