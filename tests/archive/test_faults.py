"""A disk that fails: nothing acknowledged is lost, nothing partial is left, reading goes on."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import archive
from archive import errors

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
OLD = b"old content"
NEW = b"new content" * 1000


@pytest.fixture
def store(tmp_path: Path) -> archive.Store:
    store = archive.open(tmp_path / "kho")
    store.put(io.BytesIO(OLD))
    return store


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def assert_whole(store: archive.Store) -> None:
    assert list(store.layout.tmp.iterdir()) == []
    assert list(store.verify([digest_of(OLD)])) == []
    with store.open(digest_of(OLD)) as stream:
        assert stream.read() == OLD


def failing(function: str, number: int, at: int = 1) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The real os function and one that raises OSError(number) from its `at`-th call on."""
    real = getattr(os, function)
    calls = 0

    def stand_in(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls >= at:
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    return real, stand_in


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_failed_fsync_closes_the_store_for_writing(
    store: archive.Store, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing("fsync", errno.EIO, at)[1])
        with pytest.raises(errors.StoreFailed):
            store.put(io.BytesIO(NEW))
    for _ in range(2):
        with pytest.raises(errors.StoreFailed, match="closed for writing"):
            store.put(io.BytesIO(b"other"))
        with pytest.raises(errors.StoreFailed):
            store.put_manifest("r1", 1, {}, NOW)
    assert_whole(store)
    again = archive.open(store.layout.root)
    assert again.put(io.BytesIO(NEW)).sha256 == digest_of(NEW)
    assert_whole(again)


@pytest.mark.parametrize(
    ("function", "number", "expected"),
    [
        ("write", errno.ENOSPC, errors.StoreFull),
        ("write", errno.EDQUOT, errors.StoreFull),
        ("link", errno.ENOSPC, errors.StoreFull),
        ("open", errno.ENOSPC, errors.StoreFull),
        ("open", errno.EROFS, errors.StoreReadOnly),
        ("link", errno.EROFS, errors.StoreReadOnly),
        ("open", errno.EACCES, errors.StoreReadOnly),
        ("write", errno.EIO, errors.StoreFailed),
    ],
)
def test_disk_errors_become_the_stores_own(
    store: archive.Store, monkeypatch: pytest.MonkeyPatch, function: str, number: int, expected: type[Exception]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, function, failing(function, number)[1])
        with pytest.raises(expected) as caught:
            store.put(io.BytesIO(NEW))
    assert isinstance(caught.value, errors.ArchiveError)
    assert not store.has(digest_of(NEW))
    assert_whole(store)
    if expected is not errors.StoreFailed:
        assert not store.put(io.BytesIO(NEW)).existed  # without opening again
        assert_whole(store)


@pytest.mark.parametrize("function", ["write", "fsync", "link", "open", "chmod", "close", "unlink"])
@pytest.mark.parametrize("what", ["object", "manifest"])
def test_each_call_that_fails_leaves_old_or_new_never_mixed(
    store: archive.Store, monkeypatch: pytest.MonkeyPatch, function: str, what: str
) -> None:
    for at in range(1, 12):
        content = NEW + bytes([at])
        real = getattr(os, function)
        calls = 0

        def once(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == at:  # noqa: B023 - used within this turn only
                if function == "close":
                    real(*arguments)  # noqa: B023
                raise OSError(errno.EIO, "injected")
            return real(*arguments, **options)  # noqa: B023

        fresh = archive.open(store.layout.root)
        with monkeypatch.context() as patch:
            patch.setattr(os, function, once)
            try:
                if what == "object":
                    fresh.put(io.BytesIO(content))
                else:
                    fresh.put_manifest(f"record{at}", 1, {"a": at}, NOW)
                acknowledged = True
            except (errors.ArchiveError, OSError):
                acknowledged = False
        for draft in store.layout.tmp.iterdir():
            assert function == "unlink", draft  # only a failed unlink leaves its draft
            draft.unlink()
        if acknowledged and what == "object":
            with store.open(digest_of(content)) as stream:
                assert stream.read() == content
        if acknowledged and what == "manifest":
            assert any(read.record_id == f"record{at}" for read in store.manifests())
        assert_whole(store)
        if calls < at:
            break


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB of its own."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_refuses_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    store = archive.open(small_disk / "kho")
    store.put(io.BytesIO(OLD))
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 1_400_000)
    big = os.urandom(1_000_000)
    with pytest.raises(errors.StoreFull) as caught:
        store.put(io.BytesIO(big))
    assert "hết dung lượng" in caught.value.sentence
    assert_whole(store)
    assert store.put(io.BytesIO(b"small still fits")).size == 16
    ballast.unlink()
    assert store.put(io.BytesIO(big)).sha256 == digest_of(big)
    assert_whole(store)


def test_a_read_only_disk_is_opened_and_read(small_disk: Path) -> None:
    store = archive.open(small_disk / "kho")
    store.put(io.BytesIO(OLD))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for each in (store, archive.open(small_disk / "kho")):
        with pytest.raises(errors.StoreReadOnly):
            each.put(io.BytesIO(NEW))
        with pytest.raises(errors.StoreReadOnly):
            each.put_manifest("r1", 1, {}, NOW)
        assert_whole(each)
    with pytest.raises(errors.StoreReadOnly):
        archive.open(small_disk / "other")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert not store.put(io.BytesIO(NEW)).existed
    assert_whole(store)


def test_a_disk_that_fills_after_the_link_leaves_a_whole_object_nobody_promised(
    store: archive.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last step that needs room is the line in the inventory."""
    listed = store.layout.inventory.read_bytes()
    real = os.write

    def full(handle: int, content: Any) -> int:
        if Path(f"/proc/self/fd/{handle}").readlink().name == "inventory.sha256":
            raise OSError(errno.ENOSPC, "full")
        return real(handle, content)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(errors.StoreFull):
            store.put(io.BytesIO(NEW))
        with pytest.raises(errors.StoreFull):
            store.put_manifests([("r1", 1, {"a": 1}), ("r2", 1, {})], NOW)
    assert store.layout.inventory.read_bytes() == listed
    assert_whole(store)
    # Whole and harmless; nothing would miss it, and the same put completes it.
    assert store.path(digest_of(NEW)).read_bytes() == NEW
    assert store.scrub(now=NOW).problems == ()
    assert store.put(io.BytesIO(NEW)).existed
    paths = store.put_manifests([("r1", 1, {"a": 1}), ("r2", 1, {})], NOW)
    assert_whole(store)
    for path in (store.path(digest_of(NEW)), *paths):
        path.unlink()
    assert [problem.kind for problem in store.verify()] == ["missing"] * 3


LIMITED = """
import io, resource, sys
import archive
from archive import errors
store = archive.open(sys.argv[1])
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
try:
    store.put(io.BytesIO(b"x" * 500_000))
except errors.StoreFull:
    assert list(store.layout.tmp.iterdir()) == [] and list(store.verify()) == []
    store.put(io.BytesIO(b"small still fits"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    store.put(io.BytesIO(b"x" * 500_000))
    assert list(store.verify()) == []
    print("recovered")
"""


def test_a_limit_for_files_is_a_full_disk(store: archive.Store) -> None:
    """For those who may not mount a small disk; without opening the store again it goes on."""
    words = [sys.executable, "-c", LIMITED, str(store.layout.root)]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=Path(archive.__file__).parents[1])
    assert ended.stdout == "recovered\n", ended.stderr
