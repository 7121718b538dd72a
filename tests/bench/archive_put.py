"""A file into the archive, against writing the same bytes into a folder and one fsync: what the promises cost."""

from __future__ import annotations

import io
import os
import statistics
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import archive
from tests.bench.measuring import ms, say, table, timed, times

SIZES = {"40 kB": 40_000, "5 MB": 5_000_000}
TURNS = {"40 kB": 100, "5 MB": 15}
MANIFESTS = 100


def plain(path: Path, content: bytes) -> None:
    """The least that keeps a file: its bytes, and one fsync."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        stream = io.BytesIO(content)
        while part := stream.read(1024 * 1024):
            os.write(handle, part)
        os.fsync(handle)
    finally:
        os.close(handle)


def measure(folder: Path) -> None:
    say("putting files …")
    store = archive.open(folder / "kho")
    beside = folder / "plain"
    beside.mkdir()
    rows = []
    for name, size in SIZES.items():
        took: list[tuple[float, float, float]] = []
        for turn in range(TURNS[name]):
            content = os.urandom(size)
            # Turn and turn about, so that both meet the same disk.
            least = timed(partial(plain, beside / f"{size}-{turn}", content))
            first = timed(partial(store.put, io.BytesIO(content)))
            again = timed(partial(store.put, io.BytesIO(content)))
            took.append((first, again, least))
        first, again, least = (statistics.median(column) for column in zip(*took, strict=True))
        rows.append((f"a file of {name} (median of {len(took)})", ms(first), ms(again), ms(least), times(first, least)))
    now = datetime.now(UTC)
    entries = [(f"document-{number}", 1, {"title": "Kế hoạch" * 100, "n": number}) for number in range(MANIFESTS)]
    single = timed(lambda: [store.put_manifests([entry], now) for entry in entries])
    entries = [(f"again-{number}", 1, data) for number, (_, _, data) in enumerate(entries)]
    batch = timed(lambda: store.put_manifests(entries, now))
    least = timed(lambda: [plain(beside / f"m{number}", b"x" * 900) for number in range(MANIFESTS)])
    rows.append((f"{MANIFESTS} manifests, one by one", ms(single), "-", ms(least), times(single, least)))
    rows.append((f"{MANIFESTS} manifests at once", ms(batch), "-", ms(least), times(batch, least)))
    table(
        "Into the archive, durable (file, name and inventory)",
        ("", "put", "put again", "copy + fsync", "ratio"),
        rows,
    )


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory(prefix="kho-bench-") as made:
        measure(Path(made))
