"""Ready-made rubrics to start from, made of the plan's own criteria. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from webapp.scoring.points.scheme import Node, NodeKind, Scheme

FULL = Decimal(100)


class Example(StrEnum):
    """What a new rubric can start from."""

    HUNDRED = "hundred"
    LEVELS = "levels"
    INDEX = "index"

    @property
    def label(self) -> str:
        return {
            "hundred": "100 điểm: tiêu chí của kế hoạch, sáng kiến, cộng trừ",
            "levels": "Ba mức đạt, đạt một phần, không đạt cho từng tiêu chí",
            "index": "Bộ chỉ số chuyển đổi số: đủ điểm, nửa điểm, không điểm",
        }[self.value]


def example(kind: Example, criteria: Sequence[tuple[str, str]]) -> Scheme:
    """A rubric of 100 points over these criteria, (code, text) in the plan's order; at least one."""
    if kind is Example.HUNDRED:
        parts = _shared("A", "Thực hiện các tiêu chí của phong trào", criteria, Decimal(80), NodeKind.LEVEL)
        new = Node(
            code="B",
            title="Sáng kiến, giải pháp, mô hình được công nhận",
            kind=NodeKind.OCCURRENCE,
            most=Decimal(10),
            each=Decimal(5),
        )
        paper = Node(
            code="C",
            title="Chế độ thông tin, báo cáo: số lần nộp muộn (mỗi lần trừ 2 điểm)",
            kind=NodeKind.EXPRESSION,
            most=Decimal(10),
            formula="max(10 - 2 * số_lần_nộp_muộn; 0)",
            evidence=False,
        )
        return Scheme(_root((parts, new, paper)))
    if kind is Example.LEVELS:
        return Scheme(_root((_shared("A", "Tiêu chí của phong trào", criteria, FULL, NodeKind.LEVEL),)))
    index = _shared("CS", "Chỉ số thành phần", criteria, FULL, NodeKind.LEVEL)
    return Scheme(_root((index,)), 1)


def _root(children: tuple[Node, ...]) -> Node:
    return Node(code="T", title="Tổng điểm", kind=NodeKind.SUM, most=FULL, children=children)


def _shared(code: str, title: str, criteria: Sequence[tuple[str, str]], most: Decimal, kind: NodeKind) -> Node:
    """The points in equal whole tenths; what is left over goes to the first ones, so that the sum is exact."""
    tenths = int(most * 10)
    each, over = divmod(tenths, len(criteria))
    children = tuple(
        Node(
            code=f"{code}.{key}",
            title=text,
            kind=kind,
            most=Decimal(each + (place < over)) / 10,
            criterion=key,
        )
        for place, (key, text) in enumerate(criteria)
    )
    return Node(code=code, title=title, kind=NodeKind.SUM, most=most, children=children)
