"""Cells as a spreadsheet shows them: a value and the code of its number format give a text. Pure.

Decimal signs and thousands are written as in the codes themselves (1,234.5); days come first whatever the order in the
code, since the same code shows differently on every machine.
"""

from __future__ import annotations

import datetime
import functools
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# The numbers that files use without saying what they mean (ECMA-376, 18.8.30).
BUILT_IN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "dd/mm/yyyy h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;(#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
_LONGEST_CODE = 255
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[([^\]]*)\]|_(.)|\*(.)|([0#?]+)|(E[+-])|(.)', re.DOTALL | re.IGNORECASE)
_MOMENT = re.compile(r"AM/PM|A/P|[ymdhs]+|\[[hms]+\]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]|_.|\*.', re.DOTALL | re.IGNORECASE)
_MOST_DIGITS = 30
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(_MOST_DIGITS + 1))


def shown(value: object, code: str = "") -> str:
    """A cell's text: `value` as calamine gives it, `code` like "#,##0.0%" ("" or "General" for none)."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return _moment(value, code)
    if isinstance(value, int | float):
        return number(float(value), code)
    return " ".join(str(value).split())


@functools.lru_cache(maxsize=4096)
def number(value: float, code: str = "") -> str:
    """A number under a format; without one as many digits as Excel shows, never the dust of binary fractions."""
    sections = _sections(code)
    if not sections or value != value or value in (float("inf"), float("-inf")):
        return general(value)
    section, sign = sections[0], "-" if value < 0 else ""
    if value < 0 and len(sections) > 1:
        section, sign = sections[1], ""
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    written = section.write(abs(value))
    if written is None:
        return general(value)
    return " ".join((sign + written if any(map(str.isdigit, written)) else written).split())


def general(value: float) -> str:
    """Whole numbers without a point, others with at most eleven digits."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.11g}"


@dataclass(frozen=True)
class _Section:
    """One part of a code: what stands before, among and after the digits."""

    whole: tuple[str, ...]  # "0", "#", "?" for digits, anything else as it is
    part: tuple[str, ...]  # behind the point
    before: str = ""
    after: str = ""
    grouped: bool = False
    scale: int = 0  # powers of ten: percent +2, each comma at the end -3
    exponent: bool = False
    places: int = 0  # behind the point, counted once
    least: int = 0  # digits before the point that are always there
    plain: bool = False  # nothing stands among the digits

    def write(self, value: float) -> str | None:
        """The number in this form; None when the form is beyond what is known here."""
        if self.exponent:
            return f"{self.before}{value:.{self.places}E}{self.after}"
        if not self.whole and not self.part:
            return self.before + self.after
        try:
            exact = Decimal(f"{value:.15g}")
            exact = exact.scaleb(self.scale) if self.scale else exact
            digits = str(exact.quantize(_STEPS[self.places], ROUND_HALF_UP))
        except InvalidOperation:
            return None
        whole, _, part = digits.partition(".")
        text = self._whole("" if whole == "0" else whole)
        behind = self._part(part)
        return self.before + text + (f".{behind}" if behind else "") + self.after

    def _whole(self, digits: str) -> str:
        if self.grouped:
            digits = digits.rjust(self.least, "0")
            return f"{int(digits):0{len(digits) + (len(digits) - 1) // 3},}" if digits else ""
        if self.plain:
            return digits.rjust(self.least, "0")
        places = sum(sign in "0#?" for sign in self.whole)
        found: list[str] = []
        left = digits
        for sign in reversed(self.whole):
            if sign not in "0#?":
                found.append(sign)
                continue
            places -= 1
            if places == 0:
                found.append(left[::-1] or ("0" if sign == "0" else ""))
                left = ""
            elif left:
                found.append(left[-1])
                left = left[:-1]
            elif sign == "0":
                found.append("0")
        return "".join(found)[::-1]

    def _part(self, digits: str) -> str:
        signs = [sign for sign in self.part if sign in "0#?"]
        kept = len(digits)
        while kept and signs[kept - 1] != "0" and digits[kept - 1] == "0":
            kept -= 1
        return digits[:kept]


@functools.lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    if code.lower() in ("", "general", "standard", "@") or len(code) > _LONGEST_CODE:
        return ()
    found = [_section(part) for part in _parted(code)[:3]]
    return () if any(section is None for section in found) else tuple(section for section in found if section)


def _parted(code: str) -> list[str]:
    parts, start = [""], 0
    for match in _TOKEN.finditer(code):
        start = match.end()
        if match[8] == ";":
            parts.append("")
        else:
            parts[-1] += match.group()
    return parts if start == len(code) else [code]


def _section(code: str) -> _Section | None:
    whole: list[str] = []
    part: list[str] = []
    before: list[str] = []
    after: list[str] = []
    grouped = exponent = point = False
    scale = commas = 0
    for quoted, escaped, bracket, space, _fill, digits, power, other in _TOKEN.findall(code):
        literal = quoted or escaped or (" " if space else "")
        if bracket:
            literal = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
        if digits:
            if exponent:
                continue
            if commas and not point:
                grouped, commas = True, 0
            whole += [*after] if (whole and not point) else []
            after = after if point else []
            (part if point else whole).extend(digits)
        elif power:
            exponent = True
        elif other == "." and not point and (whole or not part):
            point = True
        elif other == "," and whole:
            commas += 1
        elif other == "/" and "?" in code:
            return None  # fractions
        elif other in ("@", "G", "g"):
            return None
        else:
            scale += 2 if other == "%" else 0
            (after if whole or part or point else before).append(literal or other)
    if len(whole) + len(part) > _MOST_DIGITS:
        return None
    return _Section(
        tuple(whole), tuple(part), "".join(before), "".join(after), grouped, scale - 3 * commas, exponent,
        places=sum(sign in "0#?" for sign in part), least=whole.count("0"), plain=all(sign in "0#?" for sign in whole),
    )  # fmt: skip


def _moment(value: object, code: str) -> str:
    plain = _LITERAL.sub("", code).lower()
    letters = _MOMENT.findall(plain)
    clock = _clock(letters)
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return _time(seconds, clock, elapsed=any(sign.startswith("[") for sign in letters) or not letters)
    if isinstance(value, datetime.time):
        return _time(value.hour * 3600 + value.minute * 60 + value.second, clock)
    if isinstance(value, datetime.datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        if letters and not _has_day(letters):
            return _time(seconds, clock)
        day = _day(value, letters)
        return day if seconds == 0 or (letters and not clock) else f"{day} {_time(seconds, clock or ['hh', 'mm'])}"
    if isinstance(value, datetime.date):
        return _day(value, letters)
    return str(value)


def _has_day(letters: list[str]) -> bool:
    return any(sign[0] in "yd" for sign in letters) or not any(sign.strip("[")[0] in "hs" for sign in letters)


def _clock(letters: list[str]) -> list[str]:
    """The signs for hours, minutes and seconds; an m is a minute beside an h or an s."""
    found: list[str] = []
    for index, sign in enumerate(letters):
        bare = sign.strip("[]")
        beside_hour = index > 0 and letters[index - 1].strip("[]").startswith("h")
        beside_second = index + 1 < len(letters) and letters[index + 1].startswith("s")
        if bare[0] in "hs" or sign in ("am/pm", "a/p") or (bare[0] == "m" and (beside_hour or beside_second)):
            found.append(sign)
    return found


def _time(seconds: int, clock: list[str], *, elapsed: bool = False) -> str:
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    half = any(mark in ("am/pm", "a/p") for mark in clock)
    bare = [mark.strip("[]") for mark in clock if mark not in ("am/pm", "a/p")]
    if bare and not any(mark.startswith("h") for mark in bare):
        return f"{sign}{seconds // 60:02d}:{seconds % 60:02d}"
    if not elapsed:
        hours %= 24
    width = 2 if any(mark == "hh" for mark in bare) else 1
    shown_hours = (hours % 12 or 12) if half else hours
    text = f"{sign}{shown_hours:0{width}d}:{minutes:02d}"
    if any(mark.startswith("s") for mark in bare) or (not bare and seconds % 60):
        text += f":{seconds % 60:02d}"
    return text + ((" AM" if hours % 24 < 12 else " PM") if half else "")


def _day(value: datetime.date, letters: list[str]) -> str:
    year = any(sign[0] == "y" for sign in letters)
    day = any(sign[0] == "d" and len(sign) < 3 for sign in letters)
    if year and not day and any(sign[0] == "m" for sign in letters):
        return value.strftime("%m/%Y") if value.year > 999 else value.isoformat()
    if day and not year:
        return f"{value.day:02d}/{value.month:02d}"
    if year and letters and not day:
        return str(value.year)
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
