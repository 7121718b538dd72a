"""Sets and sheets of the digital index as workbooks: a set to be changed and read again, points with live formulas. Pure."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from webapp.core.expression import as_formula, read_expression
from webapp.core.numbers import type_number, write_number
from webapp.indicators.scheme import LADDER, Item, Said, children_of, how_words, inputs_of, walk
from webapp.indicators.sheet_words import LABELS, NAMES
from webapp.models import IndicatorMethod as M
from webapp.official.tables import clean, write_table

_ORDER = tuple(LABELS)
assert set(_ORDER) == set(NAMES)


def set_sheet(items: Sequence[Item], *, title: str) -> bytes:
    """A set as offices keep it, to be changed there and read back by `reading.read_lines`."""
    rows = []
    for item, _ in walk(items):
        rows.append(
            [
                item.code,
                item.text,
                type_number(item.most) if item.counts else "0",
                how_words(item) or None,
                item.evidence or None,
                item.source or None,
                item.verifier or None,
            ]
        )
    return write_table(title=title, heads=list(LABELS.values()), widths=(10, 60, 12, 44, 40, 26, 26), rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One unit's sheet, to be written out: what counts of each indicator."""

    name: str
    title: str
    items: Sequence[Item]
    said: Mapping[str, Said]
    decimals: int
    rescales: bool


HEADS = ("STT", "Chỉ số", "Điểm tối đa", "Cách tính", "a", "b", "Mức", "Không áp dụng", "Điểm", "Điểm tối đa được tính")
MOST, A, B, CHOICE, NOT, POINTS, COUNTED = "C", "E", "F", "G", "H", "I", "J"
FIRST_ROW = 4
FIRST_NAME = 11  # column K, for the numbers of a formula
NOT_APPLICABLE = "x"


def points_book(sheets: Iterable[Assessed]) -> bytes:
    """One worksheet for each, with formulas that anyone can work out again."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for place, one in enumerate(sheets):
        sheet = first if place == 0 else book.create_sheet()
        sheet.title = one.name
        add_points_sheet(sheet, one)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def add_points_sheet(sheet: Worksheet, one: Assessed) -> dict[str, str]:
    """Write a sheet; the cell of each item's points by code, "" for the total."""
    _text(sheet, 1, 1, one.title, bold=True)
    for column, head in enumerate(HEADS, start=1):
        _text(sheet, 3, column, head, bold=True)
    lines = list(walk(one.items))
    rows = {item.code: row for row, (item, _) in enumerate(lines, start=FIRST_ROW)}
    below = children_of(one.items)
    for item, depth in lines:
        row = rows[item.code]
        _text(sheet, row, 1, item.code)
        _text(sheet, row, 2, "  " * depth + item.text, bold=not item.is_leaf)
        _text(sheet, row, 4, how_words(item))
        if not item.counts:
            continue
        sheet.cell(row, 3, _cell_number(item.most))
        if item.is_leaf:
            _leaf(sheet, row, item, one)
        else:
            _sum(sheet, row, f"{MOST}{row}", [rows[child.code] for child in below[item.code] if child.counts], one)
        sheet[f"{POINTS}{row}"].number_format = "0" + ("." + "0" * one.decimals if one.decimals else "")
    last = FIRST_ROW + len(lines)
    pillars = [rows[item.code] for item in below[""] if item.counts]
    _text(sheet, last, 2, "Tổng điểm", bold=True)
    sheet.cell(last, 3, f"=SUM({','.join(f'{MOST}{row}' for row in pillars) or '0'})")
    _sum(sheet, last, f"{MOST}{last}", pillars, one)
    _text(sheet, last + 1, 2, "Tỷ lệ so với điểm tối đa, %", bold=True)
    share = f"ROUND({POINTS}{last}/{MOST}{last}*100,2)"
    sheet[f"{POINTS}{last + 1}"] = f"=IF({MOST}{last}=0,0,{share})"
    for column, width in enumerate((10, 56, 10, 40, 10, 10, 22, 10, 10, 12), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "C4"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    cells = {code: f"{POINTS}{row}" for code, row in rows.items()}
    return {**cells, "": f"{POINTS}{last}", "%": f"{POINTS}{last + 1}"}


def _sum(sheet: Worksheet, row: int, most: str, parts: Sequence[int], one: Assessed) -> None:
    points = f"SUM({','.join(f'{POINTS}{part}' for part in parts) or '0'})"
    counted = f"SUM({','.join(f'{COUNTED}{part}' for part in parts) or '0'})"
    if one.rescales:
        sheet[f"{POINTS}{row}"] = f"=IF({counted}=0,0,ROUND({most}*{points}/{counted},{one.decimals}))"
        sheet[f"{COUNTED}{row}"] = f"=IF({counted}=0,0,{most})"
    else:
        sheet[f"{POINTS}{row}"] = f"=MIN({points},{most})"
        sheet[f"{COUNTED}{row}"] = f"={most}"


def _leaf(sheet: Worksheet, row: int, item: Item, one: Assessed) -> None:
    said = one.said.get(item.code)
    away = f'{NOT}{row}="{NOT_APPLICABLE}"'
    sheet[f"{COUNTED}{row}"] = f"=IF({away},0,{MOST}{row})" if one.rescales else f"={MOST}{row}"
    if said is None:
        return
    if not said.applies:
        _text(sheet, row, 8, NOT_APPLICABLE)
        return
    exact = _exact(sheet, row, item, said)
    bounded = f"MIN(MAX({exact},0),{MOST}{row})"
    sheet[f"{POINTS}{row}"] = f"=IF({away},0,ROUND({bounded},{one.decimals}))"


def _exact(sheet: Worksheet, row: int, item: Item, said: Said) -> str:
    choice = f"{CHOICE}{row}"
    if item.method is M.LADDER:
        _text(sheet, row, 7, LADDER[said.choice])
        return f'IF({choice}="{LADDER["full"]}",{MOST}{row},IF({choice}="{LADDER["half"]}",{MOST}{row}/2,0))'
    if item.method is M.STEPS:
        sheet.cell(row, 7, _cell_number(item.rule.steps[int(said.choice)].points))
        return choice
    if item.method is M.FORMULA:
        places = {}
        for place, name in enumerate(inputs_of(item)):
            column = FIRST_NAME + 2 * place
            _text(sheet, row, column, name.replace("_", " "))
            sheet.cell(row, column + 1, _cell_number(said.values[name]))
            places[name] = f"{get_column_letter(column + 1)}{row}"
        return as_formula(read_expression(item.rule.formula), places)
    sheet.cell(row, 5, _cell_number(said.values["a"]))
    sheet.cell(row, 6, _cell_number(said.values["b"]))
    ratio, full = f"MIN({A}{row}/{B}{row},1)", write_number(item.rule.full_share)
    share = f"(1-{ratio})/(1-{full})" if item.rule.lower else f"{ratio}/{full}"
    return f"MIN({share},1)*{MOST}{row}"


def _cell_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _text(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False) -> None:
    """Text that is never read as a formula."""
    cell = sheet.cell(row, column)
    cell.value = clean(text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=column in (2, 4), vertical="top")
    if bold:
        cell.font = Font(bold=True)
