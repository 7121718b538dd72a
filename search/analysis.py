"""From a record to what every engine stores: terms, positions and weights worked out once, in Python.

Why weights are terms: BM25 as engines compute it uses counts over the whole index, so a document nobody may see
would move the scores, and with them the order, of those one may see. Here the part of BM25 that belongs to one
document (frequency and length against a fixed length) is worked out when indexing, rounded to one of 24 levels
and stored as a term (`chuyenFC`: folded syllable, level C). The part that belongs to the collection (rarity) is
counted at query time among the viewer's own documents. All engines thus give the same scores.
"""

import json
import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from search.numbers import find_numbers, number_token
from search.record import Record, day_number, encode_label
from search.vietnamese import Token, tokens

SCHEMA_VERSION = 1
"""Raise when fields or their meaning change: older indexes are refused and rebuilt."""

FOLDED, BIGRAM, EXACT, TITLE = "F", "B", "E", "T"
LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWX"
_LOWEST, _STEP = 0.06, 1.17
IMPACTS = tuple(_LOWEST * _STEP**place for place in range(len(LEVELS)))
"""What each level stands for: equal steps on a logarithmic scale, from rare in a long text to often in a short one."""

_K1, _B, _USUAL_LENGTH = 1.2, 0.75, 300
_TITLE_GAP = 100
_HEAD = 600


@dataclass(frozen=True, slots=True)
class Entry:
    """A record ready for an engine. Terms hold no white space and no control characters but in raw fields.

    words: folded syllables and numbers with positions (title first, then a gap, then the body).
    title_words: the title alone. weights: leveled terms, each once. numbers: the document's own number.
    order: newest date first, then a digest of the key: breaks ties the same way in every index.
    payload: compressed JSON of what a hit shows.
    """

    key: str
    viewer_keys: tuple[str, ...]
    labels: dict[str, list[str]]
    day: int
    order: int
    numbers: tuple[str, ...]
    words: list[tuple[str, int]]
    title_words: list[tuple[str, int]]
    weights: list[str]
    payload: bytes


def analyse(record: Record) -> Entry:
    """Everything an engine needs to know about one record."""
    title, body = tokens(record.title), tokens(record.body)
    stands_in_body = _contains(body[:_HEAD], title)
    own = number_token(record.number) if record.number else ""
    words, after = _words(record.title, title, 0)
    title_words = list(words)
    if own:
        words.append((own, after))
        number_words, after = _words(record.number or "", tokens(record.number or ""), after)
        words += number_words
    body_words, _ = _words(record.body, body, after + _TITLE_GAP)
    words += body_words
    counted = body if stands_in_body else title + body
    day = day_number(record.date) if record.date else 0
    return Entry(
        key=record.key,
        viewer_keys=tuple(dict.fromkeys(record.viewer_keys)),
        labels={name: [encode_label(value) for value in values] for name, values in record.labels().items()},
        day=day,
        order=(day << 32) | zlib.crc32(record.key.encode()),
        numbers=(own,) if own else (),
        words=words,
        title_words=title_words,
        weights=_weights(counted, words, [] if stands_in_body else title, own),
        payload=_pack(record),
    )


def unpack(payload: bytes) -> dict[str, str | None]:
    """What a hit shows: key, kind, title, body, number, date."""
    names = ("key", "kind", "title", "body", "number", "date")
    return dict(zip(names, json.loads(zlib.decompress(payload)), strict=True))


def bigrams(row: Sequence[Token]) -> list[str]:
    """Adjacent folded syllables written together (so that a forgotten space can be found, too)."""
    return [first.folded + second.folded for first, second in pairwise(row)]


def rarity(documents: int, holding: int) -> float:
    """BM25's inverse document frequency among `documents`, `holding` of which hold the term."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def impact(term: str) -> float:
    """What a weighted term (`chuyenFC`) stands for: the document's own part of BM25."""
    return IMPACTS[LEVELS.index(term[-1])]


def _pack(record: Record) -> bytes:
    shown = (record.key, record.kind, record.title, record.body, record.number, record.date)
    return zlib.compress(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace"), 6)


def _words(text: str, row: list[Token], first: int) -> tuple[list[tuple[str, int]], int]:
    """Folded syllables with positions from `first` on, each number at its first part; and the next position."""
    words = [(token.folded, first + token.position) for token in row]
    numbers = find_numbers(text)
    if numbers:
        places = {token.start: token.position for token in row}
        words += [(number.joined, first + places[number.start]) for number in numbers if number.start in places]
        # Engines want positions in order.
        words.sort(key=lambda word: word[1])
    return words, first + len(row)


def _weights(row: list[Token], words: list[tuple[str, int]], title: list[Token], own: str) -> list[str]:
    saturation = _K1 * (1 - _B + _B * len(row) / _USUAL_LENGTH)
    found: list[str] = []
    families = (
        (FOLDED, Counter(token.folded for token in row)),
        (FOLDED, Counter(word for word, _ in words if word[0] == "#")),
        (BIGRAM, Counter(bigrams(row))),
        # Syllables without accents are not asked for: the folded ones say the same.
        (EXACT, Counter(token.exact for token in row if token.exact != token.folded)),
    )
    for family, counts in families:
        for text, count in counts.items():
            impact = count * (_K1 + 1) / (count + saturation)
            found.append(f"{text}{family}{_level(impact)}")
    found += [f"{text}{TITLE}" for text in dict.fromkeys([*(token.folded for token in title), own]) if text]
    return found


def _level(impact: float) -> str:
    place = round(math.log(impact / _LOWEST) / math.log(_STEP))
    return LEVELS[max(0, min(len(LEVELS) - 1, place))]


def _contains(body: list[Token], title: list[Token]) -> bool:
    if not title:
        return True
    joined = " ".join(token.folded for token in body)
    return f" {' '.join(token.folded for token in title)} " in f" {joined} "
