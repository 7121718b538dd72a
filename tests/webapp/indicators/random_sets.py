"""Sets of indicators and what a unit might say of them, by chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

from webapp.indicators.scheme import FULL, HALF, NONE, Item, Rule, Said, Step, inputs_of
from webapp.models import IndicatorMethod as M

HALVES = [Decimal(n) / 2 for n in range(1, 41)]


def random_set(chance: random.Random) -> list[Item]:
    """Two to four pillars; under some of them groups; every method, sums that agree."""
    items: list[Item] = []
    for number in range(1, chance.randint(2, 4) + 1):
        pillar = ["", "I", "II", "III", "IV"][number]
        if chance.random() < 0.5:
            below = _leaves(chance, pillar, f"{number}.")
        else:
            below = []
            for group in range(1, 3):
                code = f"{number}.{group}"
                leaves = _leaves(chance, code, f"{code}.")
                below += [_sum(code, leaves, pillar), *leaves]
        items += [_sum(pillar, [one for one in below if one.parent == pillar], ""), *below]
    return items


def _sum(code: str, below: Sequence[Item], parent: str) -> Item:
    most = sum((one.most for one in below), Decimal(0))
    return Item(code=code, text=f"Mục {code}", method=M.SUM, most=most, parent=parent)


def _leaves(chance: random.Random, parent: str, prefix: str) -> list[Item]:
    made = [_leaf(chance, f"{prefix}{place}", parent) for place in range(1, chance.randint(2, 5))]
    return [*made, Item(code=f"{prefix}9", text="Thông tin chung", method=M.INFO, most=Decimal(0), parent=parent)]


def _leaf(chance: random.Random, code: str, parent: str) -> Item:
    method = chance.choice([M.LADDER, M.STEPS, M.RATIO, M.RATIO, M.FORMULA])
    most = chance.choice(HALVES)
    rule = Rule()
    if method is M.STEPS:
        rule = Rule(steps=tuple(Step(most * part / 4, f"mức {part}") for part in (4, 3, 1, 0)))
    elif method is M.RATIO:
        lower = chance.random() < 0.4
        target = chance.choice([None, Decimal("0.2"), Decimal("0.8")])
        rule = Rule(lower=lower, target=target, a="số hồ sơ đúng hạn", b="tổng số hồ sơ")
    elif method is M.FORMULA:
        rule = Rule(formula=chance.choice(["số_buổi * 2 - số_lần / 3", "min(số_máy; 10) * 0,75", "if(x >= 5; x; 0)"]))
    return Item(
        code=code,
        text=f"Chỉ số {code}",
        method=method,
        most=most,
        parent=parent,
        rule=rule,
        evidence=chance.choice(["", "Báo cáo, quyết định"]),
    )


def random_said(chance: random.Random, items: Sequence[Item]) -> dict[str, Said]:
    """Of nearly all indicators; some do not apply."""
    said = {}
    for item in items:
        if not item.is_leaf or chance.random() < 0.05:
            continue
        if chance.random() < 0.15:
            said[item.code] = Said(applies=False)
        elif item.method is M.LADDER:
            said[item.code] = Said(choice=chance.choice([FULL, HALF, NONE]))
        elif item.method is M.STEPS:
            said[item.code] = Said(choice=str(chance.randrange(4)))
        elif item.method is M.RATIO:
            b = Decimal(chance.randint(1, 300))
            said[item.code] = Said(values={"a": Decimal(chance.randint(0, int(b) + 5)), "b": b})
        elif item.method is M.FORMULA:
            said[item.code] = Said(values={name: Decimal(chance.randint(0, 40)) / 2 for name in inputs_of(item)})
        else:
            said[item.code] = Said()
    return said
