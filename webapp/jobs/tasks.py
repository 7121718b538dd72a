"""Long work that somebody asked for: queued in a transaction, run by the worker one at a time, watched and cancelled."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive.errors import ArchiveError
from webapp.audit import Thing, log_event
from webapp.core.errors import KhoError, NoRoom, NotFound
from webapp.core.logs import logger
from webapp.core.resources import Resources
from webapp.models import Task, TaskKind, TaskState
from webapp.permissions import SYSTEM, Permission, Viewer, ensure

NOTE_SECONDS = 0.5
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


class TaskCancelled(Exception):
    """Somebody asked the task to end, or the worker is asked to."""


class Progress:
    """Given to a runner: call it with (done, total) often; it raises TaskCancelled when the work is to end."""

    def __init__(self, resources: Resources, task_id: str, stop: Callable[[], bool]) -> None:
        self._resources = resources
        self._task_id = task_id
        self._stop = stop
        self._noted = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._stop():
            raise TaskCancelled
        if time.monotonic() - self._noted < NOTE_SECONDS and done < total:
            return
        self._noted = time.monotonic()
        with self._resources.db.unit_of_work() as session:
            task = session.get_one(Task, self._task_id)
            if task.cancel_asked_at is not None:
                raise TaskCancelled
            task.done, task.total = done, total


# What does the work of one kind: arguments in, result out (both as JSON holds them).
Runner = Callable[[Resources, Mapping[str, Any], Progress], Mapping[str, Any]]


def request_task(
    session: Session, *, actor: Viewer, now: datetime, kind: TaskKind, title: str, arguments: Mapping[str, Any]
) -> Task:
    """Queue a task. What it does must be allowed by the caller; watching and cancelling it is its requester's."""
    task = Task(
        kind=kind,
        state=TaskState.QUEUED,
        title=title[:300],
        arguments=dict(arguments),
        result={},
        requested_by=actor.id,
        requested_at=now,
    )
    session.add(task)
    session.flush()
    _log(session, actor, now, "task.request", task)
    return task


def cancel_task(session: Session, *, actor: Viewer, now: datetime, task_id: str) -> Task:
    """Ask a task to end; it does so at its next step. One that is over stays as it is."""
    task = session.get(Task, task_id)
    if task is None:
        raise NotFound(kind="task", key=task_id)
    ensure(actor, Permission.TASK_CANCEL, task)
    if not task.state.is_over and task.cancel_asked_at is None:
        task.cancel_asked_at = now
        if task.state is TaskState.QUEUED:
            task.state, task.finished_at = TaskState.CANCELLED, now
        session.flush()
        _log(session, actor, now, "task.cancel", task)
    return task


def take_up_again(session: Session) -> int:
    """Tasks that a killed worker left behind start anew; returns how many."""
    ids = list(session.scalars(select(Task.id).where(Task.state == TaskState.RUNNING)))
    session.execute(update(Task).where(Task.id.in_(ids)).values(state=TaskState.QUEUED))
    return len(ids)


def next_task(session: Session) -> Task | None:
    """The one that waited longest."""
    return session.scalars(
        select(Task).where(Task.state == TaskState.QUEUED).order_by(Task.requested_at, Task.id).limit(1)
    ).first()


def run_task(
    resources: Resources, task_id: str, runners: Mapping[TaskKind, Runner], *, stop: Callable[[], bool]
) -> None:
    """Carry out one task to its end. A worker that is asked to stop leaves it to be taken up again."""
    with resources.db.unit_of_work() as session:
        task = session.get(Task, task_id)
        if task is None or task.state is not TaskState.QUEUED:
            return
        task.state, task.started_at, task.done, task.sentence = TaskState.RUNNING, resources.clock.now(), 0, ""
        kind, arguments = task.kind, dict(task.arguments)
    runner = runners.get(kind)
    try:
        if runner is None:
            raise KhoError(f"Tiến trình nền này không làm được việc “{kind.label}”.")
        result = runner(resources, arguments, Progress(resources, task_id, stop))
    except TaskCancelled:
        if not stop():
            _finish(resources, task_id, TaskState.CANCELLED, "Đã dừng theo yêu cầu; phần chưa làm được bỏ qua.")
    except (KhoError, ArchiveError) as error:
        _finish(resources, task_id, TaskState.FAILED, error.sentence)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        logger().error("task.no-room", task=task_id, error=str(error))
        _finish(resources, task_id, TaskState.FAILED, NoRoom.sentence)
    else:
        _finish(resources, task_id, TaskState.DONE, "", result)


def fail_task(resources: Resources, task_id: str) -> None:
    """For an error nobody foresaw; what it was is in the program's log."""
    _finish(resources, task_id, TaskState.FAILED, "Việc này gặp lỗi; chi tiết có trong nhật ký của chương trình.")


def _finish(
    resources: Resources, task_id: str, state: TaskState, sentence: str, result: Mapping[str, Any] | None = None
) -> None:
    now = resources.clock.now()
    with resources.db.unit_of_work() as session:
        task = session.get_one(Task, task_id)
        task.state, task.sentence, task.finished_at = state, sentence, now
        if result is not None:
            task.result = dict(result)
        if state is TaskState.DONE:
            task.done = task.total
        session.flush()
        _log(session, SYSTEM, now, "task.finish", task, outcome="done" if state is TaskState.DONE else "failed")


def _log(session: Session, actor: Viewer, now: datetime, action: str, task: Task, outcome: str = "done") -> None:
    log_event(
        session,
        actor,
        now,
        action,
        Thing("task", task.id),
        {"kind": task.kind.value, "state": task.state.value},
        outcome=outcome,
    )
