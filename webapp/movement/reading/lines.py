"""From raw text to clean lines: one way of writing letters, no markup, no page numbers, cells of tables apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from webapp.movement.reading.rows import IN_CELL, row_cells, straightened
from webapp.movement.reading.shapes import Table

_BREAKS = re.compile("\r\n?|[\x0b\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u3000]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HEADING_MARKS = re.compile(r"^#{1,6}(?: +|$)")
_STAR_BULLET = re.compile(r"^[ \t]*\*[ \t]+(?=[^\s*])")
_UNDERSCORES = re.compile(r"(?<!\w)_{1,3}(?=\w)|(?<=[\w.,;:!?)”\"])_{1,3}(?!\w)")
_RULE = re.compile(r"^[\s\-_–—=*~.…|:·•oO]*$")
_PAGE_NUMBER = re.compile(r"^(?:- ?|– ?)?(?:[Tt]rang )?\d{1,3}(?: ?/ ?\d{1,3})?(?: ?-| ?–)?$")
_WANTS_NUMBER = re.compile(r"(?:ngày|tháng|năm|số|khoản|điều|quý|khóa)$", re.IGNORECASE)
_GAP = re.compile(r"\t+| {4,}")
# A draft's number is missing between "Số:" and "/KH-UBND", its day between "ngày" and "tháng": no column starts there.
_BLANK_LEFT = re.compile(r"\b(số ?:?|ngày|tháng|năm)(?:\t| {4})[ \t]*(?=[/\-.…_]|tháng|năm)", re.IGNORECASE)
_BULLET_GAP = re.compile(r"^([-–—+•●▪■○◦\uf0b7]|o)[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `after_gap`: an empty line or a page's end stands before it; `cells`: its pieces in a table's row.

    `columns` are the row's cells with empty ones and their inner line breaks kept, () where there is no row; `drawn`
    says that bars part them; `raw` is the line with its spaces. `table` stands for a whole table of criteria.
    """

    text: str
    after_gap: bool
    cells: tuple[str, ...]
    columns: tuple[str, ...] = ()
    drawn: bool = False
    raw: str = ""
    table: Table | None = None


def rough_lines(text: str) -> list[Line]:
    """All lines with numbers of pages and with rows whole, as tables are looked for in them."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", _SPACES.sub(" ", _BREAKS.sub("\n", text))))
    found: list[Line] = []
    pages = straightened(text).split("\f")
    for number, page in enumerate(pages, 1):
        gap = True
        raw_lines = page.rstrip().split("\n")
        for place, raw in enumerate(raw_lines, 1):
            line = _line(raw, after_gap=gap)
            ends_page = place == len(raw_lines) and number < len(pages)
            if line is None or (ends_page and _PAGE_NUMBER.match(line.text)):
                gap = True
                continue
            found.append(line)
            gap = False
    return found


def settled(lines: list[Line]) -> list[Line]:
    """The lines without numbers of pages; rows whose cells have several lines become those lines, cell by cell."""
    found: list[Line] = []
    gap = False
    for line in lines:
        if line.table is None and _is_page_number(line.text, found):
            gap = True
            continue
        parts = _broken_up(line)
        found += [replace(parts[0], after_gap=line.after_gap or gap), *parts[1:]]
        gap = False
    return found


def _line(raw: str, *, after_gap: bool) -> Line | None:
    drawn = raw.lstrip().startswith("|")
    if not drawn:
        cells = _cells(raw)
        is_row = "\t" in raw and len(cells) > 1
        columns = tuple(" ".join(cell.split()) for cell in _without_markup(raw).split("\t")) if is_row else ()
        return Line(" ".join(cells), after_gap, cells, columns, raw=raw.rstrip()) if cells else None
    columns = tuple(
        "\n".join(" ".join(_cells(piece)) for piece in cell.split(IN_CELL) if _cells(piece)) for cell in row_cells(raw)
    )
    cells = tuple(column.replace("\n", " ") for column in columns if column)
    return Line(" ".join(cells), after_gap, cells, columns, drawn=True) if cells else None


def _broken_up(line: Line) -> list[Line]:
    if not any("\n" in column for column in line.columns):
        return [line]
    pieces = [piece for column in line.columns for piece in column.split("\n") if piece]
    return [Line(piece, line.after_gap and not place, (piece,)) for place, piece in enumerate(pieces)]


def _cells(raw: str) -> tuple[str, ...]:
    raw = _without_markup(raw)
    if _RULE.match(raw):
        return ()
    raw = _BLANK_LEFT.sub(r"\1 ", _BULLET_GAP.sub(r"\1 ", raw.strip()))
    pieces = (" ".join(piece.split()) for piece in _GAP.split(raw))
    return tuple(piece for piece in pieces if piece and not _RULE.match(piece))


def _without_markup(raw: str) -> str:
    raw = _HEADING_MARKS.sub("", raw.lstrip(" >"))
    raw = _STAR_BULLET.sub("- ", raw).replace("*", "")
    return _UNDERSCORES.sub("", _ESCAPE.sub(r"\1", raw))


def _is_page_number(text: str, before: list[Line]) -> bool:
    # "… ngày 01 tháng" broken right before its "4" is the one place where a lone number belongs to the text.
    return _PAGE_NUMBER.match(text) is not None and not (before and _WANTS_NUMBER.search(before[-1].text))
