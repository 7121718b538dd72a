"""From what was said to points, exactly: indicator by indicator, then pillars, total and share. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from webapp.core.expression import BadExpression, evaluate, read_expression
from webapp.core.numbers import show_number, stored_number, write_number
from webapp.indicators.scheme import FULL, HALF, LADDER, Item, Said, children_of, inputs_of
from webapp.models import IndicatorMethod as M

SHARE_DECIMALS = 2


class BadSaid(ValueError):
    """What was said cannot be worked out; the message says why in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Points:
    """One indicator's points before anything is added up; `warning` for what people should look at again."""

    points: Decimal
    words: str
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item with its points; None: nothing said yet, or no points are given for it. `counted` is the part of its
    highest points that counts for this unit."""

    item: Item
    depth: int
    points: Decimal | None
    counted: Decimal
    words: str = ""
    warning: str = ""
    applies: bool = True
    missing: bool = False

    @property
    def share(self) -> Decimal | None:
        """Percent of the highest points."""
        return share_of(self.points, self.item.most) if self.points is not None and self.counted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A whole sheet, lines in reading order; `most` the highest points of the set, `missing` codes without a word."""

    lines: tuple[Line, ...]
    points: Decimal
    most: Decimal
    missing: tuple[str, ...]

    @property
    def share(self) -> Decimal:
        return share_of(self.points, self.most)

    @property
    def pillars(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.depth == 0 and line.item.counts)


def share_of(points: Decimal, most: Decimal) -> Decimal:
    """Percent, with which sets of different years are compared; 0 where nothing can be reached."""
    return _round(Fraction(points) * 100 / Fraction(most), SHARE_DECIMALS) if most else Decimal(0)


def points_of(item: Item, said: Said, decimals: int) -> Points:
    """0 ≤ points ≤ the highest, rounded half up. Raises BadSaid: a number is missing or negative, b = 0, a formula that
    divides by zero."""
    exact, words, warning = _METHODS[item.method](item, said)
    bounded = min(max(exact, Fraction(0)), Fraction(item.most))
    if bounded != exact and not warning:
        warning = f"Tính ra {_shown(exact)}, giới hạn trong khoảng 0 đến {show_number(item.most)} điểm."
    return Points(_round(bounded, decimals), words, warning)


def _ladder(item: Item, said: Said) -> tuple[Fraction, str, str]:
    if said.choice not in LADDER:
        raise BadSaid("Hãy chọn đủ, một nửa hoặc không.")
    share = {FULL: Fraction(1), HALF: Fraction(1, 2)}.get(said.choice, Fraction(0))
    return Fraction(item.most) * share, LADDER[said.choice], ""


def _steps(item: Item, said: Said) -> tuple[Fraction, str, str]:
    steps = item.rule.steps
    if not said.choice.isdecimal() or int(said.choice) >= len(steps):
        raise BadSaid("Hãy chọn một mức.")
    step = steps[int(said.choice)]
    return Fraction(step.points), step.label, ""


def _ratio(item: Item, said: Said) -> tuple[Fraction, str, str]:
    _need(item, said)
    a, b, rule = Fraction(said.values["a"]), Fraction(said.values["b"]), item.rule
    if not b:
        raise BadSaid(
            "b = 0 nên không tính được tỷ lệ a/b. Nếu trong kỳ không phát sinh, hãy chọn “Không áp dụng” và nêu lý do."
        )
    ratio, full = a / b, Fraction(rule.full_share)
    warning = "a lớn hơn b: hãy xem lại số liệu; điểm tính như a bằng b." if a > b else ""
    ratio = min(ratio, Fraction(1))
    share = (1 - ratio) / (1 - full) if rule.lower else ratio / full
    words = f"{show_number(said.values['a'])}/{show_number(said.values['b'])} = {_shown(ratio * 100)}%"
    return Fraction(item.most) * min(share, Fraction(1)), words, warning


def _formula(item: Item, said: Said) -> tuple[Fraction, str, str]:
    _need(item, said)
    try:
        value = evaluate(read_expression(item.rule.formula), dict(said.values))
    except BadExpression as error:
        raise BadSaid(f"{error} Nếu trong kỳ không phát sinh, hãy chọn “Không áp dụng” và nêu lý do.") from error
    given = ", ".join(f"{name.replace('_', ' ')} = {show_number(number)}" for name, number in said.values.items())
    return Fraction(value), given, ""


def _no_points(item: Item, said: Said) -> tuple[Fraction, str, str]:
    return Fraction(0), "đã cung cấp thông tin", ""


