"""What the members of a cluster share, and what keeps them apart."""

from __future__ import annotations

from decimal import Decimal

from webapp.scoring.points.cluster import Member, rank_members
from webapp.scoring.points.cluster_rules import RubricRules, common_rules
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.ranking import Title
from webapp.scoring.points.scheme import Entry, Node, NodeKind, Scheme

QUANTITY = Node(
    code="a", title="Lớp học số", kind=NodeKind.QUANTITY, most=Decimal(90), target=Decimal(8), over=Decimal(10)
)
SCHEME = Scheme(Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(100), children=(QUANTITY,)))


def member(number: int, order: int | None = None, *, rubric: str = "", decision: str = "") -> Member:
    entries = {"a": Entry({"value": Decimal(number)})}
    return Member(f"Tổ {number}", SCHEME, entries, order, rubric=rubric, decision=decision)


def ranks(*members: Member) -> list[int]:
    return [one.rank for one in rank_members(members, RubricRules()).ranked]


def test_rubrics_with_equal_trees_are_still_two() -> None:
    found = rank_members([member(10, rubric="x"), member(16, rubric="x"), member(10, rubric="y")], RubricRules())
    assert found.best == ({"a": 16}, {"a": 16}, {"a": 10})
    assert [result.total for result in found.results] == [Decimal("92.5"), 100, 100]
    assert found.undecided() == [[1, 2]]


def test_an_order_counts_among_those_it_was_decided_for() -> None:
    assert ranks(member(9, 2, decision="first"), member(9, 1, decision="first")) == [2, 1]
    assert ranks(member(9, 2, decision="first"), member(9, 1, decision="second")) == [1, 1]
    assert ranks(member(9, 2, decision="first"), member(9, 1, decision="first"), member(9)) == [1, 1, 1]


def test_what_holds_where_rubrics_differ() -> None:
    strict = RubricRules(ties=("a",), titles=(Title("Tốt", Decimal(70), Decimal(20)), Title("Đạt", Decimal(50))))
    mild = RubricRules(Pooling.MEDIAN, ties=("b",), titles=(Title("Đạt", Decimal(60)), Title("Tốt", Decimal(65))))
    both = (Title("Tốt", Decimal(70), Decimal(20)), Title("Đạt", Decimal(60)))
    assert common_rules([strict, mild]) == RubricRules(titles=both)
    assert common_rules([mild, strict]) == RubricRules(Pooling.MEDIAN, titles=both)
    assert common_rules([strict, strict]) == strict
    assert common_rules([]) == RubricRules()
