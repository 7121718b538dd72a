"""The order of system calls: nothing is promised before it is safe, and the checker notices each fsync that is missing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive import store_order
from tests.archive.store_order import Disk

pytestmark = pytest.mark.long(30)

# The order is asked for, not the speed of a disk: a folder in memory does.
EACH_ROUND = 20
MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    if not MEMORY.is_dir():
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(prefix="kho-order-", dir=MEMORY))
    yield made
    shutil.rmtree(made)


def watched(folder: Path, rounds: int, left_out: str = "") -> Disk:
    try:
        return store_order.replay(folder, store_order.run(folder, rounds, left_out))
    except store_order.CannotTrace as error:
        pytest.skip(str(error))


def test_a_thousand_acknowledgements_come_after_everything_they_promise(folder: Path) -> None:
    disk = watched(folder, 52)
    assert disk.faults == []
    assert disk.acknowledged == 52 * EACH_ROUND > 1000


@pytest.mark.parametrize("left_out", store_order.LEFT_OUT)
def test_the_checker_notices_what_is_left_out(folder: Path, left_out: str) -> None:
    """Each fsync in turn is not made, by the traced program itself; also the chmod, and the order of the last two."""
    disk = watched(folder, 2, left_out)
    assert disk.faults and disk.acknowledged == 2 * EACH_ROUND


def test_a_call_cut_in_two_counts_where_it_ends() -> None:
    lines = [
        '7  write(3</d/kho/tmp/a>, "x", 1) = 1',
        "7  fsync(3</d/kho/tmp/a> <unfinished ...>",
        '8  chmod("/d/kho/tmp/a", 0440) = 0',
        '8  link("/d/kho/tmp/a", "/d/kho/cas/00/a") = 0',
        "7  <... fsync resumed>)                = 0",
        "7  fsync(3</d/kho/cas/00>) = -1 EIO (Input/output error)",
    ]
    disk = store_order.replay(Path("/d"), lines)
    assert disk.faults == ["linked before its content was fsynced: /d/kho/cas/00/a"]
    assert disk.unsafe_names == {"/d/kho/cas/00/a"}
