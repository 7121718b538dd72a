"""Statements compiled once for all houses of a process, as in the program, which has one house and one engine.

SQLAlchemy keeps compiled statements by engine and by the engine's dialect, and asks a server for its ways once for each
engine. A process of the suite opens thousands; so here all engines of a kind share one dialect and what is compiled.
"""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

ROOM = 4000  # statements
_making = threading.RLock()


def share() -> None:
    """From now on `create_engine` gives engines that share."""
    registry.register("sqlite", __name__, "SharedSQLite")
    registry.register("postgresql.psycopg", __name__, "SharedPostgreSQL")


class _Shared(DefaultDialect):
    """The same object whenever one is made; it learns a server's ways from the first connection."""

    _made = None
    _knows_server = False
    _compiled: LRUCache[Any, Any]

    def __new__(cls, **_options: Any) -> _Shared:
        with _making:
            if cls._made is None:
                cls._made = super().__new__(cls)
            return cls._made

    def __init__(self, **options: Any) -> None:
        with _making:
            if "_compiled" not in self.__dict__:
                super().__init__(**options)
                self._compiled = LRUCache(ROOM)

    def initialize(self, connection: Connection) -> None:
        with _making:
            if not self._knows_server:
                super().initialize(connection)
                self._knows_server = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        super().engine_created(engine)
        engine.update_execution_options(compiled_cache=engine.dialect._compiled)


class SharedSQLite(_Shared, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class SharedPostgreSQL(_Shared, PGDialect_psycopg):
    supports_statement_cache = True
