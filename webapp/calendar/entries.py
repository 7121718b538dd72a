"""What stands in the calendar, and how it is laid out by day, month and year. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from webapp.core.days import WorkingDays
from webapp.models.base import Tone


class EntryKind(StrEnum):
    """What sort of dated thing. A new capability adds its own, and its source in `sources.SOURCES`."""

    DUTY = "duty"
    MEETING = "meeting"
    SCORE = "score"
    AWARD = "award"
    DOSSIER = "dossier"
    INSPECTION = "inspection"
    REMEDY = "remedy"
    INDEX = "index"
    MILESTONE = "milestone"
    HOLIDAY = "holiday"

    @property
    def label(self) -> str:
        return {
            "duty": "Hạn nộp",
            "meeting": "Cuộc họp",
            "score": "Kỳ chấm điểm",
            "award": "Đợt xét khen thưởng",
            "dossier": "Bổ sung hồ sơ khen thưởng",
            "inspection": "Kiểm tra",
            "remedy": "Khắc phục sau kiểm tra",
            "index": "Chỉ số chuyển đổi số",
            "milestone": "Mốc của kế hoạch",
            "holiday": "Ngày nghỉ, làm bù",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One dated thing. `key` names it for ever; `at` is the instant of what has an hour; `is_open` while somebody has to do
    something by its day; `group` is the line under which many of the same day stand together, `whose` what tells them
    apart; `endpoint` with `values` opens its page."""

    key: str
    kind: EntryKind
    day: date
    title: str
    at: datetime | None = None
    whose: str = ""
    group: str = ""
    word: str = ""
    tone: Tone = "plain"
    is_open: bool = False
    endpoint: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)
    group_endpoint: str = ""
    group_values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown of a day: one entry, or `of` many in one line with `done` of them done."""

    entry: Entry
    of: int = 1
    done: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month's sheet. `off` and `works` name what makes it other than its weekday."""

    day: date
    lines: Sequence[Line]
    is_working: bool
    inside: bool = True


MOST_ALONE = 2


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """The lines of one day: more than two of a group stand in one. What has an hour comes first, days off before all."""
    groups: dict[tuple[EntryKind, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.group or entry.key), []).append(entry)
    lines = []
    for found in groups.values():
        if len(found) > MOST_ALONE:
            lines.append(Line(found[0], len(found), sum(not one.is_open for one in found)))
        else:
            lines += [Line(one) for one in found]
    return sorted(lines, key=lambda line: _order(line.entry))


def _order(entry: Entry) -> tuple[bool, bool, str, str, str]:
    at = entry.at.isoformat() if entry.at else ""
    return entry.kind is not EntryKind.HOLIDAY, entry.at is None, at, entry.title, entry.whose


def by_day(entries: Iterable[Entry]) -> dict[date, list[Line]]:
    """Lines by day, in order of days."""
    found: dict[date, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.day, []).append(entry)
    return {day: lines_of(found[day]) for day in sorted(found)}


def weeks_of(year: int, month: int, lines: Mapping[date, Sequence[Line]], working: WorkingDays) -> list[list[Day]]:
    """The weeks of a month from Monday; days of the months beside it stand empty."""
    return [
        [
            Day(day, lines.get(day, ()) if day.month == month else (), working.is_one(day), inside=day.month == month)
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(year, month)
    ]


def working_days_in(year: int, month: int, working: WorkingDays) -> int:
    """How many days offices work in a month."""
    last = calendar.monthrange(year, month)[1]
    return sum(working.is_one(date(year, month, day)) for day in range(1, last + 1))


def span_of(year: int, month: int | None) -> tuple[date, date]:
    """First and last day of a month, or of the year."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def months_beside(year: int, month: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """(year, month) before and after."""
    before = date(year, month, 1) - timedelta(days=1)
    after = date(year, month, 28) + timedelta(days=7)
    return (before.year, before.month), (after.year, after.month)


def only(entries: Iterable[Entry], kinds: Collection[EntryKind]) -> list[Entry]:
    """Those of the kinds asked for; of all where none is."""
    return [entry for entry in entries if not kinds or entry.kind in kinds]
