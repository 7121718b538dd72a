"""How far units are, criterion by criterion, and by month: counts in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from webapp.core.paging import Page
from webapp.models import (
    Checklist,
    ChecklistItem,
    ClusterMember,
    CriteriaGroup,
    Criterion,
    Document,
    Evidence,
    EvidenceLink,
    GroupUnit,
    ItemState,
    Theme,
    Unit,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit under one criterion: its state, live evidences, days since the newest of them came."""

    item_id: str
    state: ItemState
    evidences: int
    age: int | None
    changed: bool

    @property
    def step(self) -> str:
        """The class that colours it; the words say the same."""
        if self.state is ItemState.NOT_APPLICABLE:
            return "off"
        if self.changed:
            return "changed"
        if self.state is ItemState.CLAIMED:
            return "full" if self.evidences else "bare"
        return "some" if self.evidences or self.state is ItemState.IN_PROGRESS else "none"

    @property
    def word(self) -> str:
        short = {
            ItemState.NOT_STARTED: "Chưa",
            ItemState.IN_PROGRESS: "Đang",
            ItemState.CLAIMED: "Đạt",
            ItemState.NOT_APPLICABLE: "Miễn",
        }
        return short[self.state]


@dataclass(frozen=True, slots=True)
class Line:
    """One checklist on the heat map: cells by criterion's id."""

    unit: Unit
    checklist_id: str
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the page is narrowed to; without `group_id` to all groups of the movement."""

    year: int
    group_id: str
    movement_id: str = ""
    cluster_id: str = ""
    theme_id: str = ""

    def checklists(self, viewer: Viewer) -> ColumnElement[bool]:
        """Condition on Checklist: those meant, that the viewer may see."""
        of = Checklist.group_id == self.group_id if self.group_id else Checklist.movement_id == self.movement_id
        return and_(Checklist.year == self.year, of, readable_checklists(viewer))


def list_criteria(session: Session, group_id: str) -> Sequence[Criterion]:
    return session.scalars(
        select(Criterion)
        .where(Criterion.group_id == group_id, Criterion.retired_at.is_(None))
        .order_by(Criterion.position)
    ).all()


def page_of_lines(
    session: Session, chosen: Chosen, *, viewer: Viewer, today: date, page: int, per_page: int = PER_PAGE
) -> Page[Line]:
    """The heat map, a page of units at a time, in three statements."""
    query = (
        select(Checklist.id, Unit)
        .join(Unit, Unit.id == Checklist.unit_id)
        .where(chosen.checklists(viewer))
        .order_by(Unit.name)
    )
    if chosen.cluster_id:
        query = query.join(
            ClusterMember, (ClusterMember.unit_id == Unit.id) & (ClusterMember.year == Checklist.year)
        ).where(ClusterMember.cluster_id == chosen.cluster_id)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = session.execute(query.limit(per_page).offset((page - 1) * per_page)).all()
    cells = _cells(session, [checklist_id for checklist_id, _ in rows], chosen, today)
    lines = [Line(unit, checklist_id, cells.get(checklist_id, {})) for checklist_id, unit in rows]
    return Page(lines, total, page, per_page)


def _cells(session: Session, checklists: Sequence[str], chosen: Chosen, today: date) -> dict[str, dict[str, Cell]]:
    if not checklists:
        return {}
    live = (
        select(EvidenceLink.item_id, func.count().label("count"), func.max(Evidence.received_on).label("newest"))
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .where(EvidenceLink.removed_at.is_(None), ChecklistItem.checklist_id.in_(checklists))
        .group_by(EvidenceLink.item_id)
    )
    if chosen.theme_id:
        live = live.join(Document, Document.id == Evidence.document_id).where(Document.theme_id == chosen.theme_id)
    counted = live.subquery()
    rows = session.execute(
        select(
            ChecklistItem.checklist_id,
            ChecklistItem.criterion_id,
            ChecklistItem.id,
            ChecklistItem.state,
            ChecklistItem.evidence_changed_at,
            counted.c.count,
            counted.c.newest,
        )
        .outerjoin(counted, counted.c.item_id == ChecklistItem.id)
        .where(ChecklistItem.checklist_id.in_(checklists))
    )
    cells: dict[str, dict[str, Cell]] = defaultdict(dict)
    for checklist_id, criterion_id, item_id, state, changed_at, count, newest in rows:
        age = max((today - newest).days, 0) if newest else None
        cells[checklist_id][criterion_id] = Cell(item_id, state, count or 0, age, changed_at is not None)
    return cells


@dataclass(frozen=True, slots=True)
class Month:
    """One month: evidences that came, checklists handed in for the first time, and both since the year began."""

    number: int
    evidences: int
    handed_in: int
    evidences_so_far: int
    handed_in_so_far: int


def list_months(session: Session, chosen: Chosen, *, viewer: Viewer, timezone: ZoneInfo, today: date) -> list[Month]:
    """The year so far, month by month, of the checklists the viewer may see. Two statements."""
    evidences: dict[int, int] = defaultdict(int)
    handed_in: dict[int, int] = defaultdict(int)
    came = (
        select(Evidence.received_on, func.count(func.distinct(Evidence.id)))
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(
            EvidenceLink.removed_at.is_(None),
            chosen.checklists(viewer),
        )
        .group_by(Evidence.received_on)
    )
    for day, count in session.execute(came):
        # What came before or after the year counts at its nearest end.
        month = 1 if day.year < chosen.year else 12 if day.year > chosen.year else day.month
        evidences[month] += count
    first = select(Checklist.first_submitted_at).where(
        Checklist.first_submitted_at.is_not(None), chosen.checklists(viewer)
    )
    for instant in session.scalars(first):
        if instant is not None:
            local = instant.astimezone(timezone)
            handed_in[12 if local.year > chosen.year else local.month] += 1
    last = 12 if today.year > chosen.year else today.month if today.year == chosen.year else 0
    months, came_sum, handed_sum = [], 0, 0
    for number in range(1, last + 1):
        came_sum += evidences[number]
        handed_sum += handed_in[number]
        months.append(Month(number, evidences[number], handed_in[number], came_sum, handed_sum))
    return months


@dataclass(frozen=True, slots=True)
class ByTheme:
    """A theme and its evidences of the year; `theme_id` None: those of no theme."""

    theme_id: str | None
    code: str
    text: str
    evidences: int


def count_by_theme(session: Session, chosen: Chosen, *, viewer: Viewer) -> list[ByTheme]:
    """In the plan's order, at the end those of no theme. One statement."""
    rows = session.execute(
        select(Theme.id, Theme.code, Theme.text, Theme.position, func.count(func.distinct(Evidence.id)))
        .select_from(Evidence)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .outerjoin(Document, Document.id == Evidence.document_id)
        .outerjoin(Theme, Theme.id == Document.theme_id)
        .where(
            EvidenceLink.removed_at.is_(None),
            chosen.checklists(viewer),
        )
        .group_by(Theme.id)
    ).all()
    known = sorted((position, code, text, key, count) for key, code, text, position, count in rows if key)
    return [ByTheme(key, code, text, count) for _, code, text, key, count in known] + [
        ByTheme(None, "", "Chưa gắn nội dung thi đua", count) for key, _, _, _, count in rows if not key
    ]


