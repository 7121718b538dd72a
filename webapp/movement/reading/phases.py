"""The phases of a movement and their years, however a plan tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.labels import split_label
from webapp.movement.reading.outline import Node, walk
from webapp.movement.reading.sections import find_times
from webapp.movement.reading.shapes import PhaseReading, Point
from webapp.movement.reading.spelling import folded

_YEAR = (
    r"(?:(?:hết |đầu |cuối )?(?:ngày \d{1,2}(?: tháng \d{1,2} năm |[/.-]\d{1,2}[/.-])|\d{1,2}/\d{1,2}/|"
    r"tháng \d{1,2} ?(?:/|năm) ?|quý [IV1-4]{1,3} ?(?:/|năm) ?|năm ))?(20\d\d)"
)
# "từ ngày 08 đến ngày 10 tháng 12 năm 2025": one year for both ends.
_SAME_YEAR = (
    r"từ (?:ngày \d{1,2}(?:(?: tháng |/)\d{1,2})?|tháng \d{1,2}|quý [IV1-4]{1,3}) (?:-|–|đến) (?:hết )?"
    r"(?:ngày \d{1,2}(?: tháng |[/.-])\d{1,2}|\d{1,2}/\d{1,2}|tháng \d{1,2}|quý [IV1-4]{1,3}) ?(?:/|năm) ?(20\d\d)"
)
_SPAN = rf"(?:từ )?{_YEAR}(?: ?[-–—] ?| đến )(?:hết )?{_YEAR}"
_ORDINAL = r"(?: (?:thứ )?(?:\d{1,2}|[IVX]{1,4}|nhất|hai|ba|một)(?![\d/]))"
_PHASE = re.compile(
    rf"(?P<name>(?:[Gg]iai đoạn|[Đđ]ợt){_ORDINAL}?)[ :,.–-]{{0,3}}\(?(?:{_SPAN}|{_YEAR})",
    re.IGNORECASE,
)
_NAME = re.compile(rf"(?:giai đoạn|đợt){_ORDINAL}", re.IGNORECASE)
_YEARS = re.compile(rf"{_SAME_YEAR}|{_SPAN}", re.IGNORECASE)
_BY_DAYS = re.compile(r"ngày \d|\d{1,2}/\d{1,2}/|tháng \d|quý [IV\d]", re.IGNORECASE)
_COUNT = re.compile(r"(?P<count>0?[2-5]|hai|ba|bốn|năm) (?:giai đoạn|đợt)(?! \d)", re.IGNORECASE)
_NUMBERS = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5}
_OVERALL = re.compile(rf"(?:giai đoạn|trong|từ)?\s?{_SPAN}", re.IGNORECASE)
_TERM = re.compile(rf"(?:nhiệm kỳ|năm học|niên khóa|khóa [IVX\d]+,?)(?: \(?)?{_SPAN}", re.IGNORECASE)
CITED = re.compile(r"tháng \d{1,2} năm 20\d\d|từ năm 20\d\d đến (?:hết )?năm 20\d\d|Luật [^.;]{0,60}năm 20\d\d")
IN_YEAR = re.compile(r"(?:[Nn]ăm |tháng \d{1,2}/|quý [IV]{1,3}/)(20\d\d)")
_ABOUT_TIME = re.compile(r"^thời gian|thời gian (?:thực hiện|thi đua|tổ chức|triển khai|phát động)")
_REACH = 220  # letters between a phase's name and its days


@dataclass(frozen=True, slots=True)
class _Found:
    """A phase as one place tells it; `named` unless its name was made of its place or years."""

    name: str
    first: int
    last: int
    named: bool
    by_days: bool


def read_phases(
    nodes: Sequence[Node], points: Iterable[Point], abstract: str, doubts: Doubts
) -> tuple[PhaseReading, ...]:
    """The phases a plan is parted into; failing these, its years as one phase."""
    timed = find_times(nodes)
    texts = [node.written for node in timed] or [point.text for point in points]
    overall = _overall(abstract)
    kept: list[_Found] = []
    for text in texts:
        for one in _phases_in(text):
            is_whole = (one.first, one.last) == overall and not one.named
            if not is_whole and not any(_is_same(one, other) for other in kept):
                kept.append(one)
    if not kept:
        return _one_phase(nodes, overall, doubts)
    counts = [count for node in timed if (count := _count_in(node.written))]
    _check(kept, max(counts, default=None), doubts)
    return tuple(PhaseReading(name=one.name, first_year=one.first, last_year=one.last) for one in kept)


def _is_same(one: _Found, other: _Found) -> bool:
    """Whether two places tell of one phase: by its name, or by its years where these do not stand for several."""
    if one.named and other.named and folded(one.name) != folded(other.name):
        return False
    return (one.first, one.last) == (other.first, other.last)


def _phases_in(text: str) -> list[_Found]:
    """Where a paragraph begins with its phase; in a point on time, sentences that name several count as well."""
    lines = text.split("\n")
    found: list[_Found] = []
    for line in lines:
        start = _PHASE.match(split_label(line)[1])
        if start and len(_NAME.findall(line)) < 2:
            found.append(_plain(start))
        else:
            found += _named_in(line)
    if not found:
        matches = [match for match in _PHASE.finditer(text) if " " in match["name"].removeprefix("giai đoạn")]
        found = [_plain(match) for match in matches]
    return found or [one for line in lines for one in _counted_in(line)]


def _plain(match: re.Match[str]) -> _Found:
    first, last, only = match.groups()[-3:]
    name = match["name"]
    named = name.lower() not in ("giai đoạn", "đợt")
    name = name if named else match[0].strip(" (:,")
    years = (int(first), int(last)) if first else (int(only), int(only))
    return _Found(name[:1].upper() + name[1:], *years, named=named, by_days=_BY_DAYS.search(match[0]) is not None)


def _named_in(line: str) -> Iterator[_Found]:
    """ "Giai đoạn 1: … (từ ngày … đến ngày …); giai đoạn 2 …": each name with the days said before the next name."""
    names = list(_NAME.finditer(line))
    ends = [*(match.start() for match in names[1:]), len(line)]
    for match, end in zip(names, ends[: len(names)], strict=True):
        years = _YEARS.search(line[match.end() : min(end, match.end() + _REACH)])
        if years:
            name = match[0]
            yield _Found(
                name[:1].upper() + name[1:], *_ends(years), named=True, by_days=bool(_BY_DAYS.search(years[0]))
            )


def _counted_in(line: str) -> list[_Found]:
    """ "chia làm 2 giai đoạn: 2026 - 2027 và 2028 - 2030": as many spans of years as phases are told of."""
    count = _COUNT.search(line)
    if count is None:
        return []
    spans = list(_YEARS.finditer(line, count.end()))
    if len(spans) != _number(count):
        return []
    return [
        _Found(f"Giai đoạn {place}", *_ends(match), named=True, by_days=bool(_BY_DAYS.search(match[0])))
        for place, match in enumerate(spans, 1)
    ]


def _count_in(text: str) -> int | None:
    count = _COUNT.search(text)
    return _number(count) if count else None


def _number(match: re.Match[str]) -> int:
    said = match["count"].lower()
    return _NUMBERS.get(said) or int(said)


def _ends(match: re.Match[str]) -> tuple[int, int]:
    same, first, last = match.groups()
    return (int(same), int(same)) if same else (int(first), int(last))


def _overall(abstract: str) -> tuple[int, int] | None:
    abstract = _TERM.sub("", abstract)
    if match := _OVERALL.search(abstract):
        return int(match[1]), int(match[2])
    years = IN_YEAR.findall(CITED.sub("", abstract))
    return (int(years[-1]), int(years[-1])) if years else None


def _one_phase(nodes: Sequence[Node], overall: tuple[int, int] | None, doubts: Doubts) -> tuple[PhaseReading, ...]:
    """The whole time as one phase: as the point on time tells it, else the abstract."""
    said = overall, "trích yếu"
    for node in walk(nodes):
        title = folded(node.title.partition(":")[0])
        if len(title) > _REACH or not _ABOUT_TIME.search(title):
            continue
        if match := _YEARS.search(_TERM.sub("", node.written)):
            said = _ends(match), f"mục {node.code}"
            break
    years, where = said
    if years is None:
        doubts.add("phases", "Không đọc được giai đoạn nào.")
        return ()
    doubts.add("phases", f"Kế hoạch không chia giai đoạn; lấy cả thời gian nêu ở {where} làm một giai đoạn.")
    _check_order(years, "Thời gian", doubts)
    name = f"Giai đoạn {years[0]}-{years[1]}" if years[0] < years[1] else f"Năm {years[0]}"
    return (PhaseReading(name=name, first_year=years[0], last_year=years[1]),)


def _check(phases: Sequence[_Found], told: int | None, doubts: Doubts) -> None:
    if told is not None and told != len(phases):
        doubts.add("phases", f"Kế hoạch nói có {told} giai đoạn, đọc được {len(phases)}.")
    if any(phase.by_days for phase in phases):
        doubts.add("phases", "Các giai đoạn, đợt ghi theo ngày, tháng; ở đây chỉ giữ năm đầu và năm cuối.")
    for phase, following in pairwise(phases):
        # Several within one year, or one that begins in the year the other ends, when days part them.
        together = phase.by_days and following.by_days and following.first == phase.last
        if following.first != phase.last + 1 and not together:
            doubts.add("phases", f"{phase.name} và {following.name} không nối tiếp nhau về năm.")
    for phase in phases:
        _check_order((phase.first, phase.last), phase.name, doubts)


def _check_order(years: tuple[int, int], name: str, doubts: Doubts) -> None:
    first, last = years
    if last < first:
        doubts.add("phases", f"{name} kết thúc trước khi bắt đầu ({first} - {last}).")
