"""Files within a file: their names made fit to show, their bytes counted while they are read, some of them written out.

Names are shown, never used as paths: what is written out is called 0000, 0001, …
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive import naming
from archive.extract.outcome import Refusal
from archive.extract.process.limits import MIB, Limits
from archive.extract.status import Status

ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")


@dataclass
class Entry:
    """One file in another; `refused` says why it is not taken, None when it is."""

    name: str
    size: int
    refused: Status | None = None


Piece = tuple[Entry, Callable[[], Iterator[bytes]]]


class Container(Protocol):
    """A file that holds others."""

    def walk(self) -> Iterator[Piece]:
        """Each entry with a way to read its bytes, which must be used before the next entry is asked for.

        Raises `Refusal`, as reading does; unsafe, and a total that is too big, concern the whole container.
        """

    @property
    def is_full(self) -> bool:
        """Whether what was read is beyond the limit for the whole container."""


Opener = Callable[[Path, Limits, Path], AbstractContextManager[Container]]


class Counter:
    """Counts what comes out of a container, which takes `packed` bytes itself."""

    def __init__(self, limits: Limits, packed: int | None = None) -> None:
        self._limits = limits
        self._packed = packed
        self._total = 0

    def counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same pieces. Raises `Refusal`: unsafe (far more than went in), too_big."""
        size = 0
        for chunk in chunks:
            size += len(chunk)
            self._total += len(chunk)
            if self._packed is not None and self._total > MIB and self._total > self._limits.zip_ratio * self._packed:
                raise Refusal(Status.UNSAFE, "container: ratio")
            if size > self._limits.zip_entry_bytes or self.is_full:
                raise Refusal(Status.TOO_BIG, "container: goes on and on")
            yield chunk

    @property
    def is_full(self) -> bool:
        """Whether the total is beyond the limit."""
        return self._total > self._limits.zip_total_bytes


def check(container: Container) -> list[Entry]:
    """Read every entry to its end: sizes become what they are, entries that cannot be had are marked.

    Raises `Refusal` (unsafe, too_big) for a container that unpacks to far more than it should.
    """
    found = []
    for entry, chunks in container.walk():
        found.append(entry)
        if entry.refused is None:
            _drained(container, entry, chunks, lambda _: None)
    return found


def write_out(container: Container, names: list[str], folder: Path) -> list[tuple[str | None, int, Status | None]]:
    """Write the entries of these names as 0000, 0001, …: (file, size, refusal) for each name, in their order."""
    wanted = {name: number for number, name in enumerate(names)}
    found: list[tuple[str | None, int, Status | None]] = [(None, 0, Status.CORRUPT)] * len(names)
    for entry, chunks in container.walk():
        number = wanted.get(entry.name)
        if number is None:
            continue
        if entry.refused is not None:
            found[number] = (None, 0, entry.refused)
            continue
        target = folder / f"{number:04d}"
        if write(container, entry, chunks, target):
            found[number] = (target.name, entry.size, None)
        else:
            found[number] = (None, 0, entry.refused)
    return found


def write(container: Container, entry: Entry, chunks: Callable[[], Iterator[bytes]], target: Path) -> bool:
    """Write one entry; false, with nothing left behind, when it is refused (`entry.refused` says why)."""
    with target.open("xb") as stream:
        _drained(container, entry, chunks, stream.write)
    if entry.refused is not None:
        target.unlink()
    return entry.refused is None


def _drained(
    container: Container, entry: Entry, chunks: Callable[[], Iterator[bytes]], taken: Callable[[bytes], object]
) -> None:
    entry.size = 0
    try:
        for chunk in chunks():
            taken(chunk)
            entry.size += len(chunk)
    except Refusal as refusal:
        if refusal.status is Status.UNSAFE or container.is_full:
            raise
        entry.refused = refusal.status


def is_unsafe(raw: str) -> bool:
    """Whether a name as it stands in the file would lead elsewhere."""
    return ABSOLUTE.match(raw) is not None or ".." in re.split(r"[/\\]", raw) or "\0" in raw


def leads_out(raw: str) -> bool:
    """Whether a name climbs out of its folder. (Programs put whole paths of their own disk into names; those are cut.)"""
    return ".." in re.split(r"[/\\]", raw) or "\0" in raw


def shown(raw: str) -> str:
    """The name with its folders, each part cleaned as an uploaded file's name would be."""
    parts = [part for part in re.split(r"[/\\]", raw) if part not in ("", ".", "..")]
    return "/".join(naming.clean_filename(part) for part in parts) or naming.clean_filename("")


def unique(name: str, taken: set[str]) -> str:
    """The name, with a number where an earlier entry has it."""
    stem, dot, ending = name.rpartition(".")
    fresh, count = name, 1
    while fresh in taken:
        count += 1
        fresh = f"{stem} ({count}).{ending}" if dot and "/" not in ending else f"{name} ({count})"
    taken.add(fresh)
    return fresh
