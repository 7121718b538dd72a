"""What every test starts from, made once: an empty database, and a ward with people, to be copied."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from tests.support.prepared import Make
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


def make_prepared(template: Ward, data: Path, url: str, make: Make) -> Ward:
    """A copy of a closed ward to which something was done once more, closed again."""
    ward = open_copy(template, data, url)
    made = make(ward)
    ward.prepared = (make, None if made is ward else made)
    ward.resources.close()
    return ward


def open_copy(template: Ward, data: Path, url: str) -> Ward:
    """A ward of its own that holds what the template holds; on PostgreSQL the database is copied by the caller."""
    copy_folder(template.resources.settings.data, data)
    ward = open_ward(data, url)
    ward.units, ward.clusters, ward.people = dict(template.units), dict(template.clusters), dict(template.people)
    ward.movement_id, ward.theirs, ward.prepared = template.movement_id, template.theirs, template.prepared
    if template.now != ward.now:
        ward.later(seconds=(template.now - ward.now).total_seconds())
    return ward


@cache
def _inside(folder: Path) -> tuple[list[tuple[str, int]], list[str]]:
    """Folders (with their rights, from above to below) and files in a folder that no longer changes."""
    found = sorted(folder.rglob("*"))
    names = [(str(path.relative_to(folder)), path) for path in found]
    folders = [(name, path.stat().st_mode & 0o777) for name, path in names if path.is_dir()]
    return folders, [name for name, path in names if not path.is_dir()]


def copy_folder(template: Path, to: Path) -> None:
    """As `shutil.copytree` with modes but without times, for a folder copied thousands of times: an archive has
    hundreds of folders, and most of the time went into reading them again."""
    folders, files = _inside(template)
    to.mkdir(exist_ok=True)
    for name, mode in folders:
        Path(to, name).mkdir(mode)
    for name in files:
        shutil.copyfile(f"{template}/{name}", f"{to}/{name}")
        shutil.copymode(f"{template}/{name}", f"{to}/{name}")
