"""Bulk upload: many small files in a row with the memory of web and worker; a mixed hundred until searchable; and the
reader of text against the bare tool it drives."""

from __future__ import annotations

import random
import statistics
import subprocess
import time
from pathlib import Path

from archive.extract import extract
from tests.bench.big_ward import CLERK, SEED, small_ward
from tests.bench.measuring import ms, pss, say, table, timed, times
from tests.bench.uploads import papers
from tests.support.house import Caller, house, until
from webapp.demo.words import TOPICS, paragraphs
from webapp.models import new_id

MANY = 10_000
AT_ONCE = 50
LOOKS = 10


def measure(folder: Path) -> None:
    _bulk(folder / "bulk")
    _reader(folder / "reader")


def _bulk(folder: Path) -> None:
    folder.mkdir()
    ward = small_ward(folder / "data", 2)
    unit, year = ward.units["U00"], str(ward.now.year)
    ward.drain()
    ward.resources.close()
    chance = random.Random(SEED)
    with house(folder / "data") as running:
        caller = Caller(running.address).sign_in(CLERK)
        until(lambda: caller.get("/readyz").status == 200, "ready")
        rows = []
        written = 0.0
        started = time.perf_counter()
        for number in range(0, MANY, AT_ONCE):
            files = [
                (f"gop{number + place} {paragraphs(chance, chance.choice(sorted(TOPICS)), 1)[0]}".encode(), f"tep-{number + place}.txt")
                for place in range(AT_ONCE)
            ]  # fmt: skip
            written += timed(lambda part=files, at=number: _plain(folder / f"plain-{at}", part))  # type: ignore[misc]
            batch = {"kind": "evidence", "unit_id": unit, "year": year, "batch": new_id()}
            answer = caller.upload(*files, **batch)
            assert answer.status == 303, answer.text
            if (number + AT_ONCE) % (MANY // LOOKS) == 0:
                seconds = time.perf_counter() - started
                rows.append(
                    (
                        number + AT_ONCE,
                        f"{seconds:.1f} s",
                        f"{pss(running.process.pid):.0f} MB",
                        f"{pss(running.worker or 0):.0f} MB",
                    )
                )
        took = time.perf_counter() - started - written
        table(
            f"{MANY:,} small files through bulk upload, {AT_ONCE} a request",
            ("files", "since the start", "web", "worker"),
            rows,
        )
        say(
            f"  {ms(took / MANY)} a file acknowledged; plain write + fsync in the same run {ms(written / MANY)}: "
            f"{times(took, written)}"
        )
        assert running.end() == 0


def _plain(folder: Path, files: list[tuple[bytes, str]]) -> None:
    import os

    folder.mkdir()
    for content, name in files:
        with (folder / name).open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())


def _reader(folder: Path) -> None:
    folder.mkdir()
    files = papers(folder, 20)

    def bare(path: Path) -> None:
        subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)

    ours = statistics.median(timed(lambda one=path: extract(one, filename=one.name)) for path in files)  # type: ignore[misc]
    least = statistics.median(timed(lambda one=path: bare(one)) for path in files)  # type: ignore[misc]
    table(
        "Reading a PDF of two pages in the limited child",
        ("", "median", "ratio"),
        [("bare pdftotext", ms(least), ""), ("extract()", ms(ours), times(ours, least))],
    )
