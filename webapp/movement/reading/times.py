"""Phases, yearly deadlines and commendation milestones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.labels import split_label
from webapp.movement.reading.outline import Node
from webapp.movement.reading.sections import find_commendations, find_times
from webapp.movement.reading.shapes import DeadlineReading, Milestone, PhaseReading, Point

_YEAR = r"(?:(?:tháng \d{1,2} ?(?:/|năm) ?)|(?:hết |đầu |cuối )?năm )?(20\d\d)"
_SPAN = rf"(?:từ )?{_YEAR}(?: ?[-–—] ?| đến (?:hết )?){_YEAR}"
_PHASE = re.compile(
    rf"(?P<name>(?:[Gg]iai đoạn|[Đđ]ợt)(?: (?:thứ )?(?:\d{{1,2}}|[IVX]{{1,4}}|nhất|hai|ba|một)(?!\d))?)[ :,.–-]{{0,3}}\(?(?:{_SPAN}|{_YEAR})",
    re.IGNORECASE,
)
_OVERALL = re.compile(rf"(?:giai đoạn|trong|từ)?\s?{_SPAN}", re.IGNORECASE)
_DAY = (
    r"(?: ngày)? (?P<day>\d{1,2})(?: tháng | ?/ ?)(?P<month>\d{1,2})(?!\d)"
    r"(?: ?/ ?(?P<slash_year>\d{4})| năm (?P<year>\d{4}))?"
)
_DEADLINE = re.compile(
    r"(?P<word>chậm nhất|muộn nhất|hạn cuối(?: cùng)?|thời hạn|không quá|trước|hết)"
    r"(?: là)?(?: đến| vào| trong)?(?: hết)?(?P<before> trước)?" + _DAY,
    re.IGNORECASE,
)
_ANOTHER_DAY = re.compile(r"(?:,| và|, và| hoặc)" + _DAY, re.IGNORECASE)
_YEARLY = re.compile(r"h[àằ]ng năm|mỗi năm|định kỳ", re.IGNORECASE)
_MONTH_ONLY = re.compile(
    r"(?:trước|chậm nhất|trong|vào|cuối) (?:cuối |đầu )?tháng (?P<month>\d{1,2}) (?:h[àằ]ng|mỗi) năm", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+(?=[A-ZĐÀ-Ỹ\-–])|\n")
_CITED = re.compile(r"tháng \d{1,2} năm 20\d\d|từ năm 20\d\d đến (?:hết )?năm 20\d\d|Luật [^.;]{0,60}năm 20\d\d")
_REVIEW = re.compile(r"sơ kết|tổng kết|khen thưởng|biểu dương|tôn vinh|đột xuất", re.IGNORECASE)
_IN_YEAR = re.compile(r"(?:[Nn]ăm |tháng \d{1,2}/|quý [IV]{1,3}/)(20\d\d)")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def read_phases(
    nodes: Sequence[Node], points: Iterable[Point], abstract: str, doubts: Doubts
) -> tuple[PhaseReading, ...]:
    """The phases a plan is parted into; failing these, its years as one phase."""
    texts = [node.written for node in find_times(nodes)] or [point.text for point in points]
    overall = _overall(abstract)
    found: dict[tuple[int, int], PhaseReading] = {}
    for text in texts:
        for match in _phase_matches(text):
            first, last = _years(match)
            if (first, last) != overall or not match["name"].lower().endswith("giai đoạn"):
                name = match["name"] if match["name"].lower() not in ("giai đoạn", "đợt") else match[0].strip(" (:,")
                found.setdefault(
                    (first, last), PhaseReading(name=name[:1].upper() + name[1:], first_year=first, last_year=last)
                )
    phases = tuple(found.values())
    if not phases and overall:
        doubts.add("phases", "Kế hoạch không chia giai đoạn; lấy cả thời gian nêu ở trích yếu làm một giai đoạn.")
        name = f"Giai đoạn {overall[0]}-{overall[1]}" if overall[0] < overall[1] else f"Năm {overall[0]}"
        return (PhaseReading(name=name, first_year=overall[0], last_year=overall[1]),)
    if not phases:
        doubts.add("phases", "Không đọc được giai đoạn nào.")
    for phase, following in pairwise(phases):
        if following.first_year != phase.last_year + 1:
            doubts.add("phases", f"{phase.name} và {following.name} không nối tiếp nhau về năm.")
    for phase in phases:
        if phase.last_year < phase.first_year:
            doubts.add("phases", f"{phase.name} kết thúc trước khi bắt đầu ({phase.first_year} - {phase.last_year}).")
    return phases


def _phase_matches(text: str) -> Iterable[re.Match[str]]:
    """Where a paragraph begins with its phase; in a point on time, sentences that name several count as well."""
    starts = [match for line in text.split("\n") if (match := _PHASE.match(split_label(line)[1]))]
    return starts or [match for match in _PHASE.finditer(text) if " " in match["name"].removeprefix("giai đoạn")]


def _years(match: re.Match[str]) -> tuple[int, int]:
    first, last, only = match.groups()[-3:]
    return (int(first), int(last)) if first else (int(only), int(only))


def _overall(abstract: str) -> tuple[int, int] | None:
    if match := _OVERALL.search(abstract):
        return int(match[1]), int(match[2])
    years = _IN_YEAR.findall(_CITED.sub("", abstract))
    return (int(years[-1]), int(years[-1])) if years else None


def names_a_day(text: str) -> bool:
    """Whether something is due by a day of the year."""
    return _DEADLINE.search(text) is not None


def read_deadlines(points: Iterable[Point], doubts: Doubts) -> tuple[DeadlineReading, ...]:
    """Days by which something is due every year, in the points' order."""
    found: dict[tuple[str, int, int, bool], DeadlineReading] = {}
    for point in points:
        for sentence in _SENTENCE_END.split(point.text):
            for match in _DEADLINE.finditer(sentence):
                exclusive = match["word"].lower() == "trước" or match["before"] is not None
                day: re.Match[str] | None = match
                while day:  # "trước ngày 10/6 và ngày 10/12": one word for several days
                    if deadline := _deadline(point.code, sentence, day, doubts, exclusive=exclusive):
                        found.setdefault((point.code, deadline.month, deadline.day, deadline.exclusive), deadline)
                    day = _ANOTHER_DAY.match(sentence, day.end())
            if month := _MONTH_ONLY.search(sentence):
                doubts.add(
                    point.code, f"Có thời hạn theo tháng {month['month']} nhưng không ghi ngày: “{sentence[:80]}”."
                )
    if not found:
        doubts.add("deadlines", "Không đọc được thời hạn báo cáo hằng năm nào.")
    return tuple(found.values())


