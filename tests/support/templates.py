"""What every test starts from, made once: an empty database, and a ward with people, to be copied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.support.ward import Ward, open_ward, people_of_every_role
from webapp.core.db import Database
from webapp.core.schema import migrate

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30


def keep_folders_in_memory() -> None:
    """Let pytest's folders lie in memory where there is room: what waits for a disk in most tests is not tested there.

    A PYTEST_DEBUG_TEMPROOT of one's own, or --basetemp, has precedence.
    """
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def make_empty(url: str) -> None:
    db = Database(url)
    migrate(db)
    db.close()


def make_ward(data: Path, url: str) -> Ward:
    """A ward with a person per role, closed again."""
    ward = open_ward(data, url)
    people_of_every_role(ward)
    ward.resources.close()
    return ward


def open_copy(template: Ward, data: Path, url: str) -> Ward:
    """A ward of its own that holds what the template holds; on PostgreSQL the database is copied by the caller."""
    shutil.copytree(template.resources.settings.data, data, dirs_exist_ok=True)
    ward = open_ward(data, url)
    ward.units, ward.clusters, ward.people = dict(template.units), dict(template.clusters), dict(template.people)
    ward.movement_id = template.movement_id
    return ward
