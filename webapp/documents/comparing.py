"""What changed between two texts: by line, and within a changed line by word. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Change = Literal["same", "removed", "added"]

# Beyond this the comparison itself would take seconds; the rest is said to be cut off.
LONGEST = 4000
CONTEXT = 2
_WORD = re.compile(r"\s+|[^\W_]+|\W|_")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line and what became of them."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class Line:
    """One line of either text. A `gap` stands for unchanged lines left out; `old` and `new` count from 1."""

    pieces: tuple[Piece, ...]
    change: Change
    old: int | None = None
    new: int | None = None
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`cut` when only the beginning of the texts was compared."""

    lines: tuple[Line, ...]
    added: int
    removed: int
    cut: bool

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed)


def compare_texts(old: str, new: str) -> Comparison:
    """Compare by line; spaces at the ends and empty lines do not count, pages are read as lines."""
    before, after = _lines(old), _lines(new)
    cut = len(before) > LONGEST or len(after) > LONGEST
    before, after = before[:LONGEST], after[:LONGEST]
    lines = tuple(_compare(before, after))
    return Comparison(
        lines=lines,
        added=sum(line.change == "added" for line in lines),
        removed=sum(line.change == "removed" for line in lines),
        cut=cut,
    )


def _lines(text: str) -> list[str]:
    return [line for raw in re.split(r"[\n\f]", text) if (line := " ".join(raw.split()))]


def _compare(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            yield from _unchanged(before[i:i_end], i, j, first=i == 0 and j == 0, last=i_end == len(before))
            continue
        # Lines that took each other's place are compared word by word.
        pairs = min(i_end - i, j_end - j)
        marked = [_words(before[i + step], after[j + step]) for step in range(pairs)]
        for step in range(i_end - i):
            pieces = marked[step][0] if step < pairs else (Piece(before[i + step], "removed"),)
            yield Line(pieces, "removed", old=i + step + 1)
        for step in range(j_end - j):
            pieces = marked[step][1] if step < pairs else (Piece(after[j + step], "added"),)
            yield Line(pieces, "added", new=j + step + 1)


def _unchanged(lines: Sequence[str], i: int, j: int, *, first: bool, last: bool) -> Iterator[Line]:
    """The lines next to a change; the others in between as one gap."""
    head = 0 if first else CONTEXT
    tail = 0 if last else CONTEXT
    for step, text in enumerate(lines):
        if len(lines) > head + tail and head <= step < len(lines) - tail:
            if step == head:
                yield Line((), "same", gap=len(lines) - head - tail)
            continue
        yield Line((Piece(text, "same"),), "same", old=i + step + 1, new=j + step + 1)


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    removed: list[Piece] = []
    added: list[Piece] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if i < i_end:
            removed.append(Piece("".join(before[i:i_end]), "same" if tag == "equal" else "removed"))
        if j < j_end:
            added.append(Piece("".join(after[j:j_end]), "same" if tag == "equal" else "added"))
    return tuple(removed), tuple(added)
