"""All that is kept of scores, before and after; and a house in which requests run to their end and nothing is kept."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.ward import Ward
from webapp.models.base import Base

TABLES = tuple(sorted(name for name in Base.metadata.tables if name.startswith("score_")))

Rows = dict[tuple[str, str], dict[str, Any]]


def rows_of(session: Session) -> Rows:
    """All rows of all tables of scores by table and key, but for who is at work right now."""
    found: Rows = {}
    for name in TABLES:
        if name == "score_presence":
            continue
        table = Base.metadata.tables[name]
        for row in session.execute(select(table)).mappings():
            found[name, str(row["id"])] = dict(row)
    return found


def digest(rows: Rows) -> str:
    plain = [[*key, {name: str(one) for name, one in row.items()}] for key, row in sorted(rows.items())]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def changed_columns(before: Rows, after: Rows) -> set[str]:
    """`table.column` of everything that differs; `table+` for a row that is new, `table-` for one that is gone."""
    found = {f"{table}+" for table, _ in after.keys() - before.keys()}
    found |= {f"{table}-" for table, _ in before.keys() - after.keys()}
    for key in before.keys() & after.keys():
        found |= {f"{key[0]}.{name}" for name, one in before[key].items() if one != after[key][name]}
    return found


def changed_rows(before: Rows, after: Rows) -> set[tuple[str, str]]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


@dataclass
class Rehearsal:
    """Transactions run to their end and are rolled back; `after` is what each would have left."""

    before: Rows
    after: list[Rows] = field(default_factory=list)

    @property
    def last(self) -> Rows:
        return self.after[-1] if self.after else self.before


@contextmanager
def nothing_kept(ward: Ward) -> Iterator[Rehearsal]:
    """Every transaction of this house is rolled back after all that it does was written and read again."""
    with ward.db.reading() as session:
        rehearsal = Rehearsal(rows_of(session))
    real = ward.db.unit_of_work

    @contextmanager
    def rolled_back() -> Iterator[Session]:
        with Session(ward.db._writing, expire_on_commit=False) as session:
            try:
                yield session
                session.flush()
                rehearsal.after.append(rows_of(session))
            finally:
                session.rollback()

    ward.db.unit_of_work = rolled_back  # type: ignore[method-assign]
    try:
        yield rehearsal
    finally:
        ward.db.unit_of_work = real  # type: ignore[method-assign]


@contextmanager
def commits_of(ward: Ward) -> Iterator[Callable[[], int]]:
    """A question that answers with another number once anybody wrote to the house's SQLite file."""
    connection = sqlite3.connect(ward.resources.settings.data / "kho.sqlite3")
    try:
        yield lambda: int(connection.execute("PRAGMA data_version").fetchone()[0])
    finally:
        connection.close()
