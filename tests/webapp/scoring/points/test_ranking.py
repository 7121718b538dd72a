"""Ranks and titles: fair whatever order units come in, and no quota is ever passed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.scoring.points.ranking import Ranked, Standing, Title, give_titles, rank, room_of

NUMBERS = st.integers(0, 6).map(lambda number: Decimal(number) / 2)
TITLES = (Title("Xuất sắc", Decimal("2.5"), Decimal(20)), Title("Tốt", Decimal(1)), Title("Còn lại", Decimal(0)))


@st.composite
def clusters(draw: st.DrawFn) -> list[Standing]:
    return [
        Standing(
            f"u{place}",
            draw(NUMBERS),
            (draw(NUMBERS), draw(NUMBERS)),
            draw(st.none() | st.integers(1, 3)),
            draw(st.booleans()),
        )
        for place in range(draw(st.integers(0, 14)))
    ]


def unit(key: str, total: str, tie: tuple[str, ...] = (), order: int | None = None) -> Standing:
    return Standing(key, Decimal(total), tuple(Decimal(part) for part in tie), order)


def ranks(*standings: Standing) -> dict[str, int]:
    return {one.key: one.rank for one in rank(standings)}


def test_equal_totals_are_parted_step_by_step() -> None:
    assert ranks(unit("a", "9"), unit("b", "9.00"), unit("c", "8")) == {"a": 1, "b": 1, "c": 3}
    assert ranks(unit("a", "9", ("1",)), unit("b", "9", ("2",)), unit("c", "9", ("2",))) == {"b": 1, "c": 1, "a": 3}
    assert ranks(unit("a", "9", ("2", "1")), unit("b", "9", ("2", "3"))) == {"b": 1, "a": 2}
    assert ranks(unit("a", "9", order=2), unit("b", "9", order=1)) == {"b": 1, "a": 2}
    assert ranks(unit("a", "9", order=2), unit("b", "9", order=1), unit("c", "9")) == {"a": 1, "b": 1, "c": 1}
    assert ranks(unit("a", "9", ("2",)), unit("b", "9", ("2", "0")), unit("c", "9", ("2", "-1"))) == {
        "a": 1,
        "b": 1,
        "c": 3,
    }
    assert rank([unit("a", "9"), unit("b", "9")])[0].tied_with == ("b",)
    assert rank([]) == []


@given(st.data())
def test_the_order_units_come_in_changes_nothing(data: st.DataObject) -> None:
    units = data.draw(clusters())
    other = data.draw(st.permutations(units))
    assert rank(units) == rank(other)
    assert give_titles(rank(units), TITLES) == give_titles(data.draw(st.permutations(rank(other))), TITLES)


@given(st.data())
def test_more_points_never_lower_a_rank(data: st.DataObject) -> None:
    units = data.draw(clusters().filter(bool))
    place = data.draw(st.integers(0, len(units) - 1))
    old = units[place]
    more, tie = data.draw(NUMBERS), tuple(part + data.draw(NUMBERS) for part in old.tie)
    new = Standing(old.key, old.total + more, tie, old.order, old.least_met)
    after = ranks(*units[:place], new, *units[place + 1 :])
    assert after[old.key] <= ranks(*units)[old.key]


@given(clusters())
def test_ranks_count_those_who_are_better(units: list[Standing]) -> None:
    ranked = rank(units)
    for one in ranked:
        assert one.rank == 1 + sum(other.rank < one.rank for other in ranked)
        assert set(one.tied_with) == {other.key for other in ranked if other.rank == one.rank and other.key != one.key}
        for other in ranked:
            assert one.total <= other.total or one.rank < other.rank


@given(
    clusters(),
    st.lists(
        st.tuples(NUMBERS, st.none() | st.integers(0, 120).map(Decimal)),
        max_size=4,
    ),
)
def test_titles_follow_points_and_quotas(units: list[Standing], limits: list[tuple[Decimal, Decimal | None]]) -> None:
    limits.sort(key=lambda limit: -limit[0])
    titles = [Title(str(place), least, quota) for place, (least, quota) in enumerate(limits)]
    ranked = rank(units)
    given_to = give_titles(ranked, titles)
    assert set(given_to) == {one.key for one in units}
    best = {title.name: place for place, title in enumerate(titles)} | {"": len(titles)}
    for place, title in enumerate(titles):
        having = [one for one in ranked if given_to[one.key] == title.name]
        assert len(having) <= room_of(title, len(ranked))
        assert all(one.total >= title.least for one in having)
        assert place == len(titles) - 1 or all(one.least_met for one in having)
    for one in ranked:
        for other in ranked:
            if one.least_met and other.least_met:
                if one.rank == other.rank:
                    assert given_to[one.key] == given_to[other.key]
                elif one.rank < other.rank:
                    assert best[given_to[one.key]] <= best[given_to[other.key]]


@pytest.mark.parametrize(
    ("count", "quota", "room"),
    [
        (1, 20, 0),
        (2, 20, 1),
        (4, 20, 1),
        (5, 20, 1),
        (9, 20, 1),
        (10, 20, 2),
        (14, 20, 2),
        (30, 20, 6),
        (0, 20, 0),
        (3, 100, 3),
    ],
)
def test_how_many_a_quota_is(count: int, quota: int, room: int) -> None:
    assert room_of(Title("x", Decimal(0), Decimal(quota)), count) == room
    assert room_of(Title("x", Decimal(0)), count) == count


def titles_of(*standings: Standing) -> list[str]:
    given_to = give_titles(rank(standings), TITLES)
    return [given_to[one.key] for one in standings]


def test_equals_at_the_edge_of_a_quota_fall_together() -> None:
    best, second = unit("a", "3"), unit("b", "3")
    assert titles_of(best, second, unit("c", "2")) == ["Tốt", "Tốt", "Tốt"]
    assert titles_of(best, unit("b", "2.5"), unit("c", "0.5")) == ["Xuất sắc", "Tốt", "Còn lại"]
    # Nobody behind two equals who found no room is better off than they.
    assert titles_of(best, second, *(unit(f"c{n}", "2.5") for n in range(3))) == ["Tốt"] * 5
    assert give_titles([Ranked("a", 1, (), Decimal(-1))], TITLES) == {"a": ""}
    spoilt = Standing("a", Decimal(3), least_met=False)
    assert titles_of(spoilt, unit("b", "2.5")) == ["Còn lại", "Xuất sắc"]
