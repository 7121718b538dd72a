"""The check of everything stored: each fault is found, and nothing sound is accused."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import archive
from archive import errors

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> archive.Store:
    return archive.open(tmp_path / "kho")


def rewrite(path: Path, content: bytes) -> None:
    path.chmod(0o640)
    path.write_bytes(content)


def found(store: archive.Store, *expected: str) -> set[tuple[str, str]]:
    return {(problem.kind, problem.sha256) for problem in store.verify(expected)}


def test_a_sound_store_has_no_problems(store: archive.Store) -> None:
    digests = [store.put(io.BytesIO(bytes([number]))).sha256 for number in range(20)]
    store.put_manifest("r1", 1, {"sha256": digests[0]}, NOW)
    assert list(store.verify()) == list(store.verify(digests)) == []


def test_every_kind_of_fault_is_found(store: archive.Store) -> None:
    names = ("flip", "cut", "gone", "a", "b", "sound", "emptied")
    put = {name: store.put(io.BytesIO(f"content of {name}".encode())).sha256 for name in names}
    flipped = bytearray(store.path(put["flip"]).read_bytes())
    flipped[3] ^= 1
    rewrite(store.path(put["flip"]), bytes(flipped))
    rewrite(store.path(put["cut"]), b"content")
    rewrite(store.path(put["emptied"]), b"")
    store.path(put["gone"]).unlink()
    a, b = store.path(put["a"]).read_bytes(), store.path(put["b"]).read_bytes()
    rewrite(store.path(put["a"]), b)
    rewrite(store.path(put["b"]), a)
    (store.layout.cas / "00" / "stray.txt").write_bytes(b"?")
    (store.layout.cas / "note").write_bytes(b"?")
    (store.layout.cas / "00" / ("ff" * 32)).write_bytes(b"in the wrong folder")
    problems = list(store.verify())
    assert {(p.kind, p.sha256) for p in problems if p.sha256} == {
        ("changed", put["flip"]),
        ("changed", put["cut"]),
        ("changed", put["emptied"]),
        ("swapped", put["a"]),
        ("swapped", put["b"]),
        ("missing", put["gone"]),
    }
    assert sorted(p.detail for p in problems if p.kind == "extra") == [
        f"not the store's: cas/00/{'ff' * 32}",
        "not the store's: cas/00/stray.txt",
        "not the store's: cas/note",
    ]


def test_a_link_in_place_of_an_object_is_a_change(store: archive.Store, tmp_path: Path) -> None:
    digest = store.put(io.BytesIO(b"x")).sha256
    path = store.path(digest)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert found(store) == {("changed", digest)}


def test_a_lost_folder_is_all_its_objects_missing(store: archive.Store) -> None:
    digest = store.put(io.BytesIO(b"x")).sha256
    shutil.rmtree(store.layout.cas / digest[:2])
    assert found(store) == {("missing", digest)}


def test_what_the_catalogue_expects_and_nobody_put_is_missing(store: archive.Store) -> None:
    digest = store.put(io.BytesIO(b"x")).sha256
    assert found(store, digest, "0" * 64) == {("missing", "0" * 64)}


def test_damaged_lost_and_stray_manifests_are_found(store: archive.Store) -> None:
    paths = [store.put_manifest(f"r{number}", 1, {"title": "Kế hoạch"}, NOW) for number in range(3)]
    rewrite(paths[0], paths[0].read_bytes().replace(b"K", b"k"))
    paths[1].unlink()
    (store.layout.manifests / "2026" / "note.txt").write_text("?")
    problems = list(store.verify())
    assert sorted(p.kind for p in problems) == ["changed", "extra", "missing"]
    assert any("r1.v0001.json is gone" in p.detail for p in problems)


def test_a_line_torn_by_a_power_cut_hides_nothing_and_accuses_nobody(store: archive.Store) -> None:
    first = store.put(io.BytesIO(b"1")).sha256
    with store.layout.inventory.open("ab") as stream:
        stream.write(b"abcdef0123" + b"\0" * 30 + ("0" * 64 + "  cas/00/000").encode())
    second = store.put(io.BytesIO(b"2")).sha256
    assert list(store.verify()) == []
    store.path(second).unlink()
    assert found(store) == {("missing", second)}
    store.path(first).unlink()
    assert found(store) == {("missing", first), ("missing", second)}


def test_a_manifest_whose_line_was_lost_is_still_checked(store: archive.Store) -> None:
    path = store.put_manifest("r1", 1, {"a": 1}, NOW)
    store.layout.inventory.write_bytes(b"")
    assert list(store.verify()) == []
    rewrite(path, b'{"a": 1')
    assert [p.kind for p in store.verify()] == ["changed"]


def test_the_inventory_can_be_checked_with_coreutils(store: archive.Store) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    digest = store.put(io.BytesIO(b"x")).sha256
    store.put_manifest("r1", 1, {"sha256": digest}, NOW)
    command = ["sha256sum", "-c", "--strict", "--quiet", "inventory.sha256"]
    assert subprocess.run(command, cwd=store.layout.root, capture_output=True).returncode == 0


# Manifests


def test_a_manifest_is_canonical_and_read_back(store: archive.Store) -> None:
    data = {"title": "Kế hoạch", "b": [1, None, True], "a": {"z": 1, "đ": "ê"}}
    path = store.put_manifest("plan-1", 3, data, datetime(2026, 12, 1, 5, tzinfo=timezone(timedelta(hours=7))))
    # 5 in the morning of the first in Vietnam is still November in UTC.
    assert path.relative_to(store.layout.manifests).as_posix() == "2026/11/plan-1.v0003.json"
    expected = '{"a":{"z":1,"đ":"ê"},"b":[1,null,true],"title":"Kế hoạch"}\n'
    assert path.read_text() == expected and path.stat().st_mode & 0o777 == 0o440
    (read,) = store.manifests()
    assert (read.record_id, read.version, read.data["title"]) == ("plan-1", 3, "Kế hoạch")


def test_a_manifest_is_written_once(store: archive.Store) -> None:
    store.put_manifest("r1", 1, {"a": 1}, NOW)
    later = NOW + timedelta(days=40)
    assert store.put_manifest("r1", 1, {"a": 1}, later).parent.name == "11"
    for when in (NOW, later):
        with pytest.raises(errors.ManifestExists):
            store.put_manifest("r1", 1, {"a": 2}, when)
    store.put_manifest("r1", 2, {"a": 2}, later)
    assert [(m.version, m.data) for m in store.manifests()] == [(1, {"a": 1}), (2, {"a": 2})]
    assert list(store.layout.tmp.iterdir()) == []


@pytest.mark.parametrize("record", ["", "../x", "a/b", ".hidden", "a.b", "x" * 101, "tên", "a\n", None])
def test_unfit_record_ids_are_refused(store: archive.Store, record: str) -> None:
    with pytest.raises(errors.BadManifest):
        store.put_manifest(record, 1, {}, NOW)


@pytest.mark.parametrize("version", [0, -1, 1_000_000, True, "1", 1.0])
def test_unfit_versions_are_refused(store: archive.Store, version: int) -> None:
    with pytest.raises(errors.BadManifest):
        store.put_manifest("r1", version, {}, NOW)


@pytest.mark.parametrize(
    "data",
    [{"a": float("nan")}, {"a": b"x"}, {1: "a"}, {"a": "\ud800"}, {"\u00ea": 1, "e\u0302": 2}, {"a": {1, 2}}],
)
def test_what_json_cannot_hold_is_refused(store: archive.Store, data: dict[str, object]) -> None:
    with pytest.raises(errors.BadManifest):
        store.put_manifest("r1", 1, data, NOW)
    assert list(store.manifests()) == []


def test_a_time_without_zone_is_refused(store: archive.Store) -> None:
    with pytest.raises(errors.BadManifest):
        store.put_manifest("r1", 1, {}, datetime(2026, 11, 1))


def test_an_unreadable_manifest_stops_the_iteration_clearly(store: archive.Store) -> None:
    rewrite(store.put_manifest("r1", 1, {}, NOW), b"[1]")
    with pytest.raises(errors.BadManifest, match=r"r1\.v0001"):
        list(store.manifests())
    store.put_manifest("r2", 1, {"a": 1}, NOW)
    damaged: list[Path] = []
    assert [read.record_id for read in store.manifests(damaged)] == ["r2"]
    assert [path.name for path in damaged] == ["r1.v0001.json"]
