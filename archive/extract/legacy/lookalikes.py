"""Letters that only look right, put right in the text (never in the file): another Đ, marks in another order or of
another block, Cyrillic and Greek letters, letters of mathematics that people decorate with.

A word changes only when it becomes a Vietnamese syllable and was none before.
"""

from __future__ import annotations

import re
import unicodedata

from archive.extract.legacy.syllables import is_syllable, marked_share

_WORD = re.compile("(?:[^\\W\\d_]|[\u0300-\u036f\u00b4\u02c6\u02c9-\u02cb\u02d8\u02dc])+")
# What words worth a look have in them: all else is skipped without being taken apart.
_SUSPECT = re.compile(
    "[\u00d0\u00f0\u0189\u0256\u0131\u01cd\u01ce\u0300-\u036f\u00b4\u02c6\u02cb\u02d8\u02dc\u0370-\u03ff\u0400-\u04ff"
    "\u1f00-\u1fff\uff21-\uff5a\U0001d400-\U0001d7ff]"
)
_LETTERS = str.maketrans(
    {
        **dict.fromkeys("\u00d0\u0189", "Đ"),
        **dict.fromkeys("\u00f0\u0256", "đ"),
        "\u0131": "i",
        **dict(zip("авсеһнікморѕтухАВСЕНІКМОРЅТУХ", "abcehhikmopstyxABCEHIKMOPSTYX", strict=True)),
        **dict(zip("αικνορτυχΑΒΕΗΙΚΜΝΟΡΤΥΧ", "aikvoptuxABEHIKMNOPTYX", strict=True)),
        "\u030c": "\u0306",  # ǎ for ă
        "\u0311": "\u0302",
        "\u0342": "\u0303",
    }
)
# Marks that stand beside their letter instead of on it.
_SPACING = {"\u00b4": "\u0301", "\u02cb": "\u0300", "\u02dc": "\u0303", "\u02c6": "\u0302", "\u02d8": "\u0306"}
_BESIDE = re.compile(f"[{''.join(_SPACING)}]")
_BEFORE = re.compile(f"([{''.join(_SPACING)}])([^\\W\\d_])")
_SHAPES = "\u0302\u0306\u031b"  # they go before the tones
_MARKS = re.compile("[\u0300-\u036f]{2,}")
# Names of the highlands, written as no other word is.
_NAMES = frozenset({"đắk", "đăk"})
_ABBREVIATION = re.compile("[A-Z]{0,5}[\u00d0\u0189][A-ZĐ\u00d0\u0189]{0,5}")
_VIETNAMESE = 0.2
_FOREIGN = re.compile("[Ͱ-ϿЀ-ӿ]+")
_ALPHABET = frozenset(
    "abcdđeghiklmnopqrstuvxy"
    + "".join(
        unicodedata.normalize("NFC", letter + tone) for letter in "aăâeêioôơuưy" for tone in ("", "̀", "́", "̃", "̉", "̣")
    )
)


def mend(pages: list[str]) -> list[str]:
    """The pages (NFC) with such letters put right, in NFC."""
    if not any(map(_SUSPECT.search, pages)):
        return pages
    # "QÐ" and "HÐND" are no words; in a Vietnamese text they are not Icelandic either.
    vietnamese = marked_share("\n".join(pages).translate(_LETTERS))[0] >= _VIETNAMESE

    def mended(match: re.Match[str]) -> str:
        word = match.group()
        if not _SUSPECT.search(word):
            return word
        if vietnamese and _ABBREVIATION.fullmatch(word):
            return word.translate(_LETTERS)
        if not vietnamese and _FOREIGN.fullmatch(word):
            return word  # Russian or Greek that could be read as Latin letters
        return next((made for made in _candidates(word) if _is_word(made)), word)

    return [_WORD.sub(mended, page) if _SUSPECT.search(page) else page for page in pages]


def _candidates(word: str) -> list[str]:
    if _is_word(unicodedata.normalize("NFC", word)):
        return []
    # Marks beside their letter come after it, or, of other programs, before it.
    if not _BESIDE.search(word):
        return [_composed(word)]
    if _BESIDE.match(word) and _BESIDE.match(word[-1]):
        return []  # quotation marks
    return [_composed(word), _composed(_BEFORE.sub(r"\2\1", word))]


def _composed(word: str) -> str:
    for beside, mark in _SPACING.items():
        word = word.replace(beside, mark)
    parts = unicodedata.normalize("NFKD", word).translate(_LETTERS)
    return unicodedata.normalize("NFC", _MARKS.sub(_in_order, parts))


def _in_order(marks: re.Match[str]) -> str:
    return "".join(sorted(dict.fromkeys(marks.group()), key=lambda mark: mark not in _SHAPES))


def _is_word(word: str) -> bool:
    small = word.lower()
    return (is_syllable(word) and _ALPHABET.issuperset(small)) or small in _NAMES
