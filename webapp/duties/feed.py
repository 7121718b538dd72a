"""Deadlines as a calendar (RFC 5545) that calendar programs fetch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from webapp.duties.queries import DutyRow


def calendar_of(rows: Iterable[DutyRow], *, now: datetime, house: str) -> bytes:
    """One whole-day event on each last day in time. `house` is the address of this site; units' texts are not in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kho Thi dua//VN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Hạn nộp thi đua")
    for row in rows:
        event = Event()
        event.add("uid", f"duty-{row.duty.id}@khothidua")
        event.add("dtstamp", now)
        event.add("dtstart", row.duty.last_day)
        event.add("dtend", row.duty.last_day + timedelta(days=1))
        event.add("summary", f"Hạn cuối: {row.duty.name} · {row.duty.unit.name}")
        event.add("description", "Chậm nhất hết ngày này." if row.is_open else "Đã trình.")
        event.add("url", house)
        event.add("transp", "TRANSPARENT")
        if row.is_open:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"Còn 3 ngày: {row.duty.name}")
            alarm.add("trigger", timedelta(days=-3))
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
