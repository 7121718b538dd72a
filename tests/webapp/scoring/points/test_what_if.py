"""Other weights tried on a cluster: ranks move, nothing unknown is invented."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings

from tests.webapp.scoring.strategies import clusters
from webapp.scoring.points.cluster import Member, rank_members
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme
from webapp.scoring.points.what_if import Moved, what_if

RULES = RubricRules()


def scheme_of(*leaves: Node) -> Scheme:
    return Scheme(Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(100), children=leaves))


def level(code: str, most: int) -> Node:
    return Node(code=code, title=code, kind=NodeKind.LEVEL, most=Decimal(most))


def member(name: str, **entries: Level | str) -> Member:
    values = {
        code: Entry(level=given) if isinstance(given, Level) else Entry(points=Decimal(given))
        for code, given in entries.items()
    }
    return Member(name, scheme_of(), values)


OLD = scheme_of(level("a", 60), level("b", 40))
ONE = member("Một", a=Level.ACHIEVED, b=Level.NOT)
TWO = member("Hai", a=Level.NOT, b=Level.ACHIEVED)


def test_other_weights_move_ranks() -> None:
    new = scheme_of(level("a", 30), level("b", 70))
    assert what_if([ONE, TWO], OLD, new, RULES) == [
        Moved("Hai", Decimal(40), Decimal(70), 2, 1, 1, ()),
        Moved("Một", Decimal(60), Decimal(30), 1, 2, -1, ()),
    ]


def test_what_is_not_known_counts_as_not_scored_and_is_said() -> None:
    times = Node(code="b", title="b", kind=NodeKind.OCCURRENCE, most=Decimal(40), each=Decimal(5))
    rows = what_if([ONE, TWO], OLD, scheme_of(level("a", 50), times, level("c", 10)), RULES)
    assert [(row.name, row.new_total, row.missing) for row in rows] == [
        ("Một", Decimal(50), ("b", "c")),
        ("Hai", Decimal(0), ("b", "c")),
    ]


def test_fixed_points_hold_within_the_new_limits() -> None:
    (row,) = what_if([member("Một", a="50", b=Level.PARTLY)], OLD, scheme_of(level("a", 30), level("b", 70)), RULES)
    assert (row.old_total, row.new_total, row.missing) == (70, 65, ())


@settings(max_examples=100, deadline=None)
@given(clusters())
def test_the_same_rubric_moves_nobody(members: list[Member]) -> None:
    scheme = members[0].scheme
    rows = what_if(members, scheme, scheme, RULES)
    assert len(rows) == len(members)
    assert all(row.moved == 0 and row.old_total == row.new_total for row in rows)
    # Under their own rubric with entries that fit, totals are those of the cluster.
    whole = [one for one in members if one.scheme == scheme and not _odd(one)]
    outcome = rank_members([replace(one, name=str(place)) for place, one in enumerate(whole)], RULES)
    again = {
        row.name: row
        for row in what_if([replace(one, name=str(n)) for n, one in enumerate(whole)], scheme, scheme, RULES)
    }
    assert [again[str(place)].new_total for place in range(len(whole))] == [one.total for one in outcome.results]


def _odd(one: Member) -> bool:
    """A count that is not whole is passed over by what_if but reckoned where it stands."""
    counted = {leaf.code for leaf in one.scheme.leaves() if leaf.kind is NodeKind.OCCURRENCE}
    return any(
        entry.values and entry.applies and entry.values["value"] % 1
        for code, entry in one.entries.items()
        if code in counted
    )
