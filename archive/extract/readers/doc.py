"""Old Word files and RTF, by catdoc."""

from __future__ import annotations

import re
from pathlib import Path

from archive.extract import ole
from archive.extract.legacy import looks_legacy, names_legacy_font
from archive.extract.limits import Limits
from archive.extract.outcome import Reading, Refusal, split_pages
from archive.extract.readers import tools
from archive.extract.status import Status

# It takes hundredths of one; damaged files send it round in circles.
_SECONDS = 4
# After each Unicode letter RTF writes what older programs should show; catdoc would show both.
_FALLBACK = re.compile(rb"(\\u-?\d{1,5}) ?(?:\\'[0-9a-fA-F]{2}|\?)")


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The text as one page. Text in a pre-Unicode font comes as it is stored, with a warning."""
    with path.open("rb") as stream:
        is_word = stream.read(8) == ole.MAGIC
    if is_word and ole.word_is_encrypted(path):
        raise Refusal(Status.ENCRYPTED, "Word document with a password")
    if not tools.available("catdoc"):
        raise Refusal(Status.UNSUPPORTED, "catdoc is not installed")
    if not is_word:
        path = _without_fallbacks(path, folder)
    # -w: one line per paragraph, not one per 72 letters.
    said = tools.run(["catdoc", "-w", "-d", "utf-8", str(path)], folder, most=limits.text_chars * 3, seconds=_SECONDS)
    if said.code != 0 and not said.output.strip():
        raise Refusal(Status.CORRUPT, said.errors[:200])
    text = said.output
    if "encrypted" in said.errors.lower():
        raise Refusal(Status.ENCRYPTED, said.errors[:200])
    if text.startswith("[This was fast-saved"):
        text = text.partition("\n")[2]
    warnings = ["text_truncated"] if said.cut else []
    if looks_legacy(text, legacy_fonts=names_legacy_font(path.read_bytes())):
        warnings.append("legacy_font")
    return Reading(split_pages(text), warnings)


def _without_fallbacks(path: Path, folder: Path) -> Path:
    plain = folder / "plain.rtf"
    plain.write_bytes(_FALLBACK.sub(rb"\1 ", path.read_bytes()))
    return plain
