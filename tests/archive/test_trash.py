"""Sweeping: only what is old and unreferenced goes aside, most of a store never without being told so, and all of it can come back."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from pathlib import Path

import pytest

import archive
from archive import errors
from tests.archive.store_harm import rewrite

CONTENT = "Kế hoạch thi đua phường Long Mỹ".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NOBODY = "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> archive.Store:
    return archive.open(tmp_path / "kho")


def put(store: archive.Store, *contents: bytes) -> list[str]:
    return [store.put(io.BytesIO(content)).sha256 for content in contents]


def test_a_sweep_moves_only_old_unreferenced_objects(store: archive.Store) -> None:
    kept, old, young = (store.put(io.BytesIO(name)).sha256 for name in (b"kept", b"old", b"young"))
    for digest in (kept, old):
        os.utime(store.path(digest), (1000, 1000))
    assert store.sweep([kept], before=2000) == [old]
    assert set(store.digests()) == {kept, young} and (store.layout.trash / old).read_bytes() == b"old"
    assert list(store.verify([kept, young])) == []
    assert [(problem.kind, problem.sha256) for problem in store.verify([old])] == [("missing", old)]


def test_an_object_put_again_is_young_again(store: archive.Store) -> None:
    digest = store.put(io.BytesIO(CONTENT)).sha256
    os.utime(store.path(digest), (1000, 1000))
    store.put(io.BytesIO(CONTENT))
    assert store.sweep(["0" * 64], before=2000) == []


def test_a_sweep_with_no_reference_at_all_is_refused(store: archive.Store) -> None:
    store.put(io.BytesIO(CONTENT))
    with pytest.raises(errors.SweepRefused):
        store.sweep([], before=1e12)
    assert store.has(DIGEST)


def test_most_of_a_store_is_swept_only_when_told_so(store: archive.Store) -> None:
    digests = put(store, *(bytes([number]) for number in range(41)))
    for kept in ([NOBODY], digests[:20]):
        with pytest.raises(errors.SweepRefused, match="of 41 objects"):
            store.sweep(kept, before=1e12)
    assert len(list(store.digests())) == 41
    assert len(store.sweep(digests[:21], before=1e12)) == 20
    # Few may be most: a young store with a handful of leftovers.
    assert len(store.sweep(digests[:1], before=1e12)) == 20
    put(store, *(bytes([number]) for number in range(41)))
    assert len(store.sweep(digests[:1], before=1e12, force=True)) == 40


def test_put_again_after_a_sweep(store: archive.Store) -> None:
    put(store, CONTENT)
    assert store.sweep([NOBODY], before=1e12) == [DIGEST]
    assert list(store.verify()) == []
    assert not store.put(io.BytesIO(CONTENT)).existed
    assert list(store.verify([DIGEST])) == [] and list(store.layout.trash.iterdir()) == []
    store.path(DIGEST).unlink()
    assert [problem.kind for problem in store.verify()] == ["missing"]


def test_bringing_back_what_was_swept(store: archive.Store) -> None:
    put(store, CONTENT)
    os.utime(store.path(DIGEST), (1000, 1000))
    assert store.sweep([NOBODY], before=2000) == [DIGEST]
    assert store.restore_from_trash(DIGEST) == store.layout.object(DIGEST)
    assert store.path(DIGEST).read_bytes() == CONTENT and store.path(DIGEST).stat().st_nlink == 1
    assert list(store.verify([DIGEST])) == [] and list(store.layout.trash.iterdir()) == []
    assert store.sweep([NOBODY], before=2000) == []
    store.path(DIGEST).unlink()
    assert [problem.kind for problem in store.verify()] == ["missing"]


def test_what_the_trash_has_not_or_not_whole_does_not_come_back(store: archive.Store) -> None:
    put(store, CONTENT)
    with pytest.raises(errors.NotStored):
        store.restore_from_trash(DIGEST)
    with pytest.raises(errors.BadDigest):
        store.restore_from_trash("../" + "a" * 61)
    store.sweep([NOBODY], before=1e12)
    rewrite(store.layout.trash / DIGEST, b"rot")
    with pytest.raises(errors.Damaged):
        store.restore_from_trash(DIGEST)
    assert not store.has(DIGEST)


@pytest.mark.parametrize("in_place", [CONTENT, b"rot"])
def test_bringing_back_over_what_is_in_place_leaves_a_sound_one(store: archive.Store, in_place: bytes) -> None:
    """As a crash between the link and the end of it leaves them."""
    put(store, CONTENT)
    store.sweep([NOBODY], before=1e12)
    store.layout.object(DIGEST).write_bytes(in_place)
    store.restore_from_trash(DIGEST)
    assert store.path(DIGEST).read_bytes() == CONTENT and list(store.verify([DIGEST])) == []
    assert len(list(store.layout.quarantine.iterdir())) == (in_place != CONTENT)


def test_what_is_put_while_it_is_swept_stays(store: archive.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put finds it in place and says it is safe, in the moment before the sweep moves it."""
    put(store, CONTENT)
    os.utime(store.path(DIGEST), (1000, 1000))
    real = os.rename
    monkeypatch.setattr(os, "rename", lambda *paths: (put(store, CONTENT), real(*paths)))
    assert store.sweep([NOBODY], before=2000) == []
    assert store.path(DIGEST).read_bytes() == CONTENT and list(store.verify([DIGEST])) == []


def test_puts_and_sweeps_of_the_same_bytes_at_once(store: archive.Store) -> None:
    ended = threading.Event()
    failures: list[BaseException] = []

    def sweep() -> None:
        try:
            while not ended.is_set():
                for digest in store.digests():
                    os.utime(store.layout.object(digest), (1000, 1000))
                store.sweep([NOBODY], before=2000)
        except FileNotFoundError:
            pass
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=sweep)
    thread.start()
    for number in range(150):
        put(store, bytes([number % 3]))
    ended.set()
    thread.join()
    assert failures == [] and list(store.verify()) == [] and list(store.layout.tmp.iterdir()) == []
