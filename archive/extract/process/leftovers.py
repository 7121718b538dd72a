"""Folders of readings whose process was killed before it could remove them."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

_PREFIXES = ("kho-read-", "kho-convert-", "kho-preview-")
A_DAY = 24 * 3600.0


def clear_leftovers(older_than: float = A_DAY) -> int:
    """Remove this user's reading folders in the system's folder for temporary files that nobody touched for so many
    seconds; returns how many. Every reading ends within minutes, so what is a day old belongs to no process."""
    count = 0
    place = Path(tempfile.gettempdir())
    for folder in place.iterdir():
        if not folder.name.startswith(_PREFIXES):
            continue
        try:
            facts = folder.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and time.time() - facts.st_mtime > older_than:
            shutil.rmtree(folder, ignore_errors=True)
            count += 1
    return count
