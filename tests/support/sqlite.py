"""The house's SQLite file, opened past the program."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def database_of(data: Path) -> Iterator[sqlite3.Connection]:
    """The house's SQLite file as anybody may open it; kept and closed at the end."""
    with closing(sqlite3.connect(data / "kho.sqlite3")) as database, database:
        yield database
