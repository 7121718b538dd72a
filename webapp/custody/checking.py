"""Read the whole archive again, as a task that shows its progress and can be cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from webapp.core.resources import Resources
from webapp.jobs.tasks import Progress

SLICE_BYTES = 64 * 2**20
SLICE_SECONDS = 1.0


def check_archive(resources: Resources, _arguments: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Every object and manifest once; returns how many were read and what is wrong (`problems`: kind, sha256, detail)."""
    # Real time even where the clock is fixed: slices are told apart by when they were.
    started = datetime.now(UTC).replace(microsecond=0)
    checked = size = 0
    while True:
        report = resources.store.scrub(now=datetime.now(UTC), max_bytes=SLICE_BYTES, max_seconds=SLICE_SECONDS)
        checked, size = checked + report.checked, size + report.size
        progress(min(checked, report.total), report.total)
        if not report.checked or (not report.never_checked and (report.oldest is None or report.oldest >= started)):
            break
    return {
        "checked": checked,
        "size": size,
        "problems": [
            {"kind": problem.kind, "sha256": problem.sha256, "detail": problem.detail} for problem in report.problems
        ],
    }
