"""Workbooks as one XML file (SpreadsheetML of 2003), often named .xls."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from lxml.etree import _Element

from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import Reading, tidy
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.sheets_and_slides.looks import Looks, layout, write_page
from archive.extract.text.plain import load

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
_EMPTY_ROWS = 1000  # more of them in a row are not counted one by one
_NAMED = {
    "percent": "0.00%", "fixed": "0.00", "standard": "#,##0.00", "currency": "#,##0.00", "general number": "",
    "scientific": "0.00E+00", "short date": "dd/mm/yyyy", "medium date": "dd/mm/yyyy", "long date": "dd/mm/yyyy",
    "general date": "dd/mm/yyyy h:mm", "short time": "h:mm", "medium time": "h:mm AM/PM", "long time": "h:mm:ss",
}  # fmt: skip


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page per sheet, as for other spreadsheets."""
    root = safe_xml.parse(safe_xml.as_utf8(load(path, limits)))
    codes = {style.get(f"{_SS}ID", ""): _code(style.find(f"{_SS}NumberFormat")) for style in root.iter(f"{_SS}Style")}
    sheets = list(root.iterchildren(f"{_SS}Worksheet"))
    pages, hidden, seen = [], False, []
    for sheet in sheets[: limits.pages]:
        visible = sheet.find("{*}WorksheetOptions/{*}Visible")
        looks = Looks(visible is not None and (visible.text or "").startswith("SheetHidden"))
        rows = [*_rows(sheet.find(f"{_SS}Table"), looks, codes)]
        page, more = write_page(sheet.get(f"{_SS}Name", ""), rows, looks, first_column=0, most=limits.text_chars)
        pages.append(page)
        seen.append(looks)
        hidden = hidden or more
    pages, warnings = settle_all(pages)
    warnings += ["pages_truncated"] if len(sheets) > limits.pages else []
    warnings += ["hidden_content"] if hidden else []
    return Reading([tidy(page) for page in pages], warnings, details=layout(seen))


def _code(element: _Element | None) -> str:
    code = element.get(f"{_SS}Format", "") if element is not None else ""
    return _NAMED.get(code.lower(), code)


def _rows(table: _Element | None, looks: Looks, codes: dict[str, str]) -> Iterator[list[object]]:
    if table is None:
        return
    column = 0
    for element in table.iterchildren(f"{_SS}Column"):
        column = _number(element.get(f"{_SS}Index"), column + 1) - 1
        span = _number(element.get(f"{_SS}Span"), 0)
        if element.get(f"{_SS}Hidden") == "1":
            looks.columns.update(range(column, min(column + span + 1, _MOST_COLUMNS)))
        column += span + 1
    row = 0
    for element in table.iterchildren(f"{_SS}Row"):
        wanted = min(_number(element.get(f"{_SS}Index"), row + 1) - 1, row + _EMPTY_ROWS, _MOST_ROWS)
        for _ in range(row, wanted):
            yield []
        row = max(row, wanted)
        if element.get(f"{_SS}Hidden") == "1":
            looks.rows.add(row)
        yield _cells(element, row, looks, codes)
        row += 1


def _cells(element: _Element, row: int, looks: Looks, codes: dict[str, str]) -> list[object]:
    cells: list[object] = []
    for cell in element.iterchildren(f"{_SS}Cell"):
        column = min(max(_number(cell.get(f"{_SS}Index"), len(cells) + 1) - 1, len(cells)), _MOST_COLUMNS)
        cells += [""] * (column - len(cells))
        style = cell.get(f"{_SS}StyleID") or element.get(f"{_SS}StyleID") or "Default"
        if code := codes.get(style, ""):
            looks.codes[row, column] = code
        cells.append(_value(cell.find(f"{_SS}Data")))
        cells += [""] * min(_number(cell.get(f"{_SS}MergeAcross"), 0), _MOST_COLUMNS - column)
    return cells


def _value(data: _Element | None) -> object:
    if data is None:
        return ""
    text = "".join(map(str, data.itertext()))
    kind = data.get(f"{_SS}Type")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 9 else otherwise
