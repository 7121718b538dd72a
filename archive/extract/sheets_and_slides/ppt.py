"""Old presentations, by catppt."""

from __future__ import annotations

from pathlib import Path

from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import Reading, Refusal, has_letters, tidy
from archive.extract.process import tools
from archive.extract.process.limits import Limits
from archive.extract.status import Status

_SECONDS = 6
_BREAK = "\x0c"


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page per slide."""
    if not tools.available("catppt"):
        raise Refusal(Status.UNSUPPORTED, "catppt is not installed", convert="ppt")
    command = ["catppt", "-s", "cp1252", "-d", "utf-8", "-b", _BREAK, str(path)]
    said = tools.run(command, folder, most=limits.text_chars * 3, seconds=_SECONDS)
    if said.code != 0 and not said.output.strip():
        raise Refusal(Status.CORRUPT, said.errors[:200])
    pages = said.output.split(_BREAK)
    pages, warnings = settle_all(pages)
    tidied = [tidy(page) for page in pages]
    while tidied and not tidied[-1]:
        tidied.pop()
    # It finds text where PowerPoint keeps it, not where other programs do.
    again = None if any(map(has_letters, tidied)) else "ppt"
    return Reading(tidied, warnings + (["text_truncated"] if said.cut else []), convert=again)
