"""A draft rubric out of the points that the plan itself names. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from webapp.scoring.points.scheme import Node, NodeKind, Scheme

START = "plan"
LABEL = "Điểm ghi trong kế hoạch: mỗi tiêu chí theo số điểm đã đọc được"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGroup:
    """A group of criteria, (code, text) in the plan's order."""

    code: str
    title: str
    criteria: Sequence[tuple[str, str]]


def scheme_from_plan(groups: Sequence[PlanGroup], points: Mapping[str, Decimal]) -> Scheme | None:
    """One sum for each group over its criteria that have points; what has none is left out. None where nothing has."""
    parts = [part for group in groups if (part := _part(group, points))]
    if not parts:
        return None
    most = sum((part.most for part in parts), Decimal(0))
    return Scheme(Node(code="T", title="Tổng điểm", kind=NodeKind.SUM, most=most, children=tuple(parts)))


def _part(group: PlanGroup, points: Mapping[str, Decimal]) -> Node | None:
    leaves = tuple(
        Node(code=code, title=text, kind=NodeKind.LEVEL, most=points[code], criterion=code)
        for code, text in group.criteria
        if points.get(code)
    )
    if not leaves:
        return None
    if len(leaves) == 1 and leaves[0].code == group.code:
        return leaves[0]  # a row that is group and criterion in one
    most = sum((leaf.most for leaf in leaves), Decimal(0))
    return Node(code=group.code, title=group.title, kind=NodeKind.SUM, most=most, children=leaves)
