"""Annexes that hold criteria ("PHỤ LỤC. Bộ tiêu chí chấm điểm …"), as points of their own behind the plan's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.joining import join_lines
from webapp.movement.reading.labels import BULLETS, Label, Style, split_label
from webapp.movement.reading.lines import Line
from webapp.movement.reading.outline import Node, read_annex
from webapp.movement.reading.sections import AWARD
from webapp.movement.reading.spelling import folded, is_capitals

_HEAD = re.compile(
    r"(?:PHỤ LỤC|Phụ lục)(?: (?:[Ss]ố |SỐ )?(?P<number>\d{1,2}|[IVX]{1,4}|[A-Z])(?![\w/]))?\s*[.:–-]?\s*"
)
_TITLE = re.compile(r"(?:BỘ |BẢNG |THANG |KHUNG )?(?:TIÊU CHÍ|TIÊU CHUẨN|ĐIỂM|CHẤM ĐIỂM|CHỈ SỐ)\b")
_ON_CRITERIA = re.compile(r"tiêu ch[íi]|thang điểm|chấm điểm|bảng điểm|tiêu chuẩn|bộ chỉ số")
_FORM = re.compile(r"\bmẫu (?:số|báo cáo|phiếu|đăng ký)|biểu mẫu")
_TITLE_LINES = 10


def split_annexes(lines: Sequence[Line]) -> tuple[int | None, list[Sequence[Line]]]:
    """Where the first annex begins behind a document's end, and the lines of each."""
    starts = [place for place, line in enumerate(lines) if _is_head(line.text)]
    if not starts:
        untitled = (place for place, line in enumerate(lines) if line.table or _is_title(line.text))
        starts = [place for place in (next(untitled, None),) if place is not None]
    if not starts:
        return None, []
    return starts[0], [lines[start:end] for start, end in pairwise([*starts, len(lines)])]


def read_annexes(annexes: Sequence[Sequence[Line]], doubts: Doubts) -> list[Node]:
    """The annexes that hold criteria, each as one point with what stands in it; of the others a doubt."""
    found: list[Node] = []
    unread = 0
    for lines in annexes:
        head = _HEAD.match(lines[0].text)
        after = _title_end(lines)
        titles = [line.text for line in lines[:after]]
        if head:
            titles[0] = titles[0][head.end() :]
        said = folded(" ".join(text for text in titles if not text.startswith("(")))
        if (
            AWARD.search(said)
            or _FORM.search(said)
            or not (_ON_CRITERIA.search(said) or any(line.table for line in lines))
        ):
            unread += 1
            continue
        number = (head["number"] or "") if head else ""
        code = f"PL{number}"
        if any(node.code == code for node in found):
            code = f"{code}[{len(found) + 1}]"
        title = " ".join(text for text in titles if is_capitals(text)) or next(filter(None, titles), "") or "Phụ lục"
        others = [text for text in titles if text and not is_capitals(text) and text != title]
        label = Label(Style.PART, code, f"Phụ lục {number}".strip())
        root = Node(label, code, 1, [title, *others])
        read_annex(root, join_lines(lines[after:]), doubts)
        found.append(root)
    if unread:
        doubts.add("points", "Phần phụ lục ở cuối văn bản không được đọc.")
    return found


def _is_head(text: str) -> bool:
    head = _HEAD.match(text)
    if head is None:
        return False
    rest = text[head.end() :]
    return text.startswith("PHỤ LỤC") or not rest or is_capitals(rest)


def _is_title(text: str) -> bool:
    return is_capitals(text) and _TITLE.match(text) is not None


def _title_end(lines: Sequence[Line]) -> int:
    for place, line in enumerate(lines[:_TITLE_LINES]):
        if line.table is not None:
            return place
        label, _ = split_label(line.text)
        if place and label is not None and label.style not in BULLETS:
            return place
    return min(len(lines), _TITLE_LINES) if any(line.table for line in lines) else 1
