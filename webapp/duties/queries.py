"""Duties with how far each is, in a fixed number of statements however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound
from webapp.duties import rules
from webapp.models import (
    Checklist,
    ChecklistState,
    Cluster,
    ClusterMember,
    Duty,
    DutyRule,
    PaperKind,
    PaperPart,
    PaperState,
    Unit,
    UnitPaper,
)
from webapp.movement.queries import those_over
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.permissions.scopes import readable_duties

_CHECKLIST_STATES = {
    ChecklistState.DRAFT: PaperState.DRAFT,
    ChecklistState.SUBMITTED: PaperState.SUBMITTED,
    ChecklistState.RETURNED: PaperState.RETURNED,
}


def awaited(duty: Duty, state: PaperState | None) -> date:
    """The last day in time; after a return, the day that the return set."""
    return duty.again_until if state is PaperState.RETURNED and duty.again_until else duty.last_day


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty and what became of it. `paper_id` is the plan's or report's, or the checklist's; `late` in days; `done` of
    `parts` that have text; `again_late` days after the day that a return set."""

    duty: Duty
    cluster: str
    state: PaperState | None
    paper_id: str | None
    submitted_at: datetime | None
    late: int
    return_reason: str = ""
    parts: int = 0
    done: int = 0
    again_late: int = 0

    @property
    def last_day(self) -> date:
        """The day that counts now: of what was given back, the one by which it is awaited again."""
        return awaited(self.duty, self.state)

    @property
    def is_open(self) -> bool:
        """Whether the unit still has to do something."""
        return rules.is_open(self.state)

    @property
    def is_missing(self) -> bool:
        """Never handed in."""
        return self.submitted_at is None


@dataclass(frozen=True, slots=True)
class Tally:
    """Duties counted by what became of them, the same wherever they are counted. `missing`: never handed in, `overdue` of
    those past the last day; `returned`: handed in, given back, not handed in again."""

    total: int
    in_time: int
    late: int
    missing: int
    overdue: int
    returned: int


