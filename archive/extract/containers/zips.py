"""Plain zip archives: what they hold. In the child only; entries are read one by one and counted while streaming."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from archive import naming
from archive.extract.containers import entries
from archive.extract.containers.entries import Counter, Entry, Piece
from archive.extract.legacy import tables
from archive.extract.legacy.decoding import balance
from archive.extract.outcome import Refusal
from archive.extract.process.limits import MIB, Limits
from archive.extract.status import Status

_CHUNK = 64 * 1024
_UTF8 = 0x800
_LOCKED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


class Archive:
    """An open archive whose total is counted over everything read from it."""

    def __init__(self, container: zipfile.ZipFile, limits: Limits) -> None:
        self._container = container
        self._limits = limits
        self._counter = Counter(limits)
        infos = container.infolist()
        if len(infos) > limits.zip_entries:
            raise Refusal(Status.TOO_BIG, f"zip: {len(infos)} entries")
        self._entries = _entries(infos, limits)

    def walk(self) -> Iterator[Piece]:
        """See `entries.Container`."""
        for entry, info in self._entries:
            yield entry, partial(self._chunks, info)

    @property
    def is_full(self) -> bool:
        """Whether what was read is beyond the limit for the whole archive."""
        return self._counter.is_full

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        size = 0
        try:
            with self._container.open(info) as stream:
                for chunk in self._counter.counted(iter(partial(stream.read, _CHUNK), b"")):
                    size += len(chunk)
                    if size > MIB and size > self._limits.zip_ratio * max(info.compress_size, 1):
                        raise Refusal(Status.UNSAFE, "zip: ratio")
                    yield chunk
        except _BROKEN as error:
            status = Status.UNSUPPORTED if isinstance(error, NotImplementedError) else Status.CORRUPT
            raise Refusal(status, f"zip: {error}") from error


@contextmanager
def opened(path: Path, limits: Limits, folder: Path) -> Iterator[Archive]:
    """The archive at `path`. Raises `Refusal` (corrupt, too_big, unsafe)."""
    try:
        container = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise Refusal(Status.CORRUPT, f"zip: {error}") from error
    with container:
        yield Archive(container, limits)


def _entries(infos: list[zipfile.ZipInfo], limits: Limits) -> list[tuple[Entry, zipfile.ZipInfo]]:
    found: list[tuple[Entry, zipfile.ZipInfo]] = []
    taken: set[str] = set()
    for info in infos:
        raw = _decoded(info)
        if info.is_dir() or naming.is_litter(raw):
            continue
        name = entries.unique(entries.shown(raw), taken)
        found.append((Entry(name, info.file_size, _refusal(raw, info, limits)), info))
    return found


def _refusal(raw: str, info: zipfile.ZipInfo, limits: Limits) -> Status | None:
    mode = info.external_attr >> 16
    if entries.is_unsafe(raw) or "\0" in info.orig_filename:
        return Status.UNSAFE
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        return Status.UNSAFE  # links and devices
    if info.flag_bits & _LOCKED:
        return Status.ENCRYPTED
    return Status.TOO_BIG if info.file_size > limits.zip_entry_bytes else None


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name as it was typed: many programs write the bytes of their own system without saying so."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        content = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    if content.isascii():
        return info.filename
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return best_of(content)


def best_of(content: bytes) -> str:
    """Bytes that are not UTF-8, in whichever encoding gives the most Vietnamese words."""
    plain = tables.read_as_1252(content)
    readings = (
        content.decode("cp1258", "replace"), tables.from_tcvn3(plain), tables.from_vni(plain), plain,
    )  # fmt: skip
    return max(readings, key=balance)
