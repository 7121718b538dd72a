"""How much one file may cost, and binding a process to it. Sizes in bytes, times in seconds."""

from __future__ import annotations

import resource
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds for reading one file; the defaults are for two shared cores and ordinary office files."""

    wall_seconds: float = 15
    cpu_seconds: int = 30
    memory_bytes: int = 1024 * MIB
    file_bytes: int = 64 * MIB
    open_files: int = 256
    output_bytes: int = 96 * MIB

    pages: int = 500
    text_chars: int = 20_000_000
    pixels: int = 50_000_000

    zip_entries: int = 2_000
    zip_entry_bytes: int = 100 * MIB
    zip_total_bytes: int = 1024 * MIB
    zip_ratio: int = 200
    # Files within files: how deep they are read, how many of one file, and the share of the time left to them.
    inner_depth: int = 1
    inner_files: int = 200
    inner_share: float = 0.6

    ocr: bool = True
    ocr_pages: int = 30
    ocr_seconds_per_page: float = 20


def bind(limits: Limits) -> None:
    """Lower this process's limits, for it and all it starts, before the first byte of the file is read."""
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
    ):
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # One second more before the hard end, so that SIGXCPU comes first and says what it was.
        ceiling = most + 1 if kind == resource.RLIMIT_CPU and most == value else most
        resource.setrlimit(kind, (most, ceiling))
