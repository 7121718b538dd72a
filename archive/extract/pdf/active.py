"""Whether a PDF brings commands of its own: scripts, or starting something. A browser's viewer would run them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

# Names may be written with #xx for any letter.
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|SubmitForm|ImportData|RichMedia|XFA|EmbeddedFiles)(?![A-Za-z0-9])")
_STREAM = re.compile(rb"stream\r?\n")
_LONGEST_FILE = 100 << 20
_UNPACKED = 64 << 20


def is_active(path: Path) -> bool:
    """True also when it cannot be told: an encrypted file, or one too long to look through."""
    if path.stat().st_size > _LONGEST_FILE:
        return True
    content = path.read_bytes()
    if b"/Encrypt" in content:
        return True
    return any(piece is None or _names_active(piece) for piece in pieces(content))


def names(path: Path, words: re.Pattern[bytes]) -> bool:
    """Whether a file that is not too long to look through has such a name in it."""
    if path.stat().st_size > _LONGEST_FILE:
        return False
    return any(piece is not None and words.search(_plain(piece)) is not None for piece in pieces(path.read_bytes()))


def pieces(content: bytes) -> Iterator[bytes | None]:
    """The file, then whatever inflates in it; None at the end when there is more than will be looked at."""
    yield content
    left = _UNPACKED
    # Objects may lie in compressed streams; pictures do not inflate to anything with such a name.
    for match in _STREAM.finditer(content):
        if left <= 0:
            yield None
            return
        unpacker = zlib.decompressobj()
        try:
            inside = unpacker.decompress(content[match.end() : match.end() + left], left)
        except zlib.error:
            continue
        left -= len(inside)
        yield inside


def _names_active(content: bytes) -> bool:
    return _ACTIVE.search(_plain(content)) is not None


def _plain(content: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content) if b"#" in content else content
