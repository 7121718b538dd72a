"""From the upload's first byte until search shows it, against `pdftotext` and one insert into SQLite FTS5 for each file."""

from __future__ import annotations

import random
import re
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import fpdf

from tests.bench.big_ward import CLERK, SEED, small_ward
from tests.bench.measuring import ms, say, table, timed, times
from tests.support.commands import ROOT
from tests.support.house import Caller, house, until
from webapp.demo.words import TOPICS, paragraphs
from webapp.models import new_id

MANY = 100
FEW = 6
AT_ONCE = 10
FONT = ROOT / "webapp/ui/static/vendor/tinos/Tinos-Regular.ttf"


def papers(folder: Path, count: int) -> list[Path]:
    """PDFs of two pages, each with the word `chungmot` and a word of its own."""
    chance = random.Random(SEED)
    made = []
    for number in range(count):
        pdf = fpdf.FPDF()
        pdf.add_font("Tinos", "", str(FONT))
        for page in range(2):
            pdf.add_page()
            pdf.set_font("Tinos", size=12)
            pdf.multi_cell(
                0, 7, f"Số: {number + 1}/BC-KT chungmot rieng{number} trang {page + 1}", new_x="LMARGIN", new_y="NEXT"
            )
            for line in paragraphs(chance, chance.choice(sorted(TOPICS)), 14):
                pdf.multi_cell(0, 7, line, new_x="LMARGIN", new_y="NEXT")
        path = folder / f"bao-cao-{number}.pdf"
        pdf.output(str(path))
        made.append(path)
    return made


def floor(files: list[Path], path: Path) -> float:
    """The least that could be done: read the text, put it into a full-text table, make it durable."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE VIRTUAL TABLE paper USING fts5(body, tokenize='unicode61 remove_diacritics 2')")

        def work() -> None:
            for path in files:
                done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
                database.execute("INSERT INTO paper VALUES (?)", (done.stdout,))
            found = database.execute("SELECT count(*) FROM paper WHERE paper MATCH 'chungmot'").fetchone()
            assert found == (len(files),)

        return timed(work)


def found(caller: Caller, word: str) -> int:
    said = re.search(r'data-say="([\d.]+) kết quả', caller.get(f"/search?q=%22{word}%22").text)
    return int(said.group(1).replace(".", "")) if said else 0


def measure(folder: Path) -> None:
    say("making papers …")
    files = papers(folder, FEW + MANY)
    ward = small_ward(folder / "data", 2)
    unit, year = ward.units["U00"], str(ward.now.year)
    ward.drain()
    ward.resources.close()
    with house(folder / "data") as running:
        caller = Caller(running.address).sign_in(CLERK)
        until(lambda: caller.get("/readyz").status == 200, "ready")
        seen = found(caller, "chungmot")

        def send(*paths: Path) -> None:
            batch = {"kind": "evidence", "unit_id": unit, "year": year, "batch": new_id()}
            answer = caller.upload(*((path.read_bytes(), path.name) for path in paths), **batch)
            assert answer.status == 303, answer.text

        def wait_for(count: int) -> None:
            while found(caller, "chungmot") < seen + count:
                time.sleep(0.02)

        took = []
        sent = 0
        for part in [*([one] for one in files[:FEW]), files[FEW:]]:
            started = time.perf_counter()
            for start in range(0, len(part), AT_ONCE):
                send(*part[start : start + AT_ONCE])
            acknowledged = time.perf_counter() - started
            sent += len(part)
            wait_for(sent)
            searchable = time.perf_counter() - started
            took.append((acknowledged, searchable, floor(part, folder / f"floor-{sent}.sqlite3")))
        assert running.end() == 0
    warm = sorted(took[1:FEW], key=lambda row: row[1])[(FEW - 1) // 2]
    rows = [
        (name, ms(first), ms(all_), ms(all_ / count), ms(least), times(all_, least))
        for name, count, (first, all_, least) in (
            ("the first document after the start", 1, took[0]),
            (f"1 document (median of {FEW - 1})", 1, warm),
            (f"{MANY} documents", MANY, took[-1]),
        )
    ]
    table(
        "Upload until searchable (PDF of two pages; kho serve with its worker)",
        ("", "acknowledged", "searchable", "each", "pdftotext + FTS5", "ratio"),
        rows,
    )
