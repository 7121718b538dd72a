"""What other weights would do to a cluster before a rubric comes into force. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from webapp.scoring.points.cluster import Member, rank_members
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.scheme import Entry, Scheme, check_entry


@dataclass(frozen=True, slots=True)
class Moved:
    """One unit under both rubrics; `moved` is how many ranks it goes up (below 0: down).

    `missing` are the new rubric's criteria that cannot be reckoned with what is known, and count as not scored.
    """

    name: str
    old_total: Decimal
    new_total: Decimal
    old_rank: int
    new_rank: int
    moved: int
    missing: tuple[str, ...]


def what_if(members: Sequence[Member], old_scheme: Scheme, new_scheme: Scheme, rules: RubricRules) -> list[Moved]:
    """The cluster by the old and by the new rubric, in the new order. The members' own rubrics are passed over."""
    before = rank_members([_under(member, old_scheme) for member in members], rules)
    after = rank_members([_under(member, new_scheme) for member in members], rules)
    rows = [
        Moved(
            name=member.name,
            old_total=before.results[place].total,
            new_total=after.results[place].total,
            old_rank=before.ranked[place].rank,
            new_rank=after.ranked[place].rank,
            moved=before.ranked[place].rank - after.ranked[place].rank,
            missing=after.results[place].missing,
        )
        for place, member in enumerate(members)
    ]
    return sorted(rows, key=lambda row: (row.new_rank, row.name))


def _under(member: Member, scheme: Scheme) -> Member:
    """The member under a rubric, with those of its entries that can be reckoned there."""
    entries: dict[str, Entry] = {}
    for leaf in scheme.leaves():
        entry = member.entries.get(leaf.code)
        # Fixed points hold under any weights; limits of the new criterion are applied when reckoning.
        if entry is not None and (entry.points is not None or check_entry(leaf, entry) == ""):
            entries[leaf.code] = entry
    return replace(member, scheme=scheme, entries=entries, rubric="")
