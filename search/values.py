"""Amounts and days: one token whatever the spelling.

`1250000`, `1.250.000` and `1 250 000` are `1250000`; `92,5%` and `92.5 %` are `92,5`; `2/11/2026`, `02-11-2026`,
`2026-11-02` and «ngày 02 tháng 11 năm 2026» are `@20261102`, and every day also counts for its month, `@202611`.
A dot before exactly three digits parts thousands, as in Vietnamese papers; a comma is decimal unless it comes twice.
"""

import re
from datetime import date
from typing import NamedTuple

_SPACES = " \u00a0\u202f"
# A digit stands first in the pattern: that is what the engine can look for quickly.
_PLACE = r"\d(?<!\d\d)(?<![^\W_]\d)(?<!\d[.,]\d)"
_GROUPS = rf"(?:\.\d{{3}}(?!\d))+|(?:[{_SPACES}]\d{{3}}(?!\d))+|(?:,\d{{3}}(?!\d)){{2,}}"
_AMOUNT = re.compile(rf"{_PLACE}(?:\d{{0,2}}(?:{_GROUPS})(?:[.,]\d+)?|\d*+[.,]\d+)(?![.,]?\d)")
_YEAR = re.compile(r"[12](?<![^\W_]\w)[09]\d\d(?![^\W_])")
_SEPARATOR = r"[ \u00a0]{0,2}[/.\-\u2013][ \u00a0]{0,2}"
# NFC, with or without accents; what stands before a year, read backwards from it.
# What stands before a year: day and month in figures, or a month in figures; or both in words, with or without accents.
_IN_FIGURES = re.compile(rf"(?<!\d)(?<!\d[./\-])(?:(\d\d?){_SEPARATOR})?(\d\d?){_SEPARATOR}\Z")
_IN_WORDS = re.compile(
    rf"(?:(?<!\d)(\d\d?)[ \u00a0]{{1,3}})?[Tt][Hh][aáAÁ][Nn][Gg][ \u00a0]{{1,3}}(\d\d?)"
    rf"(?:{_SEPARATOR}|[ \u00a0,]{{1,3}}[Nn][aăAĂ][Mm][ \u00a0]{{1,3}})\Z"
)
_ISO_REST = re.compile(r"-(\d\d)-(\d\d)(?!\d)")
_LOOK_BACK, _SHORT_LOOK = 32, 14
_TIES = frozenset("/.-\u2013")
_YEAR_WORDS = frozenset({"năm", "nam"})
_WORD_DAY = re.compile(r"ng[aà]y[ \u00a0]{1,3}\Z", re.IGNORECASE)
_LETTERS = re.compile(r"[/\-\u2013][^\W\d_]")


class Value(NamedTuple):
    """Where an amount or a day stands, and its token. whole: a day or month, of which no part is meant alone.

    number: how the token of a paper begins that a month in figures may mean, too: 05/2024 of 05/2024/TT-BTTTT.
    """

    start: int
    end: int
    joined: str
    whole: bool
    number: str = ""

    @property
    def tokens(self) -> tuple[str, ...]:
        """What is indexed for it."""
        return (self.joined, self.joined[:7]) if len(self.joined) == 9 and self.joined[0] == "@" else (self.joined,)


def find_values(text: str) -> list[Value]:
    """Amounts with separators, days and months of an NFC text, in order; none touches another.

    An amount without separators is a word like any other and already its own token.
    """
    found = _find_days(text)
    taken = {place for value in found for place in range(value.start, value.end)}
    for match in _AMOUNT.finditer(text):
        if match.start() not in taken:
            found.append(Value(*match.span(), _amount(match.group()), False))
    found.sort()
    return found


def day_tokens(iso: str) -> tuple[str, ...]:
    """Tokens of an ISO day."""
    day = "@" + iso[:10].replace("-", "")
    return day, day[:7]


def _find_days(text: str) -> list[Value]:
    found = []
    for match in _YEAR.finditer(text):
        year, place, end = int(match.group()), match.start(), match.end()
        if text[end : end + 1] in _TIES:
            if _LETTERS.match(text, end):
                continue  # 12/2024/NĐ-CP is a number of a paper
            iso = _ISO_REST.match(text, end)
            if iso and (day := _day(year, iso[1], iso[2])):
                found.append(Value(place, iso.end(), day, True))
                continue
        before = _before(text, place)
        if not before:
            continue
        start, first = before.start(), before[1]
        joined = _day(year, before[2], first)
        if joined is None:
            continue
        if first and (word := _WORD_DAY.search(text, max(0, start - 8), start)):
            start = word.start()
        number = f"#{int(before[2])}_{year}" if first is None and before.re is _IN_FIGURES else ""
        found.append(Value(start, end, joined, True, number))
    return found


def _before(text: str, place: int) -> re.Match[str] | None:
    """Day and month before the year at `place`. Most years belong to the number of a paper or stand alone."""
    tied = text[place - 1 : place] in _TIES
    if not tied and text[max(0, place - 4) : place - 1].lower() not in _YEAR_WORDS:
        return None
    floor = max(0, place - _LOOK_BACK)
    if "th" in text[floor:place].lower() and (found := _IN_WORDS.search(text, floor, place)):
        return found
    return _IN_FIGURES.search(text, max(0, place - _SHORT_LOOK), place) if tied else None


def _day(year: int, month: str, day: str | None) -> str | None:
    try:
        return f"@{date(year, int(month), int(day or 1)):%Y%m%d}"[: 9 if day else 7]
    except ValueError:
        return None


def _amount(text: str) -> str:
    separators = [char for char in text if not char.isdigit()]
    last = separators[-1]
    thousands = len(set(separators)) > 1 or len(separators) > 1 or last in _SPACES
    if not thousands and last == ".":
        whole, part = text.split(".")
        thousands = len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    if thousands and (len(set(separators)) == 1):
        return "".join(char for char in text if char.isdigit()).lstrip("0") or "0"
    whole, part = text.rsplit(last, 1)
    whole = "".join(char for char in whole if char.isdigit()).lstrip("0") or "0"
    part = part.rstrip("0")
    return f"{whole},{part}" if part else whole
