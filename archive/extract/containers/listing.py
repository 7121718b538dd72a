"""Archives that are no office file: the list of what they hold."""

from __future__ import annotations

from pathlib import Path

from archive.extract.containers import entries, opening
from archive.extract.containers.entries import Entry
from archive.extract.outcome import Reading, tidy
from archive.extract.process.limits import Limits
from archive.extract.status import ENTRY_REFUSALS


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The names of all entries as text; `entries` and `refused` for whoever wants to take some out."""
    with opening.archive(path, limits, folder) as container:
        found = entries.check(container)
    lines = [
        entry.name if entry.refused is None else f"{entry.name} (không nhận: {ENTRY_REFUSALS[entry.refused]})"
        for entry in found
    ]
    details = details_of(found)
    return Reading([tidy("\n".join(lines))], ["entries_refused"] if details["refused"] else [], details=details)


def details_of(found: list[Entry]) -> dict[str, object]:
    """For the metadata: `entries` [{name, size}] and `refused` [{name, reason}]."""
    return {
        "entries": [{"name": entry.name, "size": entry.size} for entry in found if entry.refused is None],
        "refused": [{"name": entry.name, "reason": entry.refused} for entry in found if entry.refused is not None],
    }
