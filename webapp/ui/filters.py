"""Words for times, sizes and states, for templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup, escape

from webapp.core.days import ward_day
from webapp.core.numbers import show_number, stored_number


def day(value: date | None) -> str:
    """05/12/2026."""
    return value.strftime("%d/%m/%Y") if value else ""


def iso_day(value: str) -> str:
    """05/12/2026 from 2026-12-05."""
    return day(date.fromisoformat(value))


def size(count: int) -> str:
    """2,1 MB."""
    value = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{show_number(value, 0 if unit == 'B' else 1)} {unit}"
        value /= 1024
    raise AssertionError


def days_left(due: date, today: date) -> str:
    """ "còn 12 ngày", "hôm nay là hạn cuối", "quá hạn 2 ngày"; `due` is the last day on which it is in time."""
    left = (due - today).days
    if left > 0:
        return f"còn {left} ngày"
    return "hôm nay là hạn cuối" if left == 0 else f"quá hạn {-left} ngày"


def short_digest(digest: str) -> str:
    """4be1…9a."""
    return f"{digest[:8]}…{digest[-4:]}"


def segments(parts: Iterable[tuple[str, bool]]) -> Markup:
    """(text, is hit) pairs as text with <mark>; everything is escaped."""
    return Markup("").join(Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in parts)


def number(value: Decimal | int | float | str, decimals: int | None = None) -> str:
    """1.644; 7,5; with `decimals` always so many, half up: 73,30. Also for points as they are kept, which are text."""
    return show_number(stored_number(value) if isinstance(value, str) else value, decimals)


def install(app: Flask, timezone: ZoneInfo) -> None:
    def moment(value: datetime | str | None) -> str:
        """09:12 05/12/2026 in the ward's time; also for the text form of the audit log."""
        if not value:
            return ""
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(timezone).strftime("%H:%M %d/%m/%Y")

    def recent(value: datetime | str, now: datetime) -> str:
        """09:12, of another day than today with its date."""
        shown = moment(value)
        return shown.partition(" ")[0] if shown.endswith(day(ward_day(now, timezone))) else shown

    def ward_days(value: date | datetime | None) -> str:
        """05/12/2026; of an instant, the day on the ward's calendar."""
        return day(ward_day(value, timezone) if isinstance(value, datetime) else value)

    def when(value: date | datetime) -> str:
        """A moment with its hour, a day without."""
        return moment(value) if isinstance(value, datetime) else day(value)

    app.jinja_env.filters.update(
        day=ward_days,
        when=when,
        iso_day=iso_day,
        size=size,
        number=number,
        points=number,
        moment=moment,
        recent=recent,
        days_left=days_left,
        short_digest=short_digest,
        segments=segments,
    )
