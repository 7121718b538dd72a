"""Rubrics as spreadsheets: the definition, out and in; and a score sheet whose formulas anyone can work out again."""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from webapp.official.tables import add_table, clean
from webapp.scoring.expression import as_formula, names_in, read_expression
from webapp.scoring.numbers import write_number
from webapp.scoring.pooling import Pooling
from webapp.scoring.rubric import (
    MOST_NODES,
    BadRubric,
    Entry,
    Level,
    Node,
    NodeKind,
    Scheme,
    as_plain,
    from_plain,
    walk,
)
from webapp.scoring.rubric_rules import RubricRules, rules_from_plain

COLUMNS = (
    ("code", "Ký hiệu", 14),
    ("parent", "Thuộc mục", 14),
    ("title", "Tên", 60),
    ("kind", "Cách tính", 30),
    ("most", "Điểm tối đa", 12),
    ("least", "Điểm tối thiểu", 12),
    ("target", "Chỉ tiêu", 12),
    ("over", "Điểm vượt chỉ tiêu", 12),
    ("partly", "Tỷ lệ đạt một phần", 12),
    ("each", "Điểm mỗi lần", 12),
    ("formula", "Công thức", 40),
    ("criterion", "Tiêu chí của kế hoạch", 14),
    ("evidence", "Cần minh chứng", 12),
)
_HEADS = {label: name for name, label, _ in COLUMNS}
_KINDS = {kind.label: kind for kind in NodeKind}
# What the reader of a stranger's file raises.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    SyntaxError,
    RuntimeError,
)
LARGEST_FILE = 2 * 2**20
# Far more than 300 criteria need; it also bounds how long a hostile file can keep a process busy.
LARGEST_UNPACKED = 4 * 2**20
MOST_ROWS = 2 * MOST_NODES
MOST_SHEETS = 5
LAST_ROW = 2**20


RULES_SHEET = "Quy tắc"
_RULE_HEADS = ("Quy tắc", "Nội dung", "Điểm tối thiểu", "Không quá % số đơn vị")
_POOLING, _TIE, _CONTROL, _TITLE = "Gộp điểm", "So khi bằng điểm", "Thẩm định lần hai, % số phiếu", "Danh hiệu"
_POOLINGS = {pooling.label: pooling for pooling in Pooling}


def rubric_sheet(scheme: Scheme, rules: RubricRules | None = None, *, title: str) -> bytes:
    """The definition as .xlsx, to be changed there and read back by `read_rubric_book`."""
    rows: list[list[str | None]] = []

    def add(node: Node, parent: str) -> None:
        plain = as_plain(node) | {"parent": parent, "kind": node.kind.label, "evidence": "có" if node.evidence else ""}
        rows.append([str(plain[name]) if plain.get(name) not in (None, "") else None for name, _, _ in COLUMNS])
        for child in node.children:
            add(child, node.code)

    add(scheme.root, "")
    heads, widths = [label for _, label, _ in COLUMNS], [width for _, _, width in COLUMNS]
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    add_table(sheet, title=f"{title} · làm tròn {scheme.decimals} chữ số", heads=heads, widths=widths, rows=rows)
    rules = rules or RubricRules()
    lines: list[list[str | None]] = [[_POOLING, rules.pooling.label], [_CONTROL, str(rules.control)]]
    lines += [[_TIE, code] for code in rules.ties]
    for one in rules.titles:
        quota = write_number(one.quota) if one.quota is not None else None
        lines.append([_TITLE, one.name, write_number(one.least), quota])
    add_table(book.create_sheet(RULES_SHEET), title=title, heads=_RULE_HEADS, widths=(30, 50, 16, 22), rows=lines)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_rubric_book(data: bytes, *, decimals: int) -> tuple[Scheme, RubricRules | None]:
    """The tree and the rules; None for these where their worksheet is not there.

    Cells are read as text and numbers; formulas in them are not worked out. Raises BadRubric naming the row.
    """
    trees, rules = _worksheets(data)
    for tree in trees:
        for place, row in enumerate(tree):
            if "Ký hiệu" in row and "Cách tính" in row:
                scheme = Scheme(_tree(row, tree[place + 1 :], place + 2), decimals)
                return scheme, _rules(rules) if rules is not None else None
    raise BadRubric("Không thấy dòng tiêu đề có “Ký hiệu” và “Cách tính”.")


