"""Whether a PDF brings commands of its own: scripts, or starting something. A browser's viewer would run them."""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

# Names may be written with #xx for any letter.
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|SubmitForm|ImportData|RichMedia|XFA|EmbeddedFiles)(?![A-Za-z0-9])")
_NAMES = {
    "active": _ACTIVE,
    "files": re.compile(rb"/(?:EmbeddedFiles?|EF|FileAttachment|AF)(?![A-Za-z0-9])"),
    "form": re.compile(rb"/AcroForm(?![A-Za-z0-9])"),
}
_STREAM = re.compile(rb"stream\r?\n")
_LONGEST_FILE = 100 << 20
_UNPACKED = 64 << 20


def is_active(path: Path) -> bool:
    """True also when it cannot be told: an encrypted file, or one too long to look through."""
    return bool(_found(path) & {"active", "unknown"})


def may_hold_files(path: Path) -> bool:
    """Whether a PDF names files within it."""
    return bool(_found(path) & {"files", "unknown"})


def may_hold_form(path: Path) -> bool:
    """Whether a PDF names a form to be filled in."""
    return bool(_found(path) & {"form", "unknown"})


@functools.lru_cache(maxsize=4)
def _found(path: Path) -> frozenset[str]:
    """What of `_NAMES` is in the file, and "unknown" when not all of it can be looked at."""
    if path.stat().st_size > _LONGEST_FILE:
        return frozenset({"unknown"})
    content = path.read_bytes()
    found = {"unknown"} if b"/Encrypt" in content else set[str]()
    for piece in pieces(content):
        if piece is None:
            found.add("unknown")
            break
        plain = _plain(piece)
        found |= {name for name, words in _NAMES.items() if name not in found and words.search(plain) is not None}
    return frozenset(found)


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


def _plain(content: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content) if b"#" in content else content
