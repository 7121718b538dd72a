"""Counts over the items of checklists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import Session, selectinload

from webapp.core.paging import PER_PAGE, Page
from webapp.models import Checklist, ChecklistItem, CriteriaGroup, EvidenceLink, ItemState, Unit
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
    """Checklists of a year that the viewer may see, by unit and group, in three statements however many there are."""
    if own_only and not viewer.own_units:
        return []
    query = _progress(viewer, year)
    if own_only:
        query = query.where(Checklist.unit_id.in_(viewer.own_units))
    return [Progress(*row) for row in session.execute(query)]


def page_of_progress(session: Session, *, viewer: Viewer, year: int, page: int) -> Page[Progress]:
    """The same a page at a time, in four statements."""
    total = session.scalar(
        select(func.count()).select_from(Checklist).where(Checklist.year == year, readable_checklists(viewer))
    )
    rows = session.execute(_progress(viewer, year).limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return Page([Progress(*row) for row in rows], total or 0, page, PER_PAGE)


def _progress(viewer: Viewer, year: int) -> Select[Checklist, int, Any, Any, Any]:
    has_evidence = exists().where(EvidenceLink.item_id == ChecklistItem.id, EvidenceLink.removed_at.is_(None))
    answered = ChecklistItem.state.in_((ItemState.CLAIMED, ItemState.NOT_APPLICABLE))
    bare = (ChecklistItem.state != ItemState.NOT_APPLICABLE) & ~has_evidence
    return (
        select(
            Checklist,
            func.count(ChecklistItem.id),
            func.sum(case((answered, 1), else_=0)),
            func.sum(case((bare, 1), else_=0)),
            func.sum(case((ChecklistItem.evidence_changed_at.is_not(None), 1), else_=0)),
        )
        .join(Unit, Unit.id == Checklist.unit_id)
        .join(CriteriaGroup, CriteriaGroup.id == Checklist.group_id)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .where(Checklist.year == year, readable_checklists(viewer))
        .group_by(Checklist.id, Unit.id, CriteriaGroup.id)
        .order_by(Unit.name, CriteriaGroup.position)
        # Loaded by key afterwards: joined, their columns would have to be grouped as well.
        .options(selectinload(Checklist.unit), selectinload(Checklist.group))
    )
