"""What the charts show: evidences by month and cluster, the share of each criterion that is done, who was late with what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from webapp.dashboard.overview import Chosen
from webapp.duties.queries import DutyRow
from webapp.models import (
    Checklist,
    ChecklistItem,
    Cluster,
    ClusterMember,
    CriteriaGroup,
    Criterion,
    Evidence,
    EvidenceLink,
    ItemState,
)
from webapp.permissions import Viewer

NO_CLUSTER = "Chưa xếp cụm"


@dataclass(frozen=True, slots=True)
class ClusterYear:
    """A cluster's evidences in each of the twelve months."""

    name: str
    months: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.months)


@dataclass(frozen=True, slots=True)
class Share:
    """A criterion on the checklists seen: on how many it is asked, claimed, and claimed with evidence."""

    code: str
    text: str
    items: int
    claimed: int
    proved: int

    @property
    def percent(self) -> int:
        """Claimed with evidence, of all that ask for it, rounded down: 100 is said of all alone."""
        return 100 * self.proved // self.items if self.items else 0


@dataclass(frozen=True, slots=True)
class Lateness:
    """A cell of the map: the class that colours it and the words that say the same."""

    step: str
    words: str


def list_cluster_years(session: Session, chosen: Chosen, *, viewer: Viewer) -> list[ClusterYear]:
    """By cluster, each evidence once in a cluster however many criteria it serves. One statement."""
    rows = session.execute(
        select(Cluster.name, Evidence.id, Evidence.received_on)
        .select_from(Evidence)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .outerjoin(ClusterMember, (ClusterMember.unit_id == Checklist.unit_id) & (ClusterMember.year == Checklist.year))
        .outerjoin(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(EvidenceLink.removed_at.is_(None), chosen.checklists(viewer))
        .distinct()
    )
    found: dict[str, list[int]] = {}
    for name, _, day in rows:
        # What came before or after the year counts at its nearest end, as in the overview.
        month = 1 if day.year < chosen.year else 12 if day.year > chosen.year else day.month
        found.setdefault(name or NO_CLUSTER, [0] * 12)[month - 1] += 1
    return [
        ClusterYear(name, months)
        for name, months in sorted(found.items(), key=lambda one: (one[0] == NO_CLUSTER, one[0]))
    ]


def list_shares(session: Session, chosen: Chosen, *, viewer: Viewer) -> list[Share]:
    """The criteria in the plan's order. One statement."""
    has_evidence = (
        select(EvidenceLink.id)
        .where(EvidenceLink.item_id == ChecklistItem.id, EvidenceLink.removed_at.is_(None))
        .exists()
    )
    claimed = ChecklistItem.state == ItemState.CLAIMED
    rows = session.execute(
        select(
            Criterion.code,
            Criterion.text,
            func.count(case((ChecklistItem.state != ItemState.NOT_APPLICABLE, 1))),
            func.count(case((claimed, 1))),
            func.count(case((claimed & has_evidence, 1))),
        )
        .join(CriteriaGroup, CriteriaGroup.id == Criterion.group_id)
        .join(ChecklistItem, ChecklistItem.criterion_id == Criterion.id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(chosen.checklists(viewer))
        .group_by(Criterion.id, Criterion.code, Criterion.text, CriteriaGroup.position, Criterion.position)
        .order_by(CriteriaGroup.position, Criterion.position)
    )
    return [Share(code, text, *counts) for code, text, *counts in rows]


def lateness(row: DutyRow | None) -> Lateness:
    """What became of a duty, for the map. Pure."""
    if row is None:
        return Lateness("off", "–")
    if row.is_missing:
        return Lateness("none", f"quá {row.late} ngày") if row.late else Lateness("some", "chưa nộp")
    if row.is_open:
        return Lateness("changed", "trả lại")
    return Lateness("bare", f"muộn {row.late} ngày") if row.late else Lateness("full", "đúng hạn")
