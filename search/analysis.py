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
from operator import add

from search.folding import lowered_words, read_word
from search.numbers import Number, find_numbers, heading_number, number_token
from search.record import Record, day_number, encode_label
from search.short_forms import definition_terms
from search.values import day_tokens, find_values
from search.vietnamese import composed, forms, surfaces

SCHEMA_VERSION = 4
"""Raise when fields or their meaning change: older indexes are refused and rebuilt."""

FOLDED, BIGRAM, EXACT, TITLE, TITLE_BIGRAM = "F", "B", "E", "T", "P"
_LOWEST, _STEP, _LEVELS = 0.06, 1.1, 40
IMPACTS = tuple(_LOWEST * _STEP**level for level in range(_LEVELS))
"""What each level stands for: equal steps on a logarithmic scale, from rare in a long text to often in a short one."""

_K1, _B, _USUAL_LENGTH = 0.8, 0.6, 300
_HEAD = 600
NUMBER_CONTEXT = 3
"""How many words stand before a document number where it is indexed as one word (see `Entry.words`)."""
_CONTEXT_CHARS = 40

_APART = " ~ "
"""Between what stands in one row without being neighbours: no word is written so, and no phrase reaches over it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record ready for an engine. Terms hold no white space and no control characters but in raw fields.

    words: rows of folded syllables, those of a row joined by spaces; a phrase never reaches from one row into the
    next. Title, own number and body make one row each; a further one holds every document number, as one word after
    the few words before it, and every amount and day as its token, parted from each other. Positions then follow from
    the order, which engines work out much faster than we could state them. title_words: the same of the title alone.
    weights: leveled terms, each once, pairs of the title, and what the text defines (see short_forms). numbers: the own
    number, told or given at the head.
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
    title, body = _Text(record.title), _Text(record.body)
    stands_in_body = _contains(body.folded[:_HEAD], title.folded)
    own = number_token(record.number) if record.number else heading_number(body.text)
    days = list(day_tokens(record.date)) if record.date else []
    title_words = [_row(title.folded), _APART.join(title.apart)]
    apart = list(dict.fromkeys([*title.apart, *body.apart, *([own] if own else []), *days]))
    words = [_row(title.folded), _row(_Text(record.number or "").folded), _row(body.folded), _APART.join(apart)]
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
        weights=[
            *_weights([body] if stands_in_body else [title, body], [*([own] if own else []), *days]),
            *_top(title, own, stands_in_body),
            *definition_terms(body.text),
        ],
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
    return zlib.compress(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace"), 1)


class _Text:
    """One text taken apart once: its words as written, folded, and what becomes one token whatever its spelling."""

    def __init__(self, text: str) -> None:
        self.text = composed(text)
        words: list[bytes] | list[str] = lowered_words(self.text) or surfaces(self.text)
        # An archive writes the same few words again and again: each is worked out once for a text.
        self.counts: Counter[bytes | str] = Counter(words)
        self.forms = {word: forms(word if isinstance(word, str) else read_word(word)) for word in self.counts}
        known = {word: folded for word, (folded, _) in self.forms.items()}
        self.folded = list(filter(None, map(known.__getitem__, words)))
        numbers = find_numbers(self.text)
        values = [token for value in find_values(self.text) for token in value.tokens]
        self.joined = [*(number.joined for number in numbers), *values]
        self.apart = [*_number_rows(self.text, numbers), *dict.fromkeys(values)]


def _row(folded: Sequence[str]) -> str:
    return " ".join(folded)


def _number_rows(text: str, numbers: list[Number]) -> list[str]:
    """Each number as one word after the words before it."""
    rows: dict[str, None] = {}
    for number in numbers:
        start = max(0, number.start - _CONTEXT_CHARS)
        found = surfaces(text[start : number.start])
        # The first word may be cut.
        before = found[1:] if start and len(found) <= NUMBER_CONTEXT else found
        folded = (forms(surface)[0] for surface in before[-NUMBER_CONTEXT:])
        rows[_row([*filter(None, folded), number.joined])] = None
    return list(rows)


def _weights(texts: list[_Text], more: list[str]) -> list[str]:
    """Leveled terms of a record's texts, taken as one row, with further tokens that count once."""
    folded = [word for text in texts for word in text.folded] if len(texts) > 1 else texts[0].folded
    saturation = _K1 * (1 - _B + _B * len(folded) / _USUAL_LENGTH)
    exact: Counter[str] = Counter()
    for text in texts:
        for word, times in text.counts.items():
            bare, written = text.forms[word]
            # Syllables without accents are not asked for: the folded ones say the same.
            if written != bare:
                exact[written] += times
    families = (
        (FOLDED, Counter([*folded, *(token for text in texts for token in text.joined), *more])),
        (BIGRAM, Counter(bigrams(folded))),
        (EXACT, exact),
    )
    found: list[str] = []
    for family, counts in families:
        endings = {times: family + _level(times * (_K1 + 1) / (times + saturation)) for times in set(counts.values())}
        found += map(add, counts, map(endings.__getitem__, counts.values()))
    return found


def _top(title: _Text, own: str, stands_in_body: bool) -> list[str]:
    """Terms without level: syllables of a title that the body does not repeat, its pairs, the own number."""
    singles = [*([] if stands_in_body else title.folded), *([own] if own else [])]
    return [
        *(f"{text}{TITLE}" for text in dict.fromkeys(singles)),
        *(f"{pair}{TITLE_BIGRAM}" for pair in dict.fromkeys(bigrams(title.folded))),
    ]


def _level(impact: float) -> str:
    level = round(math.log(impact / _LOWEST) / math.log(_STEP))
    return f"{max(0, min(_LEVELS - 1, level)):02d}"


def _contains(body: Sequence[str], title: Sequence[str]) -> bool:
    return not title or f" {_row(title)} " in f" {_row(body)} "
