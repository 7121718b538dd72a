"""A table as .xlsx: heads that stay in view, widths, texts that are never read as formulas."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | float | date | None

_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 32_000


def write_table(*, title: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet: the title, an empty line, heads, rows. `widths` in characters, one for each head."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    add_table(sheet, title=title, heads=heads, widths=widths, rows=rows)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def add_table(
    sheet: Worksheet, *, title: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Value]]
) -> None:
    """The same on a sheet that is there already."""
    _line(sheet, 1, [title], bold=True)
    _line(sheet, 3, heads, bold=True)
    for place, row in enumerate(rows, start=4):
        _line(sheet, place, row)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _line(sheet: Worksheet, place: int, values: Sequence[Value], *, bold: bool = False) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(place, column)
        cell.value = clean(value) if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=not bold, vertical="top")
        elif isinstance(value, float):
            cell.number_format = "#,##0.00"
        elif isinstance(value, date):
            cell.number_format = "DD/MM/YYYY"
        if bold:
            cell.font = Font(bold=True)


def clean(text: str) -> str:
    """Without what a sheet cannot hold."""
    return _UNFIT.sub("", text)[:LONGEST]
