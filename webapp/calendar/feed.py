"""Entries as a calendar (RFC 5545) that calendar programs fetch or open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo

from icalendar import Alarm, Calendar, Event

from webapp.calendar.entries import Entry, EntryKind

# How many days before the day of an entry it rings, by its kind; others do not ring.
DAYS_BEFORE = {
    EntryKind.DUTY: 3,
    EntryKind.DOSSIER: 1,
    EntryKind.SCORE: 3,
    EntryKind.AWARD: 3,
    EntryKind.MEETING: 1,
    EntryKind.INSPECTION: 1,
    EntryKind.REMEDY: 3,
    EntryKind.INDEX: 3,
}
RINGS_AT = time(8)


def calendar_of(
    entries: Iterable[Entry], *, now: datetime, timezone: tzinfo, address: Callable[[Entry], str], name: str
) -> bytes:
    """What has no hour is a whole day of the ward, with an alarm in the ward's morning: counted from the day itself, it
    would ring at midnight. Units' texts are not in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kho Thi dua//VN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.key}@khothidua")
        event.add("dtstamp", now)
        if entry.at is not None:
            event.add("dtstart", entry.at.astimezone(UTC))
        else:
            event.add("dtstart", entry.day)
            event.add("dtend", entry.day + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
        event.add("summary", summary_of(entry))
        event.add("description", _description(entry))
        if entry.kind is EntryKind.MEETING and entry.whose:
            event.add("location", entry.whose)
        event.add("url", address(entry))
        before = DAYS_BEFORE.get(entry.kind)
        if entry.is_open and before is not None:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"Còn {before} ngày: {entry.title}")
            rings = datetime.combine(entry.day - timedelta(days=before), RINGS_AT, timezone)
            alarm.add("trigger", rings.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def summary_of(entry: Entry) -> str:
    """The one line that a calendar program shows."""
    if entry.kind is EntryKind.DUTY:
        return f"Hạn cuối: {entry.title} · {entry.whose}"
    if entry.kind is EntryKind.HOLIDAY:
        return f"{entry.title} ({entry.word})"
    return f"{entry.title} · {entry.whose}" if entry.kind is EntryKind.SCORE else entry.title


def _description(entry: Entry) -> str:
    if entry.kind is EntryKind.DUTY:
        return "Chậm nhất hết ngày này." if entry.is_open else "Đã trình."
    return f"{entry.kind.label}{f': {entry.word}' if entry.word else ''}."