def _rules(rows: Sequence[Sequence[str]]) -> RubricRules:
    plain: dict[str, Any] = {"pooling": Pooling.NONE.value, "ties": [], "titles": [], "control": 0}
    heads = next((place for place, row in enumerate(rows) if list(row[:2]) == list(_RULE_HEADS[:2])), None)
    if heads is None:
        raise BadRubric(f"Trang “{RULES_SHEET}”: không thấy dòng tiêu đề có “Quy tắc” và “Nội dung”.")
    for number, row in enumerate(rows[heads + 1 :], start=heads + 2):
        if any(row):
            try:
                _add_rule(plain, [*row, "", "", "", ""])
            except BadRubric as error:
                raise BadRubric(f"Trang “{RULES_SHEET}”, dòng {number}: {error}") from error
    return rules_from_plain(plain)


def _add_rule(plain: dict[str, Any], row: Sequence[str]) -> None:
    name, value, least, quota = row[:4]
    if any(cell.startswith("=") for cell in row):
        raise BadRubric("ô có công thức của bảng tính; hãy ghi giá trị.")
    if name == _POOLING and value in _POOLINGS:
        plain["pooling"] = _POOLINGS[value].value
    elif name == _CONTROL and value.isdecimal() and len(value) <= 3:
        plain["control"] = int(value)
    elif name == _TIE and value:
        plain["ties"].append(value)
    elif name == _TITLE and value:
        title = {"name": value, "least": least, "quota": quota or None}
        rules_from_plain({**plain, "ties": [], "titles": [title]})
        plain["titles"].append(title)
    else:
        raise BadRubric(f"không hiểu “{name[:40]}” với “{value[:40]}”.")


def _worksheets(data: bytes) -> tuple[list[list[list[str]]], list[list[str]] | None]:
    """Cells as text: of the first worksheets but that of rules, and of that."""
    if len(data) > LARGEST_FILE:
        raise BadRubric("Tệp thang điểm lớn tối đa 2 MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise BadRubric("Tệp thang điểm lớn bất thường nên không đọc; hãy bỏ các dòng, trang thừa.")
        sheets = load_workbook(io.BytesIO(data), read_only=True, data_only=False).worksheets
        trees = [_cells(sheet) for sheet in sheets[:MOST_SHEETS] if not _is_rules(sheet.title)]
        return trees, next((_cells(sheet) for sheet in sheets if _is_rules(sheet.title)), None)
    except UNREADABLE as error:
        if isinstance(error, BadRubric):
            raise
        raise BadRubric("Không đọc được tệp; hãy dùng tệp .xlsx.") from error


def _cells(sheet: Any) -> list[list[str]]:
    found: list[list[str]] = []
    # Bounded also where a row says that it is the thousand-millionth: those before it come as empty ones.
    for number, row in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=30, values_only=True)):
        if number < MOST_ROWS:
            found.append(["" if value is None else str(value).strip() for value in row])
        elif any(value is not None for value in row):
            # Nothing is left out in silence.
            raise BadRubric(f"Trang “{sheet.title[:40]}” có quá {MOST_ROWS} dòng.")
    return found


def _is_rules(title: str) -> bool:
    return unicodedata.normalize("NFC", title).strip().lower() == RULES_SHEET.lower()


def _tree(heads: Sequence[str], rows: Sequence[Sequence[str]], first: int) -> Node:
    columns = {_HEADS[label]: place for place, label in enumerate(heads) if label in _HEADS}
    plain: dict[str, dict[str, Any]] = {}
    root: dict[str, Any] | None = None
    for number, row in enumerate(rows, start=first):
        values = {name: row[place] for name, place in columns.items() if place < len(row)}
        if not any(values.values()):
            continue
        if any(value.startswith("=") for value in values.values()):
            raise BadRubric(f"Dòng {number}: ô có công thức của bảng tính; hãy ghi giá trị.")
        code, kind = values.get("code", ""), _KINDS.get(values.get("kind", ""))
        if not code or code in plain:
            raise BadRubric(f"Dòng {number}: ký hiệu {'trùng' if code else 'còn trống'}.")
        if kind is None:
            raise BadRubric(f"Dòng {number}: cách tính “{values.get('kind', '')[:40]}” không có.")
        parent = values.pop("parent", "")
        node = {**values, "kind": kind.value, "evidence": values.get("evidence", "").lower() in ("có", "x", "1")}
        plain[code] = {**node, "children": []}
        if len(plain) > MOST_NODES:
            raise BadRubric(f"Thang điểm có tối đa {MOST_NODES} mục.")
        if not parent and root is None:
            root = plain[code]
        elif parent in plain and parent != code:
            plain[parent]["children"].append(plain[code])
        else:
            raise BadRubric(f"Dòng {number}: mục “{parent or code}” phải đứng ở một dòng trên.")
    if root is None:
        raise BadRubric("Thang điểm chưa có mục nào.")
    return from_plain(root)


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
        _text(sheet, row, 8, "; ".join(names))
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
