"""Spreadsheets, sheet by sheet and row by row: values by calamine, formats and what is hidden from the file itself."""

from __future__ import annotations

from pathlib import Path

import python_calamine

from archive.extract.containers import ole
from archive.extract.containers.package import Package
from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import Reading, Refusal, tidy
from archive.extract.process.limits import Limits
from archive.extract.sheets_and_slides import xls_looks, xlsx_looks
from archive.extract.sheets_and_slides.looks import Looks, layout, write_page
from archive.extract.status import Status


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page per sheet: its name, then rows with cells parted by tabs; empty rows are left out."""
    if not _is_compound(path):
        # Unpacked once, within the limits, before a library does it without any.
        with Package(path, limits) as package:
            package.read_all()
    try:
        workbook = python_calamine.load_workbook(str(path))
        looks = _looks(path, limits)
        pages, hidden, seen = [], False, []
        unseen = {
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible is not python_calamine.SheetVisibleEnum.Visible
        }
        for name in workbook.sheet_names[: limits.pages]:
            look = looks.get(name, Looks())
            look.hidden = look.hidden or name in unseen
            page, more = _sheet(workbook, name, look, limits)
            pages.append(page)
            seen.append(look)
            hidden = hidden or more
    except python_calamine.PasswordError as error:
        raise Refusal(Status.ENCRYPTED, str(error)) from error
    except python_calamine.CalamineError as error:
        raise Refusal(Status.CORRUPT, str(error)) from error
    warnings = ["pages_truncated"] if len(workbook.sheet_names) > limits.pages else []
    pages, more_warnings = settle_all(pages)
    warnings += more_warnings + (["hidden_content"] if hidden else [])
    return Reading([tidy(page) for page in pages], warnings, details=layout(seen))


def _looks(path: Path, limits: Limits) -> dict[str, Looks]:
    if _is_compound(path):
        return xls_looks.of(path)
    try:
        with Package(path, limits) as package:
            return xlsx_looks.of(package)
    except Refusal as refusal:
        if refusal.status is not Status.CORRUPT:
            raise
        return {}  # the values can be had without their looks


def _is_compound(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(8) == ole.MAGIC


def _sheet(workbook: python_calamine.CalamineWorkbook, name: str, looks: Looks, limits: Limits) -> tuple[str, bool]:
    sheet = workbook.get_sheet_by_name(name)
    first = sheet.start[1] if sheet.start is not None else 0
    looks.merged = [(top, left, bottom) for (top, left), (bottom, _) in sheet.merged_cell_ranges or [] if bottom > top]
    return write_page(name, sheet.iter_rows(), looks, first_column=first, most=limits.text_chars)
