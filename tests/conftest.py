"""Fixtures: a house on SQLite and on PostgreSQL, a ward with people in every role, clients and browsers."""

from __future__ import annotations

import itertools
import os
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import dialects, postgresql, templates
from tests.support.prepared import Make, find_preparation
from tests.support.shares import share
from tests.support.ward import Ward, open_ward
from tests.support.web import Client, client_for
from webapp.core import logs

DATABASES = ["sqlite", "postgresql"]
_numbers = itertools.count()


def pytest_configure() -> None:
    templates.keep_folders_in_memory()
    dialects.share()
    logs.configure()  # as the program does: a development log would print, and thereby call, every variable of a fault


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin, the fullest of the others follow: so both processes have work until the end."""
    items[:] = [item for item in items if _runs_here(item)]
    tests = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[float, int, str]:
        long = item.get_closest_marker("long")
        return -float(long.args[0]) if long else 0.0, -tests[item.path], item.path.as_posix()

    items.sort(key=place)


def _runs_here(item: pytest.Item) -> bool:
    """Tests marked `either_database` run on one of the two, chosen by their name, so that half of a file is on each."""
    values = getattr(item, "callspec", None)
    chosen = values.params.get("database_url") if values else None
    if chosen is None or not item.get_closest_marker("either_database") or share(False, True):
        return True
    if any(mark.args and mark.args[0] == "database_url" for mark in item.iter_markers("parametrize")):
        return True  # it says itself which
    return chosen == DATABASES[zlib.crc32(item.originalname.encode()) % 2]  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated database, to copy."""
    path = tmp_path_factory.mktemp("template") / "kho.sqlite3"
    templates.make_empty(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def sqlite_ward(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Ward:
    """A closed ward with people, to copy; its database is in its folder."""
    data = tmp_path_factory.mktemp("template") / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    return templates.make_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A throwaway server with a migrated database `template_kho`."""
    with postgresql.running_server() as server:
        postgresql.execute(server, "CREATE DATABASE template_kho")
        templates.make_empty(postgresql.url_of(server, "template_kho"))
        yield server


@pytest.fixture(scope="session")
def postgresql_ward(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Ward:
    """A closed ward with people, to copy with its database `template_ward`."""
    postgresql.copy_database(postgresql_server, "template_kho", "template_ward")
    data = tmp_path_factory.mktemp("template") / "data"
    return templates.make_ward(data, postgresql.url_of(postgresql_server, "template_ward"))


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ward]:
    """`template(kind, preparation)`: the closed ward to copy; on PostgreSQL with a database to copy as well."""
    made: dict[tuple[str, Make | None], Ward] = {}

    def find(kind: str, make: Make | None) -> Ward:
        plain: Ward = request.getfixturevalue(f"{kind}_ward")
        if make is None:
            return plain
        if (kind, make) not in made:
            data = tmp_path_factory.mktemp("prepared") / "data"
            url = f"sqlite:///{data / 'kho.sqlite3'}"
            if kind == "postgresql":
                server, name = request.getfixturevalue("postgresql_server"), f"template_{next(_numbers)}"
                postgresql.copy_database(server, "template_ward", name)
                url = postgresql.url_of(server, name)
            made[kind, make] = templates.make_prepared(plain, data, url, make)
        return made[kind, make]

    return find


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind: empty but migrated, or as the template ward left it where `ward` is asked for."""
    peopled = "ward" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "data" / "kho.sqlite3"
        path.parent.mkdir()
        if not peopled:  # the ward's database comes with its folder
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server, original = request.getfixturevalue("postgresql_server"), "template_kho"
    if peopled:
        begun = request.getfixturevalue("template")("postgresql", find_preparation(request, request.fixturenames))
        original = postgresql.name_of(begun.resources.settings.database_url)
    name = f"kho_{os.getpid()}_{next(_numbers)}"
    postgresql.copy_database(server, original, name)
    yield postgresql.url_of(server, name)
    postgresql.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_ward(tmp_path: Path, database_url: str) -> Iterator[Ward]:
    """A house with nothing in it."""
    ward = open_ward(tmp_path / "data", database_url)
    yield ward
    ward.resources.close()


@pytest.fixture
def ward(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Ward]:
    """A ward with four units, two clusters, a movement and a person per role."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    begun = request.getfixturevalue("template")(kind, find_preparation(request, request.fixturenames))
    ward = templates.open_copy(begun, tmp_path / "data", database_url)
    yield ward
    ward.resources.close()


@pytest.fixture
def client(ward: Ward) -> Client:
    """Nobody signed in yet."""
    return client_for(ward)
