"""Tasks the viewer may see, and the terms papers are kept for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.models import DocumentKind, Movement, RetentionClass, Task, TaskKind, TaskState, Unit
from webapp.permissions import Permission, Viewer, can
from webapp.permissions.scopes import readable_tasks


def page_tasks(session: Session, *, viewer: Viewer, page: int) -> Page[Task]:
    """Newest first."""
    query = (
        select(Task)
        .where(readable_tasks(viewer))
        .options(joinedload(Task.requester))
        .order_by(Task.requested_at.desc(), Task.id)
    )
    return page_of(session, query, page)


def get_task(session: Session, task_id: str, *, viewer: Viewer) -> Task:
    """Raises NotFound alike for what is not there and what may not be seen."""
    task = session.scalar(
        select(Task).where(Task.id == task_id, readable_tasks(viewer)).options(joinedload(Task.requester))
    )
    if task is None:
        raise NotFound(kind="task", key=task_id)
    return task


def is_told(task: Task, *, viewer: Viewer) -> bool:
    """Whether the viewer may read what a task is about. Whoever keeps the machine running sees that it runs; titles,
    names of files and sentences with them are the requester's. A check of the archive is about no paper."""
    return task.kind is TaskKind.SCRUB or (viewer.id is not None and task.requested_by == viewer.id)


def list_retention(session: Session) -> list[tuple[DocumentKind, int | None]]:
    """Every kind of document with its years (None: for ever), in the order people know them."""
    known = {row.kind: row.years for row in session.scalars(select(RetentionClass))}
    return [(kind, known.get(kind)) for kind in DocumentKind]


def get_finished_export(session: Session, task_id: str, *, viewer: Viewer) -> Task:
    """The viewer's own export that is done. Raises NotFound for anything else."""
    task = session.scalar(
        select(Task).where(
            Task.id == task_id,
            Task.kind == TaskKind.EXPORT,
            Task.state == TaskState.DONE,
            Task.requested_by == viewer.id,
            readable_tasks(viewer),
        )
    )
    if task is None:
        raise NotFound(kind="task", key=task_id)
    return task


def list_exportable(session: Session, *, viewer: Viewer) -> list[tuple[str, str]]:
    """What the viewer may export, as ("unit:…" or "movement:…", name): own units, movements run."""
    found: list[tuple[str, str]] = []
    for unit in session.scalars(select(Unit).where(Unit.id.in_(viewer.own_units)).order_by(Unit.name)):
        found.append((f"unit:{unit.id}", unit.name))
    for movement in session.scalars(select(Movement).order_by(Movement.first_year.desc(), Movement.created_at.desc())):
        if can(viewer, Permission.EXPORT_MAKE, movement):
            found.append((f"movement:{movement.id}", movement.name))
    return found
