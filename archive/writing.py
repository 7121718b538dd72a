"""The steps every write is made of: a draft that is whole and on disk before it gets a name, and its line in the list."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from archive import digest, inventory
from archive.layout import Layout, sync, sync_folder


def new_draft(layout: Layout) -> tuple[Path, int]:
    """A new file in tmp/ and its open descriptor. What a crash leaves of it is removed when the store is opened later."""
    draft = layout.tmp / f"{os.getpid()}-{os.urandom(12).hex()}"
    return draft, os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def write_once(layout: Layout, content: bytes, target: Path) -> bool:
    """Give `content`, durable and read-only, the name `target`; False when something has that name already.

    The name itself is durable only after an fsync of its folder, which is the caller's.
    """
    draft, handle = new_draft(layout)
    try:
        try:
            write_all(handle, content)
            sync(handle)
        finally:
            os.close(handle)
        draft.chmod(0o440)
        try:
            os.link(draft, target)
        except FileExistsError:
            return False
        return True
    finally:
        with suppress(OSError):
            draft.unlink()


def enlist(layout: Layout, stored: Iterable[tuple[str, Path]]) -> None:
    """Add (digest, path) pairs to the inventory, durably: the last step before anything is acknowledged."""
    entries = [(sha256, path.relative_to(layout.root).as_posix()) for sha256, path in stored]
    handle = inventory.append(layout.inventory, entries)
    try:
        sync(handle)
    finally:
        os.close(handle)


def is_sound(path: Path, sha256: str) -> bool:
    """Whether an object's file is what its name says; if so it is young again for the sweep."""
    try:
        if path.is_symlink() or digest.of_file(path) != sha256:
            return False
        # The row that will refer to it may not be committed yet. Gone by now: a sweep was quicker.
        with suppress(PermissionError):
            os.utime(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno == errno.EIO or isinstance(error, IsADirectoryError):
            return False  # unreadable is damaged: the good copy in hand takes its place
        raise
    return True


def replace_damaged(layout: Layout, sound: Path, target: Path) -> None:
    """Put a sound file under a name whose own is damaged, in one step; the damaged one is kept in quarantine/.

    Whenever it is interrupted, one of the two has the name: what could not be read for a moment only is not lost.
    The folder of `target` is still to be synced.
    """
    aside = layout.quarantine / f"{target.name}.{time.time_ns()}-{os.urandom(4).hex()}"
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(target.lstat().st_mode):
            target.rename(aside)
        else:
            os.link(target, aside, follow_symlinks=False)
    sync_folder(layout.quarantine)
    sound.replace(target)
