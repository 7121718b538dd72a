"""Deadlines as a calendar (RFC 5545) that calendar programs fetch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo

from icalendar import Alarm, Calendar, Event

from webapp.duties.queries import DutyRow

DAYS_BEFORE = 3
RINGS_AT = time(8)


def calendar_of(rows: Iterable[DutyRow], *, now: datetime, timezone: tzinfo, house: str) -> bytes:
    """One whole-day event on each last day in time, with an alarm in the ward's morning: counted from the day itself, it
    would ring at midnight. `house` is the address of this site; units' texts are not in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kho Thi dua//VN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Hạn nộp thi đua")
    for row in rows:
        event = Event()
        event.add("uid", f"duty-{row.duty.id}@khothidua")
        event.add("dtstamp", now)
        event.add("dtstart", row.last_day)
        event.add("dtend", row.last_day + timedelta(days=1))
        event.add("summary", f"Hạn cuối: {row.duty.name} · {row.duty.unit.name}")
        event.add("description", "Chậm nhất hết ngày này." if row.is_open else "Đã trình.")
        event.add("url", house)
        event.add("transp", "TRANSPARENT")
        if row.is_open:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"Còn {DAYS_BEFORE} ngày: {row.duty.name}")
            rings = datetime.combine(row.last_day - timedelta(days=DAYS_BEFORE), RINGS_AT, timezone)
            alarm.add("trigger", rings.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
