"""Zip archives that are no office file: the list of what they hold."""

from __future__ import annotations

from pathlib import Path

from archive.extract.containers import zips
from archive.extract.outcome import Reading, tidy
from archive.extract.process.limits import Limits
from archive.extract.status import ENTRY_REFUSALS


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The names of all entries as text; `entries` and `refused` for whoever wants to take some out."""
    with zips.opened(path, limits) as archive:
        zips.check(archive)
        entries = archive.entries
    lines = [
        entry.name if entry.refused is None else f"{entry.name} (không nhận: {ENTRY_REFUSALS[entry.refused]})"
        for entry in entries
    ]
    details: dict[str, object] = {
        "entries": [{"name": entry.name, "size": entry.size} for entry in entries if entry.refused is None],
        "refused": [{"name": entry.name, "reason": entry.refused} for entry in entries if entry.refused is not None],
    }
    warnings = ["entries_refused"] if details["refused"] else []
    return Reading([tidy("\n".join(lines))], warnings, details=details)
