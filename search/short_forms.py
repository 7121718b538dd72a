"""Short forms and what they stand for: UBND and «ủy ban nhân dân» are asked for together, whichever was typed.

They come from three places: a list of what public offices use, what an office adds (or strikes out), and what papers
define themselves: «sau đây viết tắt là …», «(gọi tắt là …)», «Ủy ban nhân dân (UBND)». A definition is a term of the
paper it stands in, so it helps only those who may see that paper.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from search.public_short_forms import LINES
from search.vietnamese import Token, fold, forms, normalise, word_forms, words_in

LONGEST_ROW = 12
"""Syllables of a query up to which papers' own definitions are looked up: longer ones say what they mean."""
_MOST_LETTERS, _MOST_WORDS = 12, 16
_LOOK_BACK = 160

Words = tuple[str, ...]
"""Folded syllables in order."""

Definitions = Callable[[str], Iterable[str]]
"""Terms beginning so that papers within the viewer's reach hold."""

_CAPITALS = "A-ZĐÂÊÔƠƯĂ"
_SHORT = rf"(?P<short>[{_CAPITALS}][{_CAPITALS}0-9&\-]{{1,{_MOST_LETTERS - 1}}})"
_QUOTED = rf"[\"“”«'‘]?\s?{_SHORT}\s?[\"“”»'’]?"
# «Ủy ban nhân dân (UBND)»; «…, sau đây viết tắt là UBND»; «UBND (Ủy ban nhân dân)» and lines of a table of short forms.
_BRACKETED = re.compile(rf"\(\s?{_QUOTED}\s?\)")
_SAID = re.compile(rf"(?:tắt\s?(?:là\s?:?|:)|gọi (?:chung )?là)\s?{_QUOTED}(?![^\W_])")
_EXPLAINED = re.compile(rf"{_SHORT}\s?(?:\(|[:=|\t–])\s?(?=[^\W\d_])")
_LEADING_IN = re.compile(r"(?:[\s(,;]|sau đây|dưới đây|được|viết|gọi|chung)+\Z", re.IGNORECASE)
_BREAK = re.compile(r"[^\w\s,&/\-\u0300-\u036f]")
_ENDS = re.compile(r"\s*(?:[).,;|\n]|\Z)")
# As a folded syllable is made: consonants, vowels, an ending that Vietnamese has.
_SYLLABLE = re.compile(r"(?:ngh?|[ckpt]h|gi|qu|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
_LETTER = re.compile(r"[^\W\d_]")
# Words of a full form that its letters pass over.
_SILENT = frozenset({"va", "cua", "ve", "cac", "cho", "voi", "thuoc", "tai"})


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say it: as shown, and its folded syllables."""

    shown: str
    words: Words
    said: str = ""  # of a full form: its short form in small letters, marks and all


@dataclass(frozen=True, slots=True)
class Also:
    """Syllables `first` to `last` (exclusive) of a query's row, `words`, can be said as `form`, too."""

    first: int
    last: int
    words: Words
    form: Form
    is_short: bool


class ShortForms:
    """A list of short forms, made of the public one, what was added and what was struck out."""

    def __init__(self, added: Iterable[tuple[str, str]] = (), struck: Iterable[tuple[str, str]] = ()) -> None:
        """Pairs of a short form and one full form, as written; a struck pair is not used whoever says it."""
        self._struck = frozenset((_words(short), _words(full)) for short, full in struck)
        self._other: dict[Words, dict[Words, tuple[Form, bool]]] = {}
        for short, full, one_way in public_list():
            self._add(short, full, one_way)
        for short, full in added:
            self._add(short, full, False)
        self._longest = max(map(len, self._other), default=0)

    def also(self, text: str, row: tuple[Token, ...], definitions: Definitions) -> list[Also]:
        """What else to ask for, by place in the row of a query; longer stretches before the shorter ones inside them."""
        words = tuple(token.folded for token in row)
        own = _defined_here(words, definitions) if len(words) <= LONGEST_ROW else {}
        capitals = [text[token.start : token.end].isupper() for token in row]
        longest = max([self._longest, *map(len, own)])
        found: list[Also] = []
        covered: set[tuple[int, int]] = set()
        for length in range(min(longest, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                stretch = words[first : first + length]
                others = {**own.get(stretch, {}), **self._other.get(stretch, {})}
                inside = any(low <= first and first + length <= high for low, high in covered)
                if not others or inside:
                    continue
                covered.add((first, first + length))
                found += [
                    Also(first, first + length, stretch, form, is_short)
                    for other, (form, is_short) in others.items()
                    if (is_short or length > 1 or _can_be_short(row[first], form, capitals[first]))
                    and (other, stretch) not in self._struck
                    and (stretch, other) not in self._struck
                ]
        return found

    def _add(self, short: str, full: str, one_way: bool) -> None:
        key, other = _words(short), _words(full)
        if not key or not other or key == other:
            return
        self._other.setdefault(key, {})[other] = (Form(full, other, said=normalise(short)), full.upper() == full)
        # A syllable stands everywhere: who writes the words in full does not mean every «ai» or «tư».
        if not one_way and not _is_syllable(key):
            self._other.setdefault(other, {})[key] = (Form(short, key), True)


@cache
def public_list() -> tuple[tuple[str, str, bool], ...]:
    """(short, full, works one way only) of every line; several short forms of one thing make further pairs."""
    found = []
    for line in filter(None, LINES.splitlines()):
        one_way = line.startswith(">")
        said = [part.strip() for part in line.removeprefix(">").split(" = ")]
        shorts = [said[0], *(part for part in said[1:] if part.upper() == part)]
        found += [(short, full, one_way) for short in shorts for full in said if full not in shorts]
        found += [(short, other, one_way) for short, other in pairwise(shorts)]
    return tuple(found)


def find_definitions(text: str) -> list[tuple[str, str]]:
    """(short, full) of every short form that an NFC text explains itself, as written, each once.

    The letters must be those the words begin with: that is how far the full form reaches back, and what keeps
    «(Hà Nội)» or «(QĐ 12)» from being taken for one.
    """
    found: dict[tuple[str, str], None] = {}
    for pattern in (_BRACKETED, _SAID):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
            full = _full_form_before(_LEADING_IN.sub("", before), match["short"])
            if full:
                found[match["short"].strip("-&"), full] = None
    for match in _EXPLAINED.finditer(text):
        full = _full_form_after(text[match.end() : match.end() + _LOOK_BACK], match["short"])
        if full:
            found[match["short"].strip("-&"), full] = None
    return list(found)


def definition_terms(text: str) -> list[str]:
    """Index terms of the definitions in a text, to be looked up from either side by their beginning."""
    found = []
    for short, full in find_definitions(text):
        key, words = _words(short), _words(full)
        said = normalise(full).replace(" ", ".")
        found.append(f"={'.'.join(key)}={normalise(short)}={said}")
        if not _is_syllable(key):
            found.append(f"<{'.'.join(words)}={short}")
    return list(dict.fromkeys(found))


def _defined_here(words: Words, definitions: Definitions) -> dict[Words, dict[Words, tuple[Form, bool]]]:
    """What papers define for stretches of these words."""
    found: dict[Words, dict[Words, tuple[Form, bool]]] = {}
    for first, word in enumerate(words):
        for term in definitions(f"={word}=") if not word.isdigit() else ():
            _, _, short, said = term.replace(".", " ").split("=", 3)
            found.setdefault((word,), {})[_words(said)] = (Form(said, _words(said), said=short), False)
        if first + 1 == len(words):
            continue
        for term in definitions(f"={word}.{words[first + 1]}="):
            _, _, short, said = term.replace(".", " ").split("=", 3)
            found.setdefault((word, words[first + 1]), {})[_words(said)] = (Form(said, _words(said), said=short), False)
        for term in definitions(f"<{word}.{words[first + 1]}."):
            full, short = term[1:].split("=", 1)
            found.setdefault(tuple(full.split(".")), {})[_words(short)] = (Form(short, _words(short)), True)
        for term in definitions(f"<{word}.{words[first + 1]}="):
            full, short = term[1:].split("=", 1)
            found.setdefault(tuple(full.split(".")), {})[_words(short)] = (Form(short, _words(short)), True)
    return found


def _can_be_short(token: Token, form: Form, in_capitals: bool) -> bool:
    """Whether a word of a query is meant as this short form: same marks if it has any, capitals if it is a syllable."""
    if token.is_accented and form.said and token.exact != form.said:
        return False
    return in_capitals or not _is_syllable((token.folded,))


def _is_syllable(words: Words) -> bool:
    return len(words) == 1 and _SYLLABLE.fullmatch(words[0]) is not None


def _full_form_before(before: str, short: str) -> str | None:
    """The last words of a text whose first letters are those of the short form, in order."""
    spans = [match.span() for match in words_in(before)][-_MOST_WORDS:]
    taken = _spelt(list(reversed(_letters(short))), [before[start:end] for start, end in reversed(spans)])
    return _one_phrase(before[spans[-taken][0] : spans[-1][1]]) if taken else None


def _full_form_after(after: str, short: str) -> str | None:
    """The first words of a text whose first letters are those of the short form, when nothing follows them."""
    spans = [match.span() for match in words_in(after)][:_MOST_WORDS]
    taken = _spelt(_letters(short), [after[start:end] for start, end in spans])
    if not taken or not _ENDS.match(after, spans[taken - 1][1]):
        return None
    return _one_phrase(after[: spans[taken - 1][1]])


def _one_phrase(text: str) -> str | None:
    return None if _BREAK.search(text) else " ".join(text.split())


def _letters(short: str) -> list[str]:
    return [fold(letter) for letter in _LETTER.findall(short)]


def _spelt(letters: list[str], words: list[str]) -> int:
    """How many of these words, two or more, it takes to spell the letters by their beginnings; 0 when they do not."""
    place = 0
    for number, word in enumerate(words, 1):
        folded = forms(word)[0]
        if folded[:1] == letters[place]:
            place += 1
            if place == len(letters):
                return number if number > 1 else 0
        elif folded not in _SILENT:
            return 0
    return 0


def _words(text: str) -> Words:
    return tuple(folded for folded, _ in word_forms(text))


PUBLIC = ShortForms()
"""The public list as it stands."""
