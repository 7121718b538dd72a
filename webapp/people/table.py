"""Reading a table of units, clusters, people and grants: rows with named cells out of .xlsx or .csv.

Each row says in the column "loại" what it is: đơn vị, cụm, thành viên cụm, người, or vai trò. In a workbook the sheet's
name can say it instead. Column names are matched without accents and case.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.extract import SheetPage, extract, read_page
from search.vietnamese import fold
from webapp.core.errors import Invalid
from webapp.people.rules import clean

MAX_ROWS = 5000
MAX_BYTES = 10 * 2**20

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
        tables = _workbook_tables(data, suffix, hidden, with_hidden=with_hidden)
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


def _workbook_tables(
    data: bytes, suffix: str, hidden: list[str], *, with_hidden: bool
) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """Sheets as numbered lines of cells, read in the same limited child process as uploads; what is hidden is noted."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        reading = extract(Path(file.name), filename="bang" + suffix)
    if reading.status != "ok":
        raise Invalid({"file": f"Không đọc được bảng: {reading.sentence}"})
    tables = []
    for page in map(read_page, reading.pages):
        hidden += _sentences(page)
        if page.hidden and not with_hidden:
            continue
        lines = [
            (number, line.split("\t"))
            for number, (line, is_hidden) in enumerate(page.lines, start=1)
            if with_hidden or not is_hidden
        ]
        if lines and not with_hidden:
            kept = [place for place, head in enumerate(lines[0][1]) if not page.is_hidden_column(head)]
            lines = [(number, [line[place] for place in kept if place < len(line)]) for number, line in lines]
        tables.append((page.name, lines))
    return tables


def _sentences(page: SheetPage) -> list[str]:
    if page.hidden:
        return [f"Trang tính “{page.name}” đang bị ẩn."]
    found = []
    if count := sum(is_hidden for _, is_hidden in page.lines):
        found.append(f"Trang tính “{page.name}” có {count} hàng bị ẩn.")
    if page.columns:
        found.append(f"Trang tính “{page.name}” có cột bị ẩn: {'; '.join(page.columns)}.")
    return found


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
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=delimiter, strict=True)
        return list(enumerate(lines, start=1))
    except csv.Error as error:
        raise Invalid({"file": f"Tệp CSV bị hỏng: {error}."}) from error


def _rows(sheet: str, lines: Sequence[tuple[int, Sequence[str]]]) -> list[Row]:
    if not lines:
        return []
    columns = [COLUMNS.get(fold(clean(cell)), "") for cell in lines[0][1]]
    by_sheet = WHATS.get(fold(clean(sheet)), "")
    if "what" not in columns and not by_sheet:
        return []
    rows = []
    for number, line in lines[1:]:
        cells: dict[str, str] = {}
        for column, cell in zip(columns, line, strict=False):
            # Two headings may mean the same (mã, tên đăng nhập): an empty one does not hide the other.
            if column and (value := clean(cell)):
                cells[column] = value
        if any(cells.values()):
            what = WHATS.get(fold(cells.get("what", "")), "" if cells.get("what") else by_sheet)
            rows.append(Row(number, what, cells))
    return rows
