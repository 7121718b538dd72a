"""Texts in tables that somebody opens in a spreadsheet. Pure."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """For a .csv, whose cells have no types: an apostrophe before what a spreadsheet would work out as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def without_apostrophe(text: str) -> str:
    """What `harmless` was given, when its cell is read again."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
