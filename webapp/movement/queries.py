"""Reading movements, their plans, criteria and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, undefer

from webapp.core.errors import NotFound
from webapp.models import (
    CriteriaGroup,
    Criterion,
    Deadline,
    Document,
    DocumentVersion,
    GroupUnit,
    Movement,
    Phase,
    PlanImport,
    PlanPoint,
    PlanVersion,
    TextReading,
    Theme,
    Unit,
)
from webapp.movement import rules
from webapp.movement.stored import parse_stored
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.viewer import is_over


def list_movements(session: Session, *, viewer: Viewer) -> Sequence[Movement]:
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(Movement)
        .where(Movement.withdrawn_on.is_(None))
        .order_by(Movement.first_year.desc(), Movement.created_at.desc())
    ).all()


def list_movements_in(session: Session, *, viewer: Viewer, year: int) -> Sequence[Movement]:
    """The movements that run in a year; those that ended last, first the one that most units take part in, then the older.

    A plan that was just read in, and that nobody takes part in yet, does not push aside the one everybody works on.
    """
    ensure(viewer, Permission.MOVEMENT_READ)
    units = (
        select(func.count())
        .select_from(GroupUnit)
        .join(CriteriaGroup, CriteriaGroup.id == GroupUnit.group_id)
        .where(CriteriaGroup.movement_id == Movement.id)
        .scalar_subquery()
    )
    return session.scalars(
        select(Movement)
        .where(Movement.first_year <= year, Movement.last_year >= year, Movement.withdrawn_on.is_(None))
        .order_by(Movement.ended_on.is_not(None), units.desc(), Movement.created_at, Movement.id)
    ).all()


def list_overlapping(session: Session, *, viewer: Viewer, first_year: int, last_year: int) -> Sequence[Movement]:
    """Movements that run in any of these years, the older first."""
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(Movement)
        .where(Movement.first_year <= last_year, Movement.last_year >= first_year, Movement.withdrawn_on.is_(None))
        .order_by(Movement.created_at, Movement.id)
    ).all()


def those_over(today: date) -> Select[str]:
    """Ids of movements in which nothing is handed in any more, to be left out of what is asked for."""
    return select(Movement.id).where(is_over(today))


def find_before(session: Session, movement: Movement, *, viewer: Viewer) -> Movement | None:
    """The movement before this one: the last that began earlier and has groups of units."""
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(Movement)
        .where(
            Movement.id != movement.id,
            Movement.withdrawn_on.is_(None),
            Movement.created_at < movement.created_at,
            exists().where(CriteriaGroup.movement_id == Movement.id, GroupUnit.group_id == CriteriaGroup.id),
        )
        .order_by(Movement.first_year.desc(), Movement.created_at.desc())
        .limit(1)
    ).first()


def groups_as_before(session: Session, movement_id: str, before_id: str) -> dict[str, frozenset[str]]:
    """Unit id to ids of the groups that have the code of its groups in the movement before."""
    old, new = aliased(CriteriaGroup), aliased(CriteriaGroup)
    rows = session.execute(
        select(GroupUnit.unit_id, new.id)
        .join(old, old.id == GroupUnit.group_id)
        .join(new, new.code == old.code)
        .where(old.movement_id == before_id, new.movement_id == movement_id, new.retired_at.is_(None))
    )
    found: dict[str, set[str]] = {}
    for unit_id, group_id in rows:
        found.setdefault(unit_id, set()).add(group_id)
    return {unit_id: frozenset(ids) for unit_id, ids in found.items()}


def find_current_movement(session: Session, *, viewer: Viewer, year: int) -> Movement | None:
    """The first of `list_movements_in`, for who cannot be asked which is meant."""
    return next(iter(list_movements_in(session, viewer=viewer, year=year)), None)


def get_movement(session: Session, movement_id: str, *, viewer: Viewer) -> Movement:
    ensure(viewer, Permission.MOVEMENT_READ)
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    return movement


def list_plan_versions(session: Session, movement_id: str, *, viewer: Viewer) -> Sequence[PlanVersion]:
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(PlanVersion).where(PlanVersion.movement_id == movement_id).order_by(PlanVersion.no.desc())
    ).all()


def get_plan_version(session: Session, movement_id: str, no: int, *, viewer: Viewer) -> PlanVersion:
    ensure(viewer, Permission.MOVEMENT_READ)
    found = session.scalar(select(PlanVersion).where(PlanVersion.movement_id == movement_id, PlanVersion.no == no))
    if found is None:
        raise NotFound(kind="plan", key=f"{movement_id}:{no}")
    return found


def list_groups(session: Session, movement_id: str, *, viewer: Viewer) -> Sequence[CriteriaGroup]:
    """Criteria groups in force with their criteria in force, both in the plan's order."""
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(CriteriaGroup)
        .where(CriteriaGroup.movement_id == movement_id, CriteriaGroup.retired_at.is_(None))
        .options(selectinload(CriteriaGroup.criteria.and_(Criterion.retired_at.is_(None))))
        .order_by(CriteriaGroup.position)
    ).all()


