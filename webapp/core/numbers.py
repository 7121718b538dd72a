"""Numbers as people of the ward type and read them: the one reader and the one way to show them. Pure.

A comma is the decimal sign; points and spaces between groups of three are thousands: 1.234.567,5. A point before one, two
or more than three digits is taken for a comma: 7.5. What is kept as text has one canonical form of its own.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

# Beyond this no score, target or count makes sense; it also bounds the work a hostile number can cause.
LARGEST = Decimal(10) ** 12
EXACT = Context(prec=40, rounding=ROUND_HALF_UP)
_SPACES = re.compile("[\u00a0\u202f\u2009]")
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?: [0-9]{3})+)(?:,[0-9]{1,8})?")
_PLAIN = re.compile(r"-?[0-9]{1,13}(?:[.,][0-9]{1,8})?")
_TWO_WAYS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_STORED = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,40})?")


class BadNumber(ValueError):
    """Not a number that the house takes; the message says so in Vietnamese."""


def read_number(text: str) -> Decimal:
    """What was typed: "7,5", "7.5", "-2", "1200", "1 200", "1.200" (one thousand two hundred; `doubt` says so), "1.200,5".

    Raises BadNumber for anything else, also for numbers beyond LARGEST.
    """
    plain = _SPACES.sub(" ", text).strip().replace("\u2212", "-")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "").replace(" ", "")
    elif not _PLAIN.fullmatch(plain):
        raise BadNumber(f"“{text.strip()[:40]}” không phải là số. Hãy viết như 7,5 hoặc 1.234.567.")
    value = Decimal(plain.replace(",", "."))
    if abs(value) > LARGEST:
        raise BadNumber("Số này quá lớn.")
    return value


def read_whole(text: str, name: str) -> int:
    """A count, by the name that people see ("Số lần nộp muộn"). Raises BadNumber for halves and for what is below 0."""
    try:
        value = read_number(text)
    except BadNumber:
        value = Decimal(-1)
    if value < 0 or value != value.to_integral_value():
        raise BadNumber(not_whole(name))
    return int(value)


def not_whole(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]} phải là số nguyên, ví dụ 0."


def doubt(text: str) -> str:
    """How a number with two readings was understood and what to type for the other one; empty for all others."""
    plain = text.strip()
    if not _TWO_WAYS.fullmatch(plain):
        return ""
    value, other = read_number(plain), show_number(Decimal(plain))
    return (
        f"“{plain}” được hiểu là {type_number(value)} ({number_words(int(value))}). Nếu là {other} thì hãy gõ {other}."
    )


def doubts(texts: list[str]) -> list[str]:
    """The same for several fields, each number once."""
    return list(dict.fromkeys(found for text in texts if (found := doubt(text))))


def write_number(value: Decimal) -> str:
    """Plain and canonical, to be kept: no exponent, no trailing zeros, a point. Read back by `stored_number`."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def stored_number(text: str) -> Decimal:
    """What `write_number` wrote, and nothing people type. Raises BadNumber."""
    if not _STORED.fullmatch(text) or abs(Decimal(text)) > LARGEST:
        raise BadNumber(f"“{text[:40]}” không phải là số đã lưu đúng dạng.")
    return Decimal(text)


def show_number(value: Decimal | int | float, decimals: int | None = None) -> str:
    """As offices write it: 1.644; 7,5; with `decimals` always so many, half up: 73,30."""
    return _grouped(value, decimals, ".")


def type_number(value: Decimal | int) -> str:
    """For a field that people type in: 1 644; 7,5. Can be read in one way only."""
    return _grouped(value, None, " ")


def _grouped(value: Decimal | int | float, decimals: int | None, mark: str) -> str:
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    text = f"{rounded(exact, decimals):f}" if decimals is not None else write_number(exact)
    whole, _, part = text.partition(".")
    shown = f"{int(whole):,}".replace(",", mark)
    sign = "-" if whole.startswith("-") and not shown.startswith("-") else ""
    return f"{sign}{shown},{part}" if part else f"{sign}{shown}"


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half away from zero, as schools and offices do it."""
    with localcontext(EXACT):
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def number_words(value: int) -> str:
    """một nghìn hai trăm; hai mươi tư; up to a thousand thousand million (một nghìn tỷ)."""
    if value < 0:
        return f"âm {number_words(-value)}"
    said: list[str] = []
    for size, name in ((10**9, " tỷ"), (10**6, " triệu"), (10**3, " nghìn"), (1, "")):
        group, value = divmod(value, size)
        if group >= 1000:
            said.append(f"{number_words(group)}{name}")
        elif group or (size == 1 and not said):
            said.append(f"{_hundreds(group, full=bool(said))}{name}")
    return " ".join(said)


def money_words(amount: int) -> str:
    """As papers write a sum beside its figures: Bảy trăm sáu mươi nghìn đồng."""
    words = number_words(amount)
    return f"{words[:1].upper()}{words[1:]} đồng"


def _hundreds(group: int, *, full: bool) -> str:
    hundred, rest = divmod(group, 100)
    ten, one = divmod(rest, 10)
    said = [f"{_DIGITS[hundred]} trăm"] if hundred or full else []
    if ten:
        said.append("mười" if ten == 1 else f"{_DIGITS[ten]} mươi")
    elif one and said:
        said.append("linh")
    if one == 1 and ten > 1:
        said.append("mốt")
    elif one == 4 and ten > 1:
        said.append("tư")
    elif one == 5 and ten:
        said.append("lăm")
    elif one or not said:
        said.append(_DIGITS[one])
    return " ".join(said)
