"""Words for times, sizes and states, for templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup, escape


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
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}".replace(".", ",")
        value /= 1024
    raise AssertionError


def number(value: int) -> str:
    """48.213: groups of three after points, as Vietnamese offices write them."""
    return f"{value:,}".replace(",", ".")


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


def points(value: Decimal, decimals: int | None = None) -> str:
    """7,5; with `decimals` always so many, half up: 7,50."""
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{value:f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def install(app: Flask, timezone: ZoneInfo) -> None:
    def moment(value: datetime | str | None) -> str:
        """09:12 05/12/2026 in the ward's time; also for the text form of the audit log."""
        if not value:
            return ""
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(timezone).strftime("%H:%M %d/%m/%Y")

    def when(value: date | datetime) -> str:
        """A moment with its hour, a day without."""
        return moment(value) if isinstance(value, datetime) else day(value)

    app.jinja_env.filters.update(
        day=day,
        when=when,
        iso_day=iso_day,
        size=size,
        number=number,
        points=points,
        moment=moment,
        days_left=days_left,
        short_digest=short_digest,
        segments=segments,
    )
