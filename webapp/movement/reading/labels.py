"""Labels at the start of a paragraph: `I.`, `1.`, `1.1.`, `a)`, `(1)`, `-`. Read as written, never counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Letters of lists in the order of the Vietnamese alphabet; f, j, w, z stand where typists put them.
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"


class Style(StrEnum):
    """The look of a label; items of one list share it."""

    PART = "part"
    CAPITAL = "A."
    ROMAN = "I."
    NUMBER = "1."
    DOTTED = "1.1."
    NUMBER_BRACKET = "1)"
    NUMBER_BRACKETS = "(1)"
    LETTER = "a)"
    LETTER_POINT = "a."
    LETTER_BRACKETS = "(a)"
    DASH = "-"
    PLUS = "+"
    BULLET = "•"


BULLETS = frozenset({Style.DASH, Style.PLUS, Style.BULLET})


@dataclass(frozen=True, slots=True)
class Label:
    """A label: `value` is what codes are made of (`đ`), `written` how it stands (`đ)`)."""

    style: Style
    value: str
    written: str

    @property
    def is_bullet(self) -> bool:
        """Whether it is a mark without a value of its own."""
        return self.style in BULLETS

    @property
    def rank(self) -> int | None:
        """Its place in a list, for checking the order; None when it has none."""
        last = self.value.rpartition(".")[2].rpartition(" ")[2]
        if last.isdecimal():
            return int(last)
        if self.style in (Style.ROMAN, Style.PART):
            return _roman_value(last)
        place = ALPHABET.find(last.lower())
        return place + 1 if place >= 0 and len(last) == 1 else None


_ROMAN = r"[IVXLC]{1,7}"
_PATTERNS: tuple[tuple[Style, re.Pattern[str]], ...] = (
    (Style.PART, re.compile(rf"((?:Phần|PHẦN|Chương|CHƯƠNG) (?:{_ROMAN}|\d{{1,2}}))(?: ?[.:–-] ?| |$)")),
    (Style.DOTTED, re.compile(rf"((?:{_ROMAN}|\d{{1,2}})(?:\.\d{{1,2}}){{1,3}})[.)]? ?(?=[^\W\d_]|[\"“‘(])")),
    (Style.ROMAN, re.compile(rf"({_ROMAN})(?: ?[.)] ?| ?[-–:/] (?=\w)|- ?(?=[A-ZĐÀ-Ỹ]{{2}}))(?=\S)")),
    (Style.CAPITAL, re.compile(r"([A-ZĐ])[.)] (?=\S)")),
    # A space behind "-" and "/", else "57-NQ/TW" at the start of a line would be point 57.
    (Style.NUMBER, re.compile(r"(\d{1,2})(?: ?\. ?| ?[-–/:] (?=[^\W\d_]))(?=[^\s\d])")),
    (Style.NUMBER_BRACKET, re.compile(r"(\d{1,2}) ?\) ?(?=\S)")),
    (Style.NUMBER_BRACKETS, re.compile(r"\((\d{1,2})\) ?(?=\S)")),
    (Style.LETTER, re.compile(rf"([{ALPHABET}]) ?\) ?(?=\S)")),
    (Style.LETTER_POINT, re.compile(rf"([{ALPHABET}])\. (?=\S)")),
    (Style.LETTER_BRACKETS, re.compile(rf"\(([{ALPHABET}])\) ?(?=\S)")),
    (Style.DASH, re.compile(r"([-–—−]) ?(?=[^\s\-–—−])")),
    (Style.PLUS, re.compile(r"(\+) ?(?=[^\s+])")),
    (Style.BULLET, re.compile(r"([•●▪■○◦·✓➢►]|\uf0b7|o(?= )) ?(?=\S)")),
)


def split_label(text: str) -> tuple[Label | None, str]:
    """The label a paragraph begins with and the rest; (None, text) when it has none."""
    for style, pattern in _PATTERNS:
        match = pattern.match(text)
        if match is None:
            continue
        value = match[1]
        if style is Style.ROMAN:
            # C., D., L. alone are parts A, B, C …; a plan has no hundred sections.
            value_of = _roman_value(value)
            if value_of is None or value_of >= 50:
                continue
        if style in BULLETS:
            value = ""
        return Label(style, value, match[0].strip()), text[match.end() :]
    return None, text


def _roman_value(text: str) -> int | None:
    digits = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    if not text or any(letter not in digits for letter in text):
        return int(text) if text.isdecimal() else None
    total = 0
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        value = digits[letter]
        total += -value if value < digits.get(following, 0) else value
    return total
