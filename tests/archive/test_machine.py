"""Any order of puts, crashes, losses, damage, sweeps and reopenings: the store always knows exactly what is wrong."""

from __future__ import annotations

import hashlib
import io
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import archive
from archive import errors, inventory
from tests.archive.store_harm import rewrite

pytestmark = pytest.mark.long(30)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTENTS = [b"", b"a", b"b" * 1000, "Kế hoạch".encode(), os.urandom(70_000), b"to be swept", b"and brought back"]
DIGESTS = {hashlib.sha256(content).hexdigest(): content for content in CONTENTS}
RECORDS = [("a", 1), ("a", 2), ("document-0h3k", 1), ("b", 1)]
chances = st.integers(0, 2**32).map(random.Random)


class Crash(BaseException):
    """The power goes: nothing in the program runs any more, not even what tidies up."""


@contextmanager
def crashing(after: int) -> Iterator[None]:
    """Lets `after` of the calls that change a disk happen, and none from then on."""
    left = after

    def limited(real: Callable[..., Any]) -> Callable[..., Any]:
        def stand_in(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Crash
            return real(*arguments, **options)

        return stand_in

    names = ("write", "fsync", "link", "chmod", "unlink", "rename", "mkdir")
    with mock.patch.multiple(os, **{name: limited(getattr(os, name)) for name in names}):
        yield


class StoreMachine(RuleBasedStateMachine):
    """The model: what is whole, what was harmed and how, what is known to be lost."""

    def __init__(self) -> None:
        super().__init__()
        base = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="kho-machine-", dir=base))
        self.store = archive.open(self.folder)
        self.sound: set[str] = set()
        self.harmed: dict[str, str] = {}
        self.missing: set[str] = set()
        self.manifests: dict[tuple[str, int], int] = {}
        self.day = 0

    @rule(digest=st.sampled_from(sorted(DIGESTS)))
    def put(self, digest: str) -> None:
        receipt = self.store.put(io.BytesIO(DIGESTS[digest]))
        assert receipt.sha256 == digest and receipt.existed == (digest in self.sound)
        self._is_sound(digest)

    def _is_sound(self, digest: str) -> None:
        self.sound.add(digest)
        self.harmed.pop(digest, None)
        self.missing.discard(digest)

    @rule(digest=st.sampled_from(sorted(DIGESTS)), after=st.integers(0, 12))
    def crash_in_a_put(self, digest: str, after: int) -> None:
        try:
            with crashing(after):
                self.store.put(io.BytesIO(DIGESTS[digest]))
        except Crash:
            place = self.store.layout.object(digest)
            if place.exists() and place.read_bytes() == DIGESTS[digest]:
                self._is_sound(digest)
        else:
            self._is_sound(digest)
        self._after_a_crash()

    @rule(which=chances, value=st.integers(0, 1), after=st.integers(0, 30))
    def crash_in_manifests(self, which: random.Random, value: int, after: int) -> None:
        wanted = [record for record in which.sample(RECORDS, 2) if self.manifests.get(record, value) == value]
        try:
            with crashing(after):
                self.store.put_manifests([(*record, {"v": value}) for record in wanted], NOW)
        except Crash:
            wanted = [record for record in wanted if self._there(record)]
        self.manifests.update(dict.fromkeys(wanted, value))
        self._after_a_crash()

    def _there(self, record: tuple[str, int]) -> bool:
        try:
            self.store.manifest(*record)
        except errors.NotStored:
            return False
        return True

    def _after_a_crash(self) -> None:
        for draft in self.store.layout.tmp.iterdir():
            os.utime(draft, (1, 1))
        self.store = archive.open(self.folder)

    @rule(which=chances, cut=st.booleans())
    @precondition(lambda self: self.sound - {hashlib.sha256().hexdigest()})
    def damage(self, which: random.Random, cut: bool) -> None:
        digest = which.choice(sorted(digest for digest in self.sound if DIGESTS[digest]))
        content = bytearray(DIGESTS[digest])
        content[len(content) // 2] ^= 4
        rewrite(self.store.path(digest), bytes(content[:-1] if cut else content))
        self.sound.discard(digest)
        self.harmed[digest] = "changed"

    @rule(which=chances)
    @precondition(lambda self: len(self.sound) > 2)
    def swap(self, which: random.Random) -> None:
        one, other = which.sample(sorted(digest for digest in self.sound if DIGESTS[digest]), 2)
        rewrite(self.store.path(one), DIGESTS[other])
        rewrite(self.store.path(other), DIGESTS[one])
        for digest in (one, other):
            self.sound.discard(digest)
            self.harmed[digest] = "swapped"

    @rule(which=chances)
    @precondition(lambda self: self.sound)
    def lose(self, which: random.Random) -> None:
        digest = which.choice(sorted(self.sound))
        self.store.path(digest).unlink()
        self.sound.discard(digest)
        self._is_lost(digest)

    def _is_lost(self, digest: str) -> None:
        """Missed when it was acknowledged; a crash may leave a copy in the trash of what was put again."""
        listed = any(digest == known for known, _ in inventory.entries(self.store.layout.inventory))
        if listed and not (self.store.layout.trash / digest).exists():
            self.missing.add(digest)

    @rule(kept=st.sets(st.sampled_from(sorted(DIGESTS))))
    def sweep(self, kept: set[str]) -> None:
        if not kept:
            with pytest.raises(errors.SweepRefused):
                self.store.sweep(kept, before=1e12)
            return
        moved = set(self.store.sweep(kept, before=1e12))
        assert moved == (self.sound | set(self.harmed)) - kept
        self.sound -= moved
        for digest in moved:
            self.harmed.pop(digest, None)

    @rule(which=chances)
    def bring_back(self, which: random.Random) -> None:
        if not (names := sorted(path.name for path in self.store.layout.trash.iterdir())):
            return
        digest = which.choice(names)
        if (self.store.layout.trash / digest).read_bytes() == DIGESTS[digest]:
            self.store.restore_from_trash(digest)
            self._is_sound(digest)
        else:
            with pytest.raises(errors.Damaged):
                self.store.restore_from_trash(digest)

    @rule(records=st.lists(st.sampled_from(RECORDS), max_size=4), value=st.integers(0, 1), month=st.integers(0, 2))
    def put_manifests(self, records: list[tuple[str, int]], value: int, month: int) -> None:
        entries = [(*record, {"v": value}) for record in records]
        now = NOW + timedelta(days=31 * month)
        if all(self.manifests.get(record, value) == value for record in records):
            assert len(self.store.put_manifests(entries, now)) == len(records)
            self.manifests.update(dict.fromkeys(records, value))
        else:
            with pytest.raises(errors.ManifestExists):
                self.store.put_manifests(entries, now)

    @rule()
    def reopen(self) -> None:
        self.store = archive.open(self.folder)

    def _expected(self) -> set[tuple[str, str]]:
        return {(kind, digest) for digest, kind in self.harmed.items()} | {("missing", one) for one in self.missing}

    @rule(budget=st.sampled_from([1, 2000, 80_000, None]))
    def scrub(self, budget: int | None) -> None:
        self.day += 1
        report = self.store.scrub(now=NOW + timedelta(days=self.day), max_bytes=budget)
        found = {(problem.kind, problem.sha256) for problem in report.problems}
        assert report.total == len(self.sound) + len(self.harmed) + len(self.manifests)
        assert {one for one in self._expected() if one[0] == "missing"} <= found <= self._expected()
        if budget is None:
            assert found == self._expected() and report.never_checked == 0

    @invariant()
    def the_check_tells_exactly_what_is_wrong(self) -> None:
        assert {(problem.kind, problem.sha256) for problem in self.store.verify()} == self._expected()

    @invariant()
    def what_is_sound_reads_back(self) -> None:
        for digest in self.sound:
            with self.store.open(digest) as stream:
                assert stream.read() == DIGESTS[digest]
        assert list((self.folder / "tmp").iterdir()) == []
        read = {(one.record_id, one.version): one.data["v"] for one in self.store.manifests()}
        assert read == self.manifests

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
