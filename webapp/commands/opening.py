"""What commands share: opened resources, acting as a person, finishing the work a command caused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.core.resources import Resources, open_resources
from webapp.core.schema import is_current, migrate
from webapp.core.settings import Settings
from webapp.jobs.worker import Worker, WorkerRunning, only_worker
from webapp.models import Unit
from webapp.people.queries import find_person_named
from webapp.permissions import Viewer, load_viewer


@contextmanager
def opened(settings: Settings, *, must_exist: bool = True) -> Iterator[Resources]:
    """Resources with the schema up to date. Raises Invalid when there is no installation in the data folder."""
    if must_exist and settings.database_url.startswith("sqlite") and not any(settings.data.glob("*.sqlite3")):
        raise Invalid(f"Chưa có dữ liệu ở {settings.data}. Hãy chạy “kho init” trước.")
    resources = open_resources(settings)
    try:
        if not is_current(resources.db):
            migrate(resources.db)
        yield resources
    finally:
        resources.close()


def viewer_named(resources: Resources, username: str) -> Viewer:
    """The person a command acts as."""
    with resources.db.reading() as session:
        person = find_person_named(session, username)
        if person is None or person.disabled_at is not None:
            raise Invalid(f"Không có tài khoản “{username}” đang dùng.")
        return load_viewer(session, person, now=resources.clock.now(), timezone=resources.settings.timezone)


def unit_id_of(session: Session, text: str) -> str:
    """A unit by code or name."""
    found = session.scalar(select(Unit.id).where((Unit.code == text.upper()) | (Unit.name == text)))
    if found is None:
        raise Invalid(f"Không có đơn vị “{text}”.")
    return found


def finish_jobs(resources: Resources) -> None:
    """Do the waiting work here, unless a worker is running that does it anyway."""
    try:
        with only_worker(resources.settings.data):
            Worker(resources).drain()
    except WorkerRunning:
        return


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
