"""The folders of a local store: where each thing lies, and how they come to be, durably.

<root>/STORE.json                   layout version, written last: its presence says the rest is whole
<root>/cas/ab/ab12…                 content by SHA-256, mode 0440, never renamed, never overwritten
<root>/manifests/2026/11/…          one JSON file per record version, write-once
<root>/inventory.sha256             every name ever acknowledged, in the form `sha256sum -c` reads
<root>/scrub.jsonl                  when each was last read and found sound; losing it costs only reading again
<root>/tmp  quarantine  trash       on the way in, found damaged, swept away
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from archive.errors import LayoutMismatch, StoreFailed

LAYOUT = "khothidua-store"
VERSION = 1
SHARDS = tuple(f"{number:02x}" for number in range(256))
STALE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Layout:
    """Paths inside one store; makes no claim that they exist."""

    root: Path

    @property
    def marker(self) -> Path:
        return self.root / "STORE.json"

    @property
    def cas(self) -> Path:
        return self.root / "cas"

    @property
    def manifests(self) -> Path:
        return self.root / "manifests"

    @property
    def inventory(self) -> Path:
        return self.root / "inventory.sha256"

    @property
    def scrubbed(self) -> Path:
        return self.root / "scrub.jsonl"

    @property
    def tmp(self) -> Path:
        return self.root / "tmp"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def trash(self) -> Path:
        return self.root / "trash"

    def object(self, digest: str) -> Path:
        """Where the object of a (checked) digest lies."""
        return self.cas / digest[:2] / digest


def sync(handle: int) -> None:
    """fsync an open file or folder. A failure is final, so it is `StoreFailed` and nothing milder:
    the kernel may drop the pages and call the next fsync a success, so there is no second try."""
    try:
        os.fsync(handle)
    except OSError as error:
        raise StoreFailed(f"fsync: {error}") from error


def sync_folder(folder: Path) -> None:
    """fsync a folder, so that names made in it survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> bool:
    """Create one folder and fsync its parent; False when it was there already. What is in it is synced when it comes."""
    try:
        folder.mkdir(mode=0o750)
    except FileExistsError:
        return False
    sync_folder(folder.parent)
    return True


def prepare(root: Path) -> Layout:
    """Create what is missing under `root` and check its version.

    Raises `LayoutMismatch` before touching anything when another version lives there, and `OSError` when
    folders cannot be made. On a complete store nothing is written, so a read-only disk can be opened.
    """
    layout = Layout(root)
    whole = layout.marker.exists()
    if whole:
        _check_marker(layout)
    missing_parents = [folder for folder in (root, *root.parents) if not folder.is_dir()]
    for folder in reversed(missing_parents):
        make_folder(folder)
    for folder in (layout.cas, layout.manifests, layout.tmp, layout.quarantine, layout.trash):
        make_folder(folder)
    present = {entry.name for entry in layout.cas.iterdir()}
    absent = [layout.cas / name for name in SHARDS if name not in present]
    for shard in absent:
        shard.mkdir(mode=0o750, exist_ok=True)
    if absent or not whole:
        # Without this one the shards themselves could vanish in a power cut, and every object with them.
        sync_folder(layout.cas)
    if not layout.inventory.exists():
        layout.inventory.touch(mode=0o640)
        sync_folder(layout.root)
    if not whole:
        _sync_upwards(root)
        _write_marker(layout)
    _check_marker(layout)
    _drop_stale(layout.tmp)
    return layout


def _sync_upwards(root: Path) -> None:
    """fsync the root of a new store and all above it on its disk.

    Who made those folders, this call, an earlier one that was killed or the caller, may not have come to its fsync.
    """
    disk = root.stat().st_dev
    for folder in (root, *root.parents):
        if folder.stat().st_dev != disk:
            break
        try:
            sync_folder(folder)
        except PermissionError:
            break  # no folder of ours: it was there before


def _write_marker(layout: Layout) -> None:
    text = json.dumps({"layout": LAYOUT, "version": VERSION}, sort_keys=True) + "\n"
    draft = layout.tmp / f"STORE-{os.getpid()}-{os.urandom(4).hex()}"
    with draft.open("x", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        sync(stream.fileno())
    try:
        os.link(draft, layout.marker)
    except FileExistsError:
        pass  # another process was opening the same new store
    finally:
        draft.unlink()
    sync_folder(layout.root)


def _check_marker(layout: Layout) -> None:
    try:
        found = json.loads(layout.marker.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LayoutMismatch(f"{layout.marker} is not readable: {error}") from error
    if not isinstance(found, dict) or found.get("layout") != LAYOUT or found.get("version") != VERSION:
        raise LayoutMismatch(f"{layout.marker} says {found!r}; this program knows {LAYOUT} version {VERSION}")


def _drop_stale(folder: Path) -> None:
    """Remove what a crashed process left in tmp a day ago or more; younger files may be in use."""
    limit = time.time() - STALE_SECONDS
    for entry in os.scandir(folder):
        try:
            if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < limit:
                Path(entry.path).unlink()
        except OSError:
            continue  # read-only disk, or another process was quicker: a leftover harms nobody
