"""How a sheet's cells are shown, and what of it is hidden: written into a page of text, and read back from one.

What is hidden is kept, since a search must find it, and says that it is hidden: nobody should take it for what the
paper shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archive.extract.sheets_and_slides.number_format import shown

HIDDEN_ROW = "[hàng ẩn] "
_HIDDEN_SHEET = re.compile(r"\[Trang tính ẩn: (.*)\]")
_HIDDEN_COLUMNS = re.compile(r"\[Cột ẩn: ([A-Z]{1,3}(?:(?: \(|; ).*)?)\]")
_MOST_NAMED = 50
_MOST_JUMPS = 2000
_MOST_MERGED = 2000


@dataclass
class Looks:
    """Of one sheet: rows and columns by number from 0, formats by (row, column)."""

    hidden: bool = False
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    codes: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)  # top row, left column, bottom row
    jumps: list[tuple[int, int, int]] = field(default_factory=list)  # as written: line of the page, row, first column

    @property
    def any_hidden(self) -> bool:
        """Whether the sheet or anything in it is hidden."""
        return bool(self.hidden or self.rows or self.columns)


@dataclass(frozen=True)
class SheetPage:
    """A page of text read back: `lines` with whether each was hidden; `columns` are hidden columns: "B (Tỷ lệ)"."""

    name: str
    hidden: bool
    lines: tuple[tuple[str, bool], ...]
    columns: tuple[str, ...]

    def is_hidden_column(self, head: str) -> bool:
        """Whether the column under this head is hidden."""
        return bool(head) and any(column.partition(" ")[2] == f"({head})" for column in self.columns)


def write_page(
    name: str, rows: Iterable[Sequence[object]], looks: Looks, *, first_column: int, most: int
) -> tuple[str, bool]:
    """The sheet's page (name, then rows with cells parted by tabs, no empty ones) and whether anything hidden is in it.

    `rows` begin with row 0, their cells with column `first_column`; at most about `most` letters are written. Where
    lines and rows part, since empty rows are left out, is noted in `looks.jumps`.
    """
    lines = [f"[Trang tính ẩn: {name}]" if looks.hidden else name]
    found = looks.hidden
    heads: dict[int, str] = {}
    filled: set[int] = set()
    for row, values in enumerate(rows):
        cells = [shown(value, looks.codes.get((row, column), "")) for column, value in enumerate(values, first_column)]
        if not any(cells):
            continue
        if looks.columns:
            heads = heads or dict(enumerate(cells, first_column))
            filled.update(column for column, cell in enumerate(cells, first_column) if cell)
        at = len(lines) - 1
        if len(looks.jumps) < _MOST_JUMPS and row - at != (
            looks.jumps[-1][1] - looks.jumps[-1][0] if looks.jumps else -1
        ):
            looks.jumps.append((at, row, first_column))
        line = "\t".join(cells).rstrip("\t")
        if row in looks.rows:
            line, found = HIDDEN_ROW + line, True
        lines.append(line)
        most -= len(line)
        if most < 0:
            break
    if columns := sorted(looks.columns & filled)[:_MOST_NAMED]:
        named = [
            f"{letters_of(column)} ({head})" if (head := heads.get(column)) else letters_of(column)
            for column in columns
        ]
        lines.append(f"[Cột ẩn: {'; '.join(named)}]")
        found = True
    return "\n".join(lines), found


def layout(all_looks: Sequence[Looks]) -> dict[str, object]:
    """Of all sheets, for the metadata: where lines of a page begin in its sheet (jumps), and cells merged over rows.

    {"jumps": [{"sheet", "line", "row", "column"}], "merged": [{"sheet", "top", "left", "bottom"}]}, all from 0; both may
    be missing.
    """
    jumps = [
        {"sheet": sheet, "line": line, "row": row, "column": column}
        for sheet, looks in enumerate(all_looks)
        for line, row, column in looks.jumps
    ]
    merged = [
        {"sheet": sheet, "top": top, "left": left, "bottom": bottom}
        for sheet, looks in enumerate(all_looks)
        for top, left, bottom in looks.merged[:_MOST_MERGED]
    ]
    # What most sheets look like is not said: lines are rows.
    jumps = jumps if any(jump["line"] != jump["row"] or jump["column"] for jump in jumps) else []
    return {**({"jumps": jumps[:_MOST_JUMPS]} if jumps else {}), **({"merged": merged} if merged else {})}


def read_page(page: str) -> SheetPage:
    """A page as `write_page` made it."""
    first, *rest = page.split("\n")
    match = _HIDDEN_SHEET.fullmatch(first)
    columns: tuple[str, ...] = ()
    if rest and (named := _HIDDEN_COLUMNS.fullmatch(rest[-1])):
        columns = tuple(named[1].split("; "))
        rest.pop()
    lines = tuple((line.removeprefix(HIDDEN_ROW), line.startswith(HIDDEN_ROW)) for line in rest)
    return SheetPage(match[1] if match else first, match is not None, lines, columns)


def letters_of(column: int) -> str:
    """A column's name: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(letters: str) -> int:
    """The number of a column by its name; A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