def _deadline(
    code: str, sentence: str, match: re.Match[str], doubts: Doubts, *, exclusive: bool
) -> DeadlineReading | None:
    day, month = int(match["day"]), int(match["month"])
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        doubts.add(code, f"Thời hạn không có trong lịch: “{match[0]}”.")
        return None
    year = match["slash_year"] or match["year"]
    if year and not _YEARLY.search(sentence):
        doubts.add(code, f"Thời hạn “{match[0]}” ghi cho riêng năm {year}, có thể không lặp lại hằng năm.")
    return DeadlineReading(point=code, what=_sentence(sentence), month=month, day=day, exclusive=exclusive)


def _sentence(text: str) -> str:
    """A sentence without the dash it is listed with."""
    return text.strip().removeprefix("- ")


def read_milestones(nodes: Sequence[Node], phases: Sequence[PhaseReading], doubts: Doubts) -> tuple[Milestone, ...]:
    """Commendations bound to a year, one for each point and year of the sections on commendation."""
    found: dict[tuple[str, int], Milestone] = {}
    first = min((phase.first_year for phase in phases), default=0)
    last = max((phase.last_year for phase in phases), default=9999)
    for section in find_commendations(nodes):
        for node in _own_points(section):
            lines = node.paragraphs + [child.written for child in node.children if not child.is_point or node.is_whole]
            for sentence in (piece for line in lines for piece in _SENTENCE_END.split(line)):
                if not _REVIEW.search(sentence):
                    continue
                for year in map(int, _IN_YEAR.findall(_CITED.sub("", sentence))):
                    if first <= year <= last + 1:
                        found.setdefault(
                            (node.code, year), Milestone(point=node.code, what=_sentence(sentence), year=year)
                        )
    if not found:
        doubts.add("milestones", "Không đọc được mốc khen thưởng nào gắn với năm.")
    return tuple(found.values())


def _own_points(section: Node) -> Iterable[Node]:
    if section.is_point:
        yield section
        if not section.is_whole:
            for child in section.children:
                yield from _own_points(child)
