"""A scan made ready, from the side that stays alive whatever the file does."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from archive.extract.process import running, sandbox
from archive.extract.process.limits import MIB, Limits
from archive.extract.process.parent import answer_of
from archive.extract.scans.marks import Mark, read_mark
from archive.extract.status import Status

# A thick pile takes its time: 500 pages, and the parts together about as large as the scan.
LIMITS = Limits(wall_seconds=180, cpu_seconds=300, file_bytes=512 * MIB)


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What is done to what a scanner drops: blank pages out; fronts then backs the other way round put in order; parted
    at separator sheets."""

    drop_blank: bool = False
    duplex: bool = False
    separators: bool = False

    def __bool__(self) -> bool:
        return self.drop_blank or self.duplex or self.separators


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of the scan (from 1) in their order, as a PDF of their own; `mark` of the separator sheet before them."""

    path: Path
    pages: tuple[int, ...]
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """How a scan was made ready. Without parts nothing needed to be changed. `blank` pages were left out."""

    status: Status
    pages: int = 0
    blank: tuple[int, ...] = ()
    turned: bool = False
    parts: tuple[Part, ...] = ()


def prepare_scan(
    path: Path,
    *,
    folder: Path,
    options: ScanOptions,
    limits: Limits = LIMITS,
    stop: Callable[[], bool] | None = None,
) -> Prepared:
    """Derived copies of a scanned PDF, written into `folder`, an empty folder of the caller's own. The scan is only read.

    Never raises because of what is in the file: then the status is not `ok` and there are no parts.
    """
    with tempfile.TemporaryDirectory(prefix="kho-read-", ignore_cleanup_errors=True) as aside:
        box = sandbox.box(path.resolve(strict=True), Path(aside))
        job = {
            "path": box.input_path,
            "filename": "scan.pdf",
            "folder": aside,
            "ocr_pages": 0,
            "limits": dataclasses.asdict(limits),
            "scan": dataclasses.asdict(options),
        }
        ended = running.run(box, json.dumps(job).encode(), seconds=limits.wall_seconds, output_bytes=MIB, stop=stop)
        answer = answer_of(ended)
        status = Status(answer["status"])
        if status is not Status.OK:
            return Prepared(status)
        try:
            return _checked(answer.get("scan"), limits, Path(aside), folder)
        except (ValueError, OSError):
            return Prepared(Status.CRASHED)


def _checked(said: Any, limits: Limits, source: Path, folder: Path) -> Prepared:
    """The child read a hostile file: its answer is checked, each page of the scan stands in one place at most."""
    if not isinstance(said, dict) or not isinstance(said.get("parts"), list):
        raise ValueError
    count, blank = said.get("pages"), said.get("blank")
    if type(count) is not int or not 1 <= count <= limits.pages or not _are_pages(blank, count):
        raise ValueError
    left = set(range(1, count + 1)) - set(blank)
    parts = []
    for place, part in enumerate(said["parts"], start=1):
        pages = part.get("pages") if isinstance(part, dict) else None
        if (
            not _are_pages(pages, count)
            or not pages
            or not left.issuperset(pages)
            or not isinstance(part.get("mark"), str)
        ):
            raise ValueError
        left -= set(pages)
        target = folder / f"part{place}.pdf"
        _copy(source / f"part{place}.pdf", target, limits.file_bytes)
        parts.append(Part(target, tuple(pages), read_mark(part["mark"])))
    return Prepared(Status.OK, count, tuple(blank), said.get("turned") is True, tuple(parts))


def _are_pages(values: Any, count: int) -> TypeGuard[list[int]]:
    return (
        isinstance(values, list)
        and all(type(one) is int and 1 <= one <= count for one in values)
        and len(set(values)) == len(values)
    )


def _copy(source: Path, target: Path, most: int) -> None:
    """A plain file's bytes; a link, a pipe or something that is no PDF is refused."""
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1 or facts.st_size > most or file.read(5) != b"%PDF-":
            raise ValueError
        file.seek(0)
        with target.open("xb") as written:
            shutil.copyfileobj(file, written)
