"""A fault at every k-th system call leaves old or new, never a mixture. `python -m tests.torture.run --faults` tries them all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive import store_kth

MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    if not MEMORY.is_dir():
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(prefix="kho-kth-", dir=MEMORY))
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize(
    ("what", "call", "fault", "lasting", "step"),
    [
        ("put", "fsync", "EIO", False, 1),
        ("put", "fsync", "KILL", False, 2),
        ("put", "write", "ENOSPC", True, 1),
        ("put", "openat", "ENOSPC", True, 2),
        ("put", "openat", "EINTR", False, 4),
        ("put", "link", "KILL", False, 1),
        ("put", "link", "ENOSPC", False, 1),
        ("put", "chmod", "EIO", False, 2),
        ("put", "unlink", "EIO", False, 2),
        ("sweep", "rename", "KILL", False, 1),
        ("sweep", "fsync", "EIO", False, 1),
        ("sweep", "unlink", "KILL", False, 1),
        ("heal", "openat", "EIO", True, 1),
        ("heal", "rename", "KILL", False, 1),
        ("heal", "fsync", "KILL", False, 1),
        ("open", "fsync", "KILL", False, 3),
        ("open", "mkdir", "ENOSPC", True, 90),
        ("open", "mkdir", "KILL", False, 90),
    ],
)
def test_a_fault_at_every_kth_call(folder: Path, what: str, call: str, fault: str, lasting: bool, step: int) -> None:
    try:
        turns = store_kth.Sweep(folder, what, call, fault, lasting=lasting).all(step)
    except store_kth.CannotInject as error:
        pytest.skip(str(error))
    assert turns >= 1
