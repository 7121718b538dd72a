"""A bag that somebody asked for on a page: made by the worker, of what they may read when it is made, as one zip file."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, NotFound
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.handover.container import CHUNK
from webapp.handover.export import Exported, fill_bag
from webapp.handover.names import safe
from webapp.handover.places import new_file
from webapp.handover.selection import select_readable
from webapp.handover.tables import snapshot
from webapp.jobs.tasks import Progress
from webapp.models import Movement, Person, Unit
from webapp.permissions import Permission, Viewer, can, ensure, load_viewer

KEPT_SECONDS = 7 * 24 * 3600


def exports_folder(settings: Settings) -> Path:
    return settings.data / "exports"


def export_file(settings: Settings, task_id: str) -> Path:
    """Where a task's result lies, if it is there still."""
    return exports_folder(settings) / f"{task_id}.zip"


def find_export(settings: Settings, task_id: str) -> Path | None:
    """A task's result while it is kept; when it is swept away depends on when the next one is made."""
    path = export_file(settings, task_id)
    try:
        return path if path.stat().st_mtime >= time.time() - KEPT_SECONDS else None
    except FileNotFoundError:
        return None


def is_still_readable(
    session: Session, viewer: Viewer, arguments: Mapping[str, Any], result: Mapping[str, Any]
) -> bool:
    """Whether the viewer would be given all that is in a finished export now: papers may have been withdrawn since,
    found infected, or be no longer theirs to read."""
    contents = result.get("contents") or {}
    if "documents" not in contents:
        return False
    chosen = select_readable(
        session,
        viewer,
        unit_id=arguments.get("unit_id"),
        movement_id=arguments.get("movement_id"),
        year=arguments["year"],
    )
    if contents["whole_log"] and not can(viewer, Permission.LEDGER_READ):
        return False
    return chosen.documents.issuperset(contents["documents"]) and (chosen.records or frozenset()).issuperset(
        contents["records"]
    )


def subject_of_export(session: Session, arguments: Mapping[str, Any]) -> Unit | Movement:
    """What is exported: a unit's papers of a year, or a movement's. Raises NotFound."""
    unit_id, movement_id = arguments.get("unit_id"), arguments.get("movement_id")
    found = session.get(Unit, unit_id) if unit_id else session.get(Movement, movement_id)
    if found is None:
        raise NotFound(kind="unit" if unit_id else "movement", key=str(unit_id or movement_id))
    return found


def make_asked_export(resources: Resources, arguments: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """The runner of TaskKind.EXPORT. `arguments`: task_id, person_id, unit_id or movement_id, year (or None)."""
    folder = exports_folder(resources.settings)
    folder.mkdir(mode=0o750, exist_ok=True)
    remove_old(folder)
    now, year = resources.clock.now(), arguments["year"]
    target = export_file(resources.settings, str(arguments["task_id"]))
    target.unlink(missing_ok=True)  # of a worker that was killed before it could say that it had ended
    with tempfile.TemporaryDirectory(prefix=f"{target.stem}-", dir=folder) as made:
        with snapshot(resources.db) as session:
            viewer = _viewer(resources, session, str(arguments["person_id"]))
            subject = subject_of_export(session, arguments)
            ensure(viewer, Permission.EXPORT_MAKE, subject)
            chosen = select_readable(
                session,
                viewer,
                unit_id=arguments.get("unit_id"),
                movement_id=arguments.get("movement_id"),
                year=year,
            )
            if not chosen.documents:
                raise Invalid("Không có văn bản nào trong phạm vi đã chọn mà bạn được xem.")
            what = f"{subject.name} năm {year}" if year else subject.name
            code = subject.code if isinstance(subject, Unit) else "phong-trao"
            name = safe(f"ket-xuat {code} {year or ''}", most=80).replace(" ", "-")
            bag = Path(made) / name
            bag.mkdir(mode=0o750)
            exported = fill_bag(resources, session, bag, chosen, now=now, what=what, tell=lambda _what: progress)
        digest = _pack(bag, target, progress)
    _log(resources, viewer, arguments, exported, digest)
    return {
        "name": f"{name}.zip",
        "size": target.stat().st_size,
        "sha256": digest,
        "documents": exported.documents,
        "versions": exported.versions,
        "contents": {
            "documents": sorted(chosen.documents),
            "records": sorted(chosen.records or ()),
            "whole_log": can(viewer, Permission.LEDGER_READ),
        },
    }


def _viewer(resources: Resources, session: Session, person_id: str) -> Viewer:
    """Who asked, as they stand now: grants may have changed since."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(kind="person", key=person_id)
    return load_viewer(session, person, now=resources.clock.now(), timezone=resources.settings.timezone)


def _pack(bag: Path, target: Path, progress: Progress) -> str:
    """Returns the digest of the zip file, whose names begin with the bag's own."""
    files = sorted(path for path in bag.rglob("*") if path.is_file())
    with new_file(target, mode=0o640) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for number, path in enumerate(files, start=1):
                packed.write(path, path.relative_to(bag.parent).as_posix())
                progress(number, len(files))
        file.seek(0)
        hasher = hashlib.sha256()
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def _log(resources: Resources, viewer: Viewer, arguments: Mapping[str, Any], exported: Exported, digest: str) -> None:
    with resources.db.unit_of_work() as session:
        log_event(
            session,
            viewer,
            resources.clock.now(),
            "export.make",
            Thing("task", str(arguments["task_id"]), arguments.get("unit_id")),
            {"year": arguments["year"], "total": exported.documents, "sha256": digest},
        )


def remove_old(folder: Path) -> None:
    """Results are for taking away, not for keeping: what is older than a week goes, and what a killed worker left."""
    limit = time.time() - KEPT_SECONDS
    for path in folder.iterdir():
        if path.lstat().st_mtime >= limit:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
