"""The members of a cluster reckoned and ranked together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from webapp.scoring.points.cluster_rules import RubricRules, standing_of
from webapp.scoring.points.ranking import Ranked, Standing, give_titles, rank
from webapp.scoring.points.reckoning import Result, best_of, reckon
from webapp.scoring.points.scheme import Entry, Scheme


@dataclass(frozen=True, slots=True)
class Member:
    """One unit with its rubric and what was said of it; `order` and `least_met` as in ranking.Standing.

    `rubric` keeps rubrics apart whose trees are equal, `decision` names the one that gave the order.
    """

    name: str
    scheme: Scheme
    entries: Mapping[str, Entry]
    order: int | None = None
    least_met: bool = True
    rubric: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a cluster comes to, each in the order of its members."""

    results: tuple[Result, ...]
    ranked: tuple[Ranked, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]
    best: tuple[Mapping[str, Decimal], ...]

    def equals_of(self, place: int) -> list[str]:
        """Names of the units that share the rank of the one at `place`."""
        return [self.names[int(key)] for key in self.ranked[place].tied_with]

    def undecided(self) -> list[list[int]]:
        """Places of two and more members between whom nothing decides but people."""
        groups: dict[tuple[Decimal, tuple[Decimal, ...]], list[int]] = {}
        for place, one in enumerate(self.ranked):
            groups.setdefault((one.total, one.tie), []).append(place)
        return [group for group in groups.values() if len(group) > 1]


def alike(members: Sequence[Member]) -> list[list[int]]:
    """Places of the members that are scored by one rubric: only they are measured against each other's best."""
    groups: list[list[int]] = []
    for place, member in enumerate(members):
        for group in groups:
            first = members[group[0]]
            if (first.rubric, first.scheme) == (member.rubric, member.scheme):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def best_by_member(members: Sequence[Member]) -> list[dict[str, Decimal]]:
    """For each member the best values among those scored by its rubric."""
    found: list[dict[str, Decimal]] = [{} for _ in members]
    for group in alike(members):
        best = best_of(members[group[0]].scheme, [members[place].entries for place in group])
        for place in group:
            found[place] = best
    return found


def rank_members(members: Sequence[Member], rules: RubricRules) -> Ranking:
    """Points, ranks and titles of all members by rules they share. Raises BadExpression like `reckon`."""
    best = best_by_member(members)
    results = [reckon(member.scheme, member.entries, top) for member, top in zip(members, best, strict=True)]
    # Keys are places: two units may have one name.
    standings = [
        standing_of(f"{place:04}", result, rules, least_met=member.least_met)
        for place, (member, result) in enumerate(zip(members, results, strict=True))
    ]
    ranked = rank(_with_orders(members, standings))
    titles = give_titles(ranked, rules.titles)
    return Ranking(
        results=tuple(results),
        ranked=tuple(sorted(ranked, key=lambda one: one.key)),
        titles=tuple(titles[standing.key] for standing in standings),
        names=tuple(member.name for member in members),
        best=tuple(best),
    )


def _with_orders(members: Sequence[Member], standings: Sequence[Standing]) -> list[Standing]:
    """An order people decided counts among those it was decided for; who came to be equal later was not compared."""
    decisions: dict[tuple[Decimal, tuple[Decimal, ...]], set[str]] = {}
    for member, one in zip(members, standings, strict=True):
        decisions.setdefault((one.total, one.tie), set()).add(member.decision)
    return [
        replace(one, order=member.order) if len(decisions[one.total, one.tie]) == 1 else one
        for member, one in zip(members, standings, strict=True)
    ]
