"""A rubric's definition as a spreadsheet, out and in. Pure."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from webapp.core.numbers import BadNumber, doubt, read_number, show_number, stored_number, type_number, write_number
from webapp.official.cells import without_apostrophe
from webapp.official.tables import add_table
from webapp.scoring.points.cluster_rules import RubricRules, rules_from_plain
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.scheme import (
    MOST_NODES,
    BadRubric,
    Node,
    NodeKind,
    Scheme,
    as_plain,
    from_plain,
)

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
_NUMBERS = ("most", "least", "target", "over", "partly", "each")
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
_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PART = re.compile(rb"<(?:\w{1,20}:)?(row|col)\s([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(rb'(\w+)\s*=\s*["\']([^"\']*)["\']')
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
        plain |= {name: type_number(stored_number(plain[name])) for name in _NUMBERS if name in plain}
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
        quota = type_number(one.quota) if one.quota is not None else None
        lines.append([_TITLE, one.name, type_number(one.least), quota])
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
        title = {"name": value, "least": _number(least), "quota": _number(quota) or None}
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
            _refuse_hidden_rows(packed)
        sheets = load_workbook(io.BytesIO(data), read_only=True, data_only=False).worksheets
        if hidden := [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]:
            raise BadRubric(f"Trang “{hidden[0][:40]}” đang bị ẩn; hãy bỏ ẩn hoặc xóa trang đó rồi đọc lại.")
        trees = [_cells(sheet) for sheet in sheets[:MOST_SHEETS] if not _is_rules(sheet.title)]
        return trees, next((_cells(sheet) for sheet in sheets if _is_rules(sheet.title)), None)
    except UNREADABLE as error:
        if isinstance(error, BadRubric):
            raise
        raise BadRubric("Không đọc được tệp; hãy dùng tệp .xlsx.") from error


def _refuse_hidden_rows(packed: zipfile.ZipFile) -> None:
    """What nobody sees must not become part of a rubric, nor be left out in silence."""
    for part in packed.namelist():
        for match in _PART.finditer(packed.read(part)) if _WORKSHEET.fullmatch(part) else ():
            values = dict(_ATTRIBUTE.findall(match[2]))
            if values.get(b"hidden") not in (b"1", b"true"):
                continue
            # Programs hide the empty rest of a sheet: rows without cells, columns beyond those that count.
            if match[1] == b"col" and int(values.get(b"min", b"1")) <= len(COLUMNS):
                raise BadRubric("Tệp có cột đang bị ẩn; hãy bỏ ẩn hoặc xóa cột đó rồi đọc lại.")
            if match[1] == b"row" and not match[3]:
                raise BadRubric("Tệp có hàng đang bị ẩn; hãy bỏ ẩn hoặc xóa hàng đó rồi đọc lại.")


def _cells(sheet: Any) -> list[list[str]]:
    found: list[list[str]] = []
    # Bounded also where a row says that it is the thousand-millionth: those before it come as empty ones.
    for number, row in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=30, values_only=True)):
        if number < MOST_ROWS:
            found.append([_text(value) for value in row])
        elif any(value is not None for value in row):
            # Nothing is left out in silence.
            raise BadRubric(f"Trang “{sheet.title[:40]}” có quá {MOST_ROWS} dòng.")
    return found


class _Figure(str):
    """A cell that is a number, not a text: its point has one reading."""


def _text(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return _Figure(value)
    return "" if value is None else without_apostrophe(str(value).strip())


def _number(typed: str) -> str:
    """As it is kept. Raises BadRubric for what is no number and for what can be read in two ways."""
    try:
        value = read_number(typed.replace(".", ",") if isinstance(typed, _Figure) else typed) if typed else None
    except BadNumber as error:
        raise BadRubric(str(error)) from error
    if value is not None and not isinstance(typed, _Figure) and doubt(typed):
        other = show_number(Decimal(typed))
        raise BadRubric(f"“{typed}” đọc được hai cách: hãy ghi {write_number(value)} hoặc {other}.")
    return write_number(value) if value is not None else ""


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
        try:
            values |= {name: _number(values[name]) for name in _NUMBERS if values.get(name)}
        except BadRubric as error:
            raise BadRubric(f"Dòng {number}: {error}") from error
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
