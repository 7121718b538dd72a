"""Archives of 7-Zip and RAR: 7z written by libarchive, RAR 4 by hand with nothing packed (its packing is not free)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import libarchive

_LINK_MODE, _FILE_MODE = 0o120777, 0o100644


def make_7z(path: Path, files: dict[str, bytes]) -> Path:
    with libarchive.file_writer(str(path), "7zip") as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return path


def make_rar(path: Path, files: dict[str, bytes], *, locked: bool = False, links: tuple[str, ...] = ()) -> Path:
    """RAR 4 with the method "store"; `locked` sets the mark of a password on each file."""
    parts = [b"Rar!\x1a\x07\x00", _block(0x73, 0, bytes(6))]
    for name, content in files.items():
        parts += [_file(name, content, 0x04 if locked else 0, _LINK_MODE if name in links else _FILE_MODE), content]
    parts.append(_block(0x7B, 0x4000, b""))
    path.write_bytes(b"".join(parts))
    return path


def _file(name: str, content: bytes, flags: int, mode: int) -> bytes:
    encoded = name.encode()
    body = struct.pack(
        "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0x5C845C00, 20, 0x30, len(encoded), mode
    )
    return _block(0x74, 0x8000 | flags, body + encoded)


def _block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head
