"""From a query to the steps that answer it: what must match, what to try when nothing does, what counts how much."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from search.analysis import BIGRAM, EXACT, FOLDED, NUMBER_CONTEXT, TITLE, TITLE_BIGRAM, bigrams, impact, rarity
from search.keystrokes import meant_syllable
from search.numbers import KIND_AND_DIGITS, Number, named_numbers, number_token
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
from search.short_forms import Also
from search.values import Value
from search.vietnamese import tokens

BIGRAM_WEIGHT, EXACT_WEIGHT, TITLE_WEIGHT, TITLE_BIGRAM_WEIGHT, OWN_NUMBER_WEIGHT = 1.0, 0.2, 0.3, 0.3, 3.0
ALSO_WEIGHT = 0.9
"""What was not typed but means the same counts a little less, so that papers with the very words come first."""
SHORT_QUERY = 3
COMMON = math.log(10 / 9)
"""Rarity of what nine in ten of the viewer's documents hold. Longer queries do not ask for such words: counting them
would find nearly everything and take longest. Among fewer than MANY documents a share says nothing."""
MANY = 100
NEGLIGIBLE = 1 / 20
"""What is worth less than this share of a query's most telling word is not added up."""
SHORTEST_TOLERANT = 3
_GLUED_NUMBER = re.compile(r"\d+[a-z]+\Z")

Count = Callable[[Node], int]
"""How many documents the viewer may see match; never counts what is hidden."""

Levels = Callable[[str], dict[str, int]]
"""Weighted terms beginning so -> how many documents the viewer may see hold each; only those that some do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt. tolerant: syllables searched with one edit; remark: said when this attempt answers."""

    match: Node
    remark: str | None = None
    tolerant: frozenset[str] = frozenset()


