"""Put work into the outbox and take it out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webapp.models import JobKind, OutboxJob

MAX_ATTEMPTS = 8
UNCOUNTED_WAIT = timedelta(seconds=5)


# How far before its time a job is set that somebody sits and waits for: ahead of any queue of a day.
AHEAD = timedelta(days=1)


def enqueue(session: Session, kind: JobKind, subjects: Iterable[str], *, now: datetime, ahead: bool = False) -> None:
    """Ask for work in the caller's transaction. Asking twice is harmless: every job can be repeated.

    `ahead` puts it before what waits already.
    """
    due_at = now - AHEAD if ahead else now
    session.add_all(OutboxJob(kind=kind, subject=subject, created_at=now, due_at=due_at) for subject in subjects)
    session.flush()


def due(session: Session, kind: JobKind, *, now: datetime, limit: int) -> Sequence[OutboxJob]:
    """Jobs that may run now, oldest first."""
    return session.scalars(
        select(OutboxJob)
        .where(OutboxJob.kind == kind, OutboxJob.due_at <= now, OutboxJob.attempts < MAX_ATTEMPTS)
        .order_by(OutboxJob.due_at, OutboxJob.id)
        .limit(limit)
    ).all()


def finish(session: Session, ids: Iterable[str]) -> None:
    session.execute(delete(OutboxJob).where(OutboxJob.id.in_(list(ids))))


def postpone(
    session: Session,
    ids: Iterable[str],
    *,
    now: datetime,
    error: str,
    counted: bool = True,
    wait: timedelta | None = None,
) -> None:
    """Try again later, waiting longer each time (1 s, 2 s, 4 s … about 2 minutes).

    Not `counted` when the job itself is not at fault (database or index busy): then it is never given up; the next try
    is after `wait`, or soon.
    """
    for job in session.scalars(select(OutboxJob).where(OutboxJob.id.in_(list(ids)))):
        job.due_at = now + (timedelta(seconds=2**job.attempts) if counted else wait or UNCOUNTED_WAIT)
        job.attempts += counted
        job.last_error = error[:500]


def waiting(session: Session) -> dict[JobKind, int]:
    """How many jobs of each kind are left."""
    rows = session.execute(select(OutboxJob.kind, func.count()).group_by(OutboxJob.kind))
    return {row[0]: row[1] for row in rows}


def given_up(session: Session) -> Sequence[OutboxJob]:
    """Jobs that failed too often and wait for a person."""
    return session.scalars(select(OutboxJob).where(OutboxJob.attempts >= MAX_ATTEMPTS).limit(200)).all()


def retry_given_up(session: Session, *, now: datetime) -> int:
    """Let them try again; returns how many."""
    ids = list(session.scalars(select(OutboxJob.id).where(OutboxJob.attempts >= MAX_ATTEMPTS)))
    session.execute(update(OutboxJob).where(OutboxJob.id.in_(ids)).values(attempts=0, due_at=now))
    return len(ids)
