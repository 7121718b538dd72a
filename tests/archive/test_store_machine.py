"""Any order of puts, losses, damage, sweeps and reopenings: the store always knows exactly what is wrong."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import archive
from archive import errors

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTENTS = [b"", b"a", b"b" * 1000, "Kế hoạch".encode(), os.urandom(70_000)]


class StoreMachine(RuleBasedStateMachine):
    """The model: what was acknowledged, what was harmed since, what was swept."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kho-machine-"))
        self.store = archive.open(self.folder)
        self.sound: dict[str, bytes] = {}
        self.changed: set[str] = set()
        self.missing: set[str] = set()
        self.swept: set[str] = set()
        self.manifests: dict[tuple[str, int], int] = {}

    @rule(content=st.sampled_from(CONTENTS))
    def put(self, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        receipt = self.store.put(io.BytesIO(content))
        assert receipt.sha256 == digest and receipt.existed == (digest in self.sound)
        self.sound[digest] = content
        self.changed.discard(digest)
        self.missing.discard(digest)

    @rule(which=st.randoms(use_true_random=False), cut=st.booleans())
    def damage(self, which: object, cut: bool) -> None:
        if candidates := sorted(digest for digest in self.sound if self.sound[digest]):
            digest = which.choice(candidates)  # type: ignore[attr-defined]
            path = self.store.path(digest)
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 4
            path.chmod(0o640)
            path.write_bytes(content[:-1] if cut else content)
            del self.sound[digest]
            self.changed.add(digest)

    @rule(which=st.randoms(use_true_random=False))
    def lose(self, which: object) -> None:
        if self.sound:
            digest = which.choice(sorted(self.sound))  # type: ignore[attr-defined]
            self.store.path(digest).unlink()
            del self.sound[digest]
            if digest not in self.swept:
                self.missing.add(digest)

    @rule()
    def sweep_all_but_the_first(self) -> None:
        kept = sorted(self.store.digests())[:1]
        if not kept:
            with pytest.raises(errors.SweepRefused):
                self.store.sweep(kept, before=1e12)
            return
        for digest in self.store.sweep(kept, before=1e12):
            self.sound.pop(digest, None)
            self.changed.discard(digest)
            self.swept.add(digest)

    @rule(record=st.sampled_from(["a", "b"]), version=st.integers(1, 2), value=st.integers(0, 1))
    def put_manifest(self, record: str, version: int, value: int) -> None:
        known = self.manifests.setdefault((record, version), value)
        if known == value:
            self.store.put_manifest(record, version, {"v": value}, NOW)
        else:
            with pytest.raises(errors.ManifestExists):
                self.store.put_manifest(record, version, {"v": value}, NOW)

    @rule()
    def reopen(self) -> None:
        self.store = archive.open(self.folder)

    @invariant()
    def the_check_tells_exactly_what_is_wrong(self) -> None:
        found = {(problem.kind, problem.sha256) for problem in self.store.verify()}
        expected = {("changed", digest) for digest in self.changed} | {("missing", digest) for digest in self.missing}
        assert found == expected

    @invariant()
    def what_is_sound_reads_back(self) -> None:
        for digest, content in self.sound.items():
            with self.store.open(digest) as stream:
                assert stream.read() == content
        assert list((self.folder / "tmp").iterdir()) == []
        read = {(one.record_id, one.version): one.data["v"] for one in self.store.manifests()}
        assert read == self.manifests

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
