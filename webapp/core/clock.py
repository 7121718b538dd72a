"""Time comes from here and is passed on as `now`; everything else receives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Gives the present instant, aware and in UTC; a fixed one for demonstrations and tests."""

    fixed: datetime | None = None

    def now(self) -> datetime:
        if self.fixed is not None:
            return self.fixed.astimezone(UTC)
        return datetime.now(UTC)
