"""The list of everything the store ever acknowledged, as lines `sha256sum -c inventory.sha256` can check.

Content-addressed names show what is damaged; only a list written beside them shows what has vanished.
It is appended after the object's folder is on disk, so a line never names something that was not there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# Anchored at the line's end only: a line torn by a power cut runs into the next one, which must still be read.
# The name must be whole too: the part of a torn line may have been ended by the one who wrote it again.
_LINE = re.compile(r"([0-9a-f]{64})  (cas/[0-9a-f]{2}/\1|manifests/\d{4}/\d{2}/[^\s/]+\.json)$", re.ASCII)


def append(inventory: Path, entries: Iterable[tuple[str, str]]) -> int:
    """Append a line for each (digest, name), in one write, and return the open descriptor, which the caller must
    fsync and close.

    Names are relative to the store's root. Raises `OSError`.
    """
    block = "".join(f"{digest}  {name}\n" for digest, name in entries).encode()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    handle = os.open(inventory, flags, 0o640)
    try:
        while (written := os.write(handle, block)) < len(block):
            # Another process may have appended behind the part: what was torn is written again, on a line of its own.
            block = b"\n" + block[block.rfind(b"\n", 0, written) + 1 :]
    except BaseException:
        os.close(handle)
        raise
    return handle


def entries(inventory: Path) -> Iterator[tuple[str, str]]:
    """Each whole line as (digest, name), in order, duplicates included; torn lines are passed over."""
    try:
        stream = inventory.open(encoding="utf-8", errors="replace", newline="\n")
    except FileNotFoundError:
        return
    with stream:
        for line in stream:
            # The last line without its end was never acknowledged.
            if line.endswith("\n") and (match := _LINE.search(line[:-1])):
                yield match.group(1), match.group(2)
