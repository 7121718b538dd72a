"""The members of a cluster reckoned and ranked together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from webapp.scoring.points.cluster_rules import RubricRules, standing_of
from webapp.scoring.points.ranking import Ranked, give_titles, rank
from webapp.scoring.points.reckoning import Result, best_of, reckon
from webapp.scoring.points.scheme import Entry, Scheme


@dataclass(frozen=True, slots=True)
class Member:
    """One unit with its rubric and what was said of it; `order` and `least_met` as in ranking.Standing."""

    name: str
    scheme: Scheme
    entries: Mapping[str, Entry]
    order: int | None = None
    least_met: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cluster comes to, each in the order of its members."""

    results: tuple[Result, ...]
    ranked: tuple[Ranked, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]

    def equals_of(self, place: int) -> list[str]:
        """Names of the units that share the rank of the one at `place`."""
        return [self.names[int(key)] for key in self.ranked[place].tied_with]


def alike(members: Sequence[Member]) -> list[list[int]]:
    """Places of the members that are scored by one rubric: only they are measured against each other's best."""
    groups: list[list[int]] = []
    for place, member in enumerate(members):
        for group in groups:
            if members[group[0]].scheme == member.scheme:
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


def work_out_cluster(members: Sequence[Member], rules: RubricRules) -> Outcome:
    """Points, ranks and titles of all members. Raises BadExpression like `reckon`."""
    results = tuple(
        reckon(member.scheme, member.entries, best)
        for member, best in zip(members, best_by_member(members), strict=True)
    )
    # Keys are places: two units may have one name.
    standings = [
        standing_of(f"{place:04}", result, rules, order=member.order, least_met=member.least_met)
        for place, (member, result) in enumerate(zip(members, results, strict=True))
    ]
    ranked = rank(standings)
    titles = give_titles(ranked, rules.titles)
    return Outcome(
        results,
        tuple(sorted(ranked, key=lambda one: one.key)),
        tuple(titles[standing.key] for standing in standings),
        tuple(member.name for member in members),
    )
