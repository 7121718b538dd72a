"""Spreadsheets, sheet by sheet and row by row, by calamine."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import python_calamine

from archive.extract.containers import ole
from archive.extract.containers.package import Package
from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import Reading, Refusal, tidy
from archive.extract.process.limits import Limits
from archive.extract.status import Status


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page per sheet: its name, then rows with cells parted by tabs; empty rows are left out."""
    with path.open("rb") as stream:
        if stream.read(8) != ole.MAGIC:
            with Package(path, limits) as package:
                package.read_all()
    try:
        workbook = python_calamine.load_workbook(str(path))
        pages = [_sheet(workbook, name, limits) for name in workbook.sheet_names[: limits.pages]]
    except python_calamine.PasswordError as error:
        raise Refusal(Status.ENCRYPTED, str(error)) from error
    except python_calamine.CalamineError as error:
        raise Refusal(Status.CORRUPT, str(error)) from error
    warnings = ["pages_truncated"] if len(workbook.sheet_names) > limits.pages else []
    pages, more = settle_all(pages)
    return Reading([tidy(page) for page in pages], warnings + more)


def _sheet(workbook: python_calamine.CalamineWorkbook, name: str, limits: Limits) -> str:
    lines = [name]
    left = limits.text_chars
    for line in _lines(workbook, name):
        lines.append(line)
        left -= len(line)
        if left < 0:
            break
    return "\n".join(lines)


def _lines(workbook: python_calamine.CalamineWorkbook, name: str) -> Iterator[str]:
    for row in workbook.get_sheet_by_name(name).iter_rows():
        cells = [_cell(value) for value in row]
        if any(cells):
            yield "\t".join(cells).rstrip("\t")


def _cell(value: object) -> str:
    """A cell as a Vietnamese reader expects it: day first, whole numbers without ".0"."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%d/%m/%Y" if value.time() == datetime.time() else "%d/%m/%Y %H:%M")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    return " ".join(str(value).split())
