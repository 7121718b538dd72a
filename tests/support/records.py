"""What the archive's manifests should tell of a catalogue, and what they do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from tests.support.ward import Ward
from webapp.core.db import Database
from webapp.core.schema import migrate
from webapp.records.catalogue import KINDS
from webapp.records.compare import differences


@contextmanager
def empty_database(path: Path) -> Iterator[Database]:
    """A migrated database without rows but those every house has."""
    db = Database(f"sqlite:///{path}")
    migrate(db)
    yield db
    db.close()


def rows_of(db: Database, table_name: str, omitted: frozenset[str]) -> list[str]:
    from webapp.models import Base
    from webapp.records.snapshot import plain_row

    table = Base.metadata.tables[table_name]
    columns = [column for column in table.c if column.name not in omitted]
    with db.reading() as session:
        rows = session.execute(select(*columns)).mappings()
        return sorted(json.dumps(plain_row(dict(row)), ensure_ascii=False, sort_keys=True) for row in rows)


def catalogue_of(db: Database) -> dict[str, list[str]]:
    """Every row of every recorded table, but for what is never archived."""
    found = {}
    for kind in KINDS:
        found[kind.table.name] = rows_of(db, kind.table.name, kind.omitted)
        for part in kind.parts:
            found[part.table.name] = rows_of(db, part.table.name, frozenset())
    return found


def wrong(ward: Ward) -> list[object]:
    with ward.db.reading() as session:
        return list(differences(session, ward.resources.store))


def unkept(ward: Ward) -> list[object]:
    return [one for one in wrong(ward) if one.kind == "unkept"]  # type: ignore[attr-defined]
