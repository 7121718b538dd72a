"""Reading rubrics: those in force are everybody's, drafts the office's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import NotFound
from webapp.models import Rubric
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_rubrics


def list_rubrics(session: Session, *, viewer: Viewer, year: int) -> Sequence[Rubric]:
    return session.scalars(
        select(Rubric).where(Rubric.year == year, readable_rubrics(viewer)).order_by(Rubric.state, Rubric.name)
    ).all()


def get_rubric(session: Session, rubric_id: str, *, viewer: Viewer) -> Rubric:
    rubric = session.scalar(select(Rubric).where(Rubric.id == rubric_id, readable_rubrics(viewer)))
    if rubric is None:
        raise NotFound(kind="rubric", key=rubric_id)
    return rubric
