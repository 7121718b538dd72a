"""Counts in edited words that the sources no longer bear out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[0-9]+(?:[./,][0-9]+)*|[^\W\d_]+")
# What a unit said is its own; the words around it count.
_QUOTED = re.compile(r"“[^”]*”")
# A number is told with the words of its own clause: none of the sentence before it.
_CLAUSES = re.compile(r"[.,:](?:\s|$)|[;\n()]")


@dataclass(frozen=True, slots=True)
class Outdated:
    """A number with the words around it as they stand ("nhận 3 báo cáo"), and what is counted there now."""

    words: str
    now: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"“{self.words}”: theo nguồn hiện nay là {' hoặc '.join(self.now)}."


@dataclass(frozen=True, slots=True)
class _Number:
    said: str
    before: str
    after: tuple[str, ...]


def _numbers(text: str) -> list[_Number]:
    found = []
    for line in _CLAUSES.split(_QUOTED.sub("", text)):
        words = [match[0] for match in _TOKEN.finditer(line)]
        for place, word in enumerate(words):
            if word[0].isdigit():
                before = words[place - 1] if place else ""
                found.append(_Number(word, before, tuple(words[place + 1 : place + 4])))
    return found


def find_outdated(text: str, counted: str) -> list[Outdated]:
    """`text` as somebody edited it, `counted` as composed from the sources now. Only numbers that stand between the same
    words in both are compared: whatever else the office wrote is its own."""
    now = _numbers(counted)
    found = []
    for one in _numbers(text):
        same = [other.said for other in now if _same_place(one, other)]
        if same and not any(_equal(one.said, said) for said in same):
            words = " ".join(word for word in (one.before, one.said, *one.after[:2]) if word)
            found.append(Outdated(words, tuple(dict.fromkeys(same))))
    return list(dict.fromkeys(found))


def _same_place(one: _Number, other: _Number) -> bool:
    after, others = ([word.casefold() for word in number.after] for number in (one, other))
    if one.before.casefold() == other.before.casefold() and after[:1] == others[:1] != []:
        return True
    return len(after) == 3 and after == others


def _equal(one: str, other: str) -> bool:
    """ "Cả 4 báo cáo" says the same as "4/4 báo cáo"."""
    return one == other or f"{one}/{one}" == other or one == f"{other}/{other}"
