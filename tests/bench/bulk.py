"""Bulk upload: many small files in a row with the memory of web and worker; a mixed hundred until searchable; and the
reader of text against the bare tool it drives."""

from __future__ import annotations

import random
import sqlite3
import statistics
import subprocess
import time
from contextlib import closing
from pathlib import Path

from archive.extract import extract
from tests.bench.big_ward import CLERK, SEED, small_ward
from tests.bench.measuring import ms, pss, say, table, timed, times
from tests.bench.uploads import FONT, found, papers
from tests.support.house import Caller, house, until
from webapp.demo.words import TOPICS, paragraphs
from webapp.models import new_id

MANY = 10_000
AT_ONCE = 50
LOOKS = 10


def measure(folder: Path) -> None:
    _mixed(folder / "mixed")
    _bulk(folder / "bulk")
    _reader(folder / "reader")


def _mixed_papers(folder: Path) -> list[Path]:
    """A hundred: 50 PDFs, 25 Word files, 15 sheets, 5 texts, 5 scans; each with the word `chungmot`."""
    import docx
    import openpyxl
    from PIL import Image, ImageDraw, ImageFont

    made = papers(folder, 50)
    chance = random.Random(SEED)

    def lines() -> list[str]:
        return ["chungmot", *paragraphs(chance, chance.choice(sorted(TOPICS)), 20)]

    for number in range(25):
        document = docx.Document()
        for line in lines():
            document.add_paragraph(line)
        made.append(folder / f"bao-cao-{number}.docx")
        document.save(str(made[-1]))
    for number in range(15):
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for line in lines():
            sheet.append(line.split(" "))
        made.append(folder / f"bang-{number}.xlsx")
        book.save(made[-1])
    for number in range(5):
        made.append(folder / f"ghi-chu-{number}.txt")
        made[-1].write_text("\n".join(lines()), encoding="utf-8")
    font = ImageFont.truetype(str(FONT), 32)
    for number in range(5):
        page = Image.new("L", (1654, 1200), 255)
        for row, line in enumerate(lines()[:16]):
            ImageDraw.Draw(page).text((120, 80 + 60 * row), line[:80], fill=0, font=font)
        made.append(folder / f"quet-{number}.png")
        page.save(made[-1])
    return made


def _bare(path: Path) -> str:
    """The text of a file by the tool or library for its type, straight."""
    import docx
    import openpyxl

    if path.suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    if path.suffix == ".txt":
        return path.read_text(encoding="utf-8")
    words = ["pdftotext", str(path), "-"]
    if path.suffix == ".png":
        words = ["tesseract", str(path), "-", "-l", "vie", "--psm", "1"]
    return subprocess.run(words, capture_output=True, text=True, check=True, env={"OMP_THREAD_LIMIT": "1"}).stdout


def _mixed(folder: Path) -> None:
    folder.mkdir()
    files = _mixed_papers(folder)
    ward = small_ward(folder / "data", 2)
    unit, year = ward.units["U00"], str(ward.now.year)
    ward.drain()
    ward.resources.close()
    with house(folder / "data") as running:
        caller = Caller(running.address).sign_in(CLERK)
        until(lambda: caller.get("/readyz").status == 200, "ready")
        started = time.perf_counter()
        for start in range(0, len(files), 10):
            batch = {"kind": "evidence", "unit_id": unit, "year": year, "batch": new_id()}
            sent = [(path.read_bytes(), path.name) for path in files[start : start + 10]]
            assert caller.upload(*sent, **batch).status == 303
        acknowledged = time.perf_counter() - started
        while found(caller, "chungmot") < len(files):
            time.sleep(0.05)
        searchable = time.perf_counter() - started
        assert running.end() == 0

    def floor() -> None:
        with closing(sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)) as database:
            database.execute("CREATE VIRTUAL TABLE paper USING fts5(body)")
            for path in files:
                database.execute("INSERT INTO paper VALUES (?)", (_bare(path),))

    least = timed(floor)
    table(
        "100 mixed documents until searchable",
        ("", "acknowledged", "searchable", "bare tools + FTS5", "ratio"),
        [
            (
                "50 PDF, 25 DOCX, 15 XLSX, 5 TXT, 5 scans",
                ms(acknowledged),
                ms(searchable),
                ms(least),
                times(searchable, least),
            )
        ],
    )


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
