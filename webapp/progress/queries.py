"""Counts over the items of checklists."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, selectinload

from webapp.models import Checklist, ChecklistItem, EvidenceLink, ItemState, Unit
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists


@dataclass(frozen=True, slots=True)
class Progress:
    """A checklist and how far it is: items in all, answered (claimed or not applicable), without evidence, changed."""

    checklist: Checklist
    items: int
    answered: int
    without_evidence: int
    changed: int


def list_progress(session: Session, *, viewer: Viewer, year: int, own_only: bool = False) -> list[Progress]:
    """Checklists of a year that the viewer may see, by unit, in three statements however many there are."""
    if own_only and not viewer.own_units:
        return []
    evidences = (
        select(EvidenceLink.item_id, func.count().label("count"))
        .where(EvidenceLink.removed_at.is_(None))
        .group_by(EvidenceLink.item_id)
        .subquery()
    )
    answered = ChecklistItem.state.in_((ItemState.CLAIMED, ItemState.NOT_APPLICABLE))
    bare = (ChecklistItem.state != ItemState.NOT_APPLICABLE) & (func.coalesce(evidences.c.count, 0) == 0)
    query = (
        select(
            Checklist,
            func.count(ChecklistItem.id),
            func.sum(case((answered, 1), else_=0)),
            func.sum(case((bare, 1), else_=0)),
            func.sum(case((ChecklistItem.evidence_changed_at.is_not(None), 1), else_=0)),
        )
        .join(Unit, Unit.id == Checklist.unit_id)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .outerjoin(evidences, evidences.c.item_id == ChecklistItem.id)
        .where(Checklist.year == year, readable_checklists(viewer))
        .group_by(Checklist.id, Unit.id)
        .order_by(Unit.name)
        # Loaded by key afterwards: joined, their columns would have to be grouped as well.
        .options(selectinload(Checklist.unit), selectinload(Checklist.group))
    )
    if own_only:
        query = query.where(Checklist.unit_id.in_(viewer.own_units))
    return [Progress(*row) for row in session.execute(query)]
