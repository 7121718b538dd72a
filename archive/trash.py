"""Objects nobody refers to: moved aside, never deleted, and brought back when that was wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from archive import digest, fixity, writing
from archive.errors import Damaged, NotStored, SweepRefused
from archive.layout import Layout, sync_folder

# A sweep that moves more than this many and more than half of the store needs to be told so.
MANY = 20


def sweep(layout: Layout, referenced: Iterable[str], *, before: float, force: bool) -> list[str]:
    """See `LocalStore.sweep`."""
    kept = {digest.checked(value) for value in referenced}
    if not kept:
        raise SweepRefused("the set of referenced digests is empty")
    total = 0
    idle = []
    for value in fixity.objects(layout):
        total += 1
        if value not in kept and layout.object(value).lstat().st_mtime < before:
            idle.append(value)
    if not force and len(idle) > MANY and 2 * len(idle) > total:
        raise SweepRefused(f"{len(idle)} of {total} objects would be moved")
    return [value for value in idle if _move(layout, value, before)]


def _move(layout: Layout, value: str, before: float) -> bool:
    path, aside = layout.object(value), layout.trash / value
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False  # another sweep was quicker
    if aside.lstat().st_mtime >= before:
        # Somebody put the same bytes a moment ago, found them in place and was told that they are safe.
        _bring_back(layout, value)
        return False
    sync_folder(layout.trash)
    sync_folder(path.parent)
    return True


def restore(layout: Layout, sha256: str) -> Path:
    """See `LocalStore.restore_from_trash`."""
    value = digest.checked(sha256)
    aside = layout.trash / value
    if not aside.is_file():
        raise NotStored(f"no object {value} in the trash")
    if aside.is_symlink() or digest.of_file(aside) != value:
        raise Damaged(f"{aside} is not what its name says")
    # Young for the next sweep: whoever brought it back needs time to refer to it.
    os.utime(aside)
    path = layout.object(value)
    if os.path.lexists(path) and not writing.is_sound(path, value):
        writing.replace_damaged(layout, aside, path)
        sync_folder(path.parent)
        sync_folder(layout.trash)
    else:
        _bring_back(layout, value)
    writing.enlist(layout, [(value, path)])
    return path


def _bring_back(layout: Layout, value: str) -> None:
    path, aside = layout.object(value), layout.trash / value
    with suppress(FileExistsError):
        os.link(aside, path)
    sync_folder(path.parent)
    drop(layout, value)


def drop(layout: Layout, value: str) -> None:
    """Forget the copy in the trash of an object that is in place: from now on its absence is a loss again."""
    with suppress(FileNotFoundError):
        (layout.trash / value).unlink()
        sync_folder(layout.trash)
