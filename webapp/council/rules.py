"""Days of the council: what lies within what, what overlaps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

LONGEST = 300
MOST_DAYS = 366


class Spell(Protocol):
    """From a day to a day, both included; None: no end yet."""

    @property
    def from_day(self) -> date: ...

    @property
    def until_day(self) -> date | None: ...


def overlaps(one: Spell, first: date, last: date | None) -> bool:
    return (last is None or one.from_day <= last) and (one.until_day is None or first <= one.until_day)


def any_overlaps(spells: Iterable[Spell], first: date, last: date | None) -> bool:
    return any(overlaps(one, first, last) for one in spells)


def day_faults(
    first: date | None, last: date | None, *, within: tuple[date, date | None] | None = None
) -> dict[str, str]:
    """What is wrong with the days of a seat, an assignment or a stand-in, by field; `within` are those it belongs to."""
    faults = {}
    if first is None:
        faults["from_day"] = "Hãy ghi ngày bắt đầu."
    elif last is not None and last < first:
        faults["until_day"] = "Ngày cuối phải từ ngày bắt đầu trở đi."
    if first is not None and within is not None:
        begins, ends = within
        if first < begins or (ends is not None and first > ends):
            ending = f" đến {ends:%d/%m/%Y}" if ends else " trở đi"
            faults["from_day"] = f"Ngày bắt đầu phải từ {begins:%d/%m/%Y}{ending}."
        elif ends is not None and last is not None and last > ends:
            faults["until_day"] = f"Ngày cuối không sau {ends:%d/%m/%Y}."
    return faults


def text_fault(text: str, sentence: str) -> str:
    """Empty when the text is there and not too long."""
    if not text.strip():
        return sentence
    return f"Mục này dài tối đa {LONGEST} ký tự." if len(text) > LONGEST else ""
