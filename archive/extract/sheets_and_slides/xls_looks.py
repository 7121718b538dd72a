"""Number formats and hidden parts of an .xls (BIFF8): its records are walked, nothing else is understood."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from archive.extract.sheets_and_slides.looks import Looks
from archive.extract.sheets_and_slides.number_format import BUILT_IN

_BOUND_SHEET, _FORMAT, _XF, _END = 0x0085, 0x041E, 0x00E0, 0x000A
_ROW, _COLUMNS, _MANY_RK = 0x0208, 0x007D, 0x00BD
# A formula, a number, a number in four bytes: row, column, style.
_CELLS = frozenset({0x0006, 0x0203, 0x027E})
_MOST_RECORDS = 4_000_000
_MOST_COLUMNS = 256
_MOST_CELLS = 200_000  # beyond them cells are shown without their formats


def of(path: Path) -> dict[str, Looks]:
    """How each sheet looks, by its name; {} for what is not of this form."""
    try:
        with olefile.OleFileIO(str(path)) as file:
            if not file.exists("Workbook"):
                return {}
            stream = file.openstream("Workbook").read()
        return _workbook(stream)
    except (OSError, ValueError, struct.error, IndexError, TypeError, KeyError):
        return {}  # calamine says what is wrong with it, if anything is


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    for _ in range(_MOST_RECORDS):
        if position + 4 > len(stream):
            return
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        if kind == _END:
            return
        position += 4 + length


def _text(content: bytes, length: int, wide: int) -> str:
    return content[: 2 * length].decode("utf-16-le", "replace") if wide & 1 else content[:length].decode("latin-1")


def _workbook(stream: bytes) -> dict[str, Looks]:
    own: dict[int, str] = {}
    styles: list[int] = []
    sheets: list[tuple[int, bool, str]] = []
    for kind, body in _records(stream, 0):
        if kind == _FORMAT:
            number, length, wide = struct.unpack_from("<HHB", body)
            own[number] = _text(body[5:], length, wide)
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _BOUND_SHEET:
            start, state, _, length, wide = struct.unpack_from("<IBBBB", body)
            sheets.append((start, state & 3 != 0, _text(body[8:], length, wide)))
    codes = [own.get(number, BUILT_IN.get(number, "")) for number in styles]
    return {name: _sheet(stream, start, hidden, codes) for start, hidden, name in sheets}


def _sheet(stream: bytes, start: int, hidden: bool, codes: list[str]) -> Looks:
    looks = Looks(hidden)
    for kind, body in _records(stream, start):
        if kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            _note(looks, row, column, style, codes)
        elif kind == _MANY_RK:
            row, column = struct.unpack_from("<HH", body)
            for index in range((len(body) - 6) // 6):
                _note(looks, row, column + index, struct.unpack_from("<H", body, 4 + 6 * index)[0], codes)
        elif kind == _ROW:
            row, flags = struct.unpack_from("<H10xH", body)
            if flags & 0x20:
                looks.rows.add(row)
        elif kind == _COLUMNS:
            first, last, _, _, flags = struct.unpack_from("<HHHHH", body)
            if flags & 1:
                looks.columns.update(range(first, min(last + 1, _MOST_COLUMNS)))
    return looks


def _note(looks: Looks, row: int, column: int, style: int, codes: list[str]) -> None:
    if style < len(codes) and codes[style] and len(looks.codes) < _MOST_CELLS:
        looks.codes[row, column] = codes[style]
