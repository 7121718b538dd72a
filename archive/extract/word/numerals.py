"""Numbers as word processors write them before a paragraph."""

from __future__ import annotations

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_MOST = 4999


def roman(number: int) -> str:
    """Upper-case Roman numeral; digits outside 1 to 4999."""
    if not 1 <= number <= _MOST:
        return str(number)
    result = ""
    for value, sign in _ROMAN:
        while number >= value:
            result += sign
            number -= value
    return result


def letter(number: int) -> str:
    """a … z, aa, bb … as Word counts (26 letters, no đ); digits outside 1 to 780."""
    if not 1 <= number <= 780:
        return str(number)
    times, index = divmod(number - 1, 26)
    return chr(ord("a") + index) * (times + 1)
