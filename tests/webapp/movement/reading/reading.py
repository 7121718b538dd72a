"""Reading the test plans the way the product does: through the extractor, pages parted by form feeds."""

from __future__ import annotations

from pathlib import Path

from archive.extract import Status, extract
from webapp.movement.reading import PlanReading, read_plan


def read_file(path: Path) -> PlanReading:
    """What is understood of an office file."""
    result = extract(path, filename=path.name)
    assert result.status is Status.OK, result.sentence
    return read_plan("\f".join(result.pages))


def codes(reading: PlanReading) -> list[str]:
    """The codes of all points; they are unique in every reading."""
    found = [point.code for point in reading.points]
    assert len(found) == len(set(found))
    return found


def criteria(reading: PlanReading) -> dict[str, list[str]]:
    """Codes of the criteria by their group's code."""
    return {group.code: [criterion.code for criterion in group.criteria] for group in reading.criteria_groups}


def doubted(reading: PlanReading) -> list[str]:
    """Where the doubts are, in order."""
    return [doubt.where for doubt in reading.doubts]
