"""Reading what a form sent: each field becomes a value of its type, or a sentence saying why it cannot.

Rules about the values themselves are the services'; this only turns text into types.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from webapp.core.days import BadDay, read_day
from webapp.core.errors import Invalid
from webapp.core.numbers import BadNumber, doubt, read_number

E = TypeVar("E", bound=StrEnum)


class FormReader:
    """Reads fields one after another and collects faults; `check()` raises them together as Invalid."""

    def __init__(self, values: MultiDict[str, str]) -> None:
        self.values = values
        self.faults: dict[str, str] = {}
        self.doubts: list[str] = []  # how numbers with two readings were understood, to be told beside what is done

    def text(self, name: str, *, most: int = 5000) -> str:
        value = (
            unicodedata.normalize("NFC", self.values.get(name, "")).replace("\r\n", "\n").replace("\x00", "").strip()
        )
        if len(value) > most:
            self.faults[name] = f"Mục này dài tối đa {most} ký tự; hiện có {len(value)}."
        return value

    def optional(self, name: str, *, most: int = 5000) -> str | None:
        return self.text(name, most=most) or None

    def secret(self, name: str) -> str:
        """Exactly what was typed."""
        return self.values.get(name, "")

    def day(self, name: str) -> date | None:
        """A day as the browser's date field sends it (2026-12-05), or as people type it (05/12/2026)."""
        value = self.text(name, most=20)
        try:
            return read_day(value) if value else None
        except BadDay as fault:
            self.faults[name] = str(fault)
            return None

    def number(self, name: str) -> Decimal | None:
        """A number as people type it; one with two readings is understood and noted in `doubts`."""
        value = self.text(name, most=30)
        try:
            number = read_number(value) if value else None
        except BadNumber as fault:
            self.faults[name] = str(fault)
            return None
        self.doubts += [sentence] if (sentence := doubt(value)) else []
        return number

    def integer(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number between the two, "1.200" and "1 200" being one thousand two hundred."""
        value = self.text(name, most=20)
        if not value:
            return None
        try:
            number = read_number(value)
        except BadNumber:
            number = None
        if number is not None and number == number.to_integral_value() and least <= number <= most:
            return int(number)
        self.faults[name] = f"Hãy nhập một số nguyên từ {least} đến {most}."
        return None

    def revision(self, name: str = "revision") -> int:
        """The revision that what was typed is based on; 0 when none was sent.

        After a conflict the form keeps the old one until whoever wrote it chooses to replace what is kept: then
        `<name>-chosen` names the revision that was shown beside it.
        """
        chosen = self.integer(f"{name}-chosen", least=0, most=10**9)
        return chosen if chosen is not None else self.integer(name, least=0, most=10**9) or 0

    def choice(self, name: str, kind: type[E]) -> E | None:
        value = self.text(name, most=60)
        if not value:
            return None
        try:
            return kind(value)
        except ValueError:
            self.faults[name] = "Lựa chọn này không có trong danh sách."
            return None

    def needed(self, name: str, value: object, sentence: str) -> None:
        """Note a fault when a value is missing."""
        if value in (None, "") and name not in self.faults:
            self.faults[name] = sentence

    def check(self) -> None:
        if self.faults:
            raise Invalid(self.faults)


def options(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """(value, label) pairs of an enum with labels."""
    return [(member.value, str(getattr(member, "label", member.value))) for member in kind]


def year_in(text: str | None, *, otherwise: int) -> int:
    """A year from an address; anything odd is the other one."""
    return int(text) if text and len(text) == 4 and text.isdecimal() and 2000 <= int(text) <= 2100 else otherwise


def typed(values: Mapping[str, str], *names: str) -> dict[str, str]:
    """What was typed, to show again."""
    return {name: values.get(name, "") for name in names}
