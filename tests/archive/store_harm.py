"""Doing harm to a store on purpose, and knowing exactly what a check must say about it."""

from __future__ import annotations

import io
import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import archive
from archive.fixity import Problem

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
EARLIER = datetime(2026, 9, 2, 3, 0, tzinfo=UTC)


def rewrite(path: Path, content: bytes) -> None:
    path.chmod(0o640)
    path.write_bytes(content)


def fill(store: archive.Store, objects: int, manifests: int, chance: random.Random) -> None:
    """The empty object, `objects` others and `manifests` of two months; without waiting for the disk."""
    with mock.patch.object(os, "fsync"):
        store.put(io.BytesIO(b""))
        for _ in range(objects):
            store.put(io.BytesIO(chance.randbytes(chance.randrange(16, 400))))
        for when, name in ((EARLIER, "a"), (NOW, "b")):
            data = [(f"{name}-{n}", 1, {"title": "Kế hoạch", "n": chance.random()}) for n in range(manifests // 2)]
            store.put_manifests(data, when)


class Harm:
    """Each method does one kind of harm to names not harmed before; `done` says what must be found, by name."""

    def __init__(self, store: archive.Store, chance: random.Random) -> None:
        self.root, self.chance = store.layout.root, chance
        lines = store.layout.inventory.read_text().splitlines()
        self.names: dict[str, str] = dict(line.split("  ") for line in lines)
        self.left = [name for name in self.names.values() if (self.root / name).stat().st_size]
        self.empty = next(name for name in self.names.values() if not (self.root / name).stat().st_size)
        chance.shuffle(self.left)
        self.done: dict[str, str] = {}

    def _next(self) -> Path:
        return self.root / self.left.pop()

    def _note(self, kind: str, *paths: Path) -> None:
        self.done.update({path.relative_to(self.root).as_posix(): kind for path in paths})

    def flip(self) -> None:
        path = self._next()
        content = bytearray(path.read_bytes())
        content[self.chance.randrange(len(content))] ^= 1 << self.chance.randrange(8)
        rewrite(path, bytes(content))
        self._note("changed", path)

    def cut(self) -> None:
        path = self._next()
        content = path.read_bytes()
        rewrite(path, content[: self.chance.choice([0, len(content) - 1, self.chance.randrange(len(content))])])
        self._note("changed", path)

    def lengthen(self) -> None:
        path = self._next()
        rewrite(path, path.read_bytes() + b"\0")
        self._note("changed", path)

    def lose(self) -> None:
        path = self._next()
        path.unlink()
        self._note("missing", path)

    def swap(self) -> None:
        one, other = self._next(), self._next()
        spare = self.root / "tmp" / "spare"
        one.rename(spare)
        other.rename(one)
        spare.rename(other)
        self._note("swapped", one, other)

    def copy_over(self) -> None:
        """The bytes of something that stays where it is, and is harmed no more."""
        one, other = self._next(), self._next()
        rewrite(one, other.read_bytes())
        self._note("swapped", one)

    def move_over(self) -> None:
        one, other = self._next(), self._next()
        other.rename(one)
        self._note("swapped", one)
        self._note("missing", other)

    def stray(self) -> None:
        number = len(self.done)
        odd = hex(number)[2:].zfill(64)
        shard = "00" if odd[:2] != "00" else "01"
        month = "manifests/2026/11"
        odd_places = [f"cas/{number}.txt", f"cas/ab/{number}", f"cas/{shard}/{odd}", f"manifests/{number}.json"]
        odd_names = [f"{number}.json", f".{number}", f"a-{number % 15}.v0001.json"]
        name = self.chance.choice([*odd_places, f"manifests/2026/{number}", *(f"{month}/{one}" for one in odd_names)])
        if name not in self.done and not (self.root / name).exists():
            (self.root / name).write_bytes(json.dumps({"n": number}).encode())
            self._note("extra", self.root / name)

    def swap_with_the_empty_one(self) -> None:
        one, other = self._next(), self.root / self.empty
        rewrite(other, one.read_bytes())
        rewrite(one, b"")
        self._note("swapped", one, other)

    def kinds(self) -> list[Callable[[], None]]:
        return [self.flip, self.cut, self.lengthen, self.lose, self.swap, self.copy_over, self.move_over, self.stray]

    def said(self, problems: list[Problem]) -> dict[str, str]:
        """What a check found, by name; each name once and swapped ones with the name of the other."""
        found: dict[str, str] = {}
        for problem in problems:
            name = self.names[problem.sha256] if problem.sha256 else problem.detail.rpartition(" ")[2]
            assert name not in found, problem
            found[name] = problem.kind
            if problem.kind == "swapped":
                other = problem.detail.rpartition(" ")[2]
                assert problem.detail.startswith(name) and other in self.names.values() and other != name
        return found
