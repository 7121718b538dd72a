"""Places of lines and words on the two pictures of results, for inline SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

SIZE = 250  # the radar's square
RADIUS = 95
RINGS = (25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Spoke:
    """One pillar's line: its end, and where its code stands."""

    x: float
    y: float
    label: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Radar:
    """Polygons as the attribute `points` wants them."""

    spokes: tuple[Spoke, ...]
    rings: tuple[str, ...]
    shapes: tuple[str, ...]


def radar(labels: Sequence[str], series: Sequence[Sequence[Decimal | None]]) -> Radar | None:
    """Percents, one row for each shape; None counts as the middle. At least three pillars make a picture."""
    if len(labels) < 3:
        return None
    angles = [2 * pi * place / len(labels) - pi / 2 for place in range(len(labels))]

    def polygon(shares: Sequence[float]) -> str:
        return " ".join(
            f"{_number(SIZE / 2 + RADIUS * share / 100 * cos(angle))},{_number(SIZE / 2 + RADIUS * share / 100 * sin(angle))}"
            for share, angle in zip(shares, angles, strict=True)
        )

    spokes = tuple(
        Spoke(
            _number(SIZE / 2 + RADIUS * cos(angle)),
            _number(SIZE / 2 + RADIUS * sin(angle)),
            label,
            _number(SIZE / 2 + (RADIUS + 14) * cos(angle)),
            _number(SIZE / 2 + (RADIUS + 14) * sin(angle) + 5),
            "middle" if abs(cos(angle)) < 0.3 else "start" if cos(angle) > 0 else "end",
        )
        for label, angle in zip(labels, angles, strict=True)
    )
    rings = tuple(polygon([float(ring)] * len(labels)) for ring in RINGS)
    shapes = tuple(polygon([float(share or 0) for share in shares]) for shares in series)
    return Radar(spokes, rings, shapes)


WIDE, HIGH, LEFT, BOTTOM = 420, 200, 40, 30


@dataclass(frozen=True, slots=True)
class Dot:
    """One year on the line of years."""

    x: float
    y: float
    year: int
    share: Decimal


def trend(years: Sequence[tuple[int, Decimal]]) -> tuple[Dot, ...]:
    """Years from left to right by their distance, 0 to 100 percent from below."""
    if not years:
        return ()
    first, last = years[0][0], years[-1][0]
    room = WIDE - 2 * LEFT

    def across(year: int) -> float:
        return LEFT + (room * (year - first) / (last - first) if last > first else room / 2)

    return tuple(Dot(_number(across(year)), _number(height_of(share)), year, share) for year, share in years)


def height_of(share: Decimal | int) -> float:
    """The y of a percent."""
    return HIGH - BOTTOM - float(share) / 100 * (HIGH - BOTTOM - 20)


def _number(value: float) -> float:
    return round(value, 1)
