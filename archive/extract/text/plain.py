"""Plain text, Markdown, CSV."""

from __future__ import annotations

from pathlib import Path

from archive.extract.legacy.decoding import settle
from archive.extract.outcome import Reading, Refusal, split_pages
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text.encoding import decode


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The text as one page, or several where it has form feeds."""
    text, warnings = decode(load(path, limits))
    text, more = settle(text)
    return Reading(split_pages(text), warnings + more)


def load(path: Path, limits: Limits) -> bytes:
    """The file's bytes. Raises `Refusal(too_big)` beyond what could be kept as text anyway."""
    if path.stat().st_size > limits.text_chars * 4:
        raise Refusal(Status.TOO_BIG, f"{path.stat().st_size} bytes of text")
    return path.read_bytes()
