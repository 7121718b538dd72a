"""From a text to a query for texts like it: the pairs of syllables that are frequent here and rare elsewhere."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from search.analysis import BIGRAM, bigrams, rarity
from search.query import Query
from search.vietnamese import Token, tokens

_READ = 20_000
_TRIED = 60
_PAIRS = 8


def query_like(text: str, documents: int, holding: Callable[[str], int]) -> Query:
    """An empty query when nothing in the text occurs in any other document the viewer may see.

    documents: how many those are, this one included; holding: how many of them hold a weighted term's family.
    """
    row = tokens(text[:_READ])
    places: dict[str, tuple[Token, Token]] = {}
    counts: Counter[str] = Counter()
    for first, second in pairwise(row):
        if first.folded.isdigit() or second.folded.isdigit():
            continue
        (pair,) = bigrams((first.folded, second.folded))
        places.setdefault(pair, (first, second))
        counts[pair] += 1
    worth: dict[str, float] = {}
    for pair, times in counts.most_common(_TRIED):
        there = holding(f"{pair}{BIGRAM}")
        if there > 1:
            worth[pair] = (1 + times) * rarity(documents, there)
    best = sorted(worth, key=lambda pair: (-worth[pair], pair))[:_PAIRS]
    words = tuple(token for pair in best for token in places[pair])
    return Query(text=" ".join(token.exact for token in words), row=words)