def tally(rows: Iterable[DutyRow]) -> Tally:
    """Count rows of `list_duties`."""
    rows = list(rows)
    return Tally(
        total=len(rows),
        in_time=sum(not row.is_missing and not row.late for row in rows),
        late=sum(not row.is_missing and row.late > 0 for row in rows),
        missing=sum(row.is_missing for row in rows),
        overdue=sum(row.is_missing and row.late > 0 for row in rows),
        returned=sum(not row.is_missing and row.is_open for row in rows),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    id: str
    state: PaperState
    first: datetime | None
    reason: str
    last: datetime | None


Key = tuple[str, str, PaperKind, int]

# Papers of so many units are asked for by unit; of more, the whole year's are read.
NAMED = 50


def list_duties(
    session: Session,
    *,
    viewer: Viewer,
    year: int,
    now: datetime,
    timezone: ZoneInfo,
    own_only: bool = False,
    paper: PaperKind | None = None,
    cluster_id: str | None = None,
) -> list[DutyRow]:
    """Duties of a year that the viewer may see, by last day, then cluster and unit. Six statements at most."""
    if own_only and not viewer.own_units:
        return []
    query = (
        select(Duty, Cluster.name)
        .join(Unit, Unit.id == Duty.unit_id)
        .outerjoin(ClusterMember, (ClusterMember.unit_id == Duty.unit_id) & (ClusterMember.year == Duty.year))
        .outerjoin(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(Duty.year == year, Duty.cancelled_at.is_(None), readable_duties(viewer))
        .options(joinedload(Duty.unit))
        .order_by(Duty.due_on, Cluster.name, Unit.name, Duty.paper)
    )
    if own_only:
        query = query.where(Duty.unit_id.in_(viewer.own_units), Duty.movement_id.not_in(viewer.ended))
    if paper is not None:
        query = query.where(Duty.paper == paper)
    if cluster_id is not None:
        query = query.where(ClusterMember.cluster_id == cluster_id)
    rows = session.execute(query).all()
    if not rows:
        return []
    units = {duty.unit_id for duty, _ in rows}
    found = _papers(session, {year}, units if len(units) <= NAMED else None)
    parts = _parts(session, viewer, year) if own_only else {}
    made = []
    for duty, cluster in rows:
        paper_found = found.get((duty.unit_id, duty.movement_id, duty.paper, duty.year))
        first = paper_found.first if paper_found else None
        visible = paper_found and (first is not None or duty.unit_id in viewer.own_units)
        total, done = parts.get(paper_found.id, (0, 0)) if paper_found else (0, 0)
        made.append(
            DutyRow(
                duty,
                cluster or "",
                # What a unit drafts is its own business until it is handed in.
                paper_found.state if paper_found and visible else None,
                paper_found.id if paper_found and visible else None,
                first,
                rules.days_late(first, duty.last_day, now=now, timezone=timezone),
                paper_found.reason if paper_found and visible else "",
                total,
                done,
                _again_late(duty, paper_found, now, timezone) if paper_found and visible else 0,
            )
        )
    made.sort(key=lambda row: row.last_day)
    return made


def _again_late(duty: Duty, paper: _Found, now: datetime, timezone: ZoneInfo) -> int:
    """Days after the day that a return set: until it is handed in again, or until it was."""
    if duty.again_until is None:
        return 0
    again = None if paper.state is PaperState.RETURNED else paper.last
    return rules.days_late(again, duty.again_until, now=now, timezone=timezone)


def _papers(session: Session, years: set[int], units: set[str] | None = None) -> dict[Key, _Found]:
    """What there is for (unit, movement, kind, year); a unit with several checklists has handed in when all are."""
    found: dict[Key, _Found] = {}
    papers = select(
        UnitPaper.id,
        UnitPaper.unit_id,
        UnitPaper.movement_id,
        UnitPaper.kind,
        UnitPaper.year,
        UnitPaper.state,
        UnitPaper.first_submitted_at,
        UnitPaper.return_reason,
        UnitPaper.submitted_at,
    ).where(UnitPaper.year.in_(years))
    checklists = (
        select(
            Checklist.id,
            Checklist.unit_id,
            Checklist.movement_id,
            Checklist.year,
            Checklist.state,
            Checklist.first_submitted_at,
            Checklist.return_reason,
            Checklist.submitted_at,
        )
        .where(Checklist.year.in_(years))
        .order_by(Checklist.created_at)
    )
    if units is not None:
        papers = papers.where(UnitPaper.unit_id.in_(units))
        checklists = checklists.where(Checklist.unit_id.in_(units))
    for row in session.execute(papers):
        found[row.unit_id, row.movement_id, row.kind, row.year] = _Found(
            row.id, row.state, row.first_submitted_at, row.return_reason, row.submitted_at
        )
    for one in session.execute(checklists):
        key = (one.unit_id, one.movement_id, PaperKind.CHECKLIST, one.year)
        state, first = _CHECKLIST_STATES[one.state], one.first_submitted_at
        before = found.get(key)
        if before is not None:
            first = max(before.first, first) if before.first and first else None
        if before is None or rules.is_open(state) or not rules.is_open(before.state):
            found[key] = _Found(one.id, state, first, one.return_reason, one.submitted_at)
        else:
            found[key] = _Found(before.id, before.state, first, before.reason, before.last)
    return found


def _parts(session: Session, viewer: Viewer, year: int) -> dict[str, tuple[int, int]]:
    """(parts, parts with text) of the viewer's own papers."""
    rows = session.execute(
        select(UnitPaper.id, func.count(), func.count(func.nullif(PaperPart.text, "")))
        .join(PaperPart, PaperPart.paper_id == UnitPaper.id)
        .where(UnitPaper.year == year, UnitPaper.unit_id.in_(viewer.own_units))
        .group_by(UnitPaper.id)
    )
    return {paper_id: (total, done) for paper_id, total, done in rows}


def first_submissions(session: Session, *, movement_id: str, year: int) -> set[tuple[str, PaperKind]]:
    """(unit, kind) of what was handed in at least once."""
    return {
        (unit_id, kind)
        for (unit_id, of, kind, _), found in _papers(session, {year}).items()
        if of == movement_id and found.first is not None
    }


def states_of(session: Session, duties: Sequence[Duty]) -> dict[str, PaperState | None]:
    """What became of each duty, by its id; None when nothing was begun. Two statements."""
    found = _papers(session, {duty.year for duty in duties}, {duty.unit_id for duty in duties})
    states: dict[str, PaperState | None] = {}
    for duty in duties:
        paper = found.get((duty.unit_id, duty.movement_id, duty.paper, duty.year))
        states[duty.id] = paper.state if paper else None
    return states


def list_near(session: Session, *, today: date) -> list[tuple[Duty, PaperState | None]]:
    """Duties whose last day is near enough for a reminder, with their state. For the program itself."""
    last_day = func.coalesce(Duty.extended_until, Duty.due_on)
    first = today + timedelta(days=rules.GIVE_UP)
    final = today + timedelta(days=rules.REMINDERS[0])
    duties = session.scalars(
        select(Duty)
        .where(
            Duty.cancelled_at.is_(None),
            Duty.movement_id.not_in(those_over(today)),
            or_(last_day.between(first, final), Duty.again_until.between(first, final)),
        )
        .options(joinedload(Duty.unit))
        .order_by(Duty.id)
    ).all()
    if not duties:
        return []
    states = states_of(session, duties)
    return [(duty, states[duty.id]) for duty in duties]


def get_duty(session: Session, duty_id: str, *, viewer: Viewer) -> Duty:
    duty = session.scalar(
        select(Duty)
        .where(Duty.id == duty_id, Duty.cancelled_at.is_(None), readable_duties(viewer))
        .options(joinedload(Duty.unit))
    )
    if duty is None:
        raise NotFound(kind="duty", key=duty_id)
    return duty


def list_rules(session: Session, *, viewer: Viewer, movement_id: str) -> Sequence[DutyRule]:
    """Rules in force, in the order of the year."""
    ensure(viewer, Permission.DUTY_MANAGE, Subject(kind="duty", movement_id=movement_id))
    return session.scalars(
        select(DutyRule)
        .where(DutyRule.movement_id == movement_id, DutyRule.retired_at.is_(None))
        .order_by(DutyRule.years_after, DutyRule.month, DutyRule.day, DutyRule.paper, DutyRule.first_year)
    ).all()


def find_last_day(session: Session, paper: UnitPaper | Checklist) -> date | None:
    """The last day on which the unit hands this paper in in time, or after a return again; the nearest of its duties,
    None when none asks."""
    state = paper.state if isinstance(paper, UnitPaper) else _CHECKLIST_STATES[paper.state]
    return min((awaited(duty, state) for duty in duties_of(session, paper)), default=None)


def duties_of(session: Session, paper: UnitPaper | Checklist) -> Sequence[Duty]:
    """What asks for this paper."""
    kind = paper.kind if isinstance(paper, UnitPaper) else PaperKind.CHECKLIST
    return session.scalars(
        select(Duty).where(
            Duty.unit_id == paper.unit_id,
            Duty.movement_id == paper.movement_id,
            Duty.year == paper.year,
            Duty.paper == kind,
            Duty.cancelled_at.is_(None),
        )
    ).all()


def causes_of(session: Session, paper: UnitPaper | Checklist) -> list[str]:
    """How the keys of notices begin that ask a unit for this paper: nothing to be read once it is handed in."""
    kind = paper.kind if isinstance(paper, UnitPaper) else PaperKind.CHECKLIST
    found = session.scalars(
        select(Duty.id).where(
            Duty.unit_id == paper.unit_id,
            Duty.movement_id == paper.movement_id,
            Duty.year == paper.year,
            Duty.paper == kind,
        )
    )
    return [f"duty:{duty_id}:" for duty_id in found]


def address_of(duty: Duty) -> str:
    """The page on which a unit delivers it."""
    if duty.paper is PaperKind.CHECKLIST:
        return f"/checklists?year={duty.year}"
    return f"/papers?year={duty.year}"