def list_without_checklist(session: Session, chosen: Chosen, *, viewer: Viewer, movement_id: str) -> Sequence[str]:
    """Names of units of the groups whose checklist the viewer would see and does not: not begun or not handed in."""
    seen = select(Checklist.unit_id).where(chosen.checklists(viewer))
    groups = select(CriteriaGroup.id).where(
        CriteriaGroup.movement_id == movement_id,
        CriteriaGroup.retired_at.is_(None),
        or_(CriteriaGroup.id == chosen.group_id, literal(not chosen.group_id)),
    )
    query = (
        select(Unit.name)
        .where(
            Unit.id.in_(select(GroupUnit.unit_id).where(GroupUnit.group_id.in_(groups))),
            Unit.id.not_in(seen),
            or_(Unit.dissolved_on.is_(None), Unit.dissolved_on >= date(chosen.year, 1, 1)),
            or_(Unit.founded_on.is_(None), Unit.founded_on <= date(chosen.year, 12, 31)),
        )
        .order_by(Unit.name)
    )
    if chosen.cluster_id:
        query = query.join(
            ClusterMember, (ClusterMember.unit_id == Unit.id) & (ClusterMember.year == chosen.year)
        ).where(ClusterMember.cluster_id == chosen.cluster_id)
    if not viewer.overseen_movements & {None, movement_id}:
        reach = {unit_id for unit_id, year in viewer.led if year == chosen.year} | viewer.inspected | viewer.own_units
        query = query.where(Unit.id.in_(reach))
    return session.scalars(query).all()


def list_group_choices(session: Session, movement_id: str) -> list[tuple[str, str]]:
    """(id, name) of the movement's groups in force."""
    rows = session.execute(
        select(CriteriaGroup.id, CriteriaGroup.code, CriteriaGroup.title)
        .where(CriteriaGroup.movement_id == movement_id, CriteriaGroup.retired_at.is_(None))
        .order_by(CriteriaGroup.position)
    )
    return [(group_id, f"{code} {title}"[:90]) for group_id, code, title in rows]


def count_units_of_groups(session: Session, movement_id: str) -> dict[str, int]:
    """How many units the plan's groups have, by group."""
    rows = session.execute(
        select(GroupUnit.group_id, func.count())
        .join(CriteriaGroup, CriteriaGroup.id == GroupUnit.group_id)
        .where(CriteriaGroup.movement_id == movement_id)
        .group_by(GroupUnit.group_id)
    )
    return {row[0]: row[1] for row in rows}
