"""Zip containers (docx, xlsx, odt…) read within bounds. Names inside are looked up, never used as paths."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.extract.outcome import Refusal
from archive.extract.process.limits import MIB, Limits
from archive.extract.status import Status

_CHUNK = 64 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


class Package:
    """An open container. Everything read counts towards the limits; beyond them `Refusal`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Open and check what the directory declares. Raises `Refusal` (corrupt, encrypted, too_big, unsafe)."""
        self._limits = limits
        self._total = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise Refusal(Status.CORRUPT, f"zip: {error}") from error
        self.names = frozenset(self._zip.namelist())
        try:
            self._check_directory()
        except Refusal:
            self._zip.close()
            raise

    def _check_directory(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > self._limits.zip_entries:
            raise Refusal(Status.TOO_BIG, f"zip: {len(entries)} entries")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise Refusal(Status.ENCRYPTED, "zip: locked entries")
        for entry in entries:
            self._check_ratio(entry, entry.file_size)
            if entry.file_size > self._limits.zip_entry_bytes:
                raise Refusal(Status.TOO_BIG, f"zip: an entry of {entry.file_size} bytes")
        if sum(entry.file_size for entry in entries) > self._limits.zip_total_bytes:
            raise Refusal(Status.TOO_BIG, "zip: all entries together")

    def _check_ratio(self, entry: zipfile.ZipInfo, size: int) -> None:
        # Short entries of one repeated letter are harmless whatever their ratio.
        if size > MIB and size > self._limits.zip_ratio * max(entry.compress_size, 1):
            raise Refusal(Status.UNSAFE, f"zip: ratio above {self._limits.zip_ratio}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        """One entry's bytes. Raises `Refusal(corrupt)` when it is absent or damaged."""
        return b"".join(self._chunks(name))

    def read_all(self) -> None:
        """Unpack every entry into nothing: shows that all of it stays within the limits."""
        for name in self.names:
            for _ in self._chunks(name):
                pass

    def _chunks(self, name: str) -> Iterator[bytes]:
        size = 0
        try:
            entry = self._zip.getinfo(name)
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._total += len(chunk)
                    self._check_ratio(entry, size)
                    if size > self._limits.zip_entry_bytes or self._total > self._limits.zip_total_bytes:
                        raise Refusal(Status.TOO_BIG, f"zip: {name!r} goes on and on")
                    yield chunk
        except KeyError as error:
            raise Refusal(Status.CORRUPT, f"zip: no {name!r}") from error
        except _BROKEN as error:
            raise Refusal(Status.CORRUPT, f"zip: {name!r}: {error}") from error
