"""OpenDocument spreadsheets: the texts their cells show, which the file keeps beside the values."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from lxml.etree import _Element

from archive.extract.containers.package import Package
from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import Reading, Refusal, tidy
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.sheets_and_slides.looks import Looks, layout, write_page
from archive.extract.sheets_and_slides.number_format import general
from archive.extract.status import Status

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE = f"{{{_NS}table:1.0}}"
_TEXT = f"{{{_NS}text:1.0}}"
_OFFICE = f"{{{_NS}office:1.0}}"
_STYLE = f"{{{_NS}style:1.0}}"
_GROUPS = frozenset(f"{_TABLE}{name}" for name in ("table-header-rows", "table-row-group", "table-rows"))
_COLUMN_GROUPS = frozenset(
    f"{_TABLE}{name}" for name in ("table-header-columns", "table-column-group", "table-columns")
)
_HIDDEN = ("collapse", "filter")
_MOST_COLUMNS = 16_384
_MOST_REPEATED = 1000  # a row or cell that is there a million times is a sheet's empty rest


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page per sheet, as for other spreadsheets."""
    with Package(path, limits) as package:
        if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise Refusal(Status.ENCRYPTED, "OpenDocument with a password")
        root = safe_xml.parse(package.read("content.xml"))
    body = root.find(f"{_OFFICE}body/{_OFFICE}spreadsheet")
    if body is None:
        raise Refusal(Status.CORRUPT, "ods: no sheets")
    unseen = {
        style.get(f"{_STYLE}name", "")
        for style in root.iter(f"{_STYLE}style")
        if any(child.get(f"{_TABLE}display") == "false" for child in style)
    }
    tables = list(body.iterchildren(f"{_TABLE}table"))
    pages, hidden, seen = [], False, []
    for table in tables[: limits.pages]:
        looks = Looks(table.get(f"{_TABLE}style-name") in unseen, columns=_hidden_columns(table))
        rows = [*_rows(table, looks)]
        page, more = write_page(table.get(f"{_TABLE}name", ""), rows, looks, first_column=0, most=limits.text_chars)
        pages.append(page)
        seen.append(looks)
        hidden = hidden or more
    pages, warnings = settle_all(pages)
    warnings += ["pages_truncated"] if len(tables) > limits.pages else []
    warnings += ["hidden_content"] if hidden else []
    return Reading([tidy(page) for page in pages], warnings, details=layout(seen))


def _hidden_columns(table: _Element) -> set[int]:
    found: set[int] = set()
    position = 0
    for column in table.iter(f"{_TABLE}table-column"):
        count = min(_count(column, "columns"), _MOST_COLUMNS)
        if column.get(f"{_TABLE}visibility") in _HIDDEN:
            found.update(range(position, min(position + count, _MOST_COLUMNS)))
        position += count
    return found


def _rows(parent: _Element, looks: Looks) -> Iterator[list[str]]:
    position = 0
    for row in _held_rows(parent):
        cells = _cells(row)
        for _ in range(min(_count(row, "rows"), _MOST_REPEATED if cells else 1)):
            if row.get(f"{_TABLE}visibility") in _HIDDEN:
                looks.rows.add(position)
            position += 1
            yield cells


def _held_rows(parent: _Element) -> Iterator[_Element]:
    for child in parent:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in _GROUPS:
            yield from _held_rows(child)


def _cells(row: _Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        text = _shown(cell)
        cells += [text] * min(_count(cell, "columns"), _MOST_REPEATED)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _shown(cell: _Element) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    written = " ".join(" ".join("".join(_letters(part)) for part in cell.iterchildren(f"{_TEXT}p")).split())
    if kind == "date":
        try:
            moment = datetime.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", ""))
        except ValueError:
            return written
        # A day without its year or with a time beside it is left as it is shown.
        return moment.strftime("%d/%m/%Y") if moment.time() == datetime.time() and moment.year > 999 else written
    if kind in ("float", "percentage", "currency") and not written:
        try:
            return general(float(cell.get(f"{_OFFICE}value", "")))
        except ValueError:
            return ""
    return written


def _letters(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s" or child.tag in (f"{_TEXT}line-break", f"{_TEXT}tab"):
            yield " "
        elif not str(child.tag).startswith(f"{_OFFICE}annotation"):
            yield from _letters(child)
        yield child.tail or ""


def _count(element: _Element, what: str) -> int:
    text = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1
