"""Better queries and completions, made only from texts the viewer has just been given.

No dictionary of the whole index is kept: a word that stands only in hidden documents can thus never be suggested.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from search.query import Query
from search.vietnamese import Token, normalise, tokens, within_one_edit, word_forms

_FURTHER = 2


def did_you_mean(query: Query, texts: Iterable[str], tolerant: frozenset[str]) -> str | None:
    """The query with accents and letters as these texts write it; None when it is already written so.

    Accents the person typed are kept where the texts have them too.
    """
    if not query.row:
        return None
    rows = [word_forms(text) for text in texts]
    there = {exact for row in rows for _, exact in row}
    if not tolerant and all(token.is_accented and token.exact in there for token in query.row):
        return None
    better = list(query.row)
    place = 0
    while place < len(better):
        if query.row[place].is_accented and query.row[place].exact in there and not tolerant:
            place += 1
            continue
        run = _longest_run(query.row[place:], rows, tolerant)
        for offset, exact in enumerate(run):
            typed = query.row[place + offset]
            if not typed.is_accented or typed.exact not in there or typed.folded in tolerant:
                better[place + offset] = typed._replace(exact=exact)
        place += max(1, len(run))
    text = query.text
    for token in reversed(better):
        if token.exact != normalise(text[token.start : token.end]):
            text = text[: token.start] + token.exact + text[token.end :]
    return None if text == query.text else " ".join(text.split())


def completions(typed: Sequence[Token], texts: Iterable[str], limit: int) -> list[str]:
    """What these texts have where the typed syllables stand, the last one completed; the most frequent first."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(_completed(typed, text))
    found.pop(" ".join(token.exact for token in typed), None)
    whole = [(count, words) for words, count in found.items() if count > 1 or words.count(" ") < len(typed)]
    whole.sort(key=lambda item: (-item[0], -len(item[1]), item[1]))
    chosen: list[str] = []
    for count, words in whole:
        # «chuyển đổi» says nothing more once «chuyển đổi số» stands there as often.
        if not any(other.startswith(f"{words} ") and more == count for more, other in whole):
            chosen.append(words)
    return chosen[:limit]


def _completed(typed: Sequence[Token], text: str) -> set[str]:
    """Every completion in one text, alone and with up to two further words of the same sentence."""
    row = word_forms(text)
    starts = [
        start
        for start in range(len(row) - len(typed) + 1)
        if row[start][0].startswith(typed[0].beginnings) and _matches(typed, row[start : start + len(typed)])
    ]
    if not starts:
        return set()
    spans = [(token.start, token.end) for token in tokens(text)]
    found: set[str] = set()
    for start in starts:
        first = start + len(typed)
        for end in range(first, min(len(row), first + _FURTHER) + 1):
            if end > first and text[spans[end - 2][1] : spans[end - 1][0]] != " ":
                break
            found.add(" ".join(exact for _, exact in row[start:end]))
    return found


def _matches(typed: Sequence[Token], window: Sequence[tuple[str, str]]) -> bool:
    """The same syllables, the last one at least begun so; accents count where they were typed."""
    last = len(typed) - 1
    for place, (token, (folded, exact)) in enumerate(zip(typed, window, strict=True)):
        if place < last and token.folded != folded:
            return False
        if not folded.startswith(token.beginnings):
            return False
        if token.is_accented and not exact.startswith(token.exact):
            return False
    return True


def _longest_run(
    wanted: Sequence[Token], rows: list[list[tuple[str, str]]], tolerant: frozenset[str]
) -> tuple[str, ...]:
    """The accented forms of as many of the wanted syllables as stand together somewhere, the most usual ones."""
    best: Counter[tuple[str, ...]] = Counter()
    length = 0
    first = wanted[0].folded
    for row in rows:
        for start, (folded, _) in enumerate(row):
            if folded != first and not _alike(first, folded, tolerant):
                continue
            size = 1
            while (
                size < len(wanted)
                and start + size < len(row)
                and _alike(wanted[size].folded, row[start + size][0], tolerant)
            ):
                size += 1
            if size > length:
                best.clear()
                length = size
            if size == length:
                best[tuple(exact for _, exact in row[start : start + size])] += 1
    return max(best.items(), key=lambda item: (item[1], item[0]))[0] if best else ()


def _alike(typed: str, there: str, tolerant: frozenset[str]) -> bool:
    return typed == there or (typed in tolerant and within_one_edit(typed, there))
