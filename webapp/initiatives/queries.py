"""Reading initiatives, always within what the viewer may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.models import (
    RECOGNISED_STATES,
    CriteriaGroup,
    Criterion,
    Document,
    Initiative,
    InitiativeAdoption,
    InitiativeField,
    InitiativeFile,
    InitiativeKind,
    InitiativeReview,
    InitiativeState,
    Person,
    Theme,
    Unit,
)
from webapp.permissions import Permission, Viewer, can, ensure, subject_of
from webapp.permissions.scopes import readable_documents, readable_initiatives

MOST_IN_REGISTER = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeFilter:
    """What a list is narrowed to; None means not narrowed."""

    kind: InitiativeKind | None = None
    field: InitiativeField | None = None
    state: InitiativeState | None = None
    unit_id: str | None = None
    year: int | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form offers: (value, label) pairs, and labels of colleagues."""

    themes: list[tuple[str, str]]
    criteria: list[tuple[str, str]]
    colleagues: list[str]


def page_initiatives(session: Session, *, viewer: Viewer, wanted: InitiativeFilter, page: int) -> Page[Initiative]:
    """Newest first, with unit and adoptions counted by the page."""
    return page_of(session, _listed(viewer, wanted), page)


def list_register(session: Session, *, viewer: Viewer, wanted: InitiativeFilter) -> Sequence[Initiative]:
    """All of them, for the register."""
    ensure(viewer, Permission.INITIATIVE_EXPORT)
    query = _listed(viewer, wanted).options(joinedload(Initiative.theme), joinedload(Initiative.criterion))
    return session.scalars(query.limit(MOST_IN_REGISTER)).all()


def page_gallery(
    session: Session, *, viewer: Viewer, wanted: InitiativeFilter, page: int, per_page: int
) -> Page[Initiative]:
    """What was recognised, latest decision first; the same for everybody signed in."""
    query = (
        _narrowed(select(Initiative), wanted)
        .where(readable_initiatives(viewer), Initiative.state.in_(RECOGNISED_STATES))
        .options(joinedload(Initiative.unit))
        .order_by(Initiative.decided_on.desc(), Initiative.id)
    )
    return page_of(session, query, page, per_page=per_page)


def count_adoptions(session: Session, initiatives: Collection[Initiative], *, viewer: Viewer) -> dict[str, int]:
    """How many units took each over; by id, those without left out."""
    rows = session.execute(
        select(InitiativeAdoption.initiative_id, func.count())
        .join(Initiative, Initiative.id == InitiativeAdoption.initiative_id)
        .where(Initiative.id.in_([one.id for one in initiatives]), readable_initiatives(viewer))
        .group_by(InitiativeAdoption.initiative_id)
    )
    return {row[0]: row[1] for row in rows}


def get_initiative(session: Session, initiative_id: str, *, viewer: Viewer) -> Initiative:
    """With unit, theme, criterion and authors. Raises NotFound alike for what is not there and what may not be seen."""
    initiative = session.scalar(
        select(Initiative)
        .where(Initiative.id == initiative_id, readable_initiatives(viewer))
        .options(joinedload(Initiative.unit), joinedload(Initiative.theme), joinedload(Initiative.criterion))
    )
    if initiative is None:
        raise NotFound(kind="initiative", key=initiative_id)
    return initiative


def list_initiatives(session: Session, ids: Collection[str], *, viewer: Viewer) -> dict[str, Initiative]:
    """Those of the named ones that the viewer may see now, by id."""
    if not ids:
        return {}
    query = (
        select(Initiative)
        .where(Initiative.id.in_(ids), readable_initiatives(viewer))
        .options(joinedload(Initiative.unit))
    )
    return {initiative.id: initiative for initiative in session.scalars(query)}


def list_reviews(session: Session, initiative: Initiative, *, viewer: Viewer) -> Sequence[InitiativeReview]:
    """Reviews, latest submission first, for whoever reads what was handed in; not for everybody once it is recognised."""
    if not can(viewer, Permission.INITIATIVE_READ, replace(subject_of(initiative), published=False)):
        return ()
    return session.scalars(
        select(InitiativeReview)
        .where(InitiativeReview.initiative_id == initiative.id)
        .options(joinedload(InitiativeReview.reviewer))
        .order_by(InitiativeReview.submission.desc(), InitiativeReview.reviewed_at)
    ).all()


