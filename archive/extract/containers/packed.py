"""Archives of 7-Zip and RAR, by libarchive: entries come one after another and are counted while streaming."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from archive import naming
from archive.extract.containers import entries
from archive.extract.containers.entries import Counter, Entry, Piece
from archive.extract.containers.zips import best_of
from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.status import Status

_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_LOCKED = ("encrypt", "crypto", "passphrase", "password")
_UNKNOWN = ("unsupported", "not supported", "unknown", "unrecognized")


class Archive:
    """An open archive. Its ratio is that of everything read to the whole file, for files may be packed together."""

    def __init__(self, container: Any, limits: Limits, packed: int) -> None:
        self._container = container
        self._limits = limits
        self._counter = Counter(limits, packed)

    def walk(self) -> Iterator[Piece]:
        """See `entries.Container`; the list ends at an entry behind which nothing can be read."""
        import libarchive

        taken: set[str] = set()
        count = 0
        try:
            for item in self._container:
                count += 1
                if count > self._limits.zip_entries:
                    raise Refusal(Status.TOO_BIG, "archive: too many entries")
                raw = _name(item)
                if item.isdir or naming.is_litter(raw):
                    continue
                name = entries.unique(entries.shown(raw), taken)
                entry = Entry(name, max(int(item.size or 0), 0), self._refusal(raw, item))
                yield entry, partial(self._chunks, item)
        except libarchive.ArchiveError as error:
            if count == 0:
                raise Refusal(_status(error), f"archive: {error.msg}") from error
            yield Entry(entries.unique("(phần còn lại của tệp nén)", taken), 0, _status(error)), partial(iter, ())

    @property
    def is_full(self) -> bool:
        """Whether what was read is beyond the limit for the whole archive."""
        return self._counter.is_full

    def _refusal(self, raw: str, item: Any) -> Status | None:
        if entries.is_unsafe(raw) or not item.isreg or item.issym or item.islnk:
            return Status.UNSAFE  # links and devices too
        if _is_locked(item):
            return Status.ENCRYPTED
        return Status.TOO_BIG if (item.size or 0) > self._limits.zip_entry_bytes else None

    def _chunks(self, item: Any) -> Iterator[bytes]:
        import libarchive

        try:
            yield from self._counter.counted(item.get_blocks())
        except libarchive.ArchiveError as error:
            raise Refusal(_status(error), f"archive: {error.msg}") from error


@contextmanager
def opened(path: Path, limits: Limits, folder: Path) -> Iterator[Archive]:
    """The archive at `path`. Raises `Refusal` (corrupt, encrypted, too_big, unsafe, unsupported without libarchive)."""
    try:
        import libarchive
    except (ImportError, OSError, TypeError, AttributeError) as error:
        raise Refusal(Status.UNSUPPORTED, f"libarchive: {error}") from error
    with path.open("rb") as stream:
        head = stream.read(8)
    form = "7zip" if head.startswith(_SEVEN_ZIP) else "rar5" if head.startswith(_RAR5) else "rar"
    try:
        # Nothing but this format, and no compression around it.
        with libarchive.file_reader(str(path), format_name=form, filter_name="none") as container:
            yield Archive(container, limits, path.stat().st_size)
    except libarchive.ArchiveError as error:
        raise Refusal(_status(error), f"archive: {error.msg}") from error


def _name(item: Any) -> str:
    """The name as it was typed; old programs write the bytes of their own system."""
    name = item.pathname
    if isinstance(name, bytes):
        return best_of(name)
    text = str(name or "")
    content = text.encode("utf-8", "surrogateescape")
    return text if not any("\udc80" <= sign <= "\udcff" for sign in text) else best_of(content)


def _is_locked(item: Any) -> bool:
    """libarchive knows, but reads on where nothing is packed; its Python side has no name for the question."""
    from libarchive import ffi

    ask = ffi.libarchive.archive_entry_is_encrypted
    ask.argtypes, ask.restype = [ctypes.c_void_p], ctypes.c_int
    return bool(ask(item._entry_p) == 1)


def _status(error: Any) -> Status:
    said = str(error.msg).lower()
    if any(word in said for word in _LOCKED):
        return Status.ENCRYPTED
    return Status.UNSUPPORTED if any(word in said for word in _UNKNOWN) else Status.CORRUPT
