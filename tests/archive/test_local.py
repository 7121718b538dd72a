"""What the local store promises: bytes in, the same bytes out, for ever, or a clear refusal."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import threading
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import archive
from archive import errors
from archive.layout import SHARDS

CONTENT = "Kế hoạch thi đua phường Long Mỹ".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> archive.Store:
    return archive.open(tmp_path / "kho")


def leftovers(store: archive.Store) -> list[str]:
    return names(store.layout.tmp)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


# Opening


def test_a_new_store_has_its_whole_layout(tmp_path: Path) -> None:
    archive.open(tmp_path / "a" / "b")
    root = tmp_path / "a" / "b"
    assert names(root / "cas") == list(SHARDS) and len(SHARDS) == 256
    assert {"cas", "manifests", "tmp", "quarantine", "trash", "STORE.json"} <= set(names(root))
    assert json.loads((root / "STORE.json").read_text())["version"] == 1


def test_opening_again_changes_nothing_and_keeps_objects(tmp_path: Path) -> None:
    receipt = archive.open(tmp_path).put(io.BytesIO(CONTENT))
    before = (tmp_path / "STORE.json").stat().st_mtime_ns
    with archive.open(str(tmp_path)).open(receipt.sha256) as stream:
        assert stream.read() == CONTENT
    assert (tmp_path / "STORE.json").stat().st_mtime_ns == before


def test_a_folder_url_opens_the_folder(tmp_path: Path) -> None:
    assert archive.open(f"file://{tmp_path}").put(io.BytesIO(b"x")).size == 1


@pytest.mark.parametrize("url", ["s3://bucket/prefix", "redis://x"])
def test_other_kinds_of_store_are_refused_clearly(url: str) -> None:
    with pytest.raises(errors.NotBuilt, match="not built yet") as caught:
        archive.open(url)
    assert "chưa được hỗ trợ" in caught.value.sentence


@pytest.mark.parametrize(
    "marker", ['{"layout": "khothidua-store", "version": 2}', '{"version": 1}', "[]", "{", "\udcff"]
)
def test_a_store_of_another_version_is_refused_and_left_alone(tmp_path: Path, marker: str) -> None:
    (tmp_path / "STORE.json").write_bytes(marker.encode("utf-8", "surrogateescape"))
    with pytest.raises(errors.LayoutMismatch):
        archive.open(tmp_path)
    assert names(tmp_path) == ["STORE.json"]


def test_an_interrupted_creation_is_completed(tmp_path: Path) -> None:
    (tmp_path / "cas" / "00").mkdir(parents=True)
    archive.open(tmp_path)
    assert len(names(tmp_path / "cas")) == 256


def test_every_new_folder_is_synced_in_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: set[str] = set()
    real = os.fsync

    def note(handle: int) -> None:
        synced.add(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    store = archive.open(tmp_path / "kho")
    root = tmp_path / "kho"
    assert {str(tmp_path), str(root), str(root / "cas")} <= synced
    synced.clear()
    from datetime import UTC, datetime

    store.put_manifest("r1", 1, {}, datetime(2026, 11, 5, tzinfo=UTC))
    months = root / "manifests"
    assert {str(months), str(months / "2026"), str(months / "2026" / "11")} <= synced


def test_a_creation_killed_before_its_fsyncs_is_made_durable_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All folders are there already, but nobody came as far as to sync them."""
    root = tmp_path / "a" / "kho"
    archive.open(root)
    (root / "STORE.json").unlink()
    synced: set[str] = set()
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.add(str(Path(f"/proc/self/fd/{handle}").readlink())), real(handle))
    )
    archive.open(root)
    assert {str(tmp_path), str(root.parent), str(root), str(root / "cas")} <= synced


def test_old_leftovers_are_removed_on_opening_and_young_ones_kept(tmp_path: Path) -> None:
    archive.open(tmp_path)
    old, young = tmp_path / "tmp" / "old", tmp_path / "tmp" / "young"
    old.write_bytes(b"1")
    young.write_bytes(b"2")
    os.utime(old, (1, 1))
    archive.open(tmp_path)
    assert names(tmp_path / "tmp") == ["young"]


# Putting and reading


def test_put_answers_with_digest_size_and_a_clean_name(store: archive.Store) -> None:
    receipt = store.put(io.BytesIO(CONTENT), filename=unicodedata.normalize("NFD", "Báo cáo.pdf"))
    assert receipt == archive.Receipt(sha256=DIGEST, size=len(CONTENT), existed=False, filename="Báo cáo.pdf")
    with store.open(DIGEST) as stream:
        assert stream.read() == CONTENT
    assert store.path(DIGEST).read_bytes() == CONTENT and store.has(DIGEST)
    assert list(store.digests()) == [DIGEST]


def test_an_object_is_read_only_and_has_one_name(store: archive.Store) -> None:
    store.put(io.BytesIO(CONTENT))
    found = store.path(DIGEST).stat()
    assert stat.S_IMODE(found.st_mode) == 0o440 and found.st_nlink == 1
    assert leftovers(store) == []


