"""From a record to what every engine stores: terms, positions and weights worked out once, in Python.

Why weights are terms: BM25 as engines compute it uses counts over the whole index, so a document nobody may see
would move the scores, and with them the order, of those one may see. Here the part of BM25 that belongs to one
document (frequency and length against a fixed length) is worked out when indexing, rounded to one of 40 levels
and stored as a term (`chuyenF12`: folded syllable, level 12). The part that belongs to the collection (rarity) is
counted at query time among the viewer's own documents. All engines thus give the same scores.
"""

import json
import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add, itemgetter

from search.numbers import Number, find_numbers, number_token
from search.record import Record, day_number, encode_label
from search.vietnamese import word_forms

SCHEMA_VERSION = 3
"""Raise when fields or their meaning change: older indexes are refused and rebuilt."""

FOLDED, BIGRAM, EXACT, TITLE = "F", "B", "E", "T"
_LOWEST, _STEP, _LEVELS = 0.06, 1.1, 40
IMPACTS = tuple(_LOWEST * _STEP**level for level in range(_LEVELS))
"""What each level stands for: equal steps on a logarithmic scale, from rare in a long text to often in a short one."""

_K1, _B, _USUAL_LENGTH = 1.2, 0.75, 300
_HEAD = 600
NUMBER_CONTEXT = 3
"""How many words stand before a document number where it is indexed as one word (see `Entry.words`)."""
_CONTEXT_CHARS = 100

Forms = tuple[str, str]
"""Folded and exact form of one syllable."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record ready for an engine. Terms hold no white space and no control characters but in raw fields.

    words: rows of folded syllables, those of a row joined by spaces; a phrase never reaches from one row into the
    next. Title, own number and body make one row each; every document number makes a further one, as one word after
    the few words before it. Positions then follow from the order, which engines work out much faster than we could
    state them. title_words: the same of the title alone. weights: leveled terms, each once. numbers: the own number.
    order: newest date first, then a digest of the key: breaks ties the same way in every index.
    payload: compressed JSON of what a hit shows.
    """

    key: str
    viewer_keys: tuple[str, ...]
    labels: dict[str, list[str]]
    day: int
    order: int
    numbers: tuple[str, ...]
    words: list[str]
    title_words: list[str]
    weights: list[str]
    payload: bytes


def analyse(record: Record) -> Entry:
    """Everything an engine needs to know about one record."""
    title, body = word_forms(record.title), word_forms(record.body)
    stands_in_body = _contains(body[:_HEAD], title)
    own = number_token(record.number) if record.number else ""
    title_numbers, body_numbers = find_numbers(record.title), find_numbers(record.body)
    title_words = [_row(title), *_number_rows(record.title, title_numbers)]
    words = [*title_words, own, _row(word_forms(record.number or "")), _row(body)]
    words += _number_rows(record.body, body_numbers)
    day = day_number(record.date) if record.date else 0
    return Entry(
        key=record.key,
        viewer_keys=tuple(dict.fromkeys(record.viewer_keys)),
        labels={name: [encode_label(value) for value in values] for name, values in record.labels().items()},
        day=day,
        order=(day << 32) | zlib.crc32(record.key.encode("utf-8", "replace")),
        numbers=(own,) if own else (),
        words=list(filter(None, words)),
        title_words=list(filter(None, title_words)),
        weights=_weights(
            body if stands_in_body else title + body,
            [*(number.joined for number in (*title_numbers, *body_numbers)), *([own] if own else [])],
            [*([] if stands_in_body else [folded for folded, _ in title]), *([own] if own else [])],
        ),
        payload=_pack(record),
    )


def unpack(payload: bytes) -> dict[str, str | None]:
    """What a hit shows: key, kind, title, body, number, date."""
    names = ("key", "kind", "title", "body", "number", "date")
    return dict(zip(names, json.loads(zlib.decompress(payload)), strict=True))


def bigrams(folded: Sequence[str]) -> list[str]:
    """Adjacent folded syllables written together (so that a forgotten space can be found, too)."""
    return list(map(add, folded, folded[1:]))


def rarity(documents: int, holding: int) -> float:
    """BM25's inverse document frequency among `documents`, `holding` of which hold the term."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def impact(term: str) -> float:
    """What a weighted term (`chuyenF12`) stands for: the document's own part of BM25."""
    return IMPACTS[int(term[-2:])]


def _pack(record: Record) -> bytes:
    shown = (record.key, record.kind, record.title, record.body, record.number, record.date)
    return zlib.compress(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace"), 6)


def _row(words: list[Forms]) -> str:
    return " ".join(map(itemgetter(0), words))


def _number_rows(text: str, numbers: list[Number]) -> list[str]:
    """Each number as one word after the words before it."""
    rows: dict[str, None] = {}
    for number in numbers:
        start = max(0, number.start - _CONTEXT_CHARS)
        before = word_forms(text[start : number.start])
        # The first word may be cut.
        before = before[1:] if start and len(before) <= NUMBER_CONTEXT else before
        rows[_row([*before[-NUMBER_CONTEXT:], (number.joined, "")])] = None
    return list(rows)


def _weights(row: list[Forms], numbers: list[str], top: list[str]) -> list[str]:
    """Leveled terms of a text, and those of its title and own number (`top`) without level."""
    saturation = _K1 * (1 - _B + _B * len(row) / _USUAL_LENGTH)
    syllables = list(map(itemgetter(0), row))
    families = (
        (FOLDED, Counter(syllables + numbers)),
        (BIGRAM, Counter(bigrams(syllables))),
        # Syllables without accents are not asked for: the folded ones say the same.
        (EXACT, Counter([exact for folded, exact in row if exact != folded])),
    )
    found = [f"{text}{TITLE}" for text in dict.fromkeys(top)]
    for family, counts in families:
        endings = {times: family + _level(times * (_K1 + 1) / (times + saturation)) for times in set(counts.values())}
        found += [text + endings[times] for text, times in counts.items()]
    return found


def _level(impact: float) -> str:
    level = round(math.log(impact / _LOWEST) / math.log(_STEP))
    return f"{max(0, min(_LEVELS - 1, level)):02d}"


def _contains(body: list[Forms], title: list[Forms]) -> bool:
    if not title:
        return True
    joined = " ".join(folded for folded, _ in body)
    return f" {' '.join(folded for folded, _ in title)} " in f" {joined} "
