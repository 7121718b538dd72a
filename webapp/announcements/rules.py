"""Moves of an announcement, and whom it is for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from webapp.models.announcement import AnnouncementState as State
from webapp.models.unit import UnitKind

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[State, str], State] = {
    (State.DRAFT, "post"): State.POSTED,
    (State.POSTED, "withdraw"): State.WITHDRAWN,
}


def moves_from(state: State) -> frozenset[str]:
    return frozenset(move for from_state, move in MOVES if from_state is state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Whom it is for, as chosen: everyone, or kinds of units, clusters and single units by id."""

    everyone: bool = False
    unit_kinds: tuple[str, ...] = ()
    cluster_ids: tuple[str, ...] = ()
    unit_ids: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.everyone or self.unit_kinds or self.cluster_ids or self.unit_ids)


def resolve(
    selection: Selection, units: Iterable[tuple[str, UnitKind]], members: Iterable[tuple[str, str]]
) -> frozenset[str]:
    """Ids of the units meant, among `units` (id, kind) that there are now; `members` are (cluster id, unit id)."""
    known = dict(units)
    if selection.everyone:
        return frozenset(known)
    chosen: Collection[str] = {
        *selection.unit_ids,
        *(unit_id for unit_id, kind in known.items() if kind.value in selection.unit_kinds),
        *(unit_id for cluster_id, unit_id in members if cluster_id in selection.cluster_ids),
    }
    return frozenset(chosen) & frozenset(known)