def test_putting_twice_says_so_and_keeps_the_first_file(store: archive.Store) -> None:
    store.put(io.BytesIO(CONTENT))
    inode = store.path(DIGEST).stat().st_ino
    again = store.put(io.BytesIO(CONTENT))
    assert again.existed and store.path(DIGEST).stat().st_ino == inode and leftovers(store) == []


def test_an_empty_file_can_be_kept(store: archive.Store) -> None:
    receipt = store.put(io.BytesIO(b""), max_size=0)
    assert receipt.size == 0
    with store.open(receipt.sha256) as stream:
        assert stream.read() == b""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(st.binary(max_size=5000), max_size=8), piece=st.integers(1, 700))
def test_whatever_is_put_is_read_back(store: archive.Store, contents: list[bytes], piece: int) -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or piece, piece))

    receipts = [store.put(Trickle(content)) for content in contents]
    for content, receipt in zip(contents, receipts, strict=True):
        assert receipt.sha256 == hashlib.sha256(content).hexdigest() and receipt.size == len(content)
        with store.open(receipt.sha256) as stream:
            assert stream.read() == content
    assert list(store.verify({receipt.sha256 for receipt in receipts})) == []


@pytest.mark.parametrize(
    "digest",
    ["", "../../STORE.json", DIGEST.upper(), DIGEST[:-1], DIGEST + "0", DIGEST + "\n", "g" * 64, "../" + "a" * 61, 7],
)
def test_only_a_digest_names_an_object(store: archive.Store, digest: str) -> None:
    for ask in (store.open, store.path, store.has):
        with pytest.raises(errors.BadDigest):
            ask(digest)
    with pytest.raises(errors.BadDigest):
        list(store.verify([digest]))


def test_what_was_never_put_is_not_stored(store: archive.Store) -> None:
    for ask in (store.open, store.path):
        with pytest.raises(errors.NotStored) as caught:
            ask("0" * 64)
        assert "0" * 64 in str(caught.value)
    assert not store.has("0" * 64)


def test_a_stream_beyond_its_bound_is_not_read_to_the_end(store: archive.Store) -> None:
    class Endless:
        asked = 0

        def read(self, size: int, /) -> bytes:
            self.asked += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(errors.TooLarge):
        store.put(stream, max_size=3_000_000)
    assert stream.asked < 6_000_000 and leftovers(store) == [] and list(store.digests()) == []
    assert store.put(io.BytesIO(b"x" * 10), max_size=10).size == 10


def test_a_broken_upload_leaves_nothing(store: archive.Store) -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        store.put(Broken())
    assert leftovers(store) == [] and store.put(io.BytesIO(CONTENT)).sha256 == DIGEST


def test_a_damaged_copy_is_set_aside_and_replaced(store: archive.Store) -> None:
    store.put(io.BytesIO(CONTENT))
    path = store.path(DIGEST)
    path.chmod(0o640)
    path.write_bytes(b"rot")
    receipt = store.put(io.BytesIO(CONTENT))
    assert not receipt.existed and path.read_bytes() == CONTENT and list(store.verify()) == []
    (aside,) = store.layout.quarantine.iterdir()
    assert aside.name.startswith(DIGEST) and aside.read_bytes() == b"rot"


def test_a_link_or_folder_in_an_objects_place_is_set_aside(store: archive.Store, tmp_path: Path) -> None:
    place = store.layout.object(DIGEST)
    outside = tmp_path / "outside"
    outside.write_bytes(CONTENT)
    place.symlink_to(outside)
    assert not store.put(io.BytesIO(CONTENT)).existed and not place.is_symlink()
    other = hashlib.sha256(b"2").hexdigest()
    store.layout.object(other).mkdir()
    assert not store.put(io.BytesIO(b"2")).existed and store.layout.object(other).read_bytes() == b"2"


def test_many_threads_putting_the_same_and_other_bytes(store: archive.Store) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                store.put(io.BytesIO(CONTENT))
                store.put(io.BytesIO(f"{number}-{turn}".encode()))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [] and len(list(store.digests())) == 81
    assert list(store.verify()) == [] and leftovers(store) == []


def test_names_are_cleaned_for_showing(store: archive.Store) -> None:
    def named(name: str) -> str:
        return store.put(io.BytesIO(b"x"), filename=name).filename

    assert named("../../etc/passwd") == "passwd"
    assert named("C:\\Hồ sơ\\a\tb\n.pdf") == "a b .pdf"
    assert named("báo cáo\u202efdp.exe") == "báo cáofdp.exe"
    assert named("..") == named("") == "tep-khong-ten"
    long = named("ế" * 300 + ".pdf")
    assert long.endswith("ế.pdf") and len(long.encode()) <= 255
    assert named("a" * 251 + ".pdf") == "a" * 251 + ".pdf"
    assert named("x\udcff.txt") == "x?.txt"


def test_every_error_has_a_vietnamese_sentence() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) >= 12
    for kind in kinds:
        assert kind.sentence.endswith(".") and any(ord(letter) > 0x1E9F for letter in kind.sentence)
