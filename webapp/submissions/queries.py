"""Reading plans and reports: the unit sees what it writes, everybody else the latest submission."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.models import PaperComment, PaperKind, PaperPart, PaperState, PaperVersion, Unit, UnitPaper
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_papers


def get_paper(session: Session, paper_id: str, *, viewer: Viewer) -> UnitPaper:
    """With unit and signed file."""
    paper = session.scalar(
        select(UnitPaper)
        .where(UnitPaper.id == paper_id, readable_papers(viewer))
        .options(joinedload(UnitPaper.unit), joinedload(UnitPaper.document))
    )
    if paper is None:
        raise NotFound(kind="paper", key=paper_id)
    return paper


def list_own_papers(
    session: Session, *, viewer: Viewer, year: int, kind: PaperKind | None = None, state: PaperState | None = None
) -> Sequence[UnitPaper]:
    """Papers of a year of the viewer's own units, by unit."""
    if not viewer.own_units:
        return []
    return session.scalars(_papers(viewer, year, kind, state).where(UnitPaper.unit_id.in_(viewer.own_units))).all()


def page_of_papers(
    session: Session,
    *,
    viewer: Viewer,
    year: int,
    kind: PaperKind | None = None,
    state: PaperState | None = None,
    page: int = 1,
) -> Page[UnitPaper]:
    """Papers of a year that others handed in and the viewer may see, by unit."""
    return page_of(session, _papers(viewer, year, kind, state).where(UnitPaper.unit_id.not_in(viewer.own_units)), page)


def list_handed_in(
    session: Session, *, viewer: Viewer, year: int, kind: PaperKind | None = None, state: PaperState | None = None
) -> Sequence[UnitPaper]:
    """All that `page_of_papers` shows on its pages."""
    return session.scalars(_papers(viewer, year, kind, state).where(UnitPaper.unit_id.not_in(viewer.own_units))).all()


def _papers(viewer: Viewer, year: int, kind: PaperKind | None, state: PaperState | None) -> Select[UnitPaper]:
    query = (
        select(UnitPaper)
        .join(UnitPaper.unit)
        .where(UnitPaper.year == year, readable_papers(viewer))
        .options(joinedload(UnitPaper.unit))
        .order_by(Unit.name, UnitPaper.kind, UnitPaper.id)
    )
    if kind is not None:
        query = query.where(UnitPaper.kind == kind)
    if state is not None:
        query = query.where(UnitPaper.state == state)
    return query


def list_parts(session: Session, paper: UnitPaper, *, viewer: Viewer) -> Sequence[PaperPart]:
    """What the unit is writing; NotFound for everybody else."""
    if paper.unit_id not in viewer.own_units:
        raise NotFound(kind="paper", key=paper.id)
    return session.scalars(
        select(PaperPart)
        .where(PaperPart.paper_id == paper.id)
        .options(joinedload(PaperPart.saver))
        .order_by(PaperPart.position)
    ).all()


def list_versions(session: Session, paper: UnitPaper, *, viewer: Viewer) -> Sequence[PaperVersion]:
    """Submissions, the newest first. `paper` is one the viewer may see."""
    return session.scalars(
        select(PaperVersion)
        .where(PaperVersion.paper_id == paper.id)
        .options(joinedload(PaperVersion.submitter))
        .order_by(PaperVersion.no.desc())
    ).all()


def list_comments(session: Session, paper: UnitPaper, *, viewer: Viewer) -> Sequence[PaperComment]:
    """Remarks in the order they were made. `paper` is one the viewer may see."""
    return session.scalars(
        select(PaperComment)
        .where(PaperComment.paper_id == paper.id)
        .options(joinedload(PaperComment.author))
        .order_by(PaperComment.created_at, PaperComment.id)
    ).all()


def kinds_with_last_year(session: Session, *, viewer: Viewer, year: int) -> set[tuple[str, PaperKind]]:
    """(unit, kind) of the viewer's own papers of the year before."""
    if not viewer.own_units:
        return set()
    rows = session.execute(
        select(UnitPaper.unit_id, UnitPaper.kind).where(
            UnitPaper.unit_id.in_(viewer.own_units), UnitPaper.year == year - 1
        )
    )
    return {(unit_id, kind) for unit_id, kind in rows}
