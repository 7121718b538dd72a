"""Yearly deadlines and commendation milestones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.outline import Node
from webapp.movement.reading.phases import CITED, IN_YEAR
from webapp.movement.reading.sections import find_commendations
from webapp.movement.reading.shapes import DeadlineReading, Milestone, PhaseReading, Point

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
_REVIEW = re.compile(r"sơ kết|tổng kết|khen thưởng|biểu dương|tôn vinh|đột xuất", re.IGNORECASE)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


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
                for year in map(int, IN_YEAR.findall(CITED.sub("", sentence))):
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
