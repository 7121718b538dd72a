"""Figures that units give in their reports (225 người, 151 giờ, 84%), gathered and totalled. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from webapp.core.numbers import BadNumber, read_number, show_number

# Longer names first, so that "triệu đồng" is not read as "đồng".
MEASURES = (
    "%",
    *("tỷ đồng", "tỉ đồng", "triệu đồng", "nghìn đồng", "đồng"),
    *("lượt người", "lượt hồ sơ", "người", "lượt", "hộ gia đình", "hộ", "đảng viên", "đoàn viên", "hội viên"),
    *(
        "công chức",
        "viên chức",
        "cán bộ",
        "học sinh",
        "giáo viên",
        "hồ sơ",
        "thủ tục",
        "văn bản",
        "tin bài",
        "bài viết",
    ),
    *("buổi", "lớp", "cuộc", "hội nghị", "mô hình", "sáng kiến", "giải pháp", "cơ sở dữ liệu", "dịch vụ công"),
    *("tài khoản", "máy tính", "máy", "thiết bị", "camera", "km", "m2", "giờ", "phút", "tấn", "kg"),
)
MONEY = {"đồng": 0, "nghìn đồng": 3, "triệu đồng": 6, "tỷ đồng": 9, "tỉ đồng": 9}
# Times of day and terms are not results.
_NOT_AFTER = ("lúc", "trong vòng", "từ", "trước", "sau")
_FIGURE = re.compile(
    r"(?<![\w.,/:])([0-9]+(?:[.,][0-9]+)*)\s?(" + "|".join(re.escape(one) for one in MEASURES) + r")(?![\w])", re.I
)
_LEVEL = re.compile(r"\b(?:còn|xuống|bình quân|trung bình|mỗi \w+)(?: (?:khoảng|dưới|trên|là))*\s*$", re.I)
LONGEST_WORDS = 160


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of one unit under a theme or criterion: `amount` is a canonical decimal, `words` where it stands."""

    code: str
    unit: str
    amount: str
    measure: str
    words: str


@dataclass(frozen=True, slots=True)
class Total:
    """What the figures of one code and measure come to; `said` in words ("376 người", "từ 70% đến 84%")."""

    code: str
    measure: str
    said: str
    units: int


def figures_in(text: str, *, code: str, unit: str) -> list[FigureLine]:
    """The figures of one unit's text, in the order of its words; what cannot be read as a number is left alone."""
    found = []
    for match in _FIGURE.finditer(text):
        before = text[: match.start()].rstrip().casefold()
        if match[2].casefold() in ("giờ", "phút") and before.endswith(_NOT_AFTER):
            continue
        try:
            amount = read_number(match[1])
        except BadNumber:
            continue
        found.append(FigureLine(code, unit, f"{amount:f}", match[2].casefold(), _around(text, match)))
    return found


def _around(text: str, match: re.Match[str]) -> str:
    """The clause that the figure stands in."""
    start = max((text.rfind(mark, 0, match.start()) for mark in (". ", ";", "\n")), default=-1)
    ends = [place for mark in (". ", ";", "\n") if (place := text.find(mark, match.end())) >= 0]
    clause = " ".join(text[start + 1 : min(ends, default=len(text))].split()).strip(" .")
    return clause if len(clause) <= LONGEST_WORDS else clause[:LONGEST_WORDS].rsplit(" ", 1)[0] + " …"


def totals(lines: Iterable[FigureLine]) -> list[Total]:
    """Added up where the measure is the same under the same code; sums of money in one measure, shares as a span."""
    groups: dict[tuple[str, str], list[FigureLine]] = defaultdict(list)
    for line in lines:
        groups[line.code, "đồng" if line.measure in MONEY else line.measure].append(line)
    return [
        Total(code, measure, _said(measure, rows), len({row.unit for row in rows}))
        for (code, measure), rows in groups.items()
        if len(rows) > 1
    ]


def _is_level(line: FigureLine) -> bool:
    """Whether it says how much something is by now ("giảm còn 3 phút", "bình quân 12 hồ sơ"): such are not added up."""
    place = re.search(rf"[0-9.,]+\s?{re.escape(line.measure)}", line.words, re.I)
    return line.measure == "%" or (place is not None and bool(_LEVEL.search(line.words[: place.start()])))


def _said(measure: str, rows: Sequence[FigureLine]) -> str:
    amounts = [Decimal(row.amount).scaleb(MONEY.get(row.measure, 0)) for row in rows]
    if any(_is_level(row) for row in rows):
        least, most = (
            f"{show_number(one)}{'%' if measure == '%' else ' ' + measure}" for one in (min(amounts), max(amounts))
        )
        return least if least == most else f"từ {least} đến {most}"
    total = sum(amounts, Decimal(0))
    if measure == "đồng" and total >= 10**6:
        return f"{show_number(total.scaleb(-6))} triệu đồng"
    return f"{show_number(total)} {measure}"


def amount_of(line: FigureLine) -> str:
    """ "84%", "1.200 người"."""
    shown = show_number(Decimal(line.amount))
    return f"{shown}%" if line.measure == "%" else f"{shown} {line.measure}"
