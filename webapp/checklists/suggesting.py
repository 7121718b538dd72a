"""Which criteria a document speaks to, by the words they share. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from search.vietnamese import word_forms

# Of a criterion's weight that a document must hold to be suggested at all.
LEAST = 0.12
MOST_WORDS = 6
# Words that only join others: a pair with one of them ("và gửi", "số cho") says nothing to a reader.
_JOINING = frozenset(
    "bị bằng các cho cùng có của do để đã đang đến được hay hoặc khi không là mà một này những như nhưng nên ở phải "
    "qua ra rồi sau sẽ tại theo thì trên trong trước từ và vào về vì với".split()
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A criterion with the share of its own words found in the document (0 to 1) and the pairs of words that tell most."""

    code: str
    share: float
    words: tuple[str, ...]


def suggest(text: str, criteria: Iterable[tuple[str, str]]) -> list[Suggestion]:
    """Criteria (code, text) that the text speaks to, the closest first.

    Compared by pairs of neighbouring syllables: most Vietnamese words have two, and single syllables are everywhere. A
    pair that many of the criteria hold tells little about any one of them.
    """
    wanted = [(code, _pairs(text_of)) for code, text_of in criteria]
    spread = Counter(pair for _, pairs in wanted for pair in pairs)
    held = _pairs(text)
    found = []
    for code, pairs in wanted:
        weights = {pair: math.log(1 + len(wanted) / spread[pair]) for pair in pairs}
        total = sum(weights.values())
        shared = sorted((pair for pair in pairs if pair in held), key=lambda pair: (-weights[pair], pairs[pair]))
        share = sum(weights[pair] for pair in shared) / total if total else 0.0
        if share >= LEAST:
            found.append(Suggestion(code, share, tuple(" ".join(pair) for pair in shared[:MOST_WORDS])))
    return sorted(found, key=lambda one: (-one.share, one.code))


def _pairs(text: str) -> dict[tuple[str, str], int]:
    """Pairs of neighbouring syllables with the place where each stands first; none across a sentence's end."""
    pairs: dict[tuple[str, str], int] = {}
    for line in _sentences(text):
        words = [exact for _, exact in word_forms(line)]
        for place, pair in enumerate(pairwise(words)):
            if not _JOINING.intersection(pair):
                pairs.setdefault(pair, place)
    return pairs


def _sentences(text: str) -> Sequence[str]:
    for mark in (";", ".", ",", ":", "\f"):
        text = text.replace(mark, "\n")
    return text.splitlines()
