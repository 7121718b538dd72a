"""From lines to paragraphs: joining what a page's end or a fixed line width has broken, by rule.

A line goes on when it is not ended and the next begins with a small letter or a digit and carries no label. Where
that is only probable (the next begins with a capital), the paragraph says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

from webapp.movement.reading.labels import split_label
from webapp.movement.reading.lines import Line
from webapp.movement.reading.shapes import Table
from webapp.movement.reading.spelling import is_capitals

_ENDED = re.compile(r"[.;:!?…]\s*[”\"’')\]]*$")
_OPEN = re.compile(r"(?:,|[^\s]\s?[-–/]|[(\[“‘])$")
_WANTS_NUMBER = re.compile(r"(?:^|\W)(?:ngày|tháng|năm|số|khoản|điểm|điều|mục|quý|khóa)$", re.IGNORECASE)
_WANTS_LABEL = re.compile(r"(?:ngày \d{1,2} tháng|(?:theo|tại|của|và|,|\d) (?:khoản|điểm|mục|Điều))$")
_STARTERS = re.compile(r"Căn cứ |Trên đây là |Trong quá trình (?:tổ chức|triển khai|thực hiện)|Nơi nhận")
_DASH_THEN_SMALL = re.compile(r"[-–] ?(?P<first>\w)")
# A title says one thing; a sentence this long or with parts of its own has been cut when it lacks its end.
_SENTENCE, _LONG_SENTENCE = 100, 200
_FULL = 0.92
_WIDEST_LINE = 150
_QUOTED = 30
# From this share of points behind empty lines on, an empty line is what parts paragraphs.
_GAPPED = 0.8
_FEW = 5


class _Verdict(Enum):
    NEW = auto()
    SURE = auto()
    PROBABLE = auto()


@dataclass(slots=True)
class Paragraph:
    """A whole paragraph, its label included; `doubts` are sentences about how it was put together. A table of criteria
    is a paragraph without text."""

    text: str
    doubts: list[str] = field(default_factory=list)
    table: Table | None = None


def join_lines(lines: Sequence[Line]) -> list[Paragraph]:
    """Paragraphs of a plan's body."""
    layout = _layout(lines)
    found: list[Paragraph] = []
    parts: list[str] = []
    length = 0
    doubts: list[str] = []
    for line in lines:
        if line.table is not None:
            if parts:
                found.append(Paragraph(_glued(parts), doubts))
            found.append(Paragraph("", table=line.table))
            parts, length, doubts = [], 0, []
            continue
        verdict = _verdict(parts, length, line, layout) if parts else _Verdict.NEW
        if verdict is _Verdict.NEW:
            if parts:
                found.append(Paragraph(_glued(parts), doubts))
            parts, length, doubts = [], 0, []
        elif verdict is _Verdict.PROBABLE:
            doubts.append(
                f"Hai đoạn có vẻ bị ngắt giữa chừng đã được nối lại: “…{parts[-1][-_QUOTED:]}” / “{line.text[:_QUOTED]}…”."
            )
        parts.append(line.text)
        length += len(line.text) + 1
    if parts:
        found.append(Paragraph(_glued(parts), doubts))
    return found


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text is set. `width`: the usual length of a full line where lines are cut at a fixed width (as in PDF), None
    where they are not; `gapped`: empty lines stand between the paragraphs of such a text, and nowhere else."""

    width: float | None
    gapped: bool


def _layout(lines: Sequence[Line]) -> _Layout:
    lines = [line for line in lines if line.table is None]
    full = sorted(
        len(line.text)
        for line, following in pairwise(lines)
        if not following.after_gap
        and following.text[0].islower()
        and not _has_label(following.text)
        and not _ENDED.search(line.text[-20:])
    )
    longest = max((len(line.text) for line in lines), default=0)
    labelled = [line.after_gap for line in lines if _has_label(line.text)]
    gapped = len(full) >= _FEW and len(labelled) >= _FEW and sum(labelled) >= _GAPPED * len(labelled)
    # Paragraphs left whole are now and then far longer than a printed line; broken ones end near one width.
    is_whole = len(full) < 2 or (longest > _WIDEST_LINE and len(full) * 5 < len(lines))
    width = None if is_whole or full[len(full) // 2] < longest / 2 else float(full[len(full) // 2])
    return _Layout(width, gapped)


def _glued(parts: Iterable[str]) -> str:
    pieces: list[str] = []
    for part in parts:
        if pieces and not _is_one_word(pieces[-1], part):
            pieces.append(" ")
        pieces.append(part)
    return "".join(pieces)


def _is_one_word(before: str, after: str) -> bool:
    """ "57-NQ/" and "TW", "2026-" and "2030" are one word; "chính trị -" and "xã hội" are not."""
    tail = before[-2:]
    if len(tail) < 2 or tail[0].isspace():
        return False
    if tail[1] == "/":
        return True
    return tail[1] in "-–" and (
        (tail[0].isdigit() and after[:1].isdigit()) or (tail[0].isupper() and after[:1].isupper())
    )


def _verdict(parts: Sequence[str], length: int, line: Line, layout: _Layout) -> _Verdict:
    before, text = parts[-1], line.text
    width = layout.width
    tail = before[-40:]
    ended = _ENDED.search(tail) is not None
    is_wrapped = width is not None and not line.after_gap
    is_full = width is not None and len(before) + 1 + len(text.split(" ", 1)[0]) >= _FULL * width
    if _has_label(text):
        return _labelled_verdict(
            tail, text, ended=ended, goes_on=(is_wrapped and is_full) or (layout.gapped and not line.after_gap)
        )
    if _STARTERS.match(text):
        return _Verdict.NEW
    if is_capitals(text) and is_capitals(before):
        # A title over two lines; nothing in a plan's body but titles is in capitals.
        return _Verdict.NEW if ended else _Verdict.SURE
    if layout.gapped and not line.after_gap and not before.endswith(":") and not is_capitals(before):
        return _Verdict.SURE
    if _OPEN.search(tail):
        return _Verdict.SURE
    if text[0].islower():
        return _Verdict.NEW if ended and not is_wrapped else _Verdict.SURE
    if text[0].isdigit():
        if ended:
            return _Verdict.SURE if is_wrapped and is_full else _Verdict.NEW
        return _Verdict.SURE if is_wrapped or _WANTS_NUMBER.search(tail) else _Verdict.PROBABLE
    return _capital_verdict(parts, length, line, width, ended=ended, is_full=is_full)


def _labelled_verdict(tail: str, text: str, *, ended: bool, goes_on: bool) -> _Verdict:
    """What looks like a label may be the rest of "ngày 05 tháng / 12. Các …" or of "chính trị / - xã hội"."""
    if _WANTS_LABEL.search(tail):
        return _Verdict.SURE
    dash = _DASH_THEN_SMALL.match(text)
    if dash and not ended:
        if tail[-1:].isdigit() and dash["first"].isdigit():
            return _Verdict.SURE
        if goes_on and dash["first"].islower():
            return _Verdict.SURE
    return _Verdict.NEW


def _capital_verdict(
    parts: Sequence[str], length: int, line: Line, width: float | None, *, ended: bool, is_full: bool
) -> _Verdict:
    before = parts[-1]
    if width is not None and not line.after_gap and is_full and not before.endswith((":", ";")):
        return _Verdict.PROBABLE if ended else _Verdict.SURE
    if ended or not before[-1].isalnum() or is_capitals(before):
        return _Verdict.NEW
    label, _ = split_label(parts[0])
    has_parts = label is None or any(mark in part for part in parts for mark in ("; ", ". ", ": "))
    is_cut = length >= _LONG_SENTENCE or (length >= _SENTENCE and has_parts)
    return _Verdict.PROBABLE if is_cut else _Verdict.NEW


def _has_label(text: str) -> bool:
    return split_label(text)[0] is not None
