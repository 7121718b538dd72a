"""Engine, sessions and the unit of work. The only `commit()` of the program is in this file.

Reading uses a plain transaction; writing begins with `BEGIN IMMEDIATE` on SQLite, so that a writer waits for its
turn at the start instead of failing in the middle.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from webapp.core.days import WARD_ZONE
from webapp.core.errors import Busy, NoRoom

WRITING = "kho_writing"
ZONE = "kho_zone"
BUSY_TIMEOUT_MS = 10_000
# A request that writes holds two connections, one to read and one to write. With fewer than twice the threads, all
# could hold the first and wait for the second.
POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 56}


class WritingSession(Session):
    """The session of a unit of work; a class of its own, so that changes can be followed."""


class Database:
    """One database, SQLite or PostgreSQL, shared by the threads of one process.

    Its sessions know the ward's zone, for days of the calendar (`zone_of`).

    `keeper` is called in every unit of work just before its commit; when it raises, nothing is committed.
    """

    def __init__(self, url: str, timezone: tzinfo = WARD_ZONE) -> None:
        self.url = url
        self.timezone = timezone
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self.marks: dict[str, object] = {}  # what sessions that write are told besides
        self.keeper: Callable[[Session], None] | None = None
        self._writing = self.engine.execution_options(**{WRITING: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is never committed."""
        with Session(self.engine, autoflush=False, info={ZONE: self.timezone}) as session:
            yield session

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction: committed when the block ends well, rolled back otherwise.

        Raises Busy when locked, NoRoom when the disk is full or takes no writes.
        """
        with WritingSession(self._writing, expire_on_commit=False, info={ZONE: self.timezone, **self.marks}) as session:
            try:
                yield session
                if self.keeper is not None:
                    self.keeper(session)
                session.commit()
            except OperationalError as error:
                session.rollback()
                if is_locked(error):
                    raise Busy from error
                if has_no_room(error):
                    raise NoRoom from error
                raise

    def is_ready(self) -> bool:
        """Whether a statement can be answered now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except OperationalError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()


def zone_of(session: Session) -> tzinfo:
    """The ward's zone, where nobody handed it on."""
    zone = session.info.get(ZONE, WARD_ZONE)
    assert isinstance(zone, tzinfo)
    return zone


def is_locked(error: OperationalError) -> bool:
    """Whether the database was only busy (lock or deadlock), so that trying again makes sense."""
    message = str(error.orig).lower()
    return "locked" in message or "deadlock" in message or "lock timeout" in message


def has_no_room(error: OperationalError) -> bool:
    """Whether nothing can be written for want of room or of permission to write."""
    message = str(error.orig).lower()
    return any(words in message for words in ("disk is full", "readonly", "read-only", "no space left", "disk quota"))


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}, **POOL)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling would begin too late; `begin` below does it.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # REPLACE must fire the audit table's delete trigger
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql_engine(url: str) -> Engine:
    options: dict[str, Any] = {
        "pool_pre_ping": True,
        **POOL,
        "connect_args": {"options": f"-c timezone=UTC -c lock_timeout={BUSY_TIMEOUT_MS}"},
    }
    engine = create_engine(url, **options)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def without_nul(
        _connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, many: bool
    ) -> tuple[str, Any]:
        # PostgreSQL takes no NUL in text; what people send may hold one, and then it is simply not found.
        rows = parameters if many else [parameters]
        if any(
            "\x00" in value for row in rows if isinstance(row, dict) for value in row.values() if isinstance(value, str)
        ):
            rows = [
                {
                    key: value.replace("\x00", "\ufffd") if isinstance(value, str) else value
                    for key, value in row.items()
                }
                for row in rows
            ]
            parameters = rows if many else rows[0]
        return statement, parameters

    return engine
