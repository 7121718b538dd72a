"""From totals to ranks and from ranks to titles. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit before ranking: its total, the points of the criteria that part equal totals, in their order, and the
    place people gave it among equals. `least_met` False: it misses what any title but the last asks for.
    """

    key: str
    total: Decimal
    tie: tuple[Decimal, ...] = ()
    order: int | None = None
    least_met: bool = True


@dataclass(frozen=True, slots=True)
class Ranked:
    """One unit's rank; equal units share the best one and the next rank counts them all: 1, 1, 3."""

    key: str
    rank: int
    tied_with: tuple[str, ...]
    total: Decimal
    least_met: bool = True
    tie: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """A title: the fewest points for it, and how many percent of the ranked units may have it at most (None: all)."""

    name: str
    least: Decimal
    quota: Decimal | None = None


def rank(standings: Iterable[Standing]) -> list[Ranked]:
    """Best first: by total, then by the points of the tie criteria one after another, then by the order people decided.

    An order counts only when everyone in the group of equals has one: otherwise nobody decided between them, and they
    share the rank. Among equals in all of this the key only orders the list.
    """
    units = list(standings)
    longest = max((len(unit.tie) for unit in units), default=0)

    def merit(unit: Standing) -> tuple[Decimal, ...]:
        return (-unit.total, *(-part for part in unit.tie), *([Decimal(0)] * (longest - len(unit.tie))))

    units.sort(key=lambda unit: (merit(unit), unit.key))
    found: list[Ranked] = []
    for _, equals in groupby(units, key=merit):
        for group in _parted(list(equals)):
            place = len(found) + 1
            keys = [unit.key for unit in group]
            found += [
                Ranked(
                    unit.key, place, tuple(key for key in keys if key != unit.key), unit.total, unit.least_met, unit.tie
                )
                for unit in group
            ]
    return found


def _parted(equals: list[Standing]) -> list[list[Standing]]:
    orders = {unit.key: unit.order for unit in equals if unit.order is not None}
    if len(orders) < len(equals):
        return [equals]
    equals.sort(key=lambda unit: (orders[unit.key], unit.key))
    return [list(group) for _, group in groupby(equals, key=lambda unit: orders[unit.key])]


def room_of(title: Title, count: int) -> int:
    """How many of `count` ranked units may have a title.

    The quota's share rounded down, but never below one where at least two units are compared: a fifth of four is one
    unit, not none. A single unit has nobody to excel, and a quota of 0 is none.
    """
    if title.quota is None:
        return count
    room = int(min(title.quota, FULL) * count // FULL)
    return 1 if not room and title.quota > 0 and count >= 2 else room


def give_titles(ranked: Sequence[Ranked], titles: Sequence[Title]) -> dict[str, str]:
    """The title of each unit by key; "" for whom none is left. `titles` best first.

    Best first, a unit gets the first title whose points it reaches and whose quota has room. Equal units get it all or
    none. After the first who finds no room nobody behind gets that title either, so none stands above a better one;
    what finds no room falls to the next title. Who misses what titles ask for can only have the last one.
    """
    given = dict.fromkeys((one.key for one in ranked), "")
    left = sorted(ranked, key=lambda one: (one.rank, one.key))
    for title in titles:
        room = room_of(title, len(ranked))
        for _, equals in groupby(left, key=lambda one: one.rank):
            fit = [one for one in equals if one.total >= title.least and (one.least_met or title is titles[-1])]
            if len(fit) > room:
                break
            room -= len(fit)
            given |= dict.fromkeys((one.key for one in fit), title.name)
        left = [one for one in left if not given[one.key]]
    return given
