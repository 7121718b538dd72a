"""Marking what was searched for in a whole text, by the search's own folding: accents do not matter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from search.query import read_query
from search.short_forms import PUBLIC
from search.snippets import Wanted, highlight, typed_forms

_LONGEST_QUERY = 1000


def mark_text(text: str, question: str) -> list[tuple[str, bool]]:
    """The text in (part, is hit) pairs; together they are the text, spaces and line ends included."""
    wanted = _wanted(question[:_LONGEST_QUERY]) if question.strip() else None
    if wanted is None or not (wanted.rarity or wanted.numbers or wanted.values):
        return [(text, False)]
    return list(_spread(text, highlight(text, wanted)))


@lru_cache(maxsize=64)
def _wanted(question: str) -> Wanted:
    query = read_query(question)
    row = [*query.row, *(token for piece in query.phrases for token in piece.words)]
    numbers = [*query.numbers, *(number for piece in query.phrases for number in piece.numbers)]
    return Wanted(
        rarity={token.folded: 1.0 for token in row},
        typed=typed_forms(row),
        numbers=frozenset(number.joined for number in numbers),
        values=frozenset(value.joined for value in query.values)
        | frozenset(token.folded for token in row if token.folded.isdigit()),
        also=tuple(PUBLIC.also(query.text, query.row, lambda beginning: ())),
    )


def _spread(text: str, parts: tuple[tuple[str, bool], ...]) -> Iterator[tuple[str, bool]]:
    """Passages run spaces and line ends together; a page shows them as they are."""
    place = 0
    for part, hit in parts:
        letters = sum(not letter.isspace() for letter in part)
        start = place
        if hit:
            while place < len(text) and text[place].isspace():
                place += 1
            if place > start:
                yield text[start:place], False
            start = place
        while letters and place < len(text):
            letters -= not text[place].isspace()
            place += 1
        if place > start:
            yield text[start:place], hit
    if place < len(text):
        yield text[place:], False
