"""How far each unit is in the year, in one statement; the same summed up by group and by cluster; who leads, who lags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from webapp.dashboard.overview import Chosen
from webapp.models import Checklist, ChecklistItem, Cluster, ClusterMember, EvidenceLink, ItemState, Unit
from webapp.permissions import Viewer

# So many units are named as being ahead, and as many as lagging.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """One checklist: items, items answered, items claimed without evidence."""

    unit: str
    group_id: str
    cluster_id: str | None
    cluster: str
    checklist_id: str
    handed_in: bool
    items: int
    answered: int
    bare: int

    @property
    def proved(self) -> int:
        """Items answered with what proves it."""
        return self.answered - self.bare

    @property
    def share(self) -> float:
        """Of the items, how many are proved: 0 to 1."""
        return self.proved / self.items if self.items else 0.0


@dataclass(frozen=True, slots=True)
class Together:
    """Several checklists in sum."""

    key: str
    name: str
    checklists: int
    handed_in: int
    items: int
    answered: int
    bare: int


def list_standings(session: Session, chosen: Chosen, *, viewer: Viewer) -> list[Standing]:
    """Of the checklists the viewer may see, by cluster and unit. One statement."""
    has_evidence = (
        select(EvidenceLink.id)
        .where(EvidenceLink.item_id == ChecklistItem.id, EvidenceLink.removed_at.is_(None))
        .exists()
    )
    answered = ChecklistItem.state.in_((ItemState.CLAIMED, ItemState.NOT_APPLICABLE))
    bare = (ChecklistItem.state == ItemState.CLAIMED) & ~has_evidence
    query = (
        select(
            Unit.name,
            Checklist.group_id,
            Cluster.id,
            Cluster.name,
            Checklist.id,
            Checklist.first_submitted_at,
            func.count(ChecklistItem.id),
            func.count(case((answered, 1))),
            func.count(case((bare, 1))),
        )
        .join(Unit, Unit.id == Checklist.unit_id)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .outerjoin(ClusterMember, (ClusterMember.unit_id == Checklist.unit_id) & (ClusterMember.year == Checklist.year))
        .outerjoin(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(chosen.checklists(viewer))
        .group_by(Checklist.id, Unit.name, Cluster.id, Cluster.name)
        .order_by(Cluster.name, Unit.name)
    )
    if chosen.cluster_id:
        query = query.where(ClusterMember.cluster_id == chosen.cluster_id)
    return [
        Standing(unit, group, cluster_id, cluster or "Chưa xếp cụm", checklist, first is not None, *counts)
        for unit, group, cluster_id, cluster, checklist, first, *counts in session.execute(query)
    ]


def _together(rows: Iterable[Standing], key: Callable[[Standing], tuple[str, str]]) -> list[Together]:
    found: dict[tuple[str, str], list[Standing]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return [
        Together(
            one,
            name,
            len(rows),
            sum(row.handed_in for row in rows),
            sum(row.items for row in rows),
            sum(row.answered for row in rows),
            sum(row.bare for row in rows),
        )
        for (one, name), rows in found.items()
    ]


def by_cluster(rows: Iterable[Standing]) -> list[Together]:
    """The clusters in the order of the rows."""
    return _together(rows, lambda row: (row.cluster_id or "", row.cluster))


def by_group(rows: Iterable[Standing], groups: Sequence[tuple[str, str]]) -> list[Together]:
    """Every group (id, name) in the plan's order, those without a checklist too."""
    summed = {one.key: one for one in _together(rows, lambda row: (row.group_id, ""))}
    return [
        Together(key, name, one.checklists, one.handed_in, one.items, one.answered, one.bare)
        if (one := summed.get(key))
        else Together(key, name, 0, 0, 0, 0, 0)
        for key, name in groups
    ]


def ahead_and_behind(rows: Iterable[Standing]) -> tuple[list[Standing], list[Standing]]:
    """(those who have proved most, those who have proved least); nobody is in both, nor alone of its kind."""
    ranked = sorted(rows, key=lambda row: (-row.share, not row.handed_in, row.unit))
    ahead = [row for row in ranked[:NAMED] if row.share > 0]
    # Who has handed in cannot be urged any more.
    return ahead, [row for row in reversed(ranked[len(ahead) :]) if row.share < 1 and not row.handed_in][:NAMED]
