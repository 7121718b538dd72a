"""From entries to points: worked out exactly, criterion by criterion, each step told in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from webapp.core.expression import BadExpression, evaluate, read_expression
from webapp.core.numbers import EXACT, rounded, show_number
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme
from webapp.scoring.points.wording import formula_words, name_words


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


def best_of(scheme: Scheme, all_entries: Iterable[Mapping[str, Entry]]) -> dict[str, Decimal]:
    """The best value of a cluster for each quantity with points above the target.

    What does not apply and what got fixed points has no value to be measured against.
    """
    best: dict[str, Decimal] = {}
    leaves = [leaf for leaf in scheme.leaves() if leaf.kind is NodeKind.QUANTITY and leaf.over]
    for entries in all_entries:
        for leaf in leaves:
            entry = entries.get(leaf.code)
            if entry is None or not entry.applies or entry.points is not None or "value" not in entry.values:
                continue
            value = entry.values["value"]
            best[leaf.code] = max(best.get(leaf.code, value), value)
    return best


def reckon(
    scheme: Scheme,
    entries: Mapping[str, Entry],
    best: Mapping[str, Decimal] | None = None,
    *,
    relative: bool = True,
) -> Result:
    """Work out a rubric. `entries` by the leaf's code; `best` the best value of the cluster for quantities with `over`.

    `relative` False leaves out what depends on the others of the cluster, as long as they may still change. A criterion
    that does not apply gives no points and is not missing. Raises BadExpression when a formula cannot be worked out with
    what was entered.
    """
    run = _Run(scheme.decimals, entries, best or {}, relative)
    with localcontext(EXACT):
        total = run.points_of(scheme.root, 0)
    return Result(tuple(run.lines), total if total is not None else Decimal(0), tuple(run.missing))


@dataclass(slots=True)
class _Run:
    """One working out of a rubric."""

    decimals: int
    entries: Mapping[str, Entry]
    best: Mapping[str, Decimal]
    relative: bool
    lines: list[Points] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def points_of(self, node: Node, depth: int) -> Decimal | None:
        if node.kind is NodeKind.SUM:
            return self.sum_of(node, depth)
        entry = self.entries.get(node.code)
        if entry is None:
            self.missing.append(node.code)
            self.lines.append(Points(node, depth, None, "chưa chấm"))
            return None
        if not entry.applies:
            self.lines.append(Points(node, depth, None, "không áp dụng", applies=False))
            return None
        exact, words = self.leaf(node, entry)
        points = rounded(min(max(exact, node.least), node.reach), self.decimals)
        self.lines.append(Points(node, depth, points, f"{words} = {show_number(points, self.decimals)}"))
        return points

    def sum_of(self, node: Node, depth: int) -> Decimal:
        place = len(self.lines)
        self.lines.append(Points(node, depth, None, ""))
        given = [self.points_of(child, depth + 1) for child in node.children]
        parts = [points for points in given if points is not None]
        together = sum(parts, Decimal(0))
        points = min(max(together, node.least), node.most)
        words = " + ".join(show_number(part, self.decimals) for part in parts) or "chưa có điểm"
        if points != together:
            words += f" = {show_number(together, self.decimals)}, giới hạn còn {show_number(points, self.decimals)}"
        self.lines[place] = Points(node, depth, points, words)
        return points

    def leaf(self, node: Node, entry: Entry) -> tuple[Decimal, str]:
        """Points before rounding and limits, with the calculation in words."""
        if entry.points is not None:
            return entry.points, _limits(node, entry.points, f"{entry.words or 'ấn định'} {show_number(entry.points)}")
        if node.kind is NodeKind.LEVEL:
            level = entry.level or Level.NOT
            share = {Level.ACHIEVED: Decimal(1), Level.PARTLY: node.partly, Level.NOT: Decimal(0)}[level]
            return node.most * share, f"{level.label}: {show_number(node.most)} × {show_number(share)}"
        if node.kind is NodeKind.EXPRESSION:
            given = ", ".join(f"{name_words(name)} là {show_number(value)}" for name, value in entry.values.items())
            words = f"{formula_words(node.formula)}, với {given}"
            return evaluate(read_expression(node.formula), entry.values), words
        if "value" not in entry.values:
            raise BadExpression(f"{node.code}: chưa có số liệu.")
        value = entry.values["value"]
        if node.kind is NodeKind.QUANTITY:
            return _quantity(node, value, self.best.get(node.code, value) if self.relative else None)
        assert node.each is not None
        points = value * node.each
        return points, _limits(node, points, f"{show_number(value)} lần × {show_number(node.each)}")


def _limits(node: Node, points: Decimal, words: str) -> str:
    if points > node.reach:
        return f"{words}, trần {show_number(node.reach)}"
    return f"{words}, sàn {show_number(node.least)}" if points < node.least else words


def _quantity(node: Node, value: Decimal, best: Decimal | None) -> tuple[Decimal, str]:
    """`best` None: the share above the target waits for the cluster's close.

    Multiplied before divided: 1 / 3 × 1,5 must be a half, not a little less.
    """
    assert node.target is not None
    if value < node.target:
        words = f"{show_number(value)} / {show_number(node.target)} × {show_number(node.most)}"
        return max(value, Decimal(0)) * node.most / node.target, words
    points, words = (
        node.most,
        f"{show_number(value)} đạt chỉ tiêu {show_number(node.target)}: {show_number(node.most)}",
    )
    if not node.over or value == node.target:
        return points, words
    if best is None:
        return points, f"{words}, phần vượt chỉ tiêu tính khi cụm chốt"
    if best > node.target:
        points += min((value - node.target) * node.over / (best - node.target), node.over)
        words += (
            f" + vượt {show_number(value - node.target)} trên mức vượt cao nhất của cụm "
            f"{show_number(best - node.target)} × {show_number(node.over)}"
        )
    return points, words
