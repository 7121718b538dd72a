"""SHA-256 names: checking one that was handed in, and computing one from bytes."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

from archive.errors import BadDigest

CHUNK = 1024 * 1024
EMPTY = hashlib.sha256().hexdigest()
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: str) -> bool:
    """True for exactly 64 lower-case hexadecimal digits."""
    return _DIGEST.fullmatch(text) is not None


def checked(digest: str) -> str:
    """The digest itself, or `BadDigest`: it becomes part of a path, so nothing else may pass."""
    if not isinstance(digest, str) or not is_digest(digest):
        raise BadDigest(f"not a SHA-256 digest: {str(digest)[:80]!r}")
    return digest


def of_stream(stream: BinaryIO) -> str:
    """SHA-256 of what is left in the stream, as 64 hexadecimal digits."""
    hasher = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()


def of_file(path: Path, *, from_disk: bool = False) -> str:
    """SHA-256 of a file's content, as 64 hexadecimal digits. Raises `OSError` when it cannot be read.

    `from_disk` asks the system not to answer from memory, nor to keep what is read there.
    """
    with path.open("rb", buffering=0) as stream:
        if not from_disk:
            return of_stream(stream)
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        found = of_stream(stream)
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return found
