"""Numbers of scoring: exact decimals, as people write them. Pure."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

# Beyond this no score, target or count makes sense; it also bounds the work a hostile number can cause.
LARGEST = Decimal(10) ** 12
EXACT = Context(prec=40, rounding=ROUND_HALF_UP)
_NUMBER = re.compile(r"-?([0-9]{1,13})([.,][0-9]{1,8})?")


class BadNumber(ValueError):
    """Not a number that scoring takes; the message says so in Vietnamese."""


def read_number(text: str) -> Decimal:
    """ "7,5", "7.5", "-2", "1200". Raises BadNumber for anything else, also for numbers beyond LARGEST."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u202f", "")
    if not _NUMBER.fullmatch(plain):
        raise BadNumber(f"“{text.strip()[:40]}” không phải là số. Hãy viết như 7,5.")
    value = Decimal(plain.replace(",", "."))
    if abs(value) > LARGEST:
        raise BadNumber("Số này quá lớn.")
    return value


def write_number(value: Decimal) -> str:
    """Plain and canonical: no exponent, no trailing zeros, a point. Read back by `read_number`."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def show_number(value: Decimal, decimals: int | None = None) -> str:
    """As people read it: 7,50."""
    text = f"{rounded(value, decimals):f}" if decimals is not None else write_number(value)
    return text.replace(".", ",")


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half away from zero, as schools and offices do it."""
    with localcontext(EXACT):
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
