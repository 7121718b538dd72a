"""Several appraisers' points made one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from statistics import median as middle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.numbers import stored_number, write_number
from webapp.scoring.points.pooling import Pooling, median, outliers, pool, trimmed_mean

POINTS = st.lists(st.integers(-500, 5000).map(lambda number: Decimal(number) / 100), min_size=1, max_size=30)


def numbers(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


@given(POINTS)
def test_as_by_plain_fractions(values: list[Decimal]) -> None:
    assert median(values) == middle(Fraction(value) for value in values)
    kept = sorted(Fraction(value) for value in values)
    for _ in range(len(values) // 5):
        kept = kept[1:-1]
    assert abs(Fraction(trimmed_mean(values)) - sum(kept) / len(kept)) <= Fraction(1, 2 * 10**8)
    for value in (median(values), trimmed_mean(values)):
        assert min(values) <= value <= max(values)
        assert stored_number(write_number(value)) == value


def test_which_are_dropped() -> None:
    assert trimmed_mean(numbers("1", "2")) == Decimal("1.5")
    assert trimmed_mean(numbers("0", "9", "9", "10")) == 7
    assert trimmed_mean(numbers("0", "8", "9", "10", "100")) == 9
    assert median(numbers("10", "1", "4")) == 4 and median(numbers("10", "1", "4", "5")) == Decimal("4.5")


def test_without_pooling_there_is_one() -> None:
    assert pool(Pooling.NONE, numbers("7")) == 7
    assert pool(Pooling.MEDIAN, numbers("7", "8")) == Decimal("7.5") == pool(Pooling.TRIMMED, numbers("7", "8"))
    with pytest.raises(ValueError, match="pool"):
        pool(Pooling.NONE, numbers("7", "8"))
    for empty in (median, trimmed_mean):
        with pytest.raises(ValueError, match="no values"):
            empty([])
    assert all(one.label for one in Pooling)


@pytest.mark.parametrize(
    ("texts", "out"),
    [
        ((), set()),
        (("1",), set()),
        (("8", "9"), set()),
        (("2", "9"), {0, 1}),
        (("8", "9", "2"), {2}),
        (("8", "9", "7", "9"), set()),
        (("8", "9", "8", "9", "2"), {4}),
        (("8", "8", "8", "8", "8.4"), set()),
        (("8", "8", "8", "8", "8.6"), {4}),
        (("6", "7", "8", "9", "10"), set()),
    ],
)
def test_what_stands_apart_of_ten_points(texts: tuple[str, ...], out: set[int]) -> None:
    assert outliers(numbers(*texts), Decimal(10)) == out


@given(POINTS, st.randoms(use_true_random=False))
def test_standing_apart_does_not_depend_on_the_order(values: list[Decimal], random: object) -> None:
    places = list(range(len(values)))
    random.shuffle(places)  # type: ignore[attr-defined]
    shuffled = [values[place] for place in places]
    assert {places[found] for found in outliers(shuffled, Decimal(10))} == outliers(values, Decimal(10))
