"""Places a backup is restored to, a small one to begin with."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import postgresql
from tests.support.ward import open_ward
from webapp.handover.backup import make_backup
from webapp.models import Role

_numbers = itertools.count()


@contextmanager
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a backup is restored to, by the fixture's parameter: a file not there yet, or a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'kho.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"kho_back_{os.getpid()}_{next(_numbers)}"
    postgresql.execute(server, f"CREATE DATABASE {name}")
    yield postgresql.url_of(server, name)
    postgresql.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def small_backup(folder: Path, sqlite_template: Path) -> Path:
    """A backup of a small house, in this folder."""
    (folder / "data").mkdir()
    shutil.copyfile(sqlite_template, folder / "data" / "kho.sqlite3")
    ward = open_ward(folder / "data", f"sqlite:///{folder / 'data' / 'kho.sqlite3'}")
    ward.unit("A")
    ward.person("clerk.a", Role.CLERK, "A")
    for number in range(3):
        ward.document("clerk.a", "A", f"nội dung {number} " * 40)
    make_backup(ward.resources, folder / "kho.tar")
    ward.resources.close()
    return folder / "kho.tar"
