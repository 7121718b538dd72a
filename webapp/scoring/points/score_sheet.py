"""A unit's points as a worksheet whose formulas anyone can work out again. Pure."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from webapp.core.expression import as_formula, names_in, read_expression
from webapp.core.numbers import write_number
from webapp.official.tables import clean
from webapp.scoring.points.scheme import (
    Entry,
    Level,
    Node,
    NodeKind,
    Scheme,
    walk,
)
from webapp.scoring.points.wording import name_words


def score_book(
    scheme: Scheme,
    entries: Mapping[str, Entry],
    best: Mapping[str, Decimal],
    *,
    title: str,
    relative: bool = True,
) -> bytes:
    """One unit's score sheet as .xlsx with live formulas; `relative` as in `reckon`."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Bảng điểm"
    tops: dict[str, Decimal | str] = dict(best)
    if not relative:
        # The target itself as the best of the cluster: nobody has points above it yet.
        tops = {leaf.code: leaf.target for leaf in scheme.leaves() if leaf.target is not None}
    add_score_sheet(sheet, scheme, entries, tops, title=title)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SCORE_HEADS = (
    "Ký hiệu",
    "Tên",
    "Cách tính",
    "Kết quả",
    "Mức cao nhất của cụm",
    "Điểm tối đa",
    "Điểm",
    "Số liệu của công thức",
)


GIVEN, POINTS, FIRST_ROW = "D", "G", 4


def add_score_sheet(
    sheet: Worksheet,
    scheme: Scheme,
    entries: Mapping[str, Entry],
    best: Mapping[str, Decimal] | Mapping[str, Decimal | str],
    *,
    title: str,
) -> dict[str, str]:
    """Write a score sheet; returns the cell of each node's points. Nodes of the tree stand in reading order from FIRST_ROW.

    `best` of the cluster by code: a value, or a formula that fetches it from other sheets.
    """
    _text(sheet, 1, 1, title, bold=True)
    for column, head in enumerate(SCORE_HEADS, start=1):
        _text(sheet, 3, column, head, bold=True)
    nodes = list(walk(scheme.root))
    cells = {node.code: f"{POINTS}{row}" for row, (node, _) in enumerate(nodes, start=FIRST_ROW)}
    for row, (node, depth) in enumerate(nodes, start=FIRST_ROW):
        _text(sheet, row, 1, node.code)
        _text(sheet, row, 2, "  " * depth + node.title)
        _text(sheet, row, 3, node.kind.label)
        sheet.cell(row, 6, _cell_number(node.reach))
        entry = entries.get(node.code)
        if node.kind is NodeKind.SUM:
            parts = ",".join(cells[child.code] for child in node.children)
            formula = f"=MIN(MAX(SUM({parts}),{write_number(node.least)}),{write_number(node.most)})"
            sheet.cell(row, 7, formula)
        elif entry is not None and entry.applies:
            _leaf(sheet, row, scheme, node, entry, best)
        else:
            _text(sheet, row, 4, "không áp dụng" if entry is not None else "")
        sheet.cell(row, 7).number_format = "0" + ("." + "0" * scheme.decimals if scheme.decimals else "")
    for column, width in enumerate((12, 60, 26, 16, 14, 12, 12, 30), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "C4"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    return cells


def _leaf(
    sheet: Worksheet,
    row: int,
    scheme: Scheme,
    node: Node,
    entry: Entry,
    best: Mapping[str, Decimal] | Mapping[str, Decimal | str],
) -> None:
    given = f"{GIVEN}{row}"
    if entry.points is not None:
        sheet.cell(row, 4, _cell_number(entry.points))
        _text(sheet, row, 8, entry.words or "ấn định")
        exact = given
    elif node.kind is NodeKind.LEVEL:
        _text(sheet, row, 4, (entry.level or Level.NOT).label)
        most, partly = write_number(node.most), write_number(node.partly)
        exact = f'IF({given}="{Level.ACHIEVED.label}",{most},IF({given}="{Level.PARTLY.label}",{most}*{partly},0))'
    elif node.kind is NodeKind.EXPRESSION:
        tree = read_expression(node.formula)
        names = names_in(tree)
        _text(sheet, row, 8, "; ".join(map(name_words, names)))
        places = {name: f"{get_column_letter(9 + place)}{row}" for place, name in enumerate(names)}
        for place, name in enumerate(names):
            sheet.cell(row, 9 + place, _cell_number(entry.values[name]))
        exact = as_formula(tree, places)
    else:
        sheet.cell(row, 4, _cell_number(entry.values["value"]))
        if node.kind is NodeKind.QUANTITY:
            if node.over:
                top = best.get(node.code, entry.values["value"])
                sheet.cell(row, 5, top if isinstance(top, str) else _cell_number(top))
            exact = _quantity(node, given, f"E{row}")
        else:
            exact = f"{given}*{write_number(node.each or Decimal(0))}"
    bounded = f"MIN(MAX({exact},{write_number(node.least)}),{write_number(node.reach)})"
    sheet.cell(row, 7, f"=ROUND({bounded},{scheme.decimals})")


def _quantity(node: Node, given: str, best: str) -> str:
    target, most = write_number(node.target or Decimal(1)), write_number(node.most)
    points = f"IF({given}<{target},MAX({given},0)*{most}/{target},{most})"
    if node.over:
        above = f"MIN(({given}-{target})*{write_number(node.over)}/({best}-{target}),{write_number(node.over)})"
        points += f"+IF(AND({given}>{target},{best}>{target}),{above},0)"
    return points


def _cell_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _text(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False) -> None:
    """Text that is never read as a formula."""
    cell = sheet.cell(row, column)
    cell.value = clean(text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=column == 2, vertical="top")
    if bold:
        cell.font = Font(bold=True)
