"""What is in the files within a file, read with it: each in a process of its own, within what is left of the time.

Their text follows the file's own, each under a line that names it; those that are not read are named in words.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.extract import detect
from archive.extract.containers import entries
from archive.extract.containers.entries import Container, Entry
from archive.extract.containers.listing import details_of
from archive.extract.containers.opening import ARCHIVES, opener_for
from archive.extract.detect import Decision, Kind
from archive.extract.outcome import Reading, Refusal, has_letters
from archive.extract.process.apart import apart
from archive.extract.process.limits import Limits
from archive.extract.readers import read_file
from archive.extract.status import INNER_REFUSALS, NOT_OPENED, Status

_TOLD = frozenset(
    [
        "hidden_content",
        "ocr",
        "ocr_incomplete",
        "ocr_low_confidence",
        "ocr_unavailable",
        "legacy_font",
        "legacy_converted",
    ]
)
_ARCHIVE = "archive"  # one within another file is named, never opened
_LEAST_SECONDS = 0.5
_PICTURES = "image/"
_SMALL_PICTURE = 30_000  # bytes: signs and emblems of letters, not pages


def add(reading: Reading, path: Path, kind: Kind, limits: Limits, folder: Path, ocr_pages: int) -> None:
    """Add what the files within the file at `path` say. Raises `Refusal` for one that unpacks to far too much."""
    opener = opener_for(kind)
    if opener is None or limits.inner_depth < 1:
        return
    reader = _Reader(limits, folder, ocr_pages)
    found: list[Entry] = []
    with opener(path, limits, folder) as container:
        for entry, chunks in container.walk():
            found.append(entry)
            if len(found) > limits.zip_entries:
                raise Refusal(Status.TOO_BIG, "too many files within")
            if entry.refused is None:
                target = folder / "inner"
                target.unlink(missing_ok=True)
                if not _fits(container, entry, chunks, target, limits):
                    # It may be taken out all the same: there a file may be longer.
                    reader.unread.append((entry.name, entry.refused or Status.TOO_BIG))
                    continue
                reader.read(entry.name, target)
                continue
            reader.unread.append((entry.name, entry.refused or Status.CORRUPT))
    if not found:
        return
    if kind not in ARCHIVES:
        reading.details |= details_of(found)
    if kind is Kind.PDF:
        reading.warnings.append("attachments")
    reader.finish(reading)


def _fits(
    container: Container, entry: Entry, chunks: Callable[[], Iterator[bytes]], target: Path, limits: Limits
) -> bool:
    """Write one entry where it can be read; false when it is refused or longer than what a child may write."""
    if entry.size > limits.file_bytes:
        return False
    try:
        return entries.write(container, entry, chunks, target)
    except OSError:
        target.unlink(missing_ok=True)
        return False


@dataclass
class _Reader:
    limits: Limits
    folder: Path
    ocr_pages: int
    pages: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unread: list[tuple[str, Status | None]] = field(default_factory=list)
    wanted: int = 0
    count: int = 0

    def __post_init__(self) -> None:
        seconds = self.limits.wall_seconds * self.limits.inner_share
        seconds += 2 * self.ocr_pages * self.limits.ocr_seconds_per_page
        self._deadline = time.monotonic() + seconds

    def read(self, name: str, file: Path) -> None:
        """Read one file that was written out."""
        self.count += 1
        seconds = self._deadline - time.monotonic()
        if self.count > self.limits.inner_files or seconds < _LEAST_SECONDS:
            self.unread.append((name, Status.TIMEOUT))
            return
        own = self.folder / f"inner-{self.count}"
        own.mkdir()
        answer: dict[str, Any] | None = apart(lambda: self._answer(name, file, own), seconds=seconds)
        if answer is None:
            late = self._deadline - time.monotonic() < _LEAST_SECONDS
            self.unread.append((name, Status.TIMEOUT if late else Status.CRASHED))
            return
        self.wanted += int(answer["ocr_pages"])
        self.ocr_pages = max(self.ocr_pages - int(answer["recognised"]), 0)
        self.warnings += answer["warnings"]
        pages = [page for page in answer["pages"] if has_letters(page)]
        if pages:
            pages[0] = f"[Tệp bên trong: {name}]\n{pages[0]}"
            self.pages += pages
        elif answer["status"] != Status.NO_TEXT or (not answer["ocr_pages"] and not answer["small"]):
            self.unread.append((name, None if answer["status"] == _ARCHIVE else Status(answer["status"])))

    def _answer(self, name: str, file: Path, own: Path) -> dict[str, object]:
        answer: dict[str, object] = {
            "status": Status.NO_TEXT, "pages": [], "warnings": [], "ocr_pages": 0, "recognised": 0, "small": False,
        }  # fmt: skip
        limits = dataclasses.replace(self.limits, inner_depth=self.limits.inner_depth - 1)
        try:
            decision = detect.decide(file, name, limits)
            if decision.kind in ARCHIVES:
                return answer | {"status": _ARCHIVE}
            if _is_sign(decision, file):
                return answer | {"small": True}
            reading = read_file(file, decision, limits, own, self.ocr_pages)
        except Refusal as refusal:
            return answer | {"status": refusal.status}
        return answer | {
            "pages": reading.pages[: limits.pages],
            "warnings": [code for code in reading.warnings if code in _TOLD],
            "ocr_pages": 0 if self.ocr_pages else reading.ocr_pages,
            "recognised": len(reading.pages) if reading.confidence is not None else 0,
        }

    def finish(self, reading: Reading) -> None:
        """Put everything behind the file's own text."""
        if self.unread:
            named = "; ".join(
                f"{name} ({INNER_REFUSALS[status] if status else NOT_OPENED})" for name, status in self.unread
            )
            line = f"[Chưa đọc được chữ của tệp bên trong: {named}]"
            reading.pages[-1:] = [f"{reading.pages[-1]}\n\n{line}" if reading.pages else line]
        reading.own_pages = len(reading.pages)
        reading.pages += self.pages
        reading.warnings += self.warnings
        reading.ocr_pages += self.wanted


def _is_sign(decision: Decision, file: Path) -> bool:
    return decision.media_type.startswith(_PICTURES) and file.stat().st_size < _SMALL_PICTURE
