"""Asking for long work on the archive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.jobs.tasks import request_task
from webapp.models import Task, TaskKind
from webapp.permissions import Permission, Viewer, ensure


def request_check(session: Session, *, actor: Viewer, now: datetime) -> Task:
    """Have the whole archive read again."""
    ensure(actor, Permission.ARCHIVE_CHECK)
    return request_task(
        session, actor=actor, now=now, kind=TaskKind.SCRUB, title="Kiểm tra toàn vẹn của toàn bộ kho", arguments={}
    )
