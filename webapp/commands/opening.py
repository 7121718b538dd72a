"""What commands share: opened resources, acting as a person, finishing the work a command caused."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.commands.runners import RUNNERS
from webapp.core.errors import Invalid
from webapp.core.resources import Resources
from webapp.core.schema import is_current, migrate
from webapp.core.settings import Settings
from webapp.jobs.worker import Worker, WorkerRunning, only_worker
from webapp.models import Unit
from webapp.people.naming import Named, recognise
from webapp.people.queries import find_person_named
from webapp.permissions import Viewer, load_viewer
from webapp.records.opening import open_resources


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
    """A unit by code or by any spelling of its name that is nobody else's."""
    found, alike = recognise(text, [Named(*row) for row in session.execute(select(Unit.id, Unit.code, Unit.name))])
    if found is None:
        asked = " hay ".join(f"“{one.name}” (mã {one.code})" for one in alike)
        raise Invalid(f"Không có đơn vị “{text}”" + (f"; có phải {asked}?" if asked else "."))
    return found.id


def finish_jobs(resources: Resources) -> None:
    """Do the waiting work here, unless a worker is running that does it anyway."""
    try:
        with only_worker(resources.settings.data):
            Worker(resources, RUNNERS).drain()
    except WorkerRunning:
        return


def told(what: str) -> Callable[[int, int], None]:
    """Shows progress on a terminal, in one line that is written over; says nothing where nobody watches."""
    if not sys.stderr.isatty():
        return lambda done, total: None
    shown = [0.0]

    def tell(done: int, total: int) -> None:
        if done < total and time.monotonic() - shown[0] < 0.2:
            return
        shown[0] = time.monotonic()
        sys.stderr.write(f"\r{what}: {done} / {total}" + ("\n" if done >= total else ""))
        sys.stderr.flush()

    return tell


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
