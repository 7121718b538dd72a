"""When yearly deadlines fall. Pure."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def last_day_in_time(year: int, month: int, day: int, *, exclusive: bool) -> date:
    """The last day on which something due is in time; "trước ngày 05/12" gives 04/12. 29/02 is 28/02 in other years."""
    named = date(year, month, min(day, calendar.monthrange(year, month)[1]))
    return named - timedelta(days=1) if exclusive else named
