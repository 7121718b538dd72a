"""The schema: what migrations make is what the models say; both directions, with rows in the tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Inspector, UniqueConstraint, func, inspect, select, text

from tests.support import postgresql
from tests.support.ward import Ward, open_ward, people_of_every_role
from webapp.audit import Thing, log_event
from webapp.audit.verify import verify_chain
from webapp.core.db import Database
from webapp.core.schema import is_current, migrate
from webapp.models import AuditEvent, Base, Document, RecordManifest
from webapp.permissions import SYSTEM
from webapp.records.keep import keep_all


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path / 'blank.sqlite3'}")
        yield db
        db.close()
        return
    server = request.getfixturevalue("postgresql_server")
    postgresql.execute(server, "DROP DATABASE IF EXISTS kho_blank WITH (FORCE)")
    postgresql.execute(server, "CREATE DATABASE kho_blank")
    db = Database(postgresql.url_of(server, "kho_blank"))
    yield db
    db.close()
    postgresql.execute(server, "DROP DATABASE kho_blank WITH (FORCE)")


def tables(db: Database) -> set[str]:
    return set(inspect(db.engine).get_table_names())


def leftovers(db: Database) -> set[str]:
    """Triggers and functions of ours."""
    with db.engine.connect() as connection:
        if db.is_sqlite:
            return set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
        triggers = connection.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).all()
        functions = connection.scalars(text("SELECT proname FROM pg_proc WHERE proname LIKE 'kho_%'")).all()
    return {*triggers, *functions}


def test_upgrading_from_nothing_gives_what_the_models_say(blank: Database) -> None:
    assert not is_current(blank)
    migrate(blank)
    assert is_current(blank)
    with blank.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    migrate(blank)
    assert is_current(blank)


def test_every_constraint_and_index_has_its_name(blank: Database) -> None:
    migrate(blank)
    found: Inspector = inspect(blank.engine)
    names: list[str | None] = []
    for table in Base.metadata.tables:
        names.append(found.get_pk_constraint(table)["name"])
        names += [one["name"] for one in found.get_foreign_keys(table)]
        names += [one["name"] for one in found.get_unique_constraints(table)]
        names += [one["name"] for one in found.get_check_constraints(table)]
        names += [one["name"] for one in found.get_indexes(table)]
    assert len(names) > 80 and all(names)
    assert {str(name)[:3] for name in names} == {"pk_", "fk_", "uq_", "ck_", "ix_"}


def test_the_database_holds_every_check_and_unique_the_models_name(blank: Database) -> None:
    """compare_metadata is blind to checks."""
    migrate(blank)
    found = inspect(blank.engine)
    for name, table in Base.metadata.tables.items():
        checks = {str(one["name"]) for one in found.get_check_constraints(name)}
        wanted = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert checks == wanted, name
        uniques = {str(one["name"]) for one in found.get_unique_constraints(name)}
        assert uniques == {str(one.name) for one in table.constraints if isinstance(one, UniqueConstraint)}, name


def test_going_all_the_way_down_leaves_nothing_and_up_again_works(blank: Database) -> None:
    migrate(blank)
    assert leftovers(blank)
    migrate(blank, "base")
    assert tables(blank) <= {"alembic_version"} and leftovers(blank) == set()
    migrate(blank)
    with blank.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def filled(tmp_path: Path, db: Database) -> Ward:
    migrate(db)
    ward = open_ward(tmp_path / "data", db.url)
    people_of_every_role(ward)
    ward.attach("clerk.a", ward.item(ward.checklist("clerk.a", "A"), "III.1.đ"))
    return ward


def count(ward: Ward, table: type[Base]) -> int:
    with ward.db.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_with_rows_everything_goes_at_the_bottom_and_a_new_start_is_whole(blank: Database, tmp_path: Path) -> None:
    """Down to base removes all rows; the archive's bytes stay."""
    ward = filled(tmp_path, blank)
    stored = sorted(ward.resources.store.digests())
    migrate(ward.db, "base")
    assert tables(blank) <= {"alembic_version"}
    migrate(ward.db)
    assert count(ward, AuditEvent) == count(ward, Document) == 0
    assert stored and sorted(ward.resources.store.digests()) == stored
    ward.units, ward.clusters, ward.people = {}, {}, {}
    people_of_every_role(ward)
    with ward.db.reading() as session:
        assert list(verify_chain(session)) == []
    ward.resources.close()


def test_one_step_down_and_up_keeps_every_row_and_the_log_goes_on(blank: Database, tmp_path: Path) -> None:
    ward = filled(tmp_path, blank)
    before = {name: count_of(ward, name) for name in Base.metadata.tables}
    migrate(ward.db, "0001")
    assert leftovers(blank) == set()
    migrate(ward.db)
    # The list of manifests is dropped on the way down; the archive has them, and the worker lists them anew.
    kept = before.pop("record_manifest")
    assert {name: count_of(ward, name) for name in before} == before
    assert keep_all(ward.db, ward.resources.store, now=ward.now) == kept_records(ward) <= kept
    with ward.work() as session:
        log_event(session, SYSTEM, ward.now, "test.note", Thing("system", "x"))
    assert count(ward, AuditEvent) == before["audit_event"] + 1
    with ward.db.reading() as session:
        assert list(verify_chain(session)) == []
    ward.resources.close()


def kept_records(ward: Ward) -> int:
    """How many records have a manifest in the catalogue's list."""
    with ward.db.reading() as session:
        return session.scalar(select(func.count(RecordManifest.record.distinct()))) or 0


def count_of(ward: Ward, table: str) -> int:
    with ward.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0
