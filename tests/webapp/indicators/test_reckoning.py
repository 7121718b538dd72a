"""Points of a sheet: bounds, what does not apply, shares; and what cannot be worked out is told, not guessed."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bounded import bounded
from tests.webapp.indicators.random_sets import random_said, random_set
from webapp.indicators.reckoning import BadSaid, points_of, reckon
from webapp.indicators.scheme import Item, Rule, Said, check
from webapp.models import IndicatorMethod as M


def ratio(most: str = "10", **rule: object) -> Item:
    return Item(code="1", text="Hồ sơ trực tuyến", method=M.RATIO, most=Decimal(most), rule=Rule(**rule))  # type: ignore[arg-type]


def values(a: str, b: str) -> Said:
    return Said(values={"a": Decimal(a), "b": Decimal(b)})


@pytest.mark.parametrize(
    ("item", "said", "points", "warned"),
    [
        (ratio(), values("1", "3"), "3.33", False),
        (ratio(target=Decimal("0.8")), values("6", "10"), "7.5", False),
        (ratio(target=Decimal("0.8")), values("9", "10"), "10", False),
        (ratio(), values("11", "10"), "10", True),
        (ratio(lower=True), values("1", "4"), "7.5", False),
        (ratio(lower=True, target=Decimal("0.2")), values("2", "10"), "10", False),
        (ratio(lower=True, target=Decimal("0.2")), values("6", "10"), "5", False),
        (ratio(lower=True), values("5", "4"), "0", True),
        (ratio("0.5"), values("0.5", "2"), "0.13", False),
    ],
)
def test_a_ratio_gives_its_part_and_tells_what_is_odd(item: Item, said: Said, points: str, warned: bool) -> None:
    found = points_of(item, said, 2)
    assert (found.points, bool(found.warning)) == (Decimal(points), warned)


@pytest.mark.parametrize(
    ("item", "said", "word"),
    [
        (ratio(), values("0", "0"), "b = 0"),
        (ratio(), values("3", "0"), "b = 0"),
        (ratio(), values("-1", "2"), "không được âm"),
        (ratio(), Said(values={"a": Decimal(1)}), "thiếu"),
        (Item(code="1", text="x", method=M.LADDER, most=Decimal(1)), Said(choice="?"), "chọn"),
        (
            Item(code="1", text="x", method=M.FORMULA, most=Decimal(1), rule=Rule(formula="x / y")),
            Said(values={"x": Decimal(1), "y": Decimal(0)}),
            "chia cho 0",
        ),
    ],
)
def test_what_cannot_be_worked_out_is_told(item: Item, said: Said, word: str) -> None:
    with pytest.raises(BadSaid, match=word):
        points_of(item, said, 2)


def test_children_that_do_not_add_up_are_told_with_both_numbers() -> None:
    items = [
        Item(code="I", text="Hạ tầng số", method=M.SUM, most=Decimal(20)),
        Item(code="1", text="Mạng", method=M.LADDER, most=Decimal("7.5"), parent="I"),
        Item(code="2", text="Máy", method=M.LADDER, most=Decimal(10), parent="I"),
        Item(code="3", text="Số máy", method=M.INFO, most=Decimal(0), parent="I"),
    ]
    (found,) = check(items)
    assert found.blocks and "20" in found.sentence and "17,5" in found.sentence


@bounded(60)
@given(seed=st.integers(0, 10**6), rescales=st.booleans())
def test_points_stay_within_bounds_and_shares_are_kept(seed: int, rescales: bool) -> None:
    chance = random.Random(seed)
    items = random_set(chance)
    assert check(items) == []
    said = random_said(chance, items)
    result = reckon(items, said, decimals=2, rescales=rescales)
    assert 0 <= result.points <= result.most and 0 <= result.share <= 100
    for line in result.lines:
        assert line.points is None or 0 <= line.points <= line.item.most
    # The order of what stands under one head is of no consequence.
    shuffled = sorted(items, key=lambda item: chance.random())
    again = reckon(shuffled, said, decimals=2, rescales=rescales)
    assert (again.points, again.share) == (result.points, result.share)
    # What does not apply and rescales: the same share of what is left.
    for line in result.lines:
        below = [one for one in result.lines if one.item.parent == line.item.code and one.item.counts]
        if not line.item.is_leaf and rescales and (counted := sum(one.counted for one in below)):
            share = sum(one.points or 0 for one in below) / counted
            assert line.points is not None
            assert abs(line.points - line.item.most * share) <= Decimal("0.005")
