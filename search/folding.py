"""Folding a whole text at once, letter by letter, where every letter is one that Vietnamese papers use.

Python looks at each word; here the standard library's own loops do: each character becomes one byte (a code page made
for the purpose), and tables of bytes give the folded letter, or the small one with its marks. Places stay the same, so
what is found in the folded text is marked in the original. Texts with other letters are left to the slower way.
"""

import codecs
import unicodedata
from functools import lru_cache

_PLAIN = "aeiouyăâêôơư"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_SMALL = "đ" + "".join(
    letter
    for vowel in _PLAIN
    for tone in _TONES
    if not (letter := unicodedata.normalize("NFC", vowel + tone)).isascii()
)
_SIGNS = "\u00a0\u202f–—−“”‘’„«»…•·°§×≥≤€"
_PAGE = "\0\t\n\x0b\x0c\r" + "".join(map(chr, range(32, 127))) + _SMALL + _SMALL.upper() + _SIGNS

assert len(_PAGE) <= 256
_PAGE = _PAGE.ljust(256, "\ufffe")
_MAP = codecs.charmap_build(_PAGE)
_SPACE = ord(" ")


def _table(letter_for: dict[str, int]) -> bytes:
    return bytes(letter_for.get(char, _SPACE) for char in _PAGE)


def _bare(char: str) -> str:
    return "d" if char in "đĐ" else unicodedata.normalize("NFD", char)[0].lower()


_WORD_CHARS = [char for char in _PAGE if char.isalnum()]
_FOLDED = _table({char: ord(_bare(char)) for char in _WORD_CHARS})
_LOWERED = _table({char: _PAGE.index(char.lower()) for char in _WORD_CHARS})
_OTHER = "kho-other-letters"


def _others(error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    rest = error.object[error.start : error.end]
    if any(char.isalnum() or unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf") for char in rest):
        raise error
    return b"\0" * len(rest), error.end


codecs.register_error(_OTHER, _others)


def _codes(text: str) -> bytes | None:
    try:
        return codecs.charmap_encode(text, _OTHER, _MAP)[0]
    except UnicodeEncodeError:
        return None


def fold_in_place(text: str) -> bytes | None:
    """The text in small letters without marks, a space for whatever is no letter or digit, every place the same.

    None for a text with letters that Vietnamese does not use, with marks apart (NFD) or invisible characters.
    """
    codes = _codes(text)
    return None if codes is None else codes.translate(_FOLDED)


def lowered_words(text: str) -> list[bytes] | None:
    """Its words in small letters with their marks, in order, each to be read by `read_word`; None as above."""
    codes = _codes(text)
    return None if codes is None else codes.translate(_LOWERED).split()


@lru_cache(maxsize=100_000)
def read_word(word: bytes) -> str:
    """A word of `lowered_words`."""
    return codecs.charmap_decode(word, "strict", _PAGE)[0]
