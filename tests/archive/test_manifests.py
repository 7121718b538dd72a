"""Several manifests at once: the same promises as one, for fewer fsyncs."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import archive
from archive import errors
from tests.support.bounded import bounded

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=40)


@pytest.fixture
def store(tmp_path: Path) -> archive.Store:
    return archive.open(tmp_path / "kho")


def entries(count: int, start: int = 0) -> list[tuple[str, int, dict[str, Any]]]:
    return [(f"document-0h3k{number:05d}", 1, {"title": "Kế hoạch", "n": number}) for number in range(start, count)]


def test_many_are_written_and_found_in_their_order(store: archive.Store) -> None:
    paths = store.put_manifests(reversed(entries(30)), NOW)
    assert [path.name for path in paths] == [f"document-0h3k{number:05d}.v0001.json" for number in range(29, -1, -1)]
    assert [read.data["n"] for read in store.manifests()] == list(range(30))
    assert store.manifest("document-0h3k00007", 1).data == {"title": "Kế hoạch", "n": 7}
    assert list(store.verify()) == [] and list(store.layout.tmp.iterdir()) == []
    assert all(path.stat().st_mode & 0o777 == 0o440 and path.stat().st_nlink == 1 for path in paths)


def test_none_at_all_is_no_work(store: archive.Store) -> None:
    assert store.put_manifests([], NOW) == [] and list(store.layout.manifests.iterdir()) == []


def test_what_was_there_stays_in_its_month_and_the_rest_is_added(store: archive.Store) -> None:
    store.put_manifests(entries(3), NOW)
    months = [path.parent.name for path in store.put_manifests([*entries(5), *entries(1)], LATER)]
    assert months == ["11"] * 3 + ["01"] * 2 + ["11"]
    assert len(list(store.manifests())) == 5


def test_other_content_is_refused_before_anything_is_written(store: archive.Store) -> None:
    store.put_manifest("r1", 1, {"a": 1}, NOW)
    for call in (
        [("r0", 1, {}), ("r1", 1, {"a": 2})],
        [("r0", 1, {"a": 1}), ("r0", 1, {"a": 2})],
    ):
        with pytest.raises(errors.ManifestExists):
            store.put_manifests(call, LATER)
    with pytest.raises(errors.BadManifest):
        store.put_manifests([("r0", 1, {}), ("r2", 0, {})], NOW)
    assert [read.record_id for read in store.manifests()] == ["r1"]


def test_one_that_was_never_written_is_not_stored(store: archive.Store) -> None:
    path = store.put_manifest("r1", 2, {}, NOW)
    for record, version in (("r1", 1), ("r2", 2)):
        with pytest.raises(errors.NotStored):
            store.manifest(record, version)
    for record, version in (("../r1", 2), ("r1", 0)):
        with pytest.raises(errors.BadManifest):
            store.manifest(record, version)
    path.chmod(0o640)
    path.write_bytes(b"[")
    with pytest.raises(errors.BadManifest):
        store.manifest("r1", 2)


def test_many_share_their_fsyncs(store: archive.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put_manifest("r1", 1, {}, NOW)
    real, calls = os.fsync, []
    monkeypatch.setattr(os, "fsync", lambda handle: (calls.append(handle), real(handle)))
    store.put_manifests(entries(20), NOW)
    assert len(calls) == 20 + 1 + 1


def test_listing_many_takes_a_name_and_a_reading_each(store: archive.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty thousand are a rebuild's work; here it is only shown that nothing grows faster than their number."""
    folder = store.put_manifest("r", 1, {}, NOW).parent
    for number in range(4000):
        (folder / f"m{number:06d}.v0001.json").write_bytes(b'{"n":1}\n')
    opened = []
    with monkeypatch.context() as patch:
        real = Path.read_bytes
        patch.setattr(Path, "read_bytes", lambda path: (opened.append(path), real(path))[1])
        with bounded():
            assert sum(1 for _ in store.manifests()) == 4001
    assert len(opened) == len(set(opened)) <= 4001


def test_a_line_torn_by_a_short_write_is_written_whole_again(
    store: archive.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    torn = []

    def short(handle: int, content: Any) -> int:
        if not torn and bytes(content).count(b"manifests/") == 10:
            torn.append(real(handle, bytes(content)[:500]))
            real(handle, b"0" * 64 + b"  cas/00/" + b"0" * 64 + b"\n")  # another process in between
            return torn[0]
        return real(handle, content)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", short)
        paths = store.put_manifests(entries(10), NOW)
    assert torn
    for path in paths:
        path.unlink()
    lost = [problem for problem in store.verify() if "manifests/" in problem.detail]
    assert len(lost) == 10
