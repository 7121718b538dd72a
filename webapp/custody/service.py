"""Asking for long work on the archive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, Refused
from webapp.handover.asked import is_still_readable, subject_of_export
from webapp.jobs.tasks import request_task
from webapp.models import Movement, Task, TaskKind, Unit
from webapp.permissions import Permission, Viewer, ensure


def request_check(session: Session, *, actor: Viewer, now: datetime) -> Task:
    """Have the whole archive read again."""
    ensure(actor, Permission.ARCHIVE_CHECK)
    return request_task(
        session, actor=actor, now=now, kind=TaskKind.SCRUB, title="Kiểm tra toàn vẹn của toàn bộ kho", arguments={}
    )


def request_export(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    unit_id: str | None = None,
    movement_id: str | None = None,
    year: int | None = None,
) -> Task:
    """Have the papers of one unit in one year, or of one movement, made into a bag. What the actor may read is asked
    anew when it is made."""
    if unit_id is None and movement_id is None:
        raise Invalid({"scope": "Hãy chọn hồ sơ cần tải."})
    if unit_id is not None and year is None:
        raise Invalid({"year": "Hãy nhập năm của hồ sơ."})
    arguments = {"person_id": actor.id, "unit_id": unit_id, "movement_id": movement_id, "year": year}
    subject = subject_of_export(session, arguments)
    ensure(actor, Permission.EXPORT_MAKE, subject)
    title = f"Tải trọn hồ sơ: {subject.name}" + (f", năm {year}" if year else "")
    task = request_task(session, actor=actor, now=now, kind=TaskKind.EXPORT, title=title, arguments=arguments)
    task.arguments = {**arguments, "task_id": task.id}
    session.flush()
    return task


def note_download(session: Session, *, actor: Viewer, now: datetime, task: Task) -> None:
    """The event of taking a finished export away. Raises Refused when the actor could not ask for it any more, or
    may no longer read all that is in it."""
    subject: Unit | Movement = subject_of_export(session, task.arguments)
    ensure(actor, Permission.EXPORT_MAKE, subject)
    if not is_still_readable(session, actor, task.arguments, task.result):
        raise Refused(
            "Trong gói có văn bản đã được rút, hoặc bạn không còn được xem, từ khi kết xuất; hãy kết xuất lại.",
            permission=Permission.EXPORT_MAKE,
            kind="task",
            key=task.id,
        )
    log_event(
        session,
        actor,
        now,
        "export.download",
        Thing("task", task.id, task.arguments.get("unit_id")),
        {"sha256": task.result["sha256"], "size": task.result["size"]},
    )
