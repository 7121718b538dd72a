"""The least of the compound file format (old .doc, .xls, encrypted Office) needed to tell what is inside."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from archive.extract.outcome import Refusal
from archive.extract.status import Status

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_MOST_SECTORS = 4096


def stream_names(path: Path) -> set[str]:
    """Names of all streams and storages. Raises `Refusal(corrupt)` when the directory cannot be followed."""
    try:
        with path.open("rb") as stream:
            return {name for name, _ in _directory(stream)}
    except struct.error as error:
        raise Refusal(Status.CORRUPT, f"compound file: {error}") from error


def word_is_encrypted(path: Path) -> bool:
    """Whether the WordDocument stream's header says its text is encrypted."""
    try:
        with path.open("rb") as stream:
            for name, start in _directory(stream):
                if name == "WordDocument":
                    stream.seek((start + 1) * _sector_size(stream))
                    header = stream.read(12)
                    return len(header) == 12 and bool(struct.unpack_from("<H", header, 10)[0] & 0x0100)
    except struct.error as error:
        raise Refusal(Status.CORRUPT, f"compound file: {error}") from error
    return False


def _sector_size(stream: BinaryIO) -> int:
    position = stream.tell()
    stream.seek(30)
    (shift,) = struct.unpack("<H", stream.read(2))
    stream.seek(position)
    if shift not in (9, 12):
        raise Refusal(Status.CORRUPT, "compound file: odd sector size")
    return 1 << int(shift)


def _directory(stream: BinaryIO) -> list[tuple[str, int]]:
    """(name, first sector) of each directory entry."""
    size = _sector_size(stream)
    stream.seek(48)
    (sector,) = struct.unpack("<I", stream.read(4))
    stream.seek(76)
    fat_sectors = struct.unpack("<109I", stream.read(436))
    found: list[tuple[str, int]] = []
    visited: set[int] = set()
    while sector < _END:
        if sector in visited or len(visited) > _MOST_SECTORS:
            raise Refusal(Status.CORRUPT, "compound file: the directory runs in circles")
        visited.add(sector)
        stream.seek((sector + 1) * size)
        block = stream.read(size)
        for offset in range(0, len(block) - 127, 128):
            (length,) = struct.unpack_from("<H", block, offset + 64)
            if 2 <= length <= 64:
                name = block[offset : offset + length - 2].decode("utf-16-le", "replace")
                found.append((name, struct.unpack_from("<I", block, offset + 116)[0]))
        sector = _next(stream, sector, size, fat_sectors)
    if not found:
        raise Refusal(Status.CORRUPT, "compound file: empty directory")
    return found


def _next(stream: BinaryIO, sector: int, size: int, fat_sectors: tuple[int, ...]) -> int:
    block, offset = divmod(sector, size // 4)
    if block >= len(fat_sectors) or fat_sectors[block] >= _END:
        return _END  # beyond the first 7 MB of table: what is known by then is enough
    stream.seek((fat_sectors[block] + 1) * size + offset * 4)
    return int(struct.unpack("<I", stream.read(4))[0])
