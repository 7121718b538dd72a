"""All benchmarks as ratios against the least that could be done, in the same run on the same machine.

    python -m tests.bench.run [start] [uploads] [pages] [search] [search-pages] [search-real] [year] [grid] …

Without words all of them run, in a few minutes. Figures are printed and never asserted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import archive_put, bulk, grid, pages, search_pages, search_real, search_speed, uploads, year
from tests.bench.measuring import machine, say
from webapp.core import logs

PARTS: dict[str, Callable[[Path], None]] = {
    "start": pages.measure_start,
    "archive": archive_put.measure,
    "uploads": uploads.measure,
    "bulk": bulk.measure,
    "pages": pages.measure,
    "search": search_speed.measure,
    "search-pages": search_pages.measure,
    "search-real": search_real.measure,
    "year": year.measure,
    "grid": grid.measure,
}


def main(words: list[str]) -> int:
    if unknown := set(words) - set(PARTS):
        sys.stderr.write(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}\n")
        return 2
    logs.configure(level=30)
    say(machine())
    started = time.perf_counter()
    for name in words or PARTS:
        with tempfile.TemporaryDirectory(prefix="kho-bench-") as folder:
            PARTS[name](Path(folder))
    say(f"\n{time.perf_counter() - started:.0f} s in all")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
