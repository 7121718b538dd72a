"""What a reader gives back, and how it refuses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from archive.extract.status import How, Status


class Refusal(Exception):
    """The file is not read, for a reason the uploader is told. Raised anywhere in a reader."""

    def __init__(
        self, status: Status, detail: str = "", *, convert: str | None = None, warning: str | None = None
    ) -> None:
        """`convert` (an ending) asks to try again on what LibreOffice makes of the file; `warning` is a code to tell."""
        super().__init__(f"{status}: {detail}")
        self.convert = convert
        self.warning = warning
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class PageState:
    """How a page was read, with the confidence (0-100) of what was recognised."""

    how: How
    confidence: int | None = None


@dataclass
class Reading:
    """Text by page (sheet, slide) and warnings by code. `ocr_pages` > 0 asks for a second run that
    recognises letters in that many page images; `convert` (an ending) for one on what LibreOffice makes of the file."""

    pages: list[str]
    warnings: list[str] = field(default_factory=list)
    ocr_pages: int = 0
    confidence: float | None = None
    convert: str | None = None
    states: dict[int, PageState] = field(default_factory=dict)  # by page number from 1; the others are plain text
    details: dict[str, object] = field(default_factory=dict)  # more for the metadata
    own_pages: int | None = None  # pages beyond these are of files within the file


# C0 and C1 but tab and line feed; soft hyphen, zero width, byte order mark, direction controls, surrogates.
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LETTER = re.compile(r"[^\W_]")
_BREAKS = re.compile("\r\n?|[\x0b\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u3000]")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """NFC, plain spaces and line ends, nothing invisible, no runs of blank lines."""
    text = _BREAKS.sub("\n", text)
    text = _SPACES.sub(" ", _DROPPED.sub("", text))
    text = unicodedata.normalize("NFC", text)
    return _BLANKS.sub("\n\n", _TRAILING.sub("", text)).strip("\n")


def split_pages(text: str) -> list[str]:
    """Tidy pages of a text whose explicit page breaks are form feeds; empty ones at either end are dropped."""
    pages = [tidy(part) for part in text.split("\f")]
    while pages and not pages[-1]:
        pages.pop()
    while pages and not pages[0]:
        pages.pop(0)
    return pages


def has_letters(text: str) -> bool:
    """Whether there is any letter or digit at all."""
    return _LETTER.search(text) is not None


def letters(text: str) -> int:
    """How many letters and digits a text has."""
    return sum(map(str.isalnum, text))
