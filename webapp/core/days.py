"""Days of the ward's calendar: of an instant, as people type them, and those on which offices work. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

WARD_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class BadDay(ValueError):
    """Not a day; the message says so in Vietnamese."""


def ward_day(instant: datetime, timezone: tzinfo) -> date:
    """The day on the ward's wall when it was `instant`; the only way from an instant to a day."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone has no day")
    return instant.astimezone(timezone).date()


def read_day(text: str) -> date:
    """05/12/2026, 5-12-2026, 5.12.2026, or as browsers send it: 2026-12-05. Raises BadDay."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            found = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
        if 1900 <= found.year <= 2200:
            return found
    raise BadDay(f"“{text.strip()[:40]}” không phải là ngày. Hãy viết như 05/12/2026.")


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Days on which offices work: Monday to Friday, but `off`, and the `works` in lieu."""

    off: Collection[date] = frozenset()
    works: Collection[date] = frozenset()

    def is_one(self, day: date) -> bool:
        return day in self.works or (day.weekday() < 5 and day not in self.off)

    def after(self, start: date, days: int) -> date:
        """The last of so many working days; the day it starts on does not count."""
        day, left = start, days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_one(day)
        return day

    def before(self, end: date, days: int) -> date:
        """The last day that leaves so many working days before `end`, which does not count itself."""
        day, left = end, days
        while left > 0:
            day -= timedelta(days=1)
            left -= self.is_one(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days after `start` up to `end`; negative when `end` is before."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_one(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