def find_points(session: Session, movement_id: str) -> dict[str, Decimal]:
    """Most points by criterion's code as the present plan names them; empty where it names none."""
    version = session.scalar(
        select(PlanVersion)
        .join(Movement, (Movement.id == PlanVersion.movement_id) & (Movement.plan_no == PlanVersion.no))
        .where(Movement.id == movement_id)
    )
    return rules.points_of(parse_stored(version.reading)) if version is not None else {}


def list_themes(session: Session, movement_id: str, *, viewer: Viewer) -> Sequence[Theme]:
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(Theme).where(Theme.movement_id == movement_id, Theme.retired_at.is_(None)).order_by(Theme.position)
    ).all()


def list_phases(session: Session, movement_id: str, *, viewer: Viewer) -> Sequence[Phase]:
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(select(Phase).where(Phase.movement_id == movement_id).order_by(Phase.position)).all()


def list_deadlines(session: Session, movement_id: str, *, viewer: Viewer) -> Sequence[Deadline]:
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(Deadline).where(Deadline.movement_id == movement_id).order_by(Deadline.month, Deadline.day)
    ).all()


def list_points(session: Session, movement_id: str, *, viewer: Viewer) -> Sequence[PlanPoint]:
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(PlanPoint).where(PlanPoint.movement_id == movement_id).order_by(PlanPoint.position)
    ).all()


def list_imports(session: Session, *, viewer: Viewer) -> Sequence[PlanImport]:
    """Imports that are not applied yet."""
    ensure(viewer, Permission.PLAN_IMPORT)
    return session.scalars(
        select(PlanImport)
        .where(PlanImport.applied_at.is_(None))
        .options(joinedload(PlanImport.document))
        .order_by(PlanImport.created_at.desc())
    ).all()


def get_import(session: Session, import_id: str, *, viewer: Viewer) -> PlanImport:
    ensure(viewer, Permission.PLAN_IMPORT)
    found = session.get(
        PlanImport, import_id, options=[joinedload(PlanImport.document), joinedload(PlanImport.movement)]
    )
    if found is None:
        raise NotFound(kind="plan-import", key=import_id)
    return found


def find_import_text(session: Session, plan_import: PlanImport) -> TextReading | None:
    """What was read of the uploaded plan, once the worker has read it."""
    return session.scalar(
        select(TextReading)
        .join(DocumentVersion, DocumentVersion.id == TextReading.version_id)
        .join(Document, (Document.id == DocumentVersion.document_id) & (Document.current_no == DocumentVersion.no))
        .where(Document.id == plan_import.document_id)
        .options(undefer(TextReading.text))
    )


def list_own_group_ids(session: Session, movement_id: str, *, viewer: Viewer) -> frozenset[str]:
    """Groups of the viewer's own units: they are shown before the others."""
    if not viewer.own_units:
        return frozenset()
    query = (
        select(GroupUnit.group_id)
        .join(CriteriaGroup, CriteriaGroup.id == GroupUnit.group_id)
        .where(CriteriaGroup.movement_id == movement_id, GroupUnit.unit_id.in_(viewer.own_units))
    )
    return frozenset(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which unit works under which groups: unit id to group ids, and both kinds of holes."""

    units: Sequence[Unit]
    groups: Sequence[CriteriaGroup]
    mapped: dict[str, frozenset[str]]

    @property
    def units_without_group(self) -> list[Unit]:
        return [unit for unit in self.units if not self.mapped.get(unit.id)]

    @property
    def groups_without_unit(self) -> list[CriteriaGroup]:
        covered = frozenset().union(*self.mapped.values()) if self.mapped else frozenset()
        return [group for group in self.groups if group.id not in covered]


def get_coverage(session: Session, movement_id: str, *, viewer: Viewer, on: date) -> Coverage:
    """Coverage of the units that exist on a day."""
    ensure(viewer, Permission.COVERAGE_READ)
    units = session.scalars(
        select(Unit)
        .where(or_(Unit.founded_on.is_(None), Unit.founded_on <= on))
        .where(or_(Unit.dissolved_on.is_(None), Unit.dissolved_on > on))
        .order_by(Unit.kind, Unit.name)
    ).all()
    groups = list_groups(session, movement_id, viewer=viewer)
    mapped: dict[str, set[str]] = {}
    for group_id, unit_id in session.execute(
        select(GroupUnit.group_id, GroupUnit.unit_id).where(GroupUnit.group_id.in_([group.id for group in groups]))
    ):
        mapped.setdefault(unit_id, set()).add(group_id)
    return Coverage(units, groups, {unit_id: frozenset(ids) for unit_id, ids in mapped.items()})


def list_groups_of_unit(session: Session, movement_id: str, unit_id: str, *, viewer: Viewer) -> Sequence[CriteriaGroup]:
    """The groups in force that a unit works under."""
    ensure(viewer, Permission.MOVEMENT_READ)
    return session.scalars(
        select(CriteriaGroup)
        .join(GroupUnit, GroupUnit.group_id == CriteriaGroup.id)
        .where(
            CriteriaGroup.movement_id == movement_id,
            CriteriaGroup.retired_at.is_(None),
            GroupUnit.unit_id == unit_id,
        )
        .order_by(CriteriaGroup.position)
    ).all()
