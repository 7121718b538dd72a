"""Fixtures: a house on SQLite and on PostgreSQL, a ward with people in every role, clients and browsers."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgresql
from tests.support.ward import Ward, open_ward, people_of_every_role
from tests.support.web import Client, client_for
from webapp.core.db import Database
from webapp.core.schema import migrate

_numbers = itertools.count()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated database, to copy."""
    path = tmp_path_factory.mktemp("template") / "kho.sqlite3"
    db = Database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A throwaway server with a migrated database `template_kho`."""
    with postgresql.running_server() as server:
        postgresql.execute(server, "CREATE DATABASE template_kho")
        db = Database(postgresql.url_of(server, "template_kho"))
        migrate(db)
        db.close()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "data" / "kho.sqlite3"
        path.parent.mkdir()
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"kho_{os.getpid()}_{next(_numbers)}"
    postgresql.execute(server, f"CREATE DATABASE {name} TEMPLATE template_kho")
    yield postgresql.url_of(server, name)
    postgresql.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_ward(tmp_path: Path, database_url: str) -> Iterator[Ward]:
    """A house with nothing in it."""
    ward = open_ward(tmp_path / "data", database_url)
    yield ward
    ward.resources.close()


@pytest.fixture
def ward(empty_ward: Ward) -> Ward:
    """A ward with four units, two clusters, a movement and a person per role."""
    people_of_every_role(empty_ward)
    return empty_ward


@pytest.fixture
def client(ward: Ward) -> Client:
    """Nobody signed in yet."""
    return client_for(ward)
