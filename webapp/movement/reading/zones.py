"""Where a plan's head, body and end begin, for plans of their own and those issued with a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.movement.reading.annexes import split_annexes
from webapp.movement.reading.heading import is_date_line
from webapp.movement.reading.labels import BULLETS, split_label
from webapp.movement.reading.lines import Line
from webapp.movement.reading.spelling import folded, is_capitals

KINDS = (
    "Kế hoạch", "Quyết định", "Nghị quyết", "Chỉ thị", "Thông báo", "Hướng dẫn", "Chương trình", "Phương án", "Đề án",
    "Báo cáo", "Tờ trình", "Biên bản", "Quy chế", "Quy định", "Công điện", "Giấy mời", "Thể lệ", "Kết luận", "Lời kêu gọi",
    "Phát động",
)  # fmt: skip
_STARTERS = re.compile(
    r"(?:Căn cứ|Thực hiện|Thi hành|Triển khai|Xét|Theo|Nhằm|Để|Ủy ban|Uỷ ban|UBND|Hội đồng|Đảng ủy|Ban Thường vụ|"
    r"Kính gửi|Tiếp tục|Trên cơ sở)\b"
)
_SUBJECT = re.compile(r"(?:V/v|Về việc)\s*:?\s*(?=\S)", re.IGNORECASE)
_WITH_DECISION = re.compile(r"\(?\s*(?:Ban hành )?[Kk]èm theo\b")
_RECIPIENTS = re.compile(r"nơi nhận\b")
AUTHORITY = re.compile(
    r"(?:TM|KT|TL|TUQ|Q|T/M|K/T|T/L)\s?\.\s?[^\d;]{1,90}|"
    r"(?:Q\. ?)?(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|BÍ THƯ|THỦ TƯỚNG|BỘ TRƯỞNG|TRƯỞNG BAN|TRƯỞNG PHÒNG|HIỆU TRƯỞNG|CHÁNH VĂN PHÒNG)"
)
_SURE_STARTS = ("Căn cứ", "Kính gửi")
_ABSTRACT_LINES = 8


@dataclass(frozen=True, slots=True)
class Zones:
    """The parts of a document. `title` is what its own title says; `abstract` may be of several lines."""

    head: tuple[Line, ...]
    kind: str | None
    abstract: str | None
    body: tuple[Line, ...]
    end: tuple[Line, ...]
    annexes: tuple[Sequence[Line], ...] = ()
    decision: Zones | None = None


def split_zones(lines: Sequence[Line]) -> Zones:
    """Head, body and end of a plan; `decision` holds those of the decision it was issued with."""
    title = _attached_title(lines)
    if title is None:
        return _zones(lines)
    return _zones(lines[title:], decision=_zones(lines[:title]))


def _attached_title(lines: Sequence[Line]) -> int | None:
    """Where the plan's title stands behind a decision ("Kèm theo Quyết định …" right below it)."""
    end = _first_end(lines)
    if end is None:
        return None
    for index, line in enumerate(lines[end + 1 :], end + 1):
        if line.text.startswith("KẾ HOẠCH") and is_capitals(line.text):
            below = lines[index + 1 : index + _ABSTRACT_LINES]
            if any(_WITH_DECISION.match(other.text) for other in below):
                return index
    return None


def _zones(lines: Sequence[Line], decision: Zones | None = None) -> Zones:
    kind, head_end, abstract, body_start = _title(lines)
    body_end = _first_end(lines, body_start)
    rest = lines[body_end:] if body_end is not None else ()
    annex, annexes = split_annexes(rest)
    return Zones(
        head=tuple(lines[:head_end]),
        kind=kind,
        abstract=abstract,
        body=tuple(lines[body_start:body_end]),
        end=tuple(rest[:annex]),
        annexes=tuple(annexes),
        decision=decision,
    )


def _title(lines: Sequence[Line]) -> tuple[str | None, int, str | None, int]:
    """Kind, where the head ends, abstract, where the body starts."""
    for index, line in enumerate(lines[:60]):
        for cell in line.cells:
            if subject := _SUBJECT.match(cell):
                # A letter has no title: its subject stands in the head, under the number.
                abstract, after = _abstract(lines, index + 1, cell[subject.end() :])
                return "Công văn", after, abstract, after
        if index and (line.text.startswith(_SURE_STARTS) or _has_strong_label(line)):
            return None, index, None, index
        for kind in KINDS:
            upper = kind.upper()
            if not is_capitals(line.text) and line.text.rstrip(":") != kind:
                continue
            if line.text.upper().rstrip(" :") == upper:
                abstract, after = _abstract(lines, index + 1, "")
                return kind, index, abstract, after
            if line.text.startswith(upper + " "):
                abstract, after = _abstract(lines, index + 1, line.text[len(upper) + 1 :])
                return kind, index, abstract, after
    start = next((index for index, line in enumerate(lines) if _starts_body(line)), 0)
    return None, start, None, start


def _abstract(lines: Sequence[Line], start: int, first: str) -> tuple[str | None, int]:
    taken = [first] if first else []
    index = start
    for index, line in enumerate(lines[start : start + _ABSTRACT_LINES], start):
        if _WITH_DECISION.match(line.text):
            return " ".join(taken) or None, _after_brackets(lines, index)
        labelled = _has_strong_label(line)
        goes_on = not labelled and (line.text[0].islower() or line.text[0].isdigit())
        if taken and not goes_on and (line.after_gap or _starts_body(line)):
            break
        if line.text.startswith(_SURE_STARTS) or labelled:
            break
        if is_date_line(line.text) or (taken and taken[-1].endswith((".", ":", ";"))):
            break
        taken.append(line.text)
    else:
        index = min(start + _ABSTRACT_LINES, len(lines))
    return " ".join(taken) or None, index


def _after_brackets(lines: Sequence[Line], start: int) -> int:
    for index, line in enumerate(lines[start : start + 4], start):
        if ")" in line.text:
            return index + 1
    return start + 1


def _starts_body(line: Line) -> bool:
    # In capitals the same words are the issuer's name in the head.
    return (_STARTERS.match(line.text) is not None and not is_capitals(line.text)) or _has_strong_label(line)


def _has_strong_label(line: Line) -> bool:
    label, rest = split_label(line.text)
    return label is not None and label.style not in BULLETS and bool(rest)


def _first_end(lines: Sequence[Line], start: int = 0) -> int | None:
    """The first line of the recipients or the signature."""
    for index in range(start, len(lines)):
        for cell in lines[index].cells:
            if _RECIPIENTS.match(folded(cell[:20])) or (is_capitals(cell) and AUTHORITY.fullmatch(cell)):
                return index
    return None
