"""Cutting original text into passages with what was searched for marked, accents and all."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from search.folding import fold_in_place
from search.numbers import find_numbers
from search.results import Segments
from search.short_forms import Also
from search.values import find_values
from search.vietnamese import Token, composed, forms, spellings, within_one_edit, words_in

PASSAGE_CHARS = 220
MOST_PASSAGES = 3
_CHUNK = 30_000
_TELLING = 5
_SPACE = re.compile(r"\s+")
_BOUNDARY = re.compile(r"(?:[.!?;:]\s|\n|\f)\s*(?=\S)")


@dataclass(frozen=True)
class Wanted:
    """What to mark.

    rarity: folded syllable -> how much it says. typed: folded -> accented forms typed. numbers: joined tokens, those
    in `open_numbers` as prefixes. values: tokens of amounts and days. prefixes: how the syllable still being typed
    begins. near: syllables searched with one edit. also: what stretches of the query are called, too.
    """

    rarity: Mapping[str, float]
    typed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    open_numbers: tuple[str, ...] = ()
    values: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    near: frozenset[str] = frozenset()
    also: tuple[Also, ...] = ()
    known: dict[str, str] = field(default_factory=dict)
    """Words as written -> what they mean here, "" for nothing: texts repeat themselves."""

    @cached_property
    def pattern(self) -> re.Pattern[bytes] | None:
        """Finds in a folded text what is to be marked, each with the space before it; None for nothing of that sort."""
        return self._finder(self.rarity)

    @cached_property
    def telling(self) -> re.Pattern[bytes] | None:
        """The same for the few words that say most: enough to choose passages by, in a text of many pages."""
        most = sorted(self.rarity, key=lambda word: (-self.rarity[word], word))[:_TELLING]
        return self._finder(most)

    def _finder(self, words: Iterable[str]) -> re.Pattern[bytes] | None:
        found = [spelling for word in words for spelling in spellings(word)]
        # Stretches first: their syllables belong together.
        others = [_row(other.form.words) for other in self.also]
        begun = [f"(?:{'|'.join(self.prefixes)})[a-z0-9]*"] if self.prefixes else []
        parts = [*others, *begun, *sorted(found, key=len, reverse=True)]
        return re.compile(f" (?:{'|'.join(parts)})(?= )".encode("ascii", "ignore")) if parts else None


def typed_forms(row: Iterable[Token]) -> dict[str, frozenset[str]]:
    """Folded syllable -> the accented forms it was typed in."""
    typed: dict[str, frozenset[str]] = {}
    for token in row:
        if token.is_accented:
            typed[token.folded] = typed.get(token.folded, frozenset()) | {token.exact}
    return typed


def found_through(title: str, body: str, wanted: Wanted) -> str | None:
    """Says through which other words a record was found when it has not the typed ones."""
    folded = [text for part in (title, body) if (text := fold_in_place(composed(part))) is not None]
    for other in wanted.also if folded else ():
        if not any(_stretch(other.words).search(text) for text in folded):
            shown = next((one for one in wanted.also if one.words == other.words and _is_in(one, folded)), None)
            if shown:
                kind = "chữ viết tắt" if shown.is_short else "cách viết đầy đủ"
                return f"Tìm thấy qua {kind} «{shown.form.shown}»."
    return None


def _is_in(other: Also, folded: Iterable[bytes]) -> bool:
    return any(_stretch(other.form.words).search(text) for text in folded)


@lru_cache(maxsize=500)
def _stretch(words: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(f"(?<![a-z0-9]){_row(words)}(?![a-z0-9])".encode("ascii", "ignore"))


def _row(words: Iterable[str]) -> str:
    return " +".join("(?:" + "|".join(spellings(word)) + ")" for word in words)


class _Mark(NamedTuple):
    start: int
    end: int
    position: int
    word: str
    exact: str


def highlight(text: str, wanted: Wanted) -> Segments:
    """The whole text (a title) in segments."""
    marks = _without_strays(_marks(text, 0, wanted, wanted.pattern))
    return _segments(text, 0, len(text), _runs(marks, text))


def passages(body: str, wanted: Wanted) -> tuple[tuple[Segments, ...], int]:
    """Up to three passages, the most telling first, and where the first begins in the body.

    A long body is read in pieces until one holds everything that tells. Without any mark the body's beginning.
    """
    marks = _telling_marks(body, wanted, wanted.telling) or _telling_marks(body, wanted, wanted.pattern)
    if not marks:
        return _opening(body), 0
    chosen = _windows(_without_strays(marks), wanted)
    found = []
    first = 0
    for number, (low, high) in enumerate(chosen):
        low, high = _widen(body, low, high)
        first = low if number == 0 else first
        inside = _without_strays(_marks(body[low:high], low, wanted, wanted.pattern))
        found.append(_segments(body, low, high, _runs(inside, body)))
    return tuple(found), first


def _telling_marks(body: str, wanted: Wanted, pattern: re.Pattern[bytes] | None) -> list[_Mark]:
    marks: list[_Mark] = []
    asked = {*wanted.rarity} - wanted.near
    start = 0
    while start < len(body):
        end = _chunk_end(body, start)
        marks += _marks(body[start:end], start, wanted, pattern)
        start = end
        if asked and len(asked) <= len(there := {mark.word for mark in marks}) and asked <= there:
            break
    return marks


def _marks(text: str, shift: int, wanted: Wanted, pattern: re.Pattern[bytes] | None) -> list[_Mark]:
    """Marks in the order of the text. Positions are those of words as far as neighbours go: the next word is the next
    number, whatever stands further off is further off.
    """
    folded = fold_in_place(text) if not wanted.near else None
    found = _word_by_word(text, shift, wanted) if folded is None else _at_once(text, folded, shift, wanted, pattern)
    found = _prefer_typed(found, wanted)
    if wanted.numbers or wanted.open_numbers or wanted.values:
        found = sorted([*found, *_number_marks(text, shift, wanted)], key=lambda mark: (mark.start, -mark.end))
    return found


def _at_once(text: str, folded: bytes, shift: int, wanted: Wanted, pattern: re.Pattern[bytes] | None) -> list[_Mark]:
    found: list[_Mark] = []
    if pattern is None:
        return found
    known = wanted.known
    place, position = 0, 2 * shift
    for match in pattern.finditer(b" %b " % folded):
        # The space before a word stands where the word begins in the text without the first space.
        start, end = match.start(), match.end() - 1
        position += 1 if found and folded[place:start].isspace() else 2
        surface = text[start:end]
        word = known.get(surface)
        if word is None:
            word = known[surface] = _meant(forms(surface)[0], wanted) or match[0][1:].decode()
        found.append(_Mark(start + shift, end + shift, position, word, forms(surface)[1]))
        place = end
    return found


def _word_by_word(text: str, shift: int, wanted: Wanted) -> list[_Mark]:
    """For texts that cannot be folded at once, and words that are only nearly those typed."""
    known = wanted.known
    found: list[_Mark] = []
    for position, match in enumerate(words_in(text), 2 * shift):
        surface = match.group()
        word = known.get(surface)
        if word is None:
            word = known[surface] = _meant(forms(surface)[0], wanted)
        if word:
            start, end = match.span()
            found.append(_Mark(start + shift, end + shift, position, word, forms(surface)[1]))
    return found


def _meant(folded: str, wanted: Wanted) -> str:
    if folded in wanted.rarity:
        return folded
    if wanted.prefixes and folded.startswith(wanted.prefixes):
        return wanted.prefixes[0]
    return next((word for word in sorted(wanted.near) if within_one_edit(folded, word)), "")


def _prefer_typed(found: list[_Mark], wanted: Wanted) -> list[_Mark]:
    """Where a syllable stands with the accents typed, the same letters with other accents are not marked."""
    typed = wanted.typed
    there = {mark.word for mark in found if mark.word in typed and mark.exact in typed[mark.word]}
    return [mark for mark in found if mark.word not in there or mark.exact in typed[mark.word]]


def _number_marks(text: str, shift: int, wanted: Wanted) -> list[_Mark]:
    found: list[tuple[int, int, str]] = []
    if wanted.numbers or wanted.open_numbers:
        found += [
            (number.start, number.end, number.joined)
            for number in find_numbers(text)
            if number.joined in wanted.numbers or number.joined.startswith(wanted.open_numbers or ("\0",))
        ]
    if wanted.values:
        found += [
            (value.start, value.end, value.joined)
            for value in find_values(text)
            if any(token in wanted.values for token in value.tokens)
        ]
    return [_Mark(start + shift, end + shift, -1 - 2 * start, joined, "") for start, end, joined in found]


def _without_strays(marks: list[_Mark]) -> list[_Mark]:
    """Drops lone marks of syllables that also stand together with others asked for: a lone «số» says nothing."""
    places = {mark.position for mark in marks}
    together = {mark.position: mark.position - 1 in places or mark.position + 1 in places for mark in marks}
    strong = {mark.word for mark in marks if together[mark.position]}
    return [mark for mark in marks if together[mark.position] or mark.word not in strong]


def _runs(marks: list[_Mark], text: str) -> list[tuple[int, int]]:
    """Marks of neighbouring syllables as one stretch, so that a found phrase is one highlight."""
    runs: list[tuple[int, int]] = []
    position = -2
    for mark in marks:
        if runs and mark.start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(mark.end, runs[-1][1]))
        elif runs and mark.position == position + 1 and text[runs[-1][1] : mark.start].isspace():
            runs[-1] = (runs[-1][0], mark.end)
        else:
            runs.append((mark.start, mark.end))
        position = mark.position
    return runs


def _windows(marks: list[_Mark], wanted: Wanted) -> list[tuple[int, int]]:
    """The stretches worth most: rare syllables, each counted once, and neighbours that stood together."""
    values = [wanted.rarity.get(mark.word, 1.0) + 0.1 for mark in marks]
    pairs = [
        value / 2 if mark.position == before.position + 1 and mark.word != before.word else 0.0
        for before, mark, value in zip(marks, marks[1:], values[1:], strict=False)
    ]
    inside: Counter[str] = Counter()
    scored: list[tuple[float, int, int]] = []
    worth, left = 0.0, 0
    for right, mark in enumerate(marks):
        inside[mark.word] += 1
        worth += (values[right] if inside[mark.word] == 1 else 0.0) + (pairs[right - 1] if right > left else 0.0)
        while mark.end - marks[left].start > PASSAGE_CHARS - 40 and left < right:
            inside[marks[left].word] -= 1
            worth -= (0.0 if inside[marks[left].word] else values[left]) + pairs[left]
            left += 1
        scored.append((worth, marks[left].start, mark.end))
    scored.sort(key=lambda item: (-round(item[0], 6), item[1]))
    chosen: list[tuple[int, int]] = []
    for worth, start, end in scored:
        if worth < scored[0][0] / 2 or len(chosen) == MOST_PASSAGES:
            break
        if all(end + PASSAGE_CHARS < low or start - PASSAGE_CHARS > high for low, high in chosen):
            chosen.append((start, end))
    return chosen


def _widen(body: str, low: int, high: int) -> tuple[int, int]:
    """Context around a stretch up to the usual length, from the beginning of a sentence or at least a word."""
    spare = max(0, PASSAGE_CHARS - (high - low))
    page_start = body.rfind("\f", 0, low) + 1
    floor = max(page_start, low - spare * 2 // 3)
    starts = [floor + match.end() for match in _BOUNDARY.finditer(body[floor:low])]
    if floor == page_start:
        begin = floor if not starts or low - floor <= spare // 2 else starts[0]
    else:
        begin = starts[0] if starts else _next_word(body, floor, low)
    end = min(len(body), max(high, begin + PASSAGE_CHARS))
    page_end = body.find("\f", high, end)
    if page_end >= 0:
        return begin, page_end
    if end < len(body):
        cut = max(body.rfind(" ", high, end), body.rfind("\n", high, end))
        end = cut if cut > high else max(high, _word_end(body, high))
    return begin, end


def _next_word(body: str, floor: int, low: int) -> int:
    space = _SPACE.search(body, floor, low)
    return space.end() if space else low


def _word_end(body: str, place: int) -> int:
    space = _SPACE.search(body, place, place + PASSAGE_CHARS)
    return space.start() if space else min(len(body), place + PASSAGE_CHARS)


def _chunk_end(body: str, start: int) -> int:
    end = start + _CHUNK
    if end >= len(body):
        return len(body)
    space = _SPACE.search(body, end, end + _CHUNK)
    return space.end() if space else min(len(body), end + _CHUNK)


def _opening(body: str) -> tuple[Segments, ...]:
    begin = len(body) - len(body.lstrip())
    if begin == len(body):
        return ()
    _, end = _widen(body, begin, begin)
    segments = _segments(body, begin, end, [])
    return (segments,) if segments else ()


def _segments(text: str, low: int, high: int, runs: list[tuple[int, int]]) -> Segments:
    found: list[tuple[str, bool]] = []
    place = low
    for start, end in runs:
        if start < low or end > high:
            continue
        if start > place:
            found.append((_SPACE.sub(" ", text[place:start]), False))
        found.append((_SPACE.sub(" ", text[start:end]), True))
        place = end
    if place < high:
        found.append((_SPACE.sub(" ", text[place:high]), False))
    return tuple(found)