def steps(
    query: Query, rare: Mapping[str, float], count: Count, prefix_last: bool, also: Sequence[Also] = ()
) -> Iterator[Step]:
    """Attempts in order; the first with a match is the answer. Lazy, since counting is only for the later ones.

    rare: rarity of every syllable asked for (see `worths`). also: other ways to say stretches of the query's row.
    """
    required = [*map(_piece_node, query.phrases), *_own_numbers(query, NUMBERS)]
    excluded = tuple(_piece_node(piece) for piece in query.without)
    meant = [number for number in query.numbers if number.certain]
    row = list(dict.fromkeys(token.folded for token in query.row))
    others = _other_words(query, also)
    last = _last_unit(query) if prefix_last else None

    def whole(units: Sequence[Node], minimum: int, needed: Sequence[Node] = required) -> Node:
        parts = [*needed]
        if units:
            parts.append(AtLeast(min(minimum, len(units)), tuple(units)))
        match = every(*parts) if parts else Everything()
        return AtLeast(1, (match,), excluded) if excluded else match

    numbers = [_number_node(number, number.joined == last) for number in meant]
    numbers += [_value_node(value, query) for value in query.values]
    beginnings = query.row[-1].beginnings if last and query.row and query.row[-1].folded == last else ()
    words = [_or_said(_word_node(word, beginnings if word == last else ()), others.get(word, ())) for word in row]
    exact = [*numbers, *words]
    telling, minimum = exact, least(len(exact))
    if len(exact) > SHORT_QUERY and count(Everything()) >= MANY:
        telling = [*numbers, *(node for word, node in zip(row, words, strict=True) if rare[word] >= COMMON)]
        minimum = max(1, len(telling) // 4)
    yield Step(whole(telling or exact, minimum if telling else len(exact)))
    if any(number.complete for number in meant):
        longer = [*(Prefix(WORDS, number.joined) for number in meant), *words]
        yield Step(whole(longer, least(len(longer))), "Không có đúng số văn bản này; đây là các số bắt đầu như vậy.")
    unknown = frozenset(
        word
        for word, node in zip(row, words, strict=True)
        if len(word) >= SHORTEST_TOLERANT and not word.isdigit() and not count(node)
    )
    near = [
        *numbers,
        *(_tolerant_node(word) if word in unknown else node for word, node in zip(row, words, strict=True)),
    ]
    if unknown:
        shown = ", ".join(dict.fromkeys(f"«{token.exact}»" for token in query.row if token.folded in unknown))
        yield Step(whole(near, least(len(near))), f"Không thấy {shown}; đã tìm chữ gần giống.", unknown)
    if len(exact) > 1:
        yield Step(whole(exact, 1), "Không có tài liệu nào chứa đủ các từ; đây là tài liệu chứa một phần.")
        if unknown:
            yield Step(whole(near, 1), "Không thấy đúng các từ; đã tìm chữ gần giống.", unknown)
    mentioned = _own_numbers(query, WORDS)
    if mentioned:
        needed = [*map(_piece_node, query.phrases), *mentioned]
        said = "Không có tài liệu mang số này; đây là tài liệu nhắc đến số ấy."
        yield Step(whole(exact, least(len(exact)), needed), said)


def with_keystrokes(query: Query, count: Count) -> tuple[Query, list[str]]:
    """The query with syllables typed in Telex or VNI read as meant, where only that is found; and a remark."""
    row = []
    for token in query.row:
        meant = meant_syllable(token.folded)
        if meant and not count(Term(WORDS, (token.folded,))) and count(Term(WORDS, (meant,))):
            token = token._replace(folded=meant, exact=meant)
        row.append(token)
    changed = [old.exact for old, new in zip(query.row, row, strict=True) if old.folded != new.folded]
    if not changed:
        return query, []
    return replace(query, row=tuple(row)), [f"Đã hiểu «{' '.join(changed)}» là gõ Telex hoặc VNI khi chưa bật bộ gõ."]


def _other_words(query: Query, also: Sequence[Also]) -> dict[str, tuple[Node, ...]]:
    """What stands for a syllable of the query, too: the short form of the words it belongs to, or the words in full."""
    found: dict[str, dict[Node, None]] = {}
    for other in also:
        for token in query.row[other.first : other.last]:
            found.setdefault(token.folded, {})[words_node(other.form.words)] = None
    return {word: tuple(nodes) for word, nodes in found.items()}


def _or_said(node: Node, others: Sequence[Node]) -> Node:
    return either(node, *others) if others else node


def least(units: int) -> int:
    """How many of so many units a document must hold: all of up to three, then a quarter."""
    return units if units <= SHORT_QUERY else max(SHORT_QUERY, math.ceil(units / 4))


def worths(
    query: Query, documents: int, levels: Levels, also: Sequence[Also] = ()
) -> tuple[tuple[Worth, ...], dict[str, float]]:
    """What each found term is worth to this viewer, and the rarity of every folded syllable, number and value asked for.

    documents: how many the viewer may see.
    """
    found: list[tuple[float, dict[str, float]]] = []
    rare: dict[str, float] = {}

    def add(text: str, family: str, weight: float) -> float:
        there = levels(f"{text}{family}")
        rareness = rarity(documents, sum(there.values()))
        found.append((weight * rareness, {term: impact(term) for term in there}))
        return rareness

    def add_title(text: str, weight: float) -> None:
        found.append((weight * rare[text], {f"{text}{TITLE}": 1.0}))

    rows = [query.row, *(piece.words for piece in query.phrases)]
    for folded, exact in dict.fromkeys((token.folded, token.exact) for row in rows for token in row):
        if folded not in rare:
            rare[folded] = add(folded, FOLDED, 1.0)
            add_title(folded, TITLE_WEIGHT)
        if exact != folded:
            add(exact, EXACT, EXACT_WEIGHT)
    for pair in dict.fromkeys(pair for row in rows for pair in bigrams([token.folded for token in row])):
        rareness = add(pair, BIGRAM, BIGRAM_WEIGHT)
        found.append((TITLE_BIGRAM_WEIGHT * rareness, {f"{pair}{TITLE_BIGRAM}": 1.0}))
    for number in query.numbers:
        rare[number.joined] = add(number.joined, FOLDED, 1.0)
        add_title(number.joined, OWN_NUMBER_WEIGHT)
    named = named_numbers([token.folded for token in query.row])
    for beginning in [*named, *(value.number for value in query.values if value.number)]:
        # Of papers that begin so only the one whose own number it is: citing one is no reason to come first.
        own = {term: 1.0 for term in levels(beginning) if term.endswith(TITLE)}
        found.append((OWN_NUMBER_WEIGHT * rarity(documents, len(own)), own))
    for value in query.values:
        rare[value.joined] = add(value.joined, FOLDED, 1.0)
    for words, syllables in dict.fromkeys((other.form.words, other.last - other.first) for other in also):
        # As much as the syllables that it stands for, whichever of the two is the longer one.
        share = ALSO_WEIGHT * syllables / len(words)
        for word in words:
            add(word, FOLDED, share if len(words) == 1 else share / 2)
        for pair in bigrams(words):
            add(pair, BIGRAM, share / 2)
    # What nobody holds is rarest of all, and tells nothing.
    least_value = NEGLIGIBLE * max((value for value, shares in found if shares), default=0.0)
    gains = [
        Worth(term, _exact_points(value * share))
        for value, shares in found
        if value >= least_value
        for term, share in shares.items()
    ]
    return tuple(worth for worth in gains if worth.points), rare


def _exact_points(points: float) -> float:
    """Multiples of 1/1024 add up exactly in any order, so equal documents stay equal in every engine."""
    return round(points * 1024) / 1024


def _last_unit(query: Query) -> str | None:
    """The folded syllable or joined number the person is still typing: nothing follows it, not even a space."""
    ends = [(token.end, token.folded) for token in query.row]
    ends += [(number.end, number.joined) for number in query.numbers if number.certain]
    ends += [(value.end, "") for value in query.values]
    if not ends:
        return None
    end, unit = max(ends)
    return unit if end == len(query.text) else None


def _word_node(word: str, beginnings: Sequence[str]) -> Node:
    """The word, or whatever begins so while it is being typed."""
    node: Node = either(*(Prefix(WORDS, begun) for begun in beginnings)) if beginnings else Term(WORDS, (word,))
    # Numbers typed as one word: 57nqtw when its letters are not known ones, and NQ57.
    if _GLUED_NUMBER.match(word):
        return either(node, Prefix(WORDS, f"#{word}"))
    turned = KIND_AND_DIGITS.fullmatch(word)
    return either(node, Prefix(WORDS, f"#{int(turned[2])}{turned[1]}")) if turned else node


def _tolerant_node(word: str) -> Node:
    # A forgotten space makes two syllables one word: those stand among the bigrams.
    return either(Near(WORDS, word), Prefix(WEIGHTS, f"{word}{BIGRAM}"))


def _number_node(number: Number, open_ended: bool) -> Node:
    if number.complete and not open_ended:
        return Term(WORDS, (number.joined,))
    return Prefix(WORDS, number.joined)


def _value_node(value: Value, query: Query) -> Node:
    """The amount or day however it is written; parts of an amount may also be meant as they stand."""
    joined = Term(WORDS, (value.joined,))
    if value.whole:
        return either(joined, Prefix(WORDS, value.number)) if value.number else joined
    parts = tokens(query.text[value.start : value.end])
    return either(joined, every(*(Term(WORDS, (part.folded,)) for part in parts)))


def _own_numbers(query: Query, field: str) -> list[Node]:
    """`số:` means the document's own number; half a number finds all that begin so."""
    wanted = [number_token(item.value) for item in query.fields if item.name == "number"]
    return [Prefix(field, token) for token in wanted if token]


def _piece_node(piece: Piece) -> Node:
    """A phrase; a document number inside it may be spelt any way.

    The phrase is cut after a number: it may be one word or four in the document, so what follows has no fixed place.
    """
    starts = {number.start: number for number in piece.numbers if number.certain and number.complete}
    parts: list[Node] = []
    items: list[str] = []
    covered = 0
    for token in piece.words:
        if token.start < covered:
            continue
        number = starts.get(token.start)
        items.append(number.joined if number else token.folded)
        if number:
            covered = number.end
            if len(items) > NUMBER_CONTEXT + 1:
                parts.append(words_node(items[:-1]))
            parts.append(words_node(items[-NUMBER_CONTEXT - 1 :]))
            items = []
    if items:
        parts.append(words_node(items))
    return every(*parts)


def words_node(words: Sequence[str]) -> Node:
    """These words in a row, or the one word."""
    return Phrase(WORDS, tuple(words)) if len(words) > 1 else Term(WORDS, (words[0],))
