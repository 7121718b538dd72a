"""The folder of an index: versions, damage, rebuilding, other processes."""

import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import search
from search import folder as folder_module
from tests.search.searching import EVERYONE, Fill, find, keys, record


def test_a_new_folder_is_private_and_empty(tmp_path: Path, engine: str) -> None:
    index = search.open(tmp_path / "new" / "index", engine=engine)
    assert index.count() == 0
    assert list(index.keys()) == []
    assert find(index, "gì cũng được") == find(index, "") == []
    assert (tmp_path / "new" / "index").stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "new" / "index").glob("g*"))


def test_opening_again_finds_what_was_there(filled: Fill, tmp_path: Path, engine: str) -> None:
    filled("kế hoạch")
    assert find(search.open(str(tmp_path / "index"), engine=engine), "kế hoạch") == ["a"]


def test_engines_by_name(tmp_path: Path) -> None:
    assert search.open(tmp_path / "a").engine == "tantivy"
    with pytest.raises(search.EngineUnavailable, match="chưa có"):
        search.open(tmp_path / "b", engine="postgresql")
    with pytest.raises(search.EngineUnavailable, match="sphinx"):
        search.open(tmp_path / "b", engine="sphinx")


def test_another_engine_needs_a_rebuild(filled: Fill, tmp_path: Path, engine: str) -> None:
    filled("kế hoạch")
    other = "whoosh" if engine == "tantivy" else "tantivy"
    with pytest.raises(search.IndexOutdated):
        search.open(tmp_path / "index", engine=other)
    index = search.open(tmp_path / "index", engine=other, rebuild=True)
    assert (index.engine, index.count()) == (other, 0)


@pytest.mark.parametrize("field", ["analyser", "schema"])
def test_another_version_needs_a_rebuild(filled: Fill, tmp_path: Path, engine: str, field: str) -> None:
    filled("kế hoạch")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(json.dumps({**json.loads(meta.read_text()), field: 0}))
    with pytest.raises(search.IndexOutdated, match="dựng lại"):
        search.open(tmp_path / "index", engine=engine)


# Whoosh leaves a torn table of contents open for the garbage collector.
left_open = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@left_open
@pytest.mark.parametrize("damage", ["meta gone", "meta torn", "generation gone", "all gone", "all cut", "contents cut"])
def test_a_damaged_index_says_so_and_can_be_rebuilt(filled: Fill, tmp_path: Path, engine: str, damage: str) -> None:
    filled("kế hoạch", "báo cáo")
    path = tmp_path / "index"
    generation = next(path.glob("g*"))
    if damage == "meta gone":
        (path / "meta.json").unlink()
    elif damage == "meta torn":
        _cut(path / "meta.json")
    elif damage == "generation gone":
        generation.rename(tmp_path / "elsewhere")
    elif damage == "all gone":
        for file in generation.iterdir():
            file.unlink()
    elif damage == "all cut":
        for file in generation.iterdir():
            _cut(file)
    else:
        for file in generation.iterdir():
            if file.suffix in (".json", ".toc"):
                _cut(file)
    with pytest.raises(search.IndexBroken, match="dựng lại"):
        search.open(path, engine=engine)
    index = search.open(path, engine=engine, rebuild=True)
    assert index.count() == 0
    assert search.rebuild(path, [record("x", "kế hoạch")], engine=engine) == 1
    assert find(search.open(path, engine=engine), "kế hoạch") == ["x"]


