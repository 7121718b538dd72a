"""The store in a folder of this machine. The order of its writes is its whole point.

tmp (hashing, counting) -> fsync file -> chmod 0440 -> link into place -> fsync folder -> inventory, fsync
-> answer. A link cannot overwrite, so an object once in place is never touched again.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive import digest, fixity, manifest, naming, scrub, trash, writing
from archive.errors import (
    BadManifest,
    ManifestExists,
    NotStored,
    StoreFailed,
    StoreFull,
    StoreReadOnly,
    TooLarge,
)
from archive.layout import make_folder, prepare, sync, sync_folder
from archive.manifest import Manifest
from archive.scrub import ScrubReport
from archive.store import ReadableStream, Receipt

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


class LocalStore:
    """Objects by digest and manifests by record, in one folder. Safe for threads and several processes."""

    def __init__(self, root: Path) -> None:
        """Open `root`, creating the layout when absent; errors as in `archive.open`."""
        self._failure: str | None = None
        with self._translated():
            self.layout = prepare(root.absolute())
        self._months: set[Path] = set()

    # Reading

    def open(self, sha256: str) -> BinaryIO:
        """The object's bytes as a binary file. Raises `BadDigest`, `NotStored`."""
        try:
            return self.layout.object(digest.checked(sha256)).open("rb")
        except FileNotFoundError as error:
            raise NotStored(f"no object {sha256}") from error

    def path(self, sha256: str) -> Path:
        """Where the object lies, to hand to the extractor; never write there. `BadDigest`, `NotStored`."""
        path = self.layout.object(digest.checked(sha256))
        if not path.is_file():
            raise NotStored(f"no object {sha256}")
        return path

    def has(self, sha256: str) -> bool:
        """Whether an object of this name is there (its content is not read). Raises `BadDigest`."""
        return self.layout.object(digest.checked(sha256)).is_file()

    def digests(self) -> Iterator[str]:
        """Names of all objects, in order, without reading them."""
        return fixity.objects(self.layout)

    def verify(self, expected: Iterable[str] = ()) -> Iterator[fixity.Problem]:
        """Read everything and yield each deviation; `expected` digests that are absent are `missing` too."""
        return fixity.scan(self.layout, expected)

    def manifests(self, damaged: list[Path] | None = None) -> Iterator[Manifest]:
        """All manifests, oldest month first.

        Raises `BadManifest` at one that cannot be read; with a list `damaged`, its path is added there
        instead and the iteration goes on.
        """
        for path in manifest.files(self.layout.manifests):
            try:
                read = manifest.read(path)
            except BadManifest:
                if damaged is None:
                    raise
                damaged.append(path)
            else:
                yield read

    def manifest(self, record_id: str, version: int) -> Manifest:
        """One version of one record. Raises `NotStored` when it was never written, `BadManifest` for an unfit id or
        version and for a file that cannot be read."""
        name = manifest.checked_name(record_id, version)
        path = manifest.find(name, manifest.months(self.layout.manifests))
        if path is None:
            raise NotStored(f"no manifest {name}")
        return manifest.read(path)

    # Writing

    def put(self, stream: ReadableStream, *, filename: str = "", max_size: int | None = None) -> Receipt:
        """Store a stream's bytes and return only when they are safe on disk.

        `stream.read(n)` must give bytes; `max_size` is in bytes. Raises `TooLarge`, `StoreFull`,
        `StoreReadOnly`, `StoreFailed`; after any error nothing partial is left: there is no object, or (when
        the disk filled after the link) a whole one that was never acknowledged. Putting the same bytes again
        is harmless and completes it: `existed` says that they were there.
        """
        self._refuse_when_failed()
        with self._translated():
            draft, handle = writing.new_draft(self.layout)
            try:
                try:
                    sha256, size = _copy(stream, handle, max_size)
                    sync(handle)
                finally:
                    os.close(handle)
                existed = self._place(draft, sha256)
            finally:
                with suppress(OSError):
                    draft.unlink()
        return Receipt(sha256=sha256, size=size, existed=existed, filename=naming.clean_filename(filename))

    def put_manifest(self, record_id: str, version: int, data: Mapping[str, Any], now: datetime) -> Path:
        """Write one version of a record: `put_manifests` for one; returns where it lies."""
        return self.put_manifests([(record_id, version, data)], now)[0]

    def put_manifests(self, entries: Iterable[tuple[str, int, Mapping[str, Any]]], now: datetime) -> list[Path]:
        """Write versions of records, each once, under the month of `now` (UTC); returns where they lie, in order.

        The same content again is harmless; other content raises `ManifestExists`. Raises `BadManifest` for an
        unfit id, version, time or content before anything is written, and the same disk errors as `put`. After
        any error none of them is acknowledged, though some may be in place; the same call again completes it.
        All share the fsyncs of folder and inventory, so many at once cost far less; all are held in memory.
        """
        year, month = manifest.month_of(now)
        names: list[str] = []
        contents: dict[str, bytes] = {}
        for record_id, version, data in entries:
            name = manifest.checked_name(record_id, version)
            names.append(name)
            content = manifest.canonical(data)
            if contents.setdefault(name, content) != content:
                raise ManifestExists(f"{name} is given twice with different content")
        if not names:
            return []
        self._refuse_when_failed()
        with self._translated():
            known = manifest.months(self.layout.manifests)
            places = {name: manifest.find(name, known) for name in contents}
            for name, place in places.items():
                if place is not None:
                    _same_manifest(place, contents[name])
            folder = self.layout.manifests / year / month
            if None in places.values():
                self._make_month(folder)
            stored: dict[str, Path] = {}
            for name, content in contents.items():
                path = stored[name] = places[name] or folder / name
                if places[name] is None and not writing.write_once(self.layout, content, path):
                    _same_manifest(path, content)  # another process wrote it a moment ago
            # Also for those that were there: whoever wrote them may not have come as far as these lines.
            for month_folder in {path.parent for path in stored.values()}:
                sync_folder(month_folder)
            writing.enlist(
                self.layout, ((hashlib.sha256(contents[name]).hexdigest(), path) for name, path in stored.items())
            )
        return [stored[name] for name in names]

    def sweep(self, referenced: Iterable[str], *, before: float, force: bool = False) -> list[str]:
        """Move objects nobody refers to, untouched since `before` (seconds, Unix time), to trash/.

        Returns their digests. Raises `SweepRefused` when nothing at all is referenced, or when more than 20
        objects and more than half of the store would be moved: that is what a lost catalogue looks like. `force`
        is for somebody who knows better about the second. Nothing is deleted.
        """
        self._refuse_when_failed()
        with self._translated():
            return trash.sweep(self.layout, referenced, before=before, force=force)

    def restore_from_trash(self, sha256: str) -> Path:
        """Bring back an object that a sweep moved; returns where it lies. It counts as put now.

        Raises `BadDigest`, `NotStored` when the trash has none, `Damaged` when its copy there is, and the same
        disk errors as `put`. Harmless when the object is in place again.
        """
        self._refuse_when_failed()
        with self._translated():
            return trash.restore(self.layout, sha256)

    def scrub(self, *, now: datetime, max_bytes: int | None = None, max_seconds: float | None = None) -> ScrubReport:
        """Read the least recently read part of the store again, from the disk, and report how all of it stands.

        Ends before more than `max_bytes` were read, or once `max_seconds` have passed, but reads one at least;
        without either, everything. `now` is what is remembered as the time, in the store itself, so that the
        next call goes on from there. Objects and manifests are read; what is lost or a stray file shows in every
        call. Nothing is repaired. May run while others write, in one process at a time. Raises `StoreFailed`.
        """
        with self._translated():
            return scrub.scrub(self.layout, now=now, max_bytes=max_bytes, max_seconds=max_seconds)

    def last_scrub(self) -> ScrubReport | None:
        """The report of the last `scrub`, by whatever process; None when there is none. Costs one short reading."""
        return scrub.last_report(self.layout)

    # The steps

    def _place(self, draft: Path, sha256: str) -> bool:
        """Link the draft under its digest and make that durable; True when a sound copy was there."""
        draft.chmod(0o440)
        target = self.layout.object(sha256)
        existed = False
        try:
            os.link(draft, target)
        except FileExistsError:
            existed = writing.is_sound(target, sha256)
            if not existed:
                writing.replace_damaged(self.layout, draft, target)
        # Also for a copy that was there: whoever put it may not have come as far as this line.
        sync_folder(target.parent)
        writing.enlist(self.layout, [(sha256, target)])
        trash.drop(self.layout, sha256)
        return existed

    def _make_month(self, folder: Path) -> None:
        if folder in self._months:
            return
        for step in (folder.parent, folder):
            if not make_folder(step):
                # Another process may have made it a moment ago and not yet come to its fsync.
                sync_folder(step.parent)
        self._months.add(folder)

    # Disk errors

    def _refuse_when_failed(self) -> None:
        if self._failure is not None:
            raise StoreFailed(f"closed for writing since: {self._failure}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except StoreFailed as error:
            self._failure = str(error)
            raise
        except OSError as error:
            if error.errno == errno.EIO:
                self._failure = str(error)
                raise StoreFailed(str(error)) from error
            if error.errno in _FULL:
                raise StoreFull(str(error)) from error
            if error.errno in _READ_ONLY:
                raise StoreReadOnly(str(error)) from error
            raise


def _copy(stream: ReadableStream, handle: int, max_size: int | None) -> tuple[str, int]:
    hasher = hashlib.sha256()
    size = 0
    while chunk := stream.read(digest.CHUNK):
        size += len(chunk)
        if max_size is not None and size > max_size:
            raise TooLarge(f"more than {max_size} bytes")
        hasher.update(chunk)
        writing.write_all(handle, chunk)
    return hasher.hexdigest(), size


def _same_manifest(path: Path, content: bytes) -> None:
    if path.read_bytes() != content:
        raise ManifestExists(f"{path} is already written with other content")
