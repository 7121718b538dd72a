"""Sheets of a workbook that somebody sent, as lines of cells with the sheet's own row numbers.

Read in the same limited child process as uploads. What is hidden is left out unless asked for, and told.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.extract import SheetPage, column_of, extract, read_page
from webapp.core.errors import Invalid

# Row number as the sheet has it, and the row's cells as the sheet shows them.
Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Worksheets:
    """(name, lines) of each sheet; empty rows are left out. `hidden` are sentences about what the file hides."""

    sheets: list[tuple[str, list[Line]]]
    hidden: tuple[str, ...] = ()


def read_worksheets(data: bytes, suffix: str, *, with_hidden: bool = False) -> Worksheets:
    """What is merged over rows stands in each of them. Raises Invalid for what cannot be read."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        reading = extract(Path(file.name), filename="bang" + suffix)
    if reading.status != "ok":
        raise Invalid({"file": f"Không đọc được bảng: {reading.sentence}"})
    sheets, hidden = [], []
    for place, page in enumerate(map(read_page, reading.pages)):
        hidden += _sentences(page)
        if page.hidden and not with_hidden:
            continue
        jumps = _of_sheet(reading.metadata.get("jumps"), place)
        first = jumps[0]["column"] if jumps else 0
        lines = {}
        for at, (line, is_hidden) in enumerate(page.lines):
            begins = next((jump for jump in reversed(jumps) if jump["line"] <= at), {"line": 0, "row": 0})
            lines[begins["row"] + at - begins["line"]] = (line.split("\t"), is_hidden)
        for span in _of_sheet(reading.metadata.get("merged"), place):
            _fill_down(lines, span["top"], span["left"] - first, span["bottom"])
        unseen = set() if with_hidden else {column_of(named.partition(" ")[0]) - first for named in page.columns}
        found = [
            (row + 1, [cell for column, cell in enumerate(cells) if column not in unseen])
            for row, (cells, is_hidden) in sorted(lines.items())
            if with_hidden or not is_hidden
        ]
        sheets.append((page.name, found))
    return Worksheets(sheets, tuple(hidden))


def _of_sheet(records: Any, place: int) -> list[dict[str, int]]:
    return [record for record in records or [] if record["sheet"] == place]


def _fill_down(lines: dict[int, tuple[list[str], bool]], top: int, column: int, bottom: int) -> None:
    """One cell over several rows holds for each of them; rows without anything of their own stay away."""
    above = lines.get(top, ([], False))[0]
    if not 0 <= column < len(above):
        return
    for row in range(top + 1, bottom + 1):
        if row in lines:
            cells = lines[row][0]
            cells += [""] * (column + 1 - len(cells))
            cells[column] = cells[column] or above[column]


def _sentences(page: SheetPage) -> list[str]:
    if page.hidden:
        return [f"Trang tính “{page.name}” đang bị ẩn."]
    found = []
    if count := sum(is_hidden for _, is_hidden in page.lines):
        found.append(f"Trang tính “{page.name}” có {count} hàng bị ẩn.")
    if page.columns:
        found.append(f"Trang tính “{page.name}” có cột bị ẩn: {'; '.join(page.columns)}.")
    return found
