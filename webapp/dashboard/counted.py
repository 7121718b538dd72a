"""What the overview's figures by month and by theme count: the evidences, the checklists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.days import ward_day
from webapp.core.paging import Page, page_among
from webapp.dashboard.overview import Chosen
from webapp.models import Checklist, ChecklistItem, Criterion, Document, Evidence, EvidenceLink, Unit
from webapp.permissions import Viewer

NO_THEME = "none"


@dataclass(frozen=True, slots=True)
class Proof:
    """An evidence as the overview counts it: once, under the first criterion of those it supports."""

    code: str
    received_on: date
    unit: str
    criterion: str
    text: str
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Which of them: a month or, with `so_far`, all up to it; a theme's id, NO_THEME for those of none, "" for all."""

    month: int | None = None
    so_far: bool = False
    theme_id: str = ""

    def came(self, year: int) -> ColumnElement[bool]:
        """Condition on Evidence. What came before or after the year counts at its nearest end, as in the figures."""
        if self.month is None:
            return and_(True)
        starts = date(year, self.month, 1)
        ends = date(year + self.month // 12, self.month % 12 + 1, 1)
        late = Evidence.received_on < ends if self.month < 12 else and_(True)
        early = Evidence.received_on >= starts if self.month > 1 and not self.so_far else and_(True)
        return and_(early, late)


def page_of_proofs(session: Session, chosen: Chosen, counted: Counted, *, viewer: Viewer, page: int) -> Page[Proof]:
    """The newest first. One statement."""
    wanted = (
        select(Evidence.id, func.min(EvidenceLink.item_id).label("item_id"))
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .outerjoin(Document, Document.id == Evidence.document_id)
        .where(EvidenceLink.removed_at.is_(None), chosen.checklists(viewer), counted.came(chosen.year))
        .group_by(Evidence.id)
    )
    if counted.theme_id == NO_THEME:
        wanted = wanted.where(or_(Document.id.is_(None), Document.theme_id.is_(None)))
    elif counted.theme_id:
        wanted = wanted.where(Document.theme_id == counted.theme_id)
    one = wanted.subquery()
    rows = session.execute(
        select(Evidence.code, Evidence.received_on, Unit.name, Criterion.code, Criterion.text, one.c.item_id)
        .join(one, one.c.id == Evidence.id)
        .join(Unit, Unit.id == Evidence.unit_id)
        .join(ChecklistItem, ChecklistItem.id == one.c.item_id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .order_by(Evidence.received_on.desc(), Unit.name, Evidence.code)
    ).all()
    return page_among([Proof(*row) for row in rows], page)


def page_of_handed_in(
    session: Session, chosen: Chosen, counted: Counted, *, viewer: Viewer, timezone: ZoneInfo, page: int
) -> Page[Checklist]:
    """Checklists by the day they were first handed in, with unit and group."""
    rows = session.scalars(
        select(Checklist)
        .where(Checklist.first_submitted_at.is_not(None), chosen.checklists(viewer))
        .options(joinedload(Checklist.unit), joinedload(Checklist.group))
        .order_by(Checklist.first_submitted_at.desc())
    ).all()

    def month_of(one: Checklist) -> int:
        assert one.first_submitted_at is not None
        day = ward_day(one.first_submitted_at, timezone)
        return 12 if day.year > chosen.year else day.month

    month = counted.month
    kept = [
        one for one in rows if month is None or (month_of(one) <= month if counted.so_far else month_of(one) == month)
    ]
    return page_among(kept, page)
