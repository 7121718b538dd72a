"""Where things are made before they are whole: beside their place, under a name that says so, gone when interrupted."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.layout import sync, sync_folder
from webapp.core.errors import Invalid


def beside(target: Path, ending: str = ".part") -> Path:
    return target.with_name(target.name + ending)


@contextmanager
def new_file(target: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file for reading and writing that gets its name, durably, when the block ends well, and is removed otherwise.

    Raises Invalid when there is something of that name, or when another process is making it.
    """
    if os.path.lexists(target):
        raise Invalid(f"Đã có {target}; hãy chọn tên khác.")
    part = beside(target)
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "r+b") as file:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Invalid(f"Một tiến trình khác đang ghi {part}.") from error
        whole = False
        try:
            os.fchmod(handle, mode)
            file.truncate()  # what a killed process may have left
            yield file
            file.flush()
            sync(handle)
            part.rename(target)
            whole = True
            sync_folder(target.parent)
        finally:
            if not whole:
                with suppress(FileNotFoundError):
                    part.unlink()


@contextmanager
def new_folder(target: Path, *, ending: str = ".part") -> Iterator[Path]:
    """A folder that gets its name when the block ends well, and is removed otherwise. `target` may be there, empty.

    Raises Invalid when it is there and is not empty.
    """
    if os.path.lexists(target) and (target.is_symlink() or not target.is_dir() or any(target.iterdir())):
        raise Invalid(f"{target} đã có và không trống; hãy chọn một thư mục mới.")
    part = beside(target, ending)
    if os.path.lexists(part):
        if part.is_symlink() or not part.is_dir():
            raise Invalid(f"{part} không phải là thư mục làm việc của lệnh này; hãy dời đi trước.")
        shutil.rmtree(part)  # what a killed process left
    part.mkdir(mode=0o750)
    whole = False
    try:
        yield part
        sync_folder(part)
        part.rename(target)
        whole = True
        sync_folder(target.parent)
    finally:
        if not whole:
            shutil.rmtree(part, ignore_errors=True)


def sync_tree(folder: Path) -> None:
    """fsync every file and folder under `folder`, and itself, deepest first."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            handle = os.open(Path(place) / name, os.O_RDONLY | os.O_CLOEXEC)
            try:
                sync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(place))
