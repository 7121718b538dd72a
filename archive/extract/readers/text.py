"""Plain text, Markdown, CSV: finding out the encoding."""

from __future__ import annotations

import codecs
from pathlib import Path

from archive.extract.legacy import looks_legacy
from archive.extract.limits import Limits
from archive.extract.outcome import Reading, Refusal, letters, split_pages
from archive.extract.status import Status


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The text as one page, or several where it has form feeds."""
    text, warnings = decode(load(path, limits))
    if looks_legacy(text):
        warnings.append("legacy_font")
    return Reading(split_pages(text), warnings)


def load(path: Path, limits: Limits) -> bytes:
    """The file's bytes. Raises `Refusal(too_big)` beyond what could be kept as text anyway."""
    if path.stat().st_size > limits.text_chars * 4:
        raise Refusal(Status.TOO_BIG, f"{path.stat().st_size} bytes of text")
    return path.read_bytes()


def decode(content: bytes) -> tuple[str, list[str]]:
    """Text and warnings: by byte order mark, else UTF-8, else UTF-16 by its zeros, else windows-1258."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            text = content.decode(encoding, "replace")
            return text, ["damaged"] if "\ufffd" in text else []
    if b"\0" in content[:8192]:
        return _decode_wide(content), ["encoding_guessed"]
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        # A file cut in the middle of a letter, or with a few bad bytes, is still UTF-8.
        text = content.decode("utf-8", "replace")
        if error.start > 0 and text.count("\ufffd") * 100 < letters(text):
            return text, ["damaged"]
    return content.decode("cp1258", "replace"), ["encoding_guessed"]


def _decode_wide(content: bytes) -> str:
    odd, even = content[1:8192:2].count(0), content[0:8192:2].count(0)
    text = content.decode("utf-16-le" if odd >= even else "utf-16-be", "replace")
    if text.count("\ufffd") * 20 > len(text):
        raise Refusal(Status.CORRUPT, "neither UTF-8 nor UTF-16")
    return text
