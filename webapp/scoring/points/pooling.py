"""Points of several appraisers made into one, and appraisals that stand out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from enum import StrEnum

from webapp.core.numbers import EXACT, rounded

# A mean may go on for ever; this is as many decimals as a number of scoring is written with. Far finer than any rubric
# rounds to, so rounding twice comes to the same as rounding once.
PLACES = 8
# Below this many values quartiles say nothing.
FEW = 5
FENCE = Decimal("1.5")
# Shares of the criterion's reach: among few values, further from the middle than this is out; among more, what is nearer
# than the second is never out, however close together the others stand.
FAR_SHARE = Decimal("0.2")
NEAR_SHARE = Decimal("0.05")


class Pooling(StrEnum):
    """How the points of several appraisers of one sheet become one."""

    NONE = "none"
    MEDIAN = "median"
    TRIMMED = "trimmed"

    @property
    def label(self) -> str:
        return {
            "none": "Không gộp: một người thẩm định",
            "median": "Điểm giữa",
            "trimmed": "Trung bình sau khi bỏ điểm cao nhất và thấp nhất",
        }[self.value]


def pool(pooling: Pooling, values: Sequence[Decimal]) -> Decimal:
    """One number out of at least one. Without pooling there must be exactly one; anything else is the caller's fault."""
    if pooling is Pooling.MEDIAN:
        return median(values)
    if pooling is Pooling.TRIMMED:
        return trimmed_mean(values)
    if len(values) != 1:
        raise ValueError("several values, but nothing says how to pool them")
    return values[0]


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle value; of an even count the mean of the two in the middle."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else _mean(ordered[half - 1 : half + 1])


def trimmed_mean(values: Sequence[Decimal]) -> Decimal:
    """The mean without the highest and the lowest fifth.

    From each end a fifth of the count is dropped, rounded down: none below 5 values (a plain mean), one at each end of 5
    to 9, two of 10 to 14.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    cut = len(ordered) // 5
    return _mean(ordered[cut : len(ordered) - cut])


def _mean(values: Sequence[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return rounded(sum(values, Decimal(0)) / len(values), PLACES)


def outliers(values: Sequence[Decimal], reach: Decimal) -> set[int]:
    """Positions of values that stand apart; `reach` is the most points the criterion can give.

    From 5 values on: beyond 1.5 interquartile ranges outside the quartiles (the medians of the lower and the upper half,
    the middle value in both, so that one stray among five does not widen its own fence), and further from the median
    than a twentieth of the reach. Below 5: further from the
    median than a fifth of the reach; of two values so far apart both stand apart, since nothing says which is right.
    """
    if len(values) < 2:
        return set()
    middle = median(values)
    if len(values) < FEW:
        return {place for place, value in enumerate(values) if abs(value - middle) > reach * FAR_SHARE}
    ordered, half = sorted(values), (len(values) + 1) // 2
    low, high = median(ordered[:half]), median(ordered[-half:])
    fence = (high - low) * FENCE
    return {
        place
        for place, value in enumerate(values)
        if (value < low - fence or value > high + fence) and abs(value - middle) > reach * NEAR_SHARE
    }
