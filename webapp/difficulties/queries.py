"""Reading difficulties, always within what the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.models import (
    Difficulty,
    DifficultyKind,
    DifficultyState,
    PlanVersion,
    Unit,
)
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import readable_difficulties

# A decision is among the newest papers; older ones are found by their number.


@dataclass(frozen=True, slots=True, kw_only=True)
class DifficultyFilter:
    """What the list is narrowed to; empty means not narrowed."""

    year: int
    kind: DifficultyKind | None = None
    state: DifficultyState | None = None
    unit_id: str = ""


def get_difficulty(session: Session, difficulty_id: str, *, viewer: Viewer) -> Difficulty:
    """With unit, decision and plan version."""
    found = session.scalar(
        select(Difficulty)
        .where(Difficulty.id == difficulty_id, readable_difficulties(viewer))
        .options(joinedload(Difficulty.unit), joinedload(Difficulty.document), joinedload(Difficulty.plan_version))
    )
    if found is None:
        raise NotFound(kind="difficulty", key=difficulty_id)
    return found


def _wanted(viewer: Viewer, wanted: DifficultyFilter) -> Select[Difficulty]:
    query = (
        select(Difficulty)
        .join(Difficulty.unit)
        .where(Difficulty.year == wanted.year, readable_difficulties(viewer))
        .options(joinedload(Difficulty.unit))
        .order_by(Difficulty.kind, Difficulty.topic, Unit.name, Difficulty.created_at, Difficulty.id)
    )
    if wanted.kind is not None:
        query = query.where(Difficulty.kind == wanted.kind)
    if wanted.state is not None:
        query = query.where(Difficulty.state == wanted.state)
    if wanted.unit_id:
        query = query.where(Difficulty.unit_id == wanted.unit_id)
    return query


def page_difficulties(session: Session, *, viewer: Viewer, wanted: DifficultyFilter, page: int) -> Page[Difficulty]:
    """By kind, topic and unit."""
    return page_of(session, _wanted(viewer, wanted), page)


def list_wanted(session: Session, *, viewer: Viewer, wanted: DifficultyFilter) -> Sequence[Difficulty]:
    """All that `page_difficulties` shows on its pages."""
    return session.scalars(_wanted(viewer, wanted)).all()


def list_raised(session: Session, *, viewer: Viewer, wanted: DifficultyFilter) -> Sequence[Difficulty]:
    """All that left their units, for a report."""
    ensure(viewer, Permission.DIFFICULTY_EXPORT)
    return session.scalars(_wanted(viewer, wanted).where(Difficulty.state != DifficultyState.DRAFT)).all()


def list_plan_choices(session: Session, movement_id: str) -> list[tuple[str, str]]:
    """(id, name) of the plan's wordings, the newest first."""
    rows = session.execute(
        select(PlanVersion.id, PlanVersion.no, PlanVersion.number)
        .where(PlanVersion.movement_id == movement_id)
        .order_by(PlanVersion.no.desc())
    )
    return [(key, f"Bản {no}" + (f" · số {number}" if number else "")) for key, no, number in rows]
