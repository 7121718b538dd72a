"""Numbers, letters, dates and line ends as Decree 30 wants them written. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from search import without_marks

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
# Points carry the letters of the Vietnamese alphabet without those with marks, but with đ.
LETTERS = "abcdđeghiklmnopqrstuvxy"
BLANK = " " * 6

_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_END = " .;,/"
_RANKS = {"phường", "xã", "đặc", "tỉnh", "thành"}

# Thousandths of an em of Times New Roman for the signs from space to tilde.
_WIDTHS = {
    False: "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 "
    "278 278 564 564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 "
    "722 944 722 722 611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 "
    "333 389 278 500 500 722 500 500 444 480 200 480 541",
    True: "250 333 555 500 500 1000 833 278 333 333 500 570 250 333 250 278 500 500 500 500 500 500 500 500 500 500 "
    "333 333 570 570 570 500 930 722 667 722 722 667 611 778 778 389 500 778 667 944 722 778 611 778 722 556 667 722 "
    "722 1000 722 722 667 333 278 333 581 500 333 500 556 444 556 444 333 500 556 278 333 556 278 833 556 500 556 556 "
    "444 389 333 556 500 722 500 500 444 394 220 394 520",
}
_TABLE = {bold: [int(width) for width in widths.split()] for bold, widths in _WIDTHS.items()}


def roman(number: int) -> str:
    """IV for 4."""
    text = ""
    for value, sign in _ROMAN:
        while number >= value:
            text, number = text + sign, number - value
    return text


def letter(place: int) -> str:
    """The letter of the point at `place`, from 0: a b c d đ e g h …; after y come aa, ab."""
    turn, rest = divmod(place, len(LETTERS))
    return (letter(turn - 1) if turn else "") + LETTERS[rest]


def number_line(number: int | str | None, symbol: str) -> str:
    """`Số: 05/BC-UBND`; a blank for the number of a draft."""
    if number is None or number == "":
        shown = BLANK
    elif isinstance(number, int) or (number.isascii() and number.isdigit()):
        shown = f" {int(number):02d}"
    else:
        shown = f" {clean(number)}"
    # The one abbreviation of a kind of paper that keeps a small letter: tờ trình.
    return f"Số:{shown}/{re.sub('^TTR-', 'TTr-', clean(symbol).upper())}"


def date_line(place: str, issued_on: date | None, year: int | None = None) -> str:
    """`Long Mỹ, ngày 05 tháng 01 năm 2026`: days below 10 and months 1, 2 with a zero; blanks for a draft."""
    if issued_on is None:
        end = f" {year}" if year else ""
        return f"{clean(place)}, ngày{BLANK}tháng{BLANK}năm{end}"
    return f"{clean(place)}, {date_words(issued_on)}"


def date_words(day: date) -> str:
    """`ngày 05 tháng 01 năm 2026`."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def lines_ended(texts: Sequence[str]) -> list[str]:
    """Each with a semicolon at its end, the last with a full stop."""
    bare = [clean(text).rstrip(_END) for text in texts]
    return [text + ("." if place == len(bare) - 1 else ";") for place, text in enumerate(bare)]


def closed(text: str) -> str:
    """A text that ends a paper: with `./.`."""
    return clean(text).rstrip(_END) + "./."


def capital(text: str) -> str:
    """With its first letter large."""
    text = clean(text)
    return text[:1].upper() + text[1:]


def clean(text: str) -> str:
    """On one line, composed, without signs that a .docx cannot hold."""
    return unicodedata.normalize("NFC", " ".join(_UNFIT.sub("", text).split()))


def in_lines(text: str, *, size: float, bold: bool, room: float) -> str:
    """A centred name in two lines when it does not fit into one: broken before the place's rank, else in the middle."""

    def width(words: list[str]) -> float:
        return width_mm(" ".join(words), size=size, bold=bold)

    words = text.split(" ")
    if width(words) <= room:
        return text
    places = [n for n in range(1, len(words)) if max(width(words[:n]), width(words[n:])) <= room]
    ranked = [n for n in places if words[n].lower() in _RANKS]
    if not places:
        return text
    best = min(ranked or places, key=lambda n: abs(width(words[:n]) - width(words[n:])))
    return " ".join(words[:best]) + "\n" + " ".join(words[best:])


def longest_mm(text: str, *, size: float, bold: bool) -> float:
    """Of the longest of its lines."""
    return max(width_mm(line, size=size, bold=bold) for line in text.split("\n"))


def width_mm(text: str, *, size: float, bold: bool) -> float:
    """How long a line is in Times New Roman, to about a hundredth (letters ơ and ư are a little wider than told)."""
    table = _TABLE[bold]
    total = 0
    for sign in without_marks(text):
        place = ord(sign) - 32
        total += table[place] if 0 <= place < len(table) else 500
    return total / 1000 * size * 25.4 / 72
