"""From a query to the steps that answer it: what must match, what to try when nothing does, what counts how much."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from search.analysis import BIGRAM, EXACT, FOLDED, LEVEL_STEP, TITLE, bigrams, leveled, rarity
from search.numbers import Number, number_token
from search.plan import (
    NUMBERS,
    WEIGHTS,
    WORDS,
    AtLeast,
    Everything,
    Near,
    Node,
    Phrase,
    Prefix,
    Term,
    Worth,
    either,
    every,
)
from search.query import Piece, Query

BIGRAM_WEIGHT, EXACT_WEIGHT, TITLE_WEIGHT, OWN_NUMBER_WEIGHT = 0.5, 0.3, 0.3, 2.0
SHORT_QUERY = 3
SHORTEST_TOLERANT = 3
_POINTS = 64
_GLUED_NUMBER = re.compile(r"\d+[a-z]+\Z")

Count = Callable[[Node], int]
"""How many documents the viewer may see match; never counts what is hidden."""


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt. tolerant: syllables searched with one edit; remark: said when this attempt answers."""

    match: Node
    remark: str | None = None
    tolerant: frozenset[str] = frozenset()


def steps(query: Query, count: Count, prefix_last: bool) -> Iterator[Step]:
    """Attempts in order; the first with a match is the answer. Lazy, since counting is only for the later ones."""
    required = [*map(_piece_node, query.phrases), *_own_numbers(query)]
    excluded = tuple(_piece_node(piece) for piece in query.without)
    meant = [number for number in query.numbers if number.certain]
    row = list(dict.fromkeys(token.folded for token in query.row))
    last = _last_unit(query) if prefix_last else None

    def whole(units: list[Node], minimum: int) -> Node:
        parts = list(required)
        if units:
            parts.append(AtLeast(min(minimum, len(units)), tuple(units)))
        match = every(*parts) if parts else Everything()
        return AtLeast(1, (match,), excluded) if excluded else match

    exact = [_number_node(number, number.joined == last) for number in meant]
    exact += [_word_node(word, word == last) for word in row]
    yield Step(whole(exact, least(len(exact))))
    if not exact:
        return
    if any(number.complete for number in meant):
        open_ended: list[Node] = [Prefix(WORDS, number.joined) for number in meant]
        longer = [*open_ended, *exact[len(meant) :]]
        yield Step(whole(longer, least(len(longer))), "Không có đúng số văn bản này; đây là các số bắt đầu như vậy.")
    unknown = frozenset(
        word
        for word, node in zip(row, exact[len(meant) :], strict=True)
        if len(word) >= SHORTEST_TOLERANT and not word.isdigit() and not count(node)
    )
    near = [
        *exact[: len(meant)],
        *(_tolerant_node(word) if word in unknown else _word_node(word, word == last) for word in row),
    ]
    if unknown:
        shown = ", ".join(f"«{token.exact}»" for token in query.row if token.folded in unknown)
        yield Step(whole(near, least(len(near))), f"Không thấy {shown}; đã tìm chữ gần giống.", unknown)
    if len(exact) > 1:
        yield Step(whole(exact, 1), "Không có tài liệu nào chứa đủ các từ; đây là tài liệu chứa một phần.")
        if unknown:
            yield Step(whole(near, 1), "Không thấy đúng các từ; đã tìm chữ gần giống.", unknown)


def least(units: int) -> int:
    """How many of so many units a document must hold: all of up to three, then about half."""
    return units if units <= SHORT_QUERY else max(SHORT_QUERY, (units + 1) // 2)


def worths(query: Query, count: Count) -> tuple[tuple[Worth, ...], dict[str, float]]:
    """What each found term is worth to this viewer, and the rarity of every folded syllable asked for."""
    documents = count(Everything())
    found: list[Worth] = []
    rare: dict[str, float] = {}

    def add(text: str, family: str, weight: float) -> None:
        for place, term in enumerate(leveled(text, family), start=1):
            # Multiples of 1/64 add up exactly in any order, so equal documents stay equal in every engine.
            points = round(weight * place * LEVEL_STEP * _POINTS) / _POINTS
            if points:
                found.append(Worth(term, points))

    rows = [query.row, *(piece.words for piece in query.phrases)]
    for token in dict.fromkeys((item.folded, item.exact) for row in rows for item in row):
        folded, exact = token
        if folded not in rare:
            rare[folded] = rarity(documents, count(Term(WORDS, (folded,))))
            add(folded, FOLDED, rare[folded])
            found.append(_one(folded, TITLE, TITLE_WEIGHT * rare[folded]))
        if exact != folded:
            holding = count(Term(WEIGHTS, tuple(leveled(exact, EXACT))))
            if holding:
                add(exact, EXACT, EXACT_WEIGHT * rarity(documents, holding))
    for pair in dict.fromkeys(pair for row in rows for pair in bigrams(row)):
        holding = count(Term(WEIGHTS, tuple(leveled(pair, BIGRAM))))
        if holding:
            add(pair, BIGRAM, BIGRAM_WEIGHT * rarity(documents, holding))
    for number in query.numbers:
        rare[number.joined] = rarity(documents, count(Term(WORDS, (number.joined,))))
        add(number.joined, FOLDED, rare[number.joined])
        found.append(_one(number.joined, TITLE, OWN_NUMBER_WEIGHT * rare[number.joined]))
    return tuple(worth for worth in found if worth.points), rare


def _one(text: str, family: str, weight: float) -> Worth:
    return Worth(f"{text}{family}A", round(weight * _POINTS) / _POINTS)


def _last_unit(query: Query) -> str | None:
    """The folded syllable or joined number the person is still typing: nothing follows it, not even a space."""
    ends = [(token.end, token.folded) for token in query.row]
    ends += [(number.end, number.joined) for number in query.numbers if number.certain]
    if not ends:
        return None
    end, unit = max(ends)
    return unit if end == len(query.text) else None


def _word_node(word: str, open_ended: bool) -> Node:
    node: Node = Prefix(WORDS, word) if open_ended else Term(WORDS, (word,))
    # 57nqtw typed as one word, when its letters are not known ones.
    return either(node, Prefix(WORDS, f"#{word}")) if _GLUED_NUMBER.match(word) else node


def _tolerant_node(word: str) -> Node:
    # A forgotten space makes two syllables one word: those stand among the bigrams.
    return either(Near(WORDS, word), Term(WEIGHTS, tuple(leveled(word, BIGRAM))))


def _number_node(number: Number, open_ended: bool) -> Node:
    if number.complete and not open_ended:
        return Term(WORDS, (number.joined,))
    return Prefix(WORDS, number.joined)


def _own_numbers(query: Query) -> list[Node]:
    """`số:` means the document's own number; half a number finds all that begin so."""
    wanted = [number_token(item.value) for item in query.fields if item.name == "number"]
    return [Prefix(NUMBERS, token) for token in wanted if token]


def _piece_node(piece: Piece) -> Node:
    """A phrase; a document number inside it may be spelt any way.

    The phrase is cut after a number: it may be one word or four in the document, so what follows has no fixed place.
    """
    starts = {number.start: number for number in piece.numbers if number.certain and number.complete}
    parts: list[Node] = []
    items: list[tuple[str, int]] = []
    covered = 0
    for token in piece.words:
        if token.start < covered:
            continue
        number = starts.get(token.start)
        items.append((number.joined if number else token.folded, len(items)))
        if number:
            covered = number.end
            parts.append(Phrase(WORDS, tuple(items)))
            items = []
    if items:
        parts.append(Phrase(WORDS, tuple(items)))
    return every(*parts)
