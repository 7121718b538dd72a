"""The check in slices: it comes round to everything, remembers how far it came, and finds what the whole check finds."""

from __future__ import annotations

import errno
import io
import os
import random
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import archive
from archive import errors
from tests.archive.store_harm import Harm, fill, rewrite

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> archive.Store:
    return archive.open(tmp_path / "kho")


def put(store: archive.Store, *contents: bytes) -> list[str]:
    return [store.put(io.BytesIO(content)).sha256 for content in contents]


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def test_an_empty_store_is_sound_and_has_no_report_yet(store: archive.Store) -> None:
    assert store.last_scrub() is None
    report = store.scrub(now=NOW)
    assert (report.checked, report.total, report.never_checked, report.oldest, report.problems) == (0, 0, 0, None, ())
    assert store.last_scrub() == report


def test_slices_come_round_to_everything_least_recently_read_first(store: archive.Store) -> None:
    put(store, *(bytes([number]) * 1000 for number in range(10)))
    first = store.scrub(now=day(0), max_bytes=4500)
    assert (first.checked, first.size, first.total, first.never_checked) == (4, 4000, 10, 6)
    second = archive.open(store.layout.root).scrub(now=day(1), max_bytes=4500)
    assert (second.never_checked, second.oldest) == (2, day(0))
    third = store.scrub(now=day(2), max_bytes=4000)
    assert (third.never_checked, third.oldest) == (0, day(0))
    put(store, b"new")
    fourth = store.scrub(now=day(3), max_bytes=2003)
    assert (fourth.checked, fourth.never_checked, fourth.oldest) == (3, 0, day(1))
    assert store.last_scrub() == fourth


def test_one_is_read_however_small_the_budget(store: archive.Store) -> None:
    put(store, b"a" * 1000, b"b" * 1000)
    for number in range(2):
        assert store.scrub(now=day(number), max_bytes=1, max_seconds=0).checked == 1
    assert store.last_scrub().never_checked == 0


def test_a_problem_stays_until_the_file_is_replaced(store: archive.Store) -> None:
    bad, *_ = put(store, b"bad" * 100, *(bytes([number]) * 300 for number in range(9)))
    rewrite(store.path(bad), b"rot" * 100)
    store.scrub(now=day(0))
    for number in range(1, 4):
        report = store.scrub(now=day(number), max_bytes=300)
        assert [(problem.kind, problem.sha256) for problem in report.problems] == [("changed", bad)]
        assert report.checked == 1 and store.last_scrub() == report
    put(store, b"bad" * 100)
    # It counts as never read, so it comes first.
    report = store.scrub(now=day(4), max_bytes=300)
    assert (report.problems, report.never_checked, report.checked) == ((), 0, 1)


def test_losses_and_strays_show_in_every_slice(store: archive.Store) -> None:
    gone, *_ = put(store, b"gone", b"a", b"b", b"c")
    path = store.put_manifest("r1", 1, {}, NOW)
    store.path(gone).unlink()
    path.unlink()
    (store.layout.cas / "note").write_bytes(b"?")
    for number in range(2):
        report = store.scrub(now=day(number), max_bytes=1)
        assert sorted(problem.kind for problem in report.problems) == ["extra", "missing", "missing"]


@pytest.mark.parametrize("seed", range(3))
def test_many_slices_find_what_the_whole_check_finds(store: archive.Store, seed: int) -> None:
    chance = random.Random(seed)
    fill(store, 150, 80, chance)
    harm = Harm(store, chance)
    while len(harm.done) < 120:
        chance.choice(harm.kinds())()
    report = store.scrub(now=NOW, max_bytes=3000)
    for number in range(1, 60):
        report = store.scrub(now=day(number), max_bytes=3000)
        if not report.never_checked:
            break
    assert number > 5 and harm.said(list(report.problems)) == harm.done


@pytest.mark.parametrize("content", [b"", b"{", b"[]\n", b'{"report": 1}\n', b"\xff\n", b'{"report":{},"wrong":{}}\nx'])
def test_a_lost_or_damaged_memory_costs_only_reading_again(store: archive.Store, content: bytes) -> None:
    put(store, b"a", b"b")
    store.scrub(now=NOW)
    store.layout.scrubbed.write_bytes(content)
    assert store.last_scrub() is None
    report = store.scrub(now=NOW, max_bytes=1)
    assert (report.checked, report.never_checked, report.problems) == (1, 1, ())
    store.layout.scrubbed.unlink()
    assert store.scrub(now=NOW).checked == 2


def test_a_full_disk_costs_the_memory_and_a_failed_one_the_writing(
    store: archive.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, b"a")
    real = os.open

    def no_room(path: str | Path, flags: int, *rest: int, **options: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, "full")
        return real(path, flags, *rest, **options)

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", no_room)
        report = store.scrub(now=NOW)
    assert report.checked == 1 and not report.remembered and store.last_scrub() is None
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(errors.StoreFailed):
            store.scrub(now=NOW)
    with pytest.raises(errors.StoreFailed):
        put(store, b"b")
    assert list(store.layout.tmp.iterdir()) == []


def test_it_accuses_nobody_while_others_write_and_sweep(store: archive.Store) -> None:
    put(store, b"kept")
    ended = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for number in range(60):
                (digest,) = put(store, f"{number}".encode())
                store.put_manifest(f"r{number}", 1, {"n": number}, NOW)
                if number % 7 == 0:
                    store.sweep(["0" * 64], before=1e12, force=True)
                    store.restore_from_trash(digest)
        except BaseException as error:
            failures.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not ended.is_set():
        assert store.scrub(now=NOW, max_bytes=50).problems == ()
        assert list(store.verify()) == []
    thread.join()
    assert failures == []
    assert store.scrub(now=NOW).problems == ()
