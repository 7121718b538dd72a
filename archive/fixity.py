"""Comparing what lies in a store with what should lie there."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive import digest, inventory, manifest
from archive.errors import BadManifest
from archive.layout import SHARDS, Layout

Kind = Literal["missing", "changed", "swapped", "extra"]
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH = re.compile(r"\d{2}", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """One deviation. `sha256` is the digest that was expected there ("" for a stray file).

    missing: not there, though acknowledged or expected. changed: there with other bytes, or unreadable.
    swapped: there, but with exactly the bytes of something else that is known; `detail` names both.
    extra: a file that is not the store's.
    """

    kind: Kind
    sha256: str
    detail: str


@dataclass(frozen=True)
class Place:
    """A name in the store and the digest that belongs there ("" for a manifest whose line was lost)."""

    name: str
    expected: str


@dataclass(frozen=True)
class Census:
    """All names of a store, without the content of any.

    `places` are there, `problems` (extra, missing) show in the names alone, `owners` says for every known digest whose
    content it is.
    """

    places: list[Place]
    problems: list[Problem]
    owners: dict[str, str]


def scan(layout: Layout, expected: Iterable[str] = ()) -> Iterator[Problem]:
    """Read everything in the store and yield each deviation; nothing is changed.

    `expected` are digests the catalogue refers to. Raises `BadDigest` for an ill-formed one.
    """
    found = census(layout, expected)
    yield from found.problems
    for place in found.places:
        if problem := check(layout, place, found.owners):
            yield problem


def objects(layout: Layout) -> Iterator[str]:
    """Digests of all objects by name, in order, without reading their content."""
    for shard in SHARDS:
        try:
            names = [entry.name for entry in _entries(layout.cas / shard)]
        except FileNotFoundError:
            continue
        yield from (name for name in names if name[:2] == shard and digest.is_digest(name))


def census(layout: Layout, expected: Iterable[str] = ()) -> Census:
    """What lies where. Safe while puts and sweeps go on: nobody is accused for what happens meanwhile."""
    # The list is read first: what is put while the names are read is then only more than expected, never less.
    wanted: dict[str, str] = {}
    manifests: dict[str, str] = {}
    for value, name in inventory.entries(layout.inventory):
        if name.startswith("cas/"):
            wanted[value] = "acknowledged by the store"
        else:
            manifests[name] = value
    for value in expected:
        wanted[digest.checked(value)] = "expected by the catalogue"
    result = Census([], [], {value: name for name, value in manifests.items()})
    for value in wanted:
        result.owners.setdefault(value, _object_name(value))
    there = _find_objects(layout, result)
    for value, reason in wanted.items():
        if value not in there and _is_gone(layout, value, also_from_trash=not reason.startswith("expected")):
            result.problems.append(Problem("missing", value, f"not in the store, but {reason}"))
    _find_manifests(layout, manifests, result)
    return result


def check(layout: Layout, place: Place, owners: dict[str, str], *, from_disk: bool = False) -> Problem | None:
    """Read one place and say what is wrong with it. One that was swept meanwhile is not."""
    path = layout.root / place.name
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return Problem("changed", place.expected, f"{place.name}: not a regular file")
        actual = digest.of_file(path, from_disk=from_disk)
    except FileNotFoundError:
        if place.name.startswith("cas/") and not _is_gone(layout, place.expected, also_from_trash=True):
            return None
        return Problem("missing", place.expected, f"{place.name} vanished during the check")
    except OSError as error:
        return Problem("changed", place.expected, f"{place.name} cannot be read: {error.strerror}")
    if not place.expected:
        return None if _has_form(path) else Problem("changed", "", f"{place.name}: not as the store writes it")
    if actual == place.expected:
        return None
    owner = owners.get(actual)
    # An emptied file is not the work of the empty object, unless that one got its content.
    if owner is None or (actual == digest.EMPTY and not _holds(layout.root / owner, place.expected)):
        return Problem("changed", place.expected, f"{place.name} is now {actual}, {found.st_size} bytes")
    return Problem("swapped", place.expected, f"{place.name} holds the content of {owner}")


def _object_name(value: str) -> str:
    return f"cas/{value[:2]}/{value}"


def _is_gone(layout: Layout, value: str, *, also_from_trash: bool) -> bool:
    """Whether an object is nowhere. It is asked again after the trash: it may just have been brought back.

    What was swept is gone on purpose, so it is not missed, unless the catalogue still refers to it.
    """
    path = layout.object(value)
    return not (os.path.lexists(path) or (also_from_trash and (layout.trash / value).exists()) or os.path.lexists(path))


def _holds(path: Path, expected: str) -> bool:
    try:
        return digest.of_file(path) == expected
    except OSError:
        return False


def _has_form(path: Path) -> bool:
    try:
        return manifest.canonical(manifest.read(path).data) == path.read_bytes()
    except (BadManifest, OSError):
        return False


def _find_objects(layout: Layout, result: Census) -> set[str]:
    there = set()
    for folder in _entries(layout.cas):
        if folder.name not in SHARDS or not folder.is_dir(follow_symlinks=False):
            result.problems.append(_stray(layout, folder))
            continue
        for entry in _entries(folder.path):
            if entry.name[:2] != folder.name or not digest.is_digest(entry.name):
                result.problems.append(_stray(layout, entry))
                continue
            there.add(entry.name)
            name = _object_name(entry.name)
            result.owners.setdefault(entry.name, name)
            result.places.append(Place(name, entry.name))
    return there


def _find_manifests(layout: Layout, listed: dict[str, str], result: Census) -> None:
    known = {name.rpartition("/")[2] for name in listed}
    there = set()
    for year in _entries(layout.manifests):
        for month in _inside(layout, year, _YEAR, result):
            for entry in _inside(layout, month, _MONTH, result):
                name = f"manifests/{year.name}/{month.name}/{entry.name}"
                if name in listed:
                    there.add(name)
                    result.places.append(Place(name, listed[name]))
                elif manifest.parse_name(entry.name) is None or entry.name in known:
                    # No manifest, or a version that was acknowledged under another month.
                    result.problems.append(_stray(layout, entry))
                else:
                    # Written, but its line was not: the power went between the two. Its form is all there is to check.
                    result.places.append(Place(name, ""))
    for name in listed.keys() - there:
        if not os.path.lexists(layout.root / name):
            result.problems.append(Problem("missing", listed[name], f"manifest {name} is gone"))


def _inside(
    layout: Layout, folder: os.DirEntry[str], form: re.Pattern[str], result: Census
) -> Iterator[os.DirEntry[str]]:
    if form.fullmatch(folder.name) and folder.is_dir(follow_symlinks=False):
        yield from _entries(folder.path)
    else:
        result.problems.append(_stray(layout, folder))


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _stray(layout: Layout, entry: os.DirEntry[str]) -> Problem:
    return Problem("extra", "", f"not the store's: {Path(entry.path).relative_to(layout.root)}")
