"""Points of criteria: as a cell of a table gives them, and as the end of a sentence does. Exact decimals, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

_NUMBER = r"\d{1,4}(?:[.,]\d{1,2})?"
_MARK = re.compile(rf"(?:(?:điểm )?tối đa:? )?(?P<number>{_NUMBER})(?: ?(?:điểm|đ))?\.?", re.IGNORECASE)
_RANGE = rf"{_NUMBER} ?(?:-|–|—|đến|÷|/) ?{_NUMBER}"
_IS_RANGE = re.compile(rf"\(?(?:từ )?{_RANGE}(?: ?(?:điểm|đ))?\)?", re.IGNORECASE)
_SIGNED = re.compile(rf"(?:[-–−+]|cộng|trừ) ?{_NUMBER}(?: ?(?:điểm|đ))?", re.IGNORECASE)
_LEAD = r"(?:\(|[:–-] ?)\s?(?:(?:số )?điểm )?(?:(?:tối đa|chuẩn|tổng)(?: là)?:? ?)?(?:điểm:? )?"
_AT_END = re.compile(rf"{_LEAD}(?P<number>{_NUMBER}) ?(?:điểm|đ)\s?\)?\s?[.;,:]*$", re.IGNORECASE)
_RANGE_AT_END = re.compile(rf"(?:\(|[:–-] ?)\s?(?:từ )?{_RANGE} ?(?:điểm|đ)\s?\)?\s?[.;,:]*$", re.IGNORECASE)
_LONGEST_END = 60
_TOTAL = re.compile(
    rf"(?:tổng (?:cộng|số điểm|điểm|số)|thang điểm|tổng)(?: (?:tối đa|chuẩn|của|các|tiêu chí|bảng|là|thi đua|toàn bộ|phong trào)){{0,4}}"
    rf"[ :=(–-]{{0,4}}(?P<number>{_NUMBER}) ?(?:điểm|đ)?(?![\d%/])",
    re.IGNORECASE,
)
_TOTAL_ROW = re.compile(r"(?:tổng(?: cộng| số(?: điểm\b|$|:)| điểm|$|:)|cộng$|cộng:)", re.IGNORECASE)
# "(-5 điểm)", "Điểm trừ: 5 điểm", "chấm 5-10 điểm": no highest points, whatever stands before.
_TAKEN_OFF_AT_END = re.compile(
    rf"(?:(?<![\w)])(?P<sign>[-–−+]) ?|\b(?:điểm )?(?:trừ|cộng)(?: thêm| đi)?:? ?)(?P<number>{_NUMBER}) ?(?:điểm|đ)\s?\)?\s?[.;,:]*$",
    re.IGNORECASE,
)
_BARE_RANGE_AT_END = re.compile(rf"(?<![\d.,]){_RANGE} ?(?:điểm|đ)\s?\)?\s?[.;,:]*$", re.IGNORECASE)


def read_mark(cell: str) -> tuple[str | None, str]:
    """Points in a cell as plain decimal text (`5.5`) and, where it holds something else, why they were not read."""
    cell = " ".join(cell.split()).strip(" ;")
    if not cell:
        return None, ""
    if match := _MARK.fullmatch(cell):
        return _plain(match["number"]), ""
    if _IS_RANGE.fullmatch(cell):
        return None, f"Điểm ghi theo khoảng “{cell}”, không đọc thành một số điểm."
    if _SIGNED.fullmatch(cell):
        return None, f"Điểm cộng hoặc trừ “{cell}” không đọc thành điểm tối đa."
    return None, f"Không đọc được số điểm “{cell[:40]}”."


def mark_at_end(text: str) -> tuple[str | None, str]:
    """Points at the end of a criterion's own line ("… rõ ràng (10 điểm);")."""
    tail = " ".join(text[-_LONGEST_END:].split())
    if match := _RANGE_AT_END.search(tail) or _BARE_RANGE_AT_END.search(tail):
        return None, f"Điểm ghi theo khoảng “{match[0].strip(' (:;.)–-')}”, không đọc thành một số điểm."
    if (match := _TAKEN_OFF_AT_END.search(tail)) and not _is_dash(match, tail):
        return None, f"Điểm cộng hoặc trừ “{match[0].strip(' (:;.)')}” không đọc thành điểm tối đa."
    match = _AT_END.search(tail)
    return (_plain(match["number"]), "") if match else (None, "")


def _is_dash(match: re.Match[str], tail: str) -> bool:
    """Whether the sign only parts the words from their points ("rõ ràng - 10 điểm")."""
    start = match.start()
    return match["sign"] in ("-", "–") and tail[start + 1 : start + 2] == " " and bool(re.search(r"\w $", tail[:start]))


def stated_total(text: str) -> str | None:
    """The whole sum a sentence names ("Tổng điểm: 100")."""
    match = _TOTAL.search(text[:2000])
    return _plain(match["number"]) if match else None


def is_total_row(text: str) -> bool:
    """Whether a row of a table sums up and is no criterion."""
    return _TOTAL_ROW.match(text.strip()) is not None and len(text) < _LONGEST_END


def sum_of(marks: Iterable[str | None]) -> str:
    """The sum of those that were read."""
    total = sum((Decimal(mark) for mark in marks if mark is not None), Decimal(0))
    return _shown(total)


def in_vietnamese(mark: str) -> str:
    """`5.5` as people write it: `5,5`."""
    return mark.replace(".", ",")


def _plain(number: str) -> str:
    return _shown(Decimal(number.replace(",", ".")))


def _shown(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"