_METHODS = {M.LADDER: _ladder, M.STEPS: _steps, M.RATIO: _ratio, M.FORMULA: _formula, M.INFO: _no_points}


def _need(item: Item, said: Said) -> None:
    missing = [name.replace("_", " ") for name in inputs_of(item) if name not in said.values]
    if missing:
        raise BadSaid(f"Còn thiếu số liệu: {', '.join(missing)}.")
    if negative := [name.replace("_", " ") for name, value in said.values.items() if value < 0]:
        raise BadSaid(f"Số liệu không được âm: {', '.join(negative)}.")


def fault_of(item: Item, said: Said, decimals: int) -> str:
    """Why this cannot be taken, or ""."""
    try:
        if said.applies:
            points_of(item, said, decimals)
    except BadSaid as error:
        return str(error)
    return ""


def reckon(items: Sequence[Item], said: Mapping[str, Said], *, decimals: int, rescales: bool) -> Result:
    """Work out a sheet. An indicator of which nothing is said has no points yet, and is missing.

    What does not apply is taken out of what can be reached, and the points of what stands above it are raised in
    proportion (`rescales`); else it stays, and gives none. Raises BadSaid for what should not have been stored.
    """
    run = _Run(said, children_of(items), decimals, rescales)
    pillars = [run.line_of(item, 0) for item in run.below[""]]
    most = sum((line.item.most for line in pillars if line.item.counts), Decimal(0))
    points, _ = run.together(most, pillars)
    return Result(lines=tuple(run.lines), points=points, most=most, missing=tuple(run.missing))


@dataclass(slots=True)
class _Run:
    """One working out of a sheet."""

    said: Mapping[str, Said]
    below: Mapping[str, list[Item]]
    decimals: int
    rescales: bool
    lines: list[Line] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def line_of(self, item: Item, depth: int) -> Line:
        if item.is_leaf:
            line = self.leaf(item, depth)
            self.lines.append(line)
            return line
        place = len(self.lines)
        self.lines.append(Line(item=item, depth=depth, points=None, counted=item.most))
        parts = [self.line_of(child, depth + 1) for child in self.below.get(item.code, ())]
        points, counted = self.together(item.most, parts)
        given = [show_number(one.points) for one in parts if one.points is not None and one.item.counts]
        line = Line(
            item=item, depth=depth, points=points, counted=counted, applies=bool(counted), words=" + ".join(given)
        )
        self.lines[place] = line
        return line

    def leaf(self, item: Item, depth: int) -> Line:
        said = self.said.get(item.code)
        if said is None:
            self.missing.append(item.code)
            return Line(item=item, depth=depth, points=None, counted=item.most, missing=True)
        if not said.applies:
            counted = Decimal(0) if self.rescales else item.most
            return Line(item=item, depth=depth, points=None, counted=counted, words="không áp dụng", applies=False)
        found = points_of(item, said, self.decimals)
        points = found.points if item.counts else None
        return Line(item=item, depth=depth, points=points, counted=item.most, words=found.words, warning=found.warning)

    def together(self, most: Decimal, parts: Sequence[Line]) -> tuple[Decimal, Decimal]:
        """(points, counted) of what stands above these lines."""
        points = sum((part.points for part in parts if part.points is not None), Decimal(0))
        counted = sum((part.counted for part in parts if part.item.counts), Decimal(0))
        if not self.rescales:
            return min(points, most), most
        if not counted:
            return Decimal(0), Decimal(0)
        return _round(Fraction(most) * Fraction(points) / Fraction(counted), self.decimals), most


def as_plain(result: Result) -> dict[str, Any]:
    """What a final sheet keeps: {points, most, share, pillars: [{code, text, points, most, share}]}, numbers as text."""
    pillars = [
        {
            "code": line.item.code,
            "text": line.item.text,
            "points": write_number(line.points or Decimal(0)),
            "most": write_number(line.item.most),
            "share": write_number(line.share) if line.share is not None else "",
        }
        for line in result.pillars
    ]
    return {
        "points": write_number(result.points),
        "most": write_number(result.most),
        "share": write_number(result.share),
        "pillars": pillars,
    }


def number_of(plain: Mapping[str, Any], name: str) -> Decimal:
    """A number of what `as_plain` gave."""
    return stored_number(plain[name])


def _round(value: Fraction, decimals: int) -> Decimal:
    """Half up; `value` is not negative."""
    return Decimal(floor(value * 10**decimals + Fraction(1, 2))).scaleb(-decimals)


def _shown(value: Fraction) -> str:
    rounded = _round(abs(value), 2)
    return show_number(-rounded if value < 0 else rounded)
