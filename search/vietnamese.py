"""Vietnamese letters and syllables: normalising, folding, and tokens that know where they stand in the original.

Folding drops tone and vowel marks and maps đ to d by our own table, because no search engine's folding does all
of it. Tones of open syllables are placed the older way (hoà = hòa, thuý = thúy, uỷ = ủy); `quý` keeps its tone,
since its u belongs to the consonant. A syllable whose only vowel is y is folded as the one with i: kỹ and kĩ, lý and lí,
công ty and công ti are spellings of one word; tay and tai, thúy and thúi are not.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

ANALYSER_VERSION = 2
"""Raise when tokens change: an index built by another version is refused and rebuilt."""

LONGEST_TOKEN = 64
"""Characters kept of one token; longer ones (data dumped into a text) are cut the same way on both sides."""

MARKS = "\u0300-\u036f"
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_PLAIN_WORD = re.compile(r"[^\W_]+")
_MARKED_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}{_INVISIBLE}])*")
_NEEDS_MARKS = re.compile(rf"[{MARKS}{_INVISIBLE}]")
_INVISIBLES = re.compile(rf"[{_INVISIBLE}]")

_D = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ɖ": "d", "Ɖ": "D"})
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SYLLABLE = re.compile(r"[^\W\d_]+")
# The u of `qu` belongs to the consonant.
_ONLY_Y = re.compile(r"(qu|[b-df-hj-np-tvxz]*)y([cmnpt]|ch|ng|nh)?")
_ONLY_I = re.compile(r"(qu|[b-df-hj-np-tvxz]*)i([cmnpt]|ch|ng|nh)?")


class Token(NamedTuple):
    """One syllable: folded and accented form, where it stands in the original text, its place in the row."""

    folded: str
    exact: str
    start: int
    end: int
    position: int

    @property
    def is_accented(self) -> bool:
        """Whether it was written with marks, so that they say which word is meant."""
        return self.exact != self.folded and not self.exact.isascii()

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Folded forms a longer syllable may begin with: `quy` goes on to `quyet`, which has more vowels than y."""
        bare = fold(self.exact)
        return (self.folded,) if bare == self.folded else (self.folded, bare)


def normalise(text: str) -> str:
    """NFC, lower case, tones of open syllables in one place; other characters stay."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    return _SYLLABLE.sub(lambda match: _place_tone(match.group()), text)


def without_marks(text: str) -> str:
    """The letters without accents, đ as d, capitals as they are: for widths and names of files, not for searching."""
    apart = unicodedata.normalize("NFD", text.translate(_D))
    return "".join(char for char in apart if not unicodedata.combining(char))


def fold(text: str) -> str:
    """`normalise` without any mark, đ as d; applying it twice changes nothing."""
    before = None
    while text != before:
        before = text
        apart = unicodedata.normalize("NFKD", text.translate(_D))
        text = "".join(char for char in apart if not unicodedata.combining(char)).lower()
    return text


@lru_cache(maxsize=100_000)
def forms(surface: str) -> tuple[str, str]:
    """Folded and exact form of one word as written; ("", "") when nothing can be searched in it.

    Cached because an archive repeats some thousand syllables for ever: this is what makes indexing fast.
    """
    bare = _INVISIBLES.sub("", surface)
    folded = _y_as_i("".join(fold(bare).split())[:LONGEST_TOKEN])
    exact = "".join(normalise(bare).split())[:LONGEST_TOKEN]
    return (folded, exact) if folded else ("", "")


def _y_as_i(folded: str) -> str:
    match = _ONLY_Y.fullmatch(folded)
    return f"{match[1]}i{match[2] or ''}" if match else folded


def spellings(folded: str) -> tuple[str, ...]:
    """How a folded syllable may stand in a text folded letter by letter: `ki` there is `ki` or `ky`."""
    match = _ONLY_I.fullmatch(folded)
    return (folded, f"{match[1]}y{match[2] or ''}") if match else (folded,)


def tokens(text: str) -> list[Token]:
    """Every word of a text in order; `text[token.start:token.end]` is the word as it was written (also NFD)."""
    found: list[Token] = []
    for match in words_in(text):
        folded, exact = forms(match.group())
        if folded:
            found.append(Token(folded, exact, match.start(), match.end(), len(found)))
    return found


def composed(text: str) -> str:
    """The text in NFC; itself where it already is."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def surfaces(text: str) -> list[str]:
    """Every word as written, in order; some have no form that can be searched."""
    return _word_pattern(text).findall(text)


def words_in(text: str) -> Iterator[re.Match[str]]:
    """Every word as a match, for callers that need speed more than tokens."""
    return _word_pattern(text).finditer(text)


def word_forms(text: str) -> list[tuple[str, str]]:
    """(folded, exact) of every word, in the order and number of `tokens` but three times as fast."""
    return [pair for pair in map(forms, _word_pattern(text).findall(text)) if pair[0]]


def _word_pattern(text: str) -> re.Pattern[str]:
    return _MARKED_WORD if _NEEDS_MARKS.search(text) else _PLAIN_WORD


def within_one_edit(first: str, second: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours makes them equal."""
    if first == second:
        return True
    if abs(len(first) - len(second)) > 1:
        return False
    short, long = sorted((first, second), key=len)
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    if short[same + 1 :] == long[same + 1 :]:
        return True
    return short[same : same + 2] == long[same : same + 2][::-1] and short[same + 2 :] == long[same + 2 :]


def _place_tone(syllable: str) -> str:
    """Moves the tone of a final oa, oe, uy to its first vowel, and of `qu` + vowel to the vowel after it."""
    if len(syllable) < 2 or syllable.isascii():
        return syllable
    head, first, second = syllable[:-2], syllable[-2], syllable[-1]
    first_base, first_tone = _split_tone(first)
    second_base, second_tone = _split_tone(second)
    after_q = head.endswith("q")
    if after_q and first_base == "u" and first_tone and not second_tone:
        return head + "u" + unicodedata.normalize("NFC", second_base + first_tone)
    if not second_tone or first_tone or after_q or first_base + second_base not in ("oa", "oe", "uy"):
        return syllable
    return head + unicodedata.normalize("NFC", first_base + second_tone) + second_base


def _split_tone(letter: str) -> tuple[str, str]:
    """A letter without its tone (vowel marks stay), and the tone."""
    apart = unicodedata.normalize("NFD", letter)
    tone = "".join(char for char in apart if char in _TONES)
    rest = "".join(char for char in apart if char not in _TONES)
    return unicodedata.normalize("NFC", rest), tone
