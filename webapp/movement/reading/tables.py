"""Tables of criteria in a text: where one begins and ends, and its rows, however the cells came to stand in lines.

A row is drawn with bars, parted by tabs or set in columns of spaces; Word files give a row with a long cell as lines of
their own, one after the other. What follows no such order is left as text, with a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.headers import Header, goes_on, is_rest_of_title, read_header
from webapp.movement.reading.labels import BULLETS, split_label
from webapp.movement.reading.lines import Line
from webapp.movement.reading.marks import is_total_row, read_mark
from webapp.movement.reading.shapes import Row, Table
from webapp.movement.reading.spelling import folded, is_capitals

_BARE_LABEL = re.compile(r"(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2}){0,3}|[A-ZĐ]|[a-zđ])[.)]?|[-+•]")
_NUMBER_TITLES = ("tt", "stt", "số tt")
_COUNTER = re.compile(r"\(?\d{1,2}\)?")
_PIECE = re.compile(r"\S+(?: \S+)*")
_STOP = re.compile(
    r"nơi nhận|trên đây là|trong quá trình|phụ lục|ghi chú\s*:|tm\. |kt\. |chủ tịch$|xếp loại\b|\* ?ghi chú"
)
_AHEAD = 6  # lines that may stand between two rows of one table
_ROW_LINES = 40  # lines a row of broken-up cells may have
_TITLE_LINES, _LONGEST_TITLE = 14, 40
_SLACK = 3  # letters by which a cell may begin before its column's title


def take_tables(lines: Sequence[Line], doubts: Doubts) -> list[Line]:
    """The lines with each table of criteria as one line of its own."""
    found: list[Line] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        taken = _table_at(lines, place)
        if taken is None:
            found.append(line)
            place += 1
            continue
        table, end = taken
        if not table.rows:
            doubts.add(
                "criteria", "Có bảng tiêu chí không tách được thành từng hàng; hãy nhập tiêu chí của bảng bằng tay."
            )
            table = replace(table, unread=tuple(line.text for line in lines[place:end]))
        found.append(replace(line, columns=(), cells=(), table=table, after_gap=True))
        place = end
    return found


def _table_at(lines: Sequence[Line], start: int) -> tuple[Table, int] | None:
    line = lines[start]
    if len(line.columns) > 1:
        header = read_header(line.columns)
        return _Rows(lines, start, header, offsets=()).read() if header else None
    pieces = list(_PIECE.finditer(line.raw))
    if len(pieces) > 1:
        header = read_header([piece[0] for piece in pieces])
        offsets = tuple(piece.start() for piece in pieces)
        return _Rows(lines, start, header, offsets=offsets).read() if header else None
    return _flat_table(lines, start)


def _ends_unread(line: Line) -> bool:
    """Whether the text surely goes on behind a table whose rows were lost: a section in capitals, or the end."""
    label, rest = split_label(line.text)
    return _STOP.match(folded(line.text)) is not None or (label is not None and len(rest) > 3 and is_capitals(rest))


def _is_header(line: Line) -> bool:
    cells = line.columns if len(line.columns) > 1 else [piece[0] for piece in _PIECE.finditer(line.raw)]
    return len(cells) > 1 and read_header(cells) is not None


def _flat_table(lines: Sequence[Line], start: int) -> tuple[Table, int] | None:
    """A table whose head itself has come apart into lines."""
    if folded(lines[start].text) not in _NUMBER_TITLES:
        return None
    titles: list[str] = []
    place = start
    ends: list[int] = []  # where the text goes on behind each title
    for place, line in enumerate(lines[start : start + _TITLE_LINES], start):
        if len(line.text) > _LONGEST_TITLE or len(line.columns) > 1:
            break
        if _BARE_LABEL.fullmatch(line.text) or _has_label(line.text):
            break
        if titles and folded(line.text) in _NUMBER_TITLES:
            break
        if titles and is_rest_of_title(titles[-1], line.text):
            titles[-1], ends[-1] = f"{titles[-1]} {line.text}", place + 1
        else:
            titles.append(line.text)
            ends.append(place + 1)
    for count in range(len(titles), 1, -1):
        header = read_header(titles[:count])
        if header and header.points is not None:
            return _Rows(lines, start, header, offsets=()).read(first=ends[count - 1])
    return None


class _Rows:
    """Reads the rows below a header, until what follows cannot belong to the table."""

    def __init__(self, lines: Sequence[Line], start: int, header: Header, offsets: tuple[int, ...]) -> None:
        self._lines = lines
        self._start = start
        self._header = header
        self._offsets = offsets
        self._drawn = lines[start].drawn
        self._rows: list[Row] = []

    def read(self, first: int | None = None) -> tuple[Table, int]:
        place = first if first is not None else self._start + 1
        if first is None and place < len(self._lines):
            below = self._cells(self._lines[place])
            if below and (more := goes_on(below, self._header)):
                self._header = more
                place += 1
        while place < len(self._lines):
            following = self._step(place)
            if following is None:
                break
            place = following
        rows = tuple(row for row in self._rows if row.text or row.points)
        if not self._drawn and place < len(self._lines) and self._is_left_over(self._lines[place]):
            rows = ()
            while place < len(self._lines) and not _ends_unread(self._lines[place]):
                place += 1
        return Table(rows=rows), max(place, self._start + 1)

    def _is_left_over(self, line: Line) -> bool:
        """Whether a lone label or number shows that the rows were not followed to their end."""
        return _BARE_LABEL.fullmatch(line.text) is not None or read_mark(line.text)[0] is not None

    def _step(self, place: int) -> int | None:
        """Take what stands at `place` and say where to go on; None at the table's end."""
        line = self._lines[place]
        cells = self._cells(line)
        if cells:
            if self._is_repeated(cells) or self._counts_columns(cells):
                return place + 1
            if _is_header(line):
                return None
            self._add(cells)
            return place + 1
        if self._drawn or _STOP.match(folded(line.text)):
            return None
        if _BARE_LABEL.fullmatch(line.text):
            return self._flat_row(place)
        if is_total_row(line.text):
            self._rows.append(Row(number="", text=line.text))
            return place + 1
        if self._is_between(place):
            self._rows.append(Row(number="", text=line.text))
            return place + 1
        return None

    def _cells(self, line: Line) -> list[str]:
        """The line's cells by column; none when it is no row."""
        if self._drawn:
            return list(line.columns) if line.drawn else []
        if len(line.columns) > 1:
            return list(line.columns)
        if not self._offsets:
            return []
        cells = [""] * len(self._offsets)
        pieces = list(_PIECE.finditer(line.raw))
        text = self._offsets[self._header.text]
        if len(pieces) == 1 and pieces[0].start() < text - _SLACK:
            return []
        for piece in pieces:
            column = max((at for at, offset in enumerate(self._offsets) if piece.start() >= offset - _SLACK), default=0)
            cells[column] = f"{cells[column]} {piece[0]}".strip()
        return cells

    def _is_repeated(self, cells: Sequence[str]) -> bool:
        """The head printed again on the table's next page."""
        return [folded(cell) for cell in cells if cell] == [
            folded(cell) for cell in self._lines[self._start].columns if cell
        ] and bool(self._rows)

    def _counts_columns(self, cells: Sequence[str]) -> bool:
        """ "(1) | (2) | (3)" below the titles."""
        return (
            not self._rows
            and len(cells) > 1
            and all(_COUNTER.fullmatch(cell) and cell.strip("()") == str(place) for place, cell in enumerate(cells, 1))
        )

    def _add(self, cells: Sequence[str]) -> None:
        header = self._header
        cells = [*cells, *[""] * (header.width - len(cells))]
        number = cells[header.number].strip() if header.number is not None else ""
        text = _joined(cells[header.text])
        points = cells[header.points].strip() if header.points is not None else ""
        if number and not _BARE_LABEL.fullmatch(number):
            # Cells merged over the number's column: what stands there is the row's text.
            if not points and read_mark(text)[0] is not None:
                points, text = text, ""
            text, number = " ".join(filter(None, (_joined(number), text))), ""
        known = {header.number, header.text, header.points}
        notes = tuple(_joined(cell) for place, cell in enumerate(cells) if place not in known and cell.strip())
        if not (number or points) and self._rows and text and self._offsets and not _has_label(text):
            self._lengthen(text)
        elif number or text or points:
            self._rows.append(Row(number=number, text=text, points=points, notes=notes))
        elif notes and self._rows:
            self._rows[-1] = replace(self._rows[-1], notes=(*self._rows[-1].notes, *notes))

    def _lengthen(self, text: str) -> None:
        """A cell set over several lines of a table in columns of spaces."""
        last = self._rows[-1]
        self._rows[-1] = replace(last, text=f"{last.text} {text}".strip())

    def _flat_row(self, place: int) -> int | None:
        """A row that came as one line for each paragraph of its cells; empty cells have left no trace."""
        number = self._lines[place].text
        text: list[str] = []
        following = place + 1
        points = ""
        for following in range(place + 1, min(place + _ROW_LINES, len(self._lines))):
            line = self._lines[following]
            if len(line.columns) > 1 or _STOP.match(folded(line.text)):
                following -= 1
                break
            if text and self._header.points is not None and read_mark(line.text)[0] is not None:
                points = "" if self._begins_row(number, following) else line.text
                following -= not points
                break
            if _BARE_LABEL.fullmatch(line.text):
                following -= 1
                break
            text.append(line.text)
        if not text:
            return None
        following += 1
        if not points:
            self._rows.append(Row(number=number, text=_joined("\n".join(text))))
            return following
        notes: list[str] = []
        if self._header.width > 3:
            while following < len(self._lines) and self._is_note(self._lines[following]):
                notes.append(self._lines[following].text)
                following += 1
        self._rows.append(
            Row(
                number=number,
                text=_joined("\n".join(text)),
                points=points,
                notes=(_joined("\n".join(notes)),) if notes else (),
            )
        )
        return following

    def _begins_row(self, number: str, place: int) -> bool:
        """Whether a lone number is the next row's and not this one's points: it follows in order and text follows it."""
        value = self._lines[place].text.strip(".)")
        before = number.strip(".)")
        expected = str(int(before) + 1) if before.isdecimal() else "1"
        if value != expected or place + 1 >= len(self._lines):
            return False
        following = self._lines[place + 1]
        return _BARE_LABEL.fullmatch(following.text) is None and len(following.columns) < 2

    def _is_note(self, line: Line) -> bool:
        if len(line.columns) > 1 or _BARE_LABEL.fullmatch(line.text) or _STOP.match(folded(line.text)):
            return False
        label, _ = split_label(line.text)
        return (label is None or label.style in BULLETS) and not is_total_row(line.text)

    def _is_between(self, place: int) -> bool:
        """Whether rows of this table go on behind a line that is none: cells merged over the table's whole width."""
        if len(self._lines[place].text) > 300:
            return False
        return any(self._is_row(line) for line in self._until_heading(place + 1))

    def _until_heading(self, start: int) -> Iterator[Line]:
        for line in self._lines[start : start + _AHEAD]:
            if _STOP.match(folded(line.text)) or _is_header(line):
                return
            yield line
            if not self._cells(line) and not is_capitals(line.text) and len(line.text) > 200:
                return

    def _is_row(self, line: Line) -> bool:
        cells = self._cells(line)
        if len(cells) < 2 or self._header.width < len(cells):
            return False
        cells = [*cells, *[""] * (self._header.width - len(cells))]
        number = cells[self._header.number] if self._header.number is not None else ""
        points = cells[self._header.points] if self._header.points is not None else ""
        return bool(_BARE_LABEL.fullmatch(number.strip()) or read_mark(points)[0] is not None)


def _joined(cell: str) -> str:
    """A cell's lines as one text; items of a list in it keep lines of their own."""
    found: list[str] = []
    for line in cell.split("\n"):
        line = line.strip()
        if found and line and not _has_bullet(line):
            found[-1] = f"{found[-1]} {line}"
        elif line:
            found.append(line)
    return "\n".join(found)


def _has_bullet(text: str) -> bool:
    label, _ = split_label(text)
    return label is not None and label.is_bullet


def _has_label(text: str) -> bool:
    return split_label(text)[0] is not None
