"""Who has handed in and who has not: a row for each unit, a column for each paper; counts by cluster; when it was reminded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.duties.queries import DutyRow, Tally, tally
from webapp.models import Notice, PaperKind, Role, Unit
from webapp.notices.service import people_of_units
from webapp.permissions import Permission, Viewer, can


@dataclass(frozen=True, slots=True)
class Column:
    """A paper that is owed in one movement; `last_day` when it is the same for everybody without more time."""

    movement_id: str
    paper: PaperKind
    last_day: date | None
    counts: Tally


@dataclass(frozen=True, slots=True)
class Line:
    """One unit: what it owes, in the order of the columns; None where it owes nothing of that kind."""

    unit: Unit
    cluster: str
    cells: Sequence[DutyRow | None]


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything the page shows of the duties of a year."""

    columns: Sequence[Column]
    lines: Sequence[Line]
    clusters: Sequence[tuple[str, Sequence[Tally]]]


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a reminder reaches: the day of the last one by duty; units in which nobody can be told, by name; how many
    people of each unit are told."""

    reminded: dict[str, date] = field(default_factory=dict)
    without_people: dict[str, str] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)


def grid_of(rows: Sequence[DutyRow], *, only_open: bool) -> Grid:
    """Rows of `list_duties` as a grid; with `only_open` of units that still have to do something. Pure."""
    order = list(PaperKind)
    keys = sorted(
        {(row.duty.movement_id, row.duty.paper) for row in rows}, key=lambda key: (order.index(key[1]), key[0])
    )
    by_key: dict[tuple[str, PaperKind], list[DutyRow]] = {key: [] for key in keys}
    by_unit: dict[str, list[DutyRow]] = {}
    by_cluster: dict[str, list[DutyRow]] = {}
    for row in rows:
        by_key[row.duty.movement_id, row.duty.paper].append(row)
        by_unit.setdefault(row.duty.unit_id, []).append(row)
        by_cluster.setdefault(row.cluster, []).append(row)
    columns = [Column(*key, _common_day(found), tally(found)) for key, found in by_key.items()]
    lines = [
        Line(found[0].duty.unit, found[0].cluster, [_of(found, key) for key in keys])
        for found in by_unit.values()
        if not only_open or any(row.is_open for row in found)
    ]
    lines.sort(key=lambda line: (line.cluster == "", line.cluster, line.unit.name))
    clusters = [
        (name, [tally(row for row in found if (row.duty.movement_id, row.duty.paper) == key) for key in keys])
        for name, found in sorted(by_cluster.items(), key=lambda one: (one[0] == "", one[0]))
    ]
    return Grid(columns, lines, clusters)


def _common_day(rows: Iterable[DutyRow]) -> date | None:
    days = {row.duty.last_day for row in rows if row.duty.extended_until is None}
    return days.pop() if len(days) == 1 else None


def _of(rows: Iterable[DutyRow], key: tuple[str, PaperKind]) -> DutyRow | None:
    return next((row for row in rows if (row.duty.movement_id, row.duty.paper) == key), None)


def to_remind(rows: Iterable[DutyRow], *, viewer: Viewer, paper: PaperKind | None = None) -> list[DutyRow]:
    """Those of the rows that are open and that the viewer may remind of, of one kind or of all. Pure."""
    return [
        row
        for row in rows
        if row.is_open and (paper is None or row.duty.paper is paper) and can(viewer, Permission.DUTY_REMIND, row.duty)
    ]


def reached(session: Session, rows: Sequence[DutyRow], *, now: datetime, timezone: ZoneInfo) -> Reached:
    """Of these duties, for who reminds. Two statements."""
    units = {row.duty.unit_id: row.duty.unit.name for row in rows}
    today = ward_day(now, timezone)
    people = people_of_units(session, units, roles=(Role.CLERK, Role.HEAD), now=now, today=today)
    everybody = set().union(*people.values()) if people else set()
    told = session.execute(
        select(Notice.key, func.max(Notice.created_at))
        .where(Notice.person_id.in_(everybody), Notice.key.startswith("duty:", autoescape=True))
        .group_by(Notice.key)
    )
    reminded: dict[str, date] = {}
    for key, at in told:
        duty_id, day = key.split(":")[1], ward_day(at, timezone)
        reminded[duty_id] = max(day, reminded.get(duty_id, day))
    silent = {unit: name for unit, name in units.items() if not people[unit]}
    return Reached(reminded, silent, {unit: len(people[unit]) for unit in units})
