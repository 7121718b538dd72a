"""Whether a PDF brings commands of its own: scripts, or starting something. A browser's viewer would run them."""

from __future__ import annotations

import re
import zlib
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
    if b"/Encrypt" in content or _names_active(content):
        return True
    left = _UNPACKED
    # Objects may lie in compressed streams; pictures do not inflate to anything with such a name.
    for match in _STREAM.finditer(content):
        if left <= 0:
            return True
        unpacker = zlib.decompressobj()
        try:
            inside = unpacker.decompress(content[match.end() : match.end() + left], left)
        except zlib.error:
            continue
        left -= len(inside)
        if _names_active(inside):
            return True
    return False


def _names_active(content: bytes) -> bool:
    if b"#" in content:
        content = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content)
    return _ACTIVE.search(content) is not None
