"""From raw text to clean lines: one way of writing letters, no markup, no page numbers, cells of tables apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_BREAKS = re.compile("\r\n?|[\x0b\x1c-\x1e\x85\u2028\u2029]|<br ?/?>")
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
    """One line. `after_gap`: an empty line or a page's end stands before it; `cells`: its pieces in a table's row."""

    text: str
    after_gap: bool
    cells: tuple[str, ...]


def clean_lines(text: str) -> list[Line]:
    """All lines that say something, in order."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", _SPACES.sub(" ", _BREAKS.sub("\n", text))))
    found: list[Line] = []
    pages = text.split("\f")
    for number, page in enumerate(pages, 1):
        gap = True
        raw_lines = page.rstrip().split("\n")
        for place, raw in enumerate(raw_lines, 1):
            cells = _cells(raw)
            joined = " ".join(cells)
            ends_page = place == len(raw_lines) and number < len(pages)
            if not joined or _is_page_number(joined, found, ends_page=ends_page):
                gap = True
                continue
            found.append(Line(joined, gap, cells))
            gap = False
    return found


def _cells(raw: str) -> tuple[str, ...]:
    raw = _without_markup(raw)
    if _RULE.match(raw):
        return ()
    raw = _BLANK_LEFT.sub(r"\1 ", _BULLET_GAP.sub(r"\1 ", raw.strip()))
    pieces = (" ".join(piece.split()) for piece in _GAP.split(raw))
    return tuple(piece for piece in pieces if piece and not _RULE.match(piece))


def _without_markup(raw: str) -> str:
    if raw.lstrip().startswith("|"):
        raw = raw.replace("|", "\t")
    raw = _HEADING_MARKS.sub("", raw.lstrip(" >"))
    raw = _STAR_BULLET.sub("- ", raw).replace("*", "")
    return _UNDERSCORES.sub("", _ESCAPE.sub(r"\1", raw))


def _is_page_number(text: str, before: list[Line], *, ends_page: bool) -> bool:
    # "… ngày 01 tháng" broken right before its "4" is the one place where a lone number belongs to the text.
    if not _PAGE_NUMBER.match(text):
        return False
    return ends_page or not (before and _WANTS_NUMBER.search(before[-1].text))