def list_adoptions(session: Session, initiative: Initiative, *, viewer: Viewer) -> Sequence[InitiativeAdoption]:
    return session.scalars(
        select(InitiativeAdoption)
        .join(Initiative, Initiative.id == InitiativeAdoption.initiative_id)
        .where(InitiativeAdoption.initiative_id == initiative.id, readable_initiatives(viewer))
        .options(joinedload(InitiativeAdoption.unit))
        .order_by(InitiativeAdoption.adopted_on)
    ).all()


def list_files(session: Session, initiative: Initiative, *, viewer: Viewer) -> list[tuple[InitiativeFile, Document]]:
    """Files whose document the viewer may see, in the order they came."""
    rows = session.execute(
        select(InitiativeFile, Document)
        .join(Document, Document.id == InitiativeFile.document_id)
        .where(
            InitiativeFile.initiative_id == initiative.id,
            InitiativeFile.removed_at.is_(None),
            readable_documents(viewer),
        )
        .order_by(InitiativeFile.linked_at, InitiativeFile.id)
    )
    return [(file, document) for file, document in rows]


def list_attachable(session: Session, initiative: Initiative, *, viewer: Viewer) -> list[tuple[str, str]]:
    """(id, label) of the unit's own documents of that year that do not go with the initiative yet."""
    linked = select(InitiativeFile.document_id).where(
        InitiativeFile.initiative_id == initiative.id, InitiativeFile.removed_at.is_(None)
    )
    documents = session.scalars(
        select(Document)
        .where(
            Document.unit_id == initiative.unit_id,
            Document.year == initiative.year,
            Document.current_no > 0,
            Document.id.not_in(linked),
            readable_documents(viewer),
        )
        .order_by(Document.created_at.desc())
        .limit(300)
    )
    return [(one.id, f"{one.number or one.kind.label} · {one.title}") for one in documents]


def load_choices(session: Session, movement_id: str | None, *, viewer: Viewer) -> Choices:
    """Themes and criteria in force, in the plan's order; colleagues as `Tên · Đơn vị`, as the directory shows them."""
    ensure(viewer, Permission.UNIT_READ)
    themes = session.scalars(
        select(Theme).where(Theme.movement_id == movement_id, Theme.retired_at.is_(None)).order_by(Theme.position)
    )
    criteria = session.scalars(
        select(Criterion)
        .join(CriteriaGroup, CriteriaGroup.id == Criterion.group_id)
        .where(Criterion.movement_id == movement_id, Criterion.retired_at.is_(None))
        .order_by(CriteriaGroup.position, Criterion.position)
    )
    people = session.execute(
        select(Person.name, Unit.name)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Person.name)
    )
    return Choices(
        themes=[(theme.id, f"{theme.code} {theme.text[:80]}") for theme in themes],
        criteria=[(criterion.id, f"{criterion.code} {criterion.text[:80]}") for criterion in criteria],
        colleagues=sorted({f"{name} · {unit}" if unit else name for name, unit in people}),
    )


def list_own_units(session: Session, *, viewer: Viewer, without: str | None = None) -> list[tuple[str, str]]:
    """(id, name) of units the viewer works for."""
    units = session.scalars(select(Unit).where(Unit.id.in_(viewer.own_units)).order_by(Unit.name))
    return [(unit.id, unit.name) for unit in units if unit.id != without]


def list_units(session: Session, *, viewer: Viewer) -> list[tuple[str, str]]:
    """(id, name) of units whose initiatives the viewer may see."""
    ensure(viewer, Permission.UNIT_READ)
    named = select(Initiative.unit_id).where(readable_initiatives(viewer))
    units = session.scalars(select(Unit).where(Unit.id.in_(named)).order_by(Unit.name))
    return [(unit.id, unit.name) for unit in units]


def _listed(viewer: Viewer, wanted: InitiativeFilter) -> Select[Initiative]:
    query = (
        _narrowed(select(Initiative), wanted)
        .where(readable_initiatives(viewer))
        .options(joinedload(Initiative.unit))
        .order_by(Initiative.created_at.desc(), Initiative.id)
    )
    if wanted.mine:
        query = query.where(Initiative.unit_id.in_(viewer.own_units))
    return query


def _narrowed(query: Select[Initiative], wanted: InitiativeFilter) -> Select[Initiative]:
    pairs: tuple[tuple[ColumnElement[object], object], ...] = (
        (Initiative.kind, wanted.kind),
        (Initiative.field, wanted.field),
        (Initiative.state, wanted.state),
        (Initiative.unit_id, wanted.unit_id),
        (Initiative.year, wanted.year),
    )  # type: ignore[assignment]
    return query.where(*(column == value for column, value in pairs if value is not None))
