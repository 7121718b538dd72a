"""Plain zip archives: what they hold, and chosen entries written out. In the child only.

Entries are read one by one and counted while streaming. Their names are shown, never used as paths: what is written
out is called 0000, 0001, …
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive import naming
from archive.extract.legacy import tables
from archive.extract.legacy.decoding import balance
from archive.extract.outcome import Refusal
from archive.extract.process.limits import MIB, Limits
from archive.extract.status import Status

_CHUNK = 64 * 1024
_UTF8 = 0x800
_LOCKED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


@dataclass
class Entry:
    """One file in an archive; `refused` says why it is not taken, None when it is."""

    name: str
    size: int
    info: zipfile.ZipInfo
    refused: Status | None = None


class Archive:
    """An open archive whose total is counted over everything read from it."""

    def __init__(self, container: zipfile.ZipFile, limits: Limits) -> None:
        self._container = container
        self._limits = limits
        self._total = 0
        infos = container.infolist()
        if len(infos) > limits.zip_entries:
            raise Refusal(Status.TOO_BIG, f"zip: {len(infos)} entries")
        self.entries = _entries(infos, limits)

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """An entry's bytes. Raises `Refusal`; unsafe and a total that is too big concern the whole archive."""
        size = 0
        try:
            with self._container.open(entry.info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._total += len(chunk)
                    if size > MIB and size > self._limits.zip_ratio * max(entry.info.compress_size, 1):
                        raise Refusal(Status.UNSAFE, "zip: ratio")
                    if size > self._limits.zip_entry_bytes or self._total > self._limits.zip_total_bytes:
                        raise Refusal(Status.TOO_BIG, "zip: goes on and on")
                    yield chunk
        except _BROKEN as error:
            status = Status.UNSUPPORTED if isinstance(error, NotImplementedError) else Status.CORRUPT
            raise Refusal(status, f"zip: {error}") from error

    @property
    def is_full(self) -> bool:
        """Whether what was read is beyond the limit for the whole archive."""
        return self._total > self._limits.zip_total_bytes


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Archive]:
    """The archive at `path`. Raises `Refusal` (corrupt, too_big, unsafe)."""
    try:
        container = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise Refusal(Status.CORRUPT, f"zip: {error}") from error
    with container:
        yield Archive(container, limits)


def check(archive: Archive) -> None:
    """Read every entry to its end: sizes become what they are, entries that cannot be had are marked.

    Raises `Refusal` (unsafe, too_big) for an archive that unpacks to far more than it should.
    """
    for entry in archive.entries:
        if entry.refused is not None:
            continue
        try:
            entry.size = sum(map(len, archive.chunks(entry)))
        except Refusal as refusal:
            if refusal.status is Status.UNSAFE or archive.is_full:
                raise
            entry.refused = refusal.status


def write_out(
    path: Path, names: list[str], folder: Path, limits: Limits
) -> list[tuple[str | None, int, Status | None]]:
    """Write the entries of these names as 0000, 0001, …: (file, size, refusal) for each name, in their order."""
    found: list[tuple[str | None, int, Status | None]] = []
    with opened(path, limits) as archive:
        by_name = {entry.name: entry for entry in archive.entries}
        for number, name in enumerate(names):
            entry = by_name.get(name)
            refused = Status.CORRUPT if entry is None else entry.refused
            target = folder / f"{number:04d}"
            size = 0
            if entry is not None and refused is None:
                try:
                    with target.open("xb") as stream:
                        for chunk in archive.chunks(entry):
                            size += stream.write(chunk)
                except Refusal as refusal:
                    target.unlink()
                    if refusal.status is Status.UNSAFE or archive.is_full:
                        raise
                    refused = refusal.status
            found.append((None, 0, refused) if refused else (target.name, size, None))
    return found


def _entries(infos: list[zipfile.ZipInfo], limits: Limits) -> list[Entry]:
    found: list[Entry] = []
    taken: set[str] = set()
    for info in infos:
        raw = _decoded(info)
        if info.is_dir() or _LITTER.search(raw):
            continue
        name = _unique(_shown(raw), taken)
        found.append(Entry(name, info.file_size, info, _refusal(raw, info, limits)))
    return found


def _refusal(raw: str, info: zipfile.ZipInfo, limits: Limits) -> Status | None:
    mode = info.external_attr >> 16
    if _ABSOLUTE.match(raw) or ".." in re.split(r"[/\\]", raw) or "\0" in info.orig_filename:
        return Status.UNSAFE
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        return Status.UNSAFE  # links and devices
    if info.flag_bits & _LOCKED:
        return Status.ENCRYPTED
    return Status.TOO_BIG if info.file_size > limits.zip_entry_bytes else None


def _shown(raw: str) -> str:
    """The name with its folders, each part cleaned as an uploaded file's name would be."""
    parts = [part for part in re.split(r"[/\\]", raw) if part not in ("", ".", "..")]
    return "/".join(naming.clean_filename(part) for part in parts) or naming.clean_filename("")


def _unique(name: str, taken: set[str]) -> str:
    """The name, with a number where an earlier entry has it."""
    stem, dot, ending = name.rpartition(".")
    fresh, count = name, 1
    while fresh in taken:
        count += 1
        fresh = f"{stem} ({count}).{ending}" if dot and "/" not in ending else f"{name} ({count})"
    taken.add(fresh)
    return fresh


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
