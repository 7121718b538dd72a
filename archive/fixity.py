"""Comparing what lies in a store with what should lie there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive import digest, inventory, manifest
from archive.errors import BadManifest
from archive.layout import SHARDS, Layout

Kind = Literal["missing", "changed", "extra"]


@dataclass(frozen=True)
class Problem:
    """One deviation. `sha256` is the digest that was expected there ("" for a stray file)."""

    kind: Kind
    sha256: str
    detail: str


def scan(layout: Layout, expected: Iterable[str] = ()) -> Iterator[Problem]:
    """Read everything in the store and yield each deviation; nothing is changed.

    `expected` are digests the catalogue refers to. Raises `BadDigest` for an ill-formed one.
    """
    # The list is read first: what is put while the scan runs is then only more than expected, never less.
    wanted: dict[str, str] = {}
    manifests: dict[str, str] = {}
    for value, name in inventory.entries(layout.inventory):
        if not name.startswith("cas/"):
            manifests[name] = value
        # What was swept is gone on purpose, unless the catalogue still refers to it.
        elif not (layout.trash / value).exists():
            wanted[value] = "acknowledged by the store"
    for value in expected:
        wanted[digest.checked(value)] = "expected by the catalogue"
    found: set[str] = set()
    yield from _scan_objects(layout, found)
    for value, reason in wanted.items():
        # Asked again on the disk: it may have been put after the scan passed its folder.
        if value not in found and not layout.object(value).exists():
            yield Problem("missing", value, f"not in the store, but {reason}")
    yield from _scan_manifests(layout, manifests)


def objects(layout: Layout) -> Iterator[str]:
    """Digests of all objects by name, in order, without reading their content."""
    for shard in SHARDS:
        try:
            names = sorted(entry.name for entry in (layout.cas / shard).iterdir())
        except FileNotFoundError:
            continue
        yield from (name for name in names if name[:2] == shard and digest.is_digest(name))


def _scan_objects(layout: Layout, found: set[str]) -> Iterator[Problem]:
    for folder in _entries(layout.cas):
        name = Path(folder.path).name
        if name not in SHARDS or not folder.is_dir(follow_symlinks=False):
            yield _stray(layout, folder.path)
            continue
        for entry in _entries(Path(folder.path)):
            if entry.name[:2] != name or not digest.is_digest(entry.name):
                yield _stray(layout, entry.path)
            elif not entry.is_file(follow_symlinks=False):
                yield Problem("changed", entry.name, "not a regular file")
                found.add(entry.name)
            else:
                found.add(entry.name)
                yield from _compare(Path(entry.path), entry.name, "content")


def _scan_manifests(layout: Layout, listed: dict[str, str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for folder, _, names in os.walk(layout.manifests):
        for file_name in sorted(names):
            path = Path(folder) / file_name
            name = path.relative_to(layout.root).as_posix()
            seen.add(name)
            if name in listed:
                yield from _compare(path, listed[name], name)
            elif manifest.parse_name(file_name) is None or len(path.relative_to(layout.manifests).parts) != 3:
                yield _stray(layout, path)
            else:
                # Written, but its line was not: the power went between the two. Its form is all there is to check.
                yield from _check_form(path, name)
    for name in listed.keys() - seen:
        if not (layout.root / name).exists():
            yield Problem("missing", listed[name], f"manifest {name} is gone")


def _check_form(path: Path, name: str) -> Iterator[Problem]:
    try:
        read = manifest.read(path)
        whole = manifest.canonical(read.data) == path.read_bytes()
    except (BadManifest, OSError):
        whole = False
    if not whole:
        yield Problem("changed", "", f"{name}: not a manifest as the store writes it")


def _compare(path: Path, expected: str, what: str) -> Iterator[Problem]:
    try:
        actual = digest.of_file(path)
        size = path.stat().st_size
    except FileNotFoundError:
        yield Problem("missing", expected, f"{what} vanished during the scan")
    except OSError as error:
        yield Problem("changed", expected, f"{what} cannot be read: {error.strerror}")
    else:
        if actual != expected:
            yield Problem("changed", expected, f"{what} is now {actual}, {size} bytes")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _stray(layout: Layout, path: str | Path) -> Problem:
    return Problem("extra", "", f"not the store's: {Path(path).relative_to(layout.root)}")