@left_open
def test_torn_files_and_flipped_bits_are_never_an_error_of_the_engine(tmp_path: Path, engine: str) -> None:
    """Nor a panic, which would end a thread: either an answer or IndexBroken."""
    path = tmp_path / "index"
    records = [record(f"d{place}", f"kế hoạch thi đua {place}", facets={"year": place % 3}) for place in range(30)]
    search.rebuild(path, records, engine=engine)
    dice = random.Random(5)
    files = [file for file in next(path.glob("g*")).iterdir() if file.stat().st_size > 1]
    broken = 0
    for turn in range(len(files) + 60):
        file = files[turn % len(files)]
        whole = file.read_bytes()
        torn = bytearray(whole)
        torn[dice.randrange(len(torn))] ^= 1 << dice.randrange(8)
        file.write_bytes(whole[: len(whole) // 2] if turn < len(files) else torn)
        try:
            page = search.open(path, engine=engine).search("kế hoạch", viewer_keys=EVERYONE, facets=("year",))
            assert 0 <= len(page.hits) <= 10
        except search.IndexBroken:
            broken += 1
        finally:
            file.write_bytes(whole)
    assert broken >= len(files) // 2


def test_an_index_deleted_while_open_says_so(filled: Fill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = filled("kế hoạch")
    (tmp_path / "index").rename(tmp_path / "gone")
    with pytest.raises(search.IndexBroken, match="không còn"):
        find(index, "kế hoạch")


def test_rebuild_beside_while_readers_go_on(filled: Fill, tmp_path: Path, engine: str) -> None:
    index = filled("kế hoạch cũ")
    seen: list[list[str]] = []

    def records():
        for place in range(20):
            if place == 10:
                seen.append(find(index, "kế hoạch"))
                with pytest.raises(search.WriterBusy), index.batch():
                    pass
            yield record(f"n{place}", f"kế hoạch mới {place}")

    assert search.rebuild(tmp_path / "index", records(), engine=engine) == 20
    assert seen == [["a"]]
    assert len(find(index, "kế hoạch", limit=50)) == 20
    assert len(list((tmp_path / "index").glob("g*"))) == 1


def test_a_failing_rebuild_leaves_the_old_index(filled: Fill, tmp_path: Path, engine: str) -> None:
    index = filled("kế hoạch")

    def records():
        yield record("x", "kế hoạch")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        search.rebuild(tmp_path / "index", records(), engine=engine)
    assert find(index, "kế hoạch") == ["a"]
    assert search.rebuild(tmp_path / "index", [], engine=engine) == 0
    assert len(list((tmp_path / "index").glob("g*"))) == 1


def test_rebuild_to_another_engine_is_noticed_by_open_readers(filled: Fill, tmp_path: Path, engine: str) -> None:
    index = filled("kế hoạch")
    search.rebuild(tmp_path / "index", [record("n", "kế hoạch")], engine="whoosh" if engine == "tantivy" else "tantivy")
    with pytest.raises(search.IndexOutdated):
        find(index, "kế hoạch")


READER = """
import sys, time, search
index = search.open(sys.argv[1], engine=sys.argv[2])
assert index.count() == 0
print("ready", flush=True)
end = time.monotonic() + 60
missed = 0.0
while time.monotonic() < end:
    asked = time.time()
    if index.search("kế hoạch", viewer_keys={"everyone"}).total:
        print(repr(missed), flush=True)
        break
    missed = asked
    time.sleep(0.02)
"""


def test_another_process_sees_a_commit_within_a_second(index: search.Index, tmp_path: Path, engine: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path / "index"), engine], stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        with index.batch() as batch:
            batch.add(record("a", "kế hoạch"))
        committed = time.time()
        missed = float(reader.stdout.readline())
    assert missed < committed + 1, "a question asked a second after the commit did not see it"


KILLED = """
import os, sys, search
index = search.open(sys.argv[1], engine=sys.argv[2])
with index.batch() as batch:
    for place in range(50):
        batch.add(search.Record(key=f"x{place}", kind="k", title="", body="kế hoạch", viewer_keys=("everyone",)))
    os.kill(os.getpid(), 9)
"""


def test_a_killed_writer_leaves_the_last_commit_and_no_lock(filled: Fill, tmp_path: Path, engine: str) -> None:
    filled("kế hoạch")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "index"), engine], check=False)
    index = search.open(tmp_path / "index", engine=engine)
    assert find(index, "kế hoạch") == ["a"]
    with index.batch() as batch:
        batch.add(record("b", "kế hoạch"))
    assert sorted(find(index, "kế hoạch")) == ["a", "b"]


def test_many_threads_read_while_one_writes(index: search.Index) -> None:
    stop = threading.Event()
    problems: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                page = index.search("kế hoạch", viewer_keys=EVERYONE, facets=("kind",))
                assert sum(page.facets["kind"].values()) == page.total
            except BaseException as error:
                problems.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for place in range(10):
        with index.batch() as batch:
            batch.add(record(f"d{place}", "kế hoạch"))
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(keys(index.search("kế hoạch", viewer_keys=EVERYONE))) == 10


def test_many_batches_leave_few_files(index: search.Index, tmp_path: Path) -> None:
    for place in range(40):
        with index.batch() as batch:
            batch.add(record("same", f"kế hoạch {place}"))
    assert index.count() == 1
    assert len(list(next((tmp_path / "index").glob("g*")).iterdir())) < 120


def test_whoosh_warns_above_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.engines.whoosh_engine import WhooshEngine

    monkeypatch.setattr(WhooshEngine, "advised_limit", 1)
    index = search.open(tmp_path / "index", engine="whoosh")
    search.rebuild(tmp_path / "index", [record("a"), record("b")], engine="whoosh")
    assert len(index.remarks) == 1
    assert "tantivy" in index.remarks[0]
    described = index.describe()
    assert (described["engine"], described["documents"]) == ("whoosh", 2)
    assert described["bytes"] > 0


def test_opening_waits_for_another_process_creating_it(tmp_path: Path, engine: str) -> None:
    indexes: list[search.Index] = []
    threads = [
        threading.Thread(target=lambda: indexes.append(search.open(tmp_path / "i", engine=engine))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [index.count() for index in indexes] == [0] * 4
    assert folder_module.IndexFolder(tmp_path / "i").meta().engine == engine
