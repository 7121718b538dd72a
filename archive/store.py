"""What a store offers, whatever it is made of. `archive.opening` opens one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from archive.fixity import Problem
from archive.manifest import Manifest
from archive.scrub import ScrubReport


class ReadableStream(Protocol):
    """Anything bytes can be read from: an open file, an upload, `io.BytesIO`."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Receipt:
    """Proof of a put: the bytes are on disk under `sha256`.

    `size` in bytes; `existed` when the same bytes were there before; `filename` cleaned for showing.
    """

    sha256: str
    size: int
    existed: bool
    filename: str


class Store(Protocol):
    """Bytes in, safe for ever. Errors are those of `archive.errors`; see `LocalStore` for each method."""

    def put(self, stream: ReadableStream, *, filename: str = "", max_size: int | None = None) -> Receipt: ...

    def open(self, sha256: str) -> BinaryIO: ...

    def path(self, sha256: str) -> Path: ...

    def has(self, sha256: str) -> bool: ...

    def digests(self) -> Iterator[str]: ...

    def verify(self, expected: Iterable[str] = ()) -> Iterator[Problem]: ...

    def put_manifest(self, record_id: str, version: int, data: Mapping[str, Any], now: datetime) -> Path: ...

    def put_manifests(self, entries: Iterable[tuple[str, int, Mapping[str, Any]]], now: datetime) -> list[Path]: ...

    def manifest(self, record_id: str, version: int) -> Manifest: ...

    def manifests(self, damaged: list[Path] | None = None) -> Iterator[Manifest]: ...

    def sweep(self, referenced: Iterable[str], *, before: float, force: bool = False) -> list[str]: ...

    def restore_from_trash(self, sha256: str) -> Path: ...

    def scrub(
        self, *, now: datetime, max_bytes: int | None = None, max_seconds: float | None = None
    ) -> ScrubReport: ...

    def last_scrub(self) -> ScrubReport | None: ...
