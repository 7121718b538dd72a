"""Which files hold others, and who opens them."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import cast

from archive.extract import detect
from archive.extract.containers import packed, zips
from archive.extract.containers.entries import Container, Opener
from archive.extract.detect import Kind
from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.status import Status

ARCHIVES = frozenset({Kind.ZIP, Kind.SEVEN_ZIP, Kind.RAR})
_OPENERS: dict[Kind, str] = {
    Kind.ZIP: "containers.zips",
    Kind.SEVEN_ZIP: "containers.packed",
    Kind.RAR: "containers.packed",
    Kind.MAIL: "containers.attached",
    Kind.OUTLOOK: "containers.outlook_files",
    Kind.PDF: "pdf.attached",
}


def opener_for(kind: Kind) -> Opener | None:
    """Who opens files of this kind, its module loaded now; None for those that hold no others."""
    name = _OPENERS.get(kind)
    return cast(Opener, importlib.import_module(f"archive.extract.{name}").opened) if name else None


def archive(path: Path, limits: Limits, folder: Path) -> AbstractContextManager[Container]:
    """An archive by its first bytes."""
    with path.open("rb") as stream:
        is_zip = stream.read(2) == b"PK"
    return zips.opened(path, limits, folder) if is_zip else packed.opened(path, limits, folder)


def holder(path: Path, filename: str, limits: Limits, folder: Path) -> AbstractContextManager[Container]:
    """Any file that holds others. Raises `Refusal` (unsupported) for what holds none."""
    with path.open("rb") as stream:
        if stream.read(2) == b"PK":
            return zips.opened(path, limits, folder)
    opener = opener_for(detect.decide(path, filename, limits).kind)
    if opener is None:
        raise Refusal(Status.UNSUPPORTED, "a file that holds no others")
    return opener(path, limits, folder)
