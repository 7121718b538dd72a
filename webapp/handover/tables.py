"""All tables of a database as lines of JSON, and back: the same from SQLite as from PostgreSQL, at any revision.

Tables are taken as the database has them, so that a backup of an older schema can be read into that older schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, event, func, insert, select
from sqlalchemy.orm import Session

from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.models.base import UTCDateTime
from webapp.records.keep import keep_by_hand
from webapp.records.snapshot import plain_row, value_of

# Who is signed in belongs to the running house alone; the revision is said in the backup's head.
LEFT_OUT = frozenset({"sign_in", "alembic_version"})
# What a new database starts with; replaced by what the backup says.
SEEDED = ("audit_head", "retention_class")
CHUNK_BYTES = 4 * 2**20
CHUNK_ROWS = 500


@contextmanager
def snapshot(db: Database) -> Iterator[Session]:
    """A reading session in which everything is as it was at its first statement, however long it lasts."""
    with db.reading() as session:
        if not db.is_sqlite:
            # SQLite's write-ahead log gives the same by itself.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session


def revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def tables_of(connection: Connection) -> list[Table]:
    """The tables that are backed up, as the database has them, parents first."""
    metadata = MetaData()

    @event.listens_for(metadata, "column_reflect")
    def with_our_types(_inspector: object, _table: Table, column: dict[str, Any]) -> None:
        if isinstance(column["type"], sa.DateTime):
            column["type"] = UTCDateTime()
        elif isinstance(column["type"], sa.JSON):
            column["type"] = sa.JSON(none_as_null=True)

    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def count_rows(session: Session, tables: list[Table]) -> int:
    return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def dump(session: Session, table: Table) -> Iterator[tuple[int, bytes]]:
    """A table's rows in the order of its key, as (number of rows, lines) of a few megabytes each."""
    lines: list[bytes] = []
    size = 0
    statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK_ROWS)
    for row in session.execute(statement).mappings():
        line = json.dumps(plain_row({column.name: row[column] for column in table.c}), ensure_ascii=False).encode()
        lines.append(line + b"\n")
        size += len(line)
        if size >= CHUNK_BYTES:
            yield len(lines), b"".join(lines)
            lines, size = [], 0
    if lines:
        yield len(lines), b"".join(lines)


def make_room(session: Session, tables: list[Table]) -> None:
    """Take out what a new database starts with. Raises Invalid when there is anything else."""
    for table in tables:
        if table.name not in SEEDED and session.scalar(select(func.count()).select_from(table)):
            raise Invalid(f"Cơ sở dữ liệu không trống (bảng {table.name}). Chỉ khôi phục vào nơi trống.")
    keep_by_hand(session)
    for table in tables:
        if table.name == "retention_class":
            session.execute(sa.delete(table))


def load(session: Session, table: Table, lines: bytes) -> int:
    """Insert rows that `dump` wrote; returns how many. Raises Invalid for what is no row of the table."""
    rows = [_row(table, line) for line in lines.splitlines()]
    if table.name == "audit_head":
        # The row is there and may not be deleted: the last link is written over the first.
        for row in rows:
            session.execute(sa.update(table).values({name: row[name] for name in ("seq", "hash")}))
        return len(rows)
    for start in range(0, len(rows), CHUNK_ROWS):
        session.execute(insert(table), rows[start : start + CHUNK_ROWS])
    return len(rows)


def _row(table: Table, line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        if set(entry) != {column.name for column in table.c}:
            raise ValueError("other columns")
        return {name: value_of(table.c[name], value) for name, value in entry.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid(f"Bản sao lưu có dòng không đọc được ở bảng {table.name}.") from error
