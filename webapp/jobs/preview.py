"""Page images of versions: derived data beside the archive that can be thrown away and is then made again.

    <data>/previews/<first two characters>/<version id>/thumb.webp, p1.webp, p2.webp …, preview.json

By version, not by digest: that somebody else has the same file must not show in how quickly its pages are there.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.extract import THUMBNAIL, Preview, can_preview, preview
from webapp.core.resources import Resources
from webapp.jobs.outbox import enqueue, finish
from webapp.models import DocumentVersion, JobKind, OutboxJob, ReadingStatus, TextReading

PAGES_AT_ONCE = 10
# What was refused before it was read is not drawn either.
NEVER = (ReadingStatus.UNSAFE, ReadingStatus.CORRUPT, ReadingStatus.WAITING)
_INDEX = "preview.json"
_ID = re.compile(r"[0-9a-z]{1,40}")


@dataclass(frozen=True)
class Drawn:
    """What there is of a version's pages: how many it has (0: none can be shown, `sentence` says why), sizes of the
    images made, the pages that cannot be drawn."""

    folder: Path
    sentence: str
    pages: int = 0
    sizes: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    failed: frozenset[int] = frozenset()

    def page(self, number: int) -> Path:
        return self.folder / f"p{number}.webp"


def folder_of(previews: Path, version_id: str) -> Path:
    if not _ID.fullmatch(version_id):
        raise ValueError(version_id)
    return previews / version_id[:2] / version_id


def find_drawn(previews: Path, version_id: str) -> Drawn | None:
    """None when nothing was tried yet, or the folder was thrown away."""
    folder = folder_of(previews, version_id)
    try:
        said = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        sizes = {int(number): (int(size[0]), int(size[1])) for number, size in said["sizes"].items()}
        return Drawn(folder, str(said["sentence"]), int(said["pages"]), sizes, frozenset(said["failed"]))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def find_thumbnail(previews: Path, version_id: str) -> Path | None:
    path = folder_of(previews, version_id) / THUMBNAIL
    return path if path.is_file() else None


def wants_preview(reading: TextReading) -> bool:
    """Whether a version whose text was read can have page images."""
    return reading.status not in NEVER and can_preview(reading.details.get("media_type"))


def attempts_to_draw(session: Session, version_id: str, first: int) -> int | None:
    """How often drawing pages from `first` on was tried in vain; None when it does not wait to be done."""
    query = select(OutboxJob.attempts).where(
        OutboxJob.kind == JobKind.PREVIEW, OutboxJob.subject == _subject(version_id, first)
    )
    return session.scalars(query).first()


def ask_for_pages(session: Session, version_id: str, first: int, *, now: datetime) -> None:
    """Have pages drawn from `first` on, unless that waits already."""
    if attempts_to_draw(session, version_id, first) is None:
        enqueue(session, JobKind.PREVIEW, [_subject(version_id, first)], now=now)


def _subject(version_id: str, first: int) -> str:
    return version_id if first == 1 else f"{version_id}:{first}"


def make_preview(resources: Resources, job: OutboxJob, *, stop: Callable[[], bool] | None = None) -> None:
    """Carry out one PREVIEW job: its subject is a version, or "version:first page". Repeating it is harmless."""
    version_id, _, page = job.subject.partition(":")
    first = int(page) if page.isdecimal() else 1
    with resources.db.reading() as session:
        row = session.execute(
            select(DocumentVersion.sha256, DocumentVersion.filename, TextReading)
            .join(TextReading, TextReading.version_id == DocumentVersion.id)
            .where(DocumentVersion.id == version_id)
        ).first()
        wanted = row is not None and wants_preview(row.TextReading)
    previews = resources.settings.previews_path
    if row is not None and wanted:
        before = find_drawn(previews, version_id)
        if before is None or (first not in before.sizes and first not in before.failed and before.pages >= first):
            _draw(resources, row.sha256, row.filename, version_id, first, before, stop)
    with resources.db.unit_of_work() as session:
        finish(session, [job.id])


def _draw(
    resources: Resources,
    sha256: str,
    filename: str,
    version_id: str,
    first: int,
    before: Drawn | None,
    stop: Callable[[], bool] | None,
) -> None:
    folder = folder_of(resources.settings.previews_path, version_id)
    with tempfile.TemporaryDirectory(prefix="kho-preview-", ignore_cleanup_errors=True) as aside:
        made = preview(
            resources.store.path(sha256),
            filename=filename,
            folder=aside,
            pages=(first, first + PAGES_AT_ONCE - 1),
            stop=stop,
        )
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        for image in Path(aside).iterdir():
            _put(folder / image.name, image)
    _write_index(folder, made, before, first)


def _write_index(folder: Path, made: Preview, before: Drawn | None, first: int) -> None:
    sizes = {**(before.sizes if before else {}), **made.sizes}
    failed = {*(before.failed if before else ()), *made.failed}
    if before is not None and first not in made.sizes:
        failed.add(first)  # so that nobody waits for it
    said: dict[str, Any] = {
        "pages": made.pages or (before.pages if before else 0),
        "sentence": made.sentence,
        "sizes": {str(number): size for number, size in sorted(sizes.items())},
        "failed": sorted(failed),
    }
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False, encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False)
    Path(file.name).replace(folder / _INDEX)


def _put(target: Path, source: Path) -> None:
    """Whole or not at all; it is derived data, so nothing waits for the disk."""
    with (
        source.open("rb") as content,
        tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file,
    ):
        shutil.copyfileobj(content, file)
    Path(file.name).replace(target)
