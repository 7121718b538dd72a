"""Days of the ward's calendar: of an instant, and as people type them. Pure."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
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
