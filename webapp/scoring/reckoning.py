"""From entries to points: worked out exactly, criterion by criterion, each step told in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from webapp.scoring.expression import BadExpression, read_expression, work_out
from webapp.scoring.numbers import EXACT, rounded, show_number
from webapp.scoring.rubric import Entry, Level, Node, NodeKind, Scheme


@dataclass(frozen=True, slots=True)
class Points:
    """One node's points with their calculation in words. `points` None: nothing entered yet, or it does not apply."""

    node: Node
    depth: int
    points: Decimal | None
    words: str
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """All nodes in reading order; `total` of what is entered, `missing` the codes of leaves without an entry."""

    lines: tuple[Points, ...]
    total: Decimal
    missing: tuple[str, ...]


def reckon(scheme: Scheme, entries: Mapping[str, Entry], best: Mapping[str, Decimal] | None = None) -> Result:
    """Work out a rubric. `entries` by the leaf's code; `best` the best value of the cluster for quantities with `over`.

    A criterion that does not apply gives no points and is not missing. Raises BadExpression when a formula cannot be
    worked out with what was entered.
    """
    lines: list[Points] = []
    missing: list[str] = []
    with localcontext(EXACT):
        total = _reckon(scheme.root, 0, scheme.decimals, entries, best or {}, lines, missing)
    return Result(tuple(lines), total if total is not None else Decimal(0), tuple(missing))


def _reckon(
    node: Node,
    depth: int,
    decimals: int,
    entries: Mapping[str, Entry],
    best: Mapping[str, Decimal],
    lines: list[Points],
    missing: list[str],
) -> Decimal | None:
    place = len(lines)
    if node.kind is NodeKind.SUM:
        lines.append(Points(node, depth, None, ""))
        given = [_reckon(child, depth + 1, decimals, entries, best, lines, missing) for child in node.children]
        parts = [points for points in given if points is not None]
        together = sum(parts, Decimal(0))
        points = min(max(together, node.least), node.most)
        words = " + ".join(show_number(part, decimals) for part in parts) or "chưa có điểm"
        if points != together:
            words += f" = {show_number(together, decimals)}, giới hạn còn {show_number(points, decimals)}"
        lines[place] = Points(node, depth, points, words)
        return points
    entry = entries.get(node.code)
    if entry is None:
        missing.append(node.code)
        lines.append(Points(node, depth, None, "chưa chấm"))
        return None
    if not entry.applies:
        lines.append(Points(node, depth, None, "không áp dụng", applies=False))
        return None
    exact, words = _leaf(node, entry, best)
    points = rounded(min(max(exact, node.least), node.reach), decimals)
    lines.append(Points(node, depth, points, f"{words} = {show_number(points, decimals)}"))
    return points


def _leaf(node: Node, entry: Entry, best: Mapping[str, Decimal]) -> tuple[Decimal, str]:
    """Points before rounding and limits, with the calculation in words."""
    if node.kind is NodeKind.LEVEL:
        level = entry.level or Level.NOT
        share = {Level.ACHIEVED: Decimal(1), Level.PARTLY: node.partly, Level.NOT: Decimal(0)}[level]
        return node.most * share, f"{level.label}: {show_number(node.most)} × {show_number(share)}"
    if node.kind is NodeKind.EXPRESSION:
        given = ", ".join(f"{name} = {show_number(value)}" for name, value in entry.values.items())
        return work_out(read_expression(node.formula), entry.values), f"{node.formula} với {given}"
    if "value" not in entry.values:
        raise BadExpression(f"{node.code}: chưa có số liệu.")
    value = entry.values["value"]
    if node.kind is NodeKind.QUANTITY:
        return _quantity(node, value, best.get(node.code, value))
    assert node.each is not None
    words = f"{show_number(value)} lần × {show_number(node.each)}"
    if value * node.each > node.most:
        words += f", trần {show_number(node.most)}"
    elif value * node.each < node.least:
        words += f", sàn {show_number(node.least)}"
    return value * node.each, words


def _quantity(node: Node, value: Decimal, best: Decimal) -> tuple[Decimal, str]:
    assert node.target is not None
    share = min(max(value / node.target, Decimal(0)), Decimal(1))
    words = f"{show_number(value)} / {show_number(node.target)} × {show_number(node.most)}"
    if value >= node.target:
        words = f"{show_number(value)} đạt chỉ tiêu {show_number(node.target)}: {show_number(node.most)}"
    points = share * node.most
    if node.over and value > node.target and best > node.target:
        points += min((value - node.target) / (best - node.target), Decimal(1)) * node.over
        words += (
            f" + vượt {show_number(value - node.target)} trên mức vượt cao nhất của cụm "
            f"{show_number(best - node.target)} × {show_number(node.over)}"
        )
    return points, words
