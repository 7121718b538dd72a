"""Clocks, percentiles and tables for the benchmarks."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def percentile(values: Sequence[float], part: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


def pss(*pids: int) -> float:
    """Resident memory in MB; what processes share is divided between them."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return (
        f"{cores} cores, {memory:.1f} GB, Python {platform.python_version()}, {platform.system()} {platform.release()}, "
        f"load {load:.1f} at the start"
    )


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as needed; the first to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    say(f"\n{title}")
    for number, row in enumerate(cells):
        first, *rest = row
        line = "  ".join(
            [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        )
        say("  " + line.rstrip())
        if number == 0:
            say("  " + "-" * (sum(widths) + 2 * (len(widths) - 1)))


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def times(value: float, by: float) -> str:
    return f"{value / by:.1f} x" if by else "-"
