"""Reading a table of units, clusters, people and grants: rows with named cells out of .xlsx or .csv.

A few lines of title may stand above the head. Each row says in the column "loại" what it is: đơn vị, cụm, thành viên cụm, người, or vai trò. In a workbook the sheet's
name can say it instead. Column names are matched without accents and case.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from search.vietnamese import fold
from webapp.core.errors import Invalid
from webapp.core.worksheets import read_worksheets
from webapp.official.cells import without_apostrophe
from webapp.people.rules import clean

MAX_ROWS = 5000
MAX_BYTES = 10 * 2**20
MOST_TITLES = 10  # lines above the head

COLUMNS = {
    "loai": "what",
    "ma": "code",
    "ten": "name",
    "ho va ten": "name",
    "ten dang nhap": "code",
    "loai don vi": "unit_kind",
    "don vi": "unit",
    "ma don vi": "unit",
    "cum": "cluster",
    "ma cum": "cluster",
    "nam": "year",
    "vai tro": "role",
    "chuc danh": "title",
    "chuc vu": "title",
    "thu dien tu": "email",
    "email": "email",
    "tu ngay": "valid_from",
    "den ngay": "valid_until",
}
WHATS = {
    "don vi": "unit",
    "cum": "cluster",
    "khoi": "cluster",
    "thanh vien cum": "member",
    "nguoi": "person",
    "vai tro": "grant",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its number, what it describes, and its cells by column."""

    number: int
    what: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, and what it hides: sentences about sheets, rows and columns, left out unless asked for."""

    rows: list[Row]
    hidden: tuple[str, ...] = ()


def read_table(data: bytes, filename: str) -> list[Row]:
    """The rows of a file without what it hides. Raises Invalid when it is no table, or does not say what a row is."""
    return open_table(data, filename).rows


def open_table(data: bytes, filename: str, *, with_hidden: bool = False) -> Table:
    """The same, and what was hidden; with it when that is wanted. Raises Invalid."""
    if len(data) > MAX_BYTES:
        raise Invalid({"file": "Tệp lớn hơn 10 MB; hãy chia nhỏ danh sách."})
    suffix = Path(filename).suffix.lower()
    hidden: list[str] = []
    if suffix == ".csv":
        tables = [("", _csv_lines(data))]
    elif suffix in (".xlsx", ".ods", ".xls"):
        read = read_worksheets(data, suffix, with_hidden=with_hidden)
        tables, hidden = read.sheets, list(read.hidden)
    else:
        raise Invalid({"file": "Chỉ nhận tệp .xlsx hoặc .csv."})
    rows = [row for name, lines in tables for row in _rows(name, lines)]
    if not rows:
        more = f" {' '.join(hidden)}" if hidden else ""
        raise Invalid(
            {"file": "Tệp không có dòng dữ liệu nào. Dòng đầu phải là tên cột, trong đó có cột “loại”." + more}
        )
    if len(rows) > MAX_ROWS:
        raise Invalid({"file": f"Tệp có hơn {MAX_ROWS} dòng; hãy chia nhỏ."})
    return Table(rows, tuple(hidden))


def _csv_lines(data: bytes) -> list[tuple[int, list[str]]]:
    """Lines of cells with their numbers."""
    for encoding in ("utf-8-sig", "utf-16", "cp1258"):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Invalid({"file": "Không đọc được bảng mã của tệp; hãy lưu lại dạng CSV UTF-8."})
    # A title may stand above the head.
    head = "\n".join(text.split("\n", MOST_TITLES)[:MOST_TITLES])
    delimiter = max(";,\t", key=head.count)
    try:
        lines = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=delimiter, strict=True)
        return list(enumerate(lines, start=1))
    except csv.Error as error:
        raise Invalid({"file": f"Tệp CSV bị hỏng: {error}."}) from error


def _rows(sheet: str, lines: Sequence[tuple[int, Sequence[str]]]) -> list[Row]:
    by_sheet = WHATS.get(fold(clean(sheet)), "")
    heads = next(
        (
            (place, columns)
            for place, (_, line) in enumerate(lines[:MOST_TITLES])
            if _is_head(columns := [COLUMNS.get(fold(clean(cell)), "") for cell in line], by_sheet)
        ),
        None,
    )
    if heads is None:
        return []
    place, columns = heads
    rows = []
    for number, line in lines[place + 1 :]:
        cells: dict[str, str] = {}
        for column, cell in zip(columns, line, strict=False):
            # Two headings may mean the same (mã, tên đăng nhập): an empty one does not hide the other.
            if column and (value := without_apostrophe(clean(cell))):
                cells[column] = value
        # A head of two lines, merged, says the same twice.
        if any(cells.values()) and not all(COLUMNS.get(fold(value)) == name for name, value in cells.items()):
            what = WHATS.get(fold(cells.get("what", "")), "" if cells.get("what") else by_sheet)
            rows.append(Row(number, what, cells))
    return rows


def _is_head(columns: Sequence[str], by_sheet: str) -> bool:
    """Whether a line names columns; titles above it do not."""
    return "what" in columns or bool(by_sheet and len({*columns} - {""}) >= 2)
