"""Telling text that was written in a pre-Unicode Vietnamese font (TCVN3 `.Vn*`, VNI)."""

from __future__ import annotations

import re

# Letters any Vietnamese text is full of and no legacy encoding can produce.
_UNICODE_ONLY = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_LATIN_1 = re.compile("[\u00a1-\u00ac\u00ae-\u00ff]")
_FONT = re.compile(rb"\.Vn[0-9A-Z][A-Za-z]|VNI-[A-Z]|\.\0V\0n\0[0-9A-Z]\0|V\0N\0I\0-\0[A-Z]\0")

_SAMPLE = 200_000


def looks_legacy(text: str, *, legacy_fonts: bool = False) -> bool:
    """True when letters are Latin-1 in the density of Vietnamese marks, with no real Vietnamese letter.

    With `legacy_fonts` (the file names such a font) a thinner density is enough.
    """
    sample = text[:_SAMPLE]
    marked = len(_LATIN_1.findall(sample))
    genuine = len(_UNICODE_ONLY.findall(sample))
    total = sum(map(str.isalpha, sample)) or 1
    least = 0.02 if legacy_fonts else 0.15
    return marked >= 5 and marked / total >= least and genuine < marked / 4


def names_legacy_font(content: bytes) -> bool:
    """True when the bytes (font table, styles) name a TCVN3 or VNI font."""
    return _FONT.search(content) is not None
