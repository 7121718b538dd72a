"""Number, date, place of an administrative document, and guesses at the rest, from its text alone.

The form is Decree 30/2020's: issuer, number, place and date, kind, abstract at the top; signature at the end.
"""

from __future__ import annotations

import datetime
import re
from typing import TypedDict

_HEAD_LINES = 80
_LONGEST_LINE = 400
_LETTERS = "A-ZĐÀ-ỸƠƯ"

KINDS: dict[str, str] = {
    "NGHỊ QUYẾT": "nghị quyết",
    "QUYẾT ĐỊNH": "quyết định",
    "CHỈ THỊ": "chỉ thị",
    "QUY CHẾ": "quy chế",
    "QUY ĐỊNH": "quy định",
    "THÔNG CÁO": "thông cáo",
    "THÔNG BÁO": "thông báo",
    "HƯỚNG DẪN": "hướng dẫn",
    "CHƯƠNG TRÌNH": "chương trình",
    "KẾ HOẠCH": "kế hoạch",
    "PHƯƠNG ÁN": "phương án",
    "ĐỀ ÁN": "đề án",
    "DỰ ÁN": "dự án",
    "BÁO CÁO": "báo cáo",
    "BIÊN BẢN": "biên bản",
    "TỜ TRÌNH": "tờ trình",
    "HỢP ĐỒNG": "hợp đồng",
    "CÔNG ĐIỆN": "công điện",
    "BẢN GHI NHỚ": "bản ghi nhớ",
    "BẢN THỎA THUẬN": "bản thỏa thuận",
    "GIẤY ỦY QUYỀN": "giấy ủy quyền",
    "GIẤY MỜI": "giấy mời",
    "GIẤY GIỚI THIỆU": "giấy giới thiệu",
    "GIẤY NGHỈ PHÉP": "giấy nghỉ phép",
    "PHIẾU GỬI": "phiếu gửi",
    "PHIẾU CHUYỂN": "phiếu chuyển",
    "PHIẾU BÁO": "phiếu báo",
    "THƯ CÔNG": "thư công",
    "NGHỊ ĐỊNH": "nghị định",
    "THÔNG TƯ": "thông tư",
    "LUẬT": "luật",
    "PHÁP LỆNH": "pháp lệnh",
    "KẾT LUẬN": "kết luận",
}
# "12/KH-UBND", "57-NQ/TW", "28/2003/NĐ-CP", "83-CTr/TU"; the first group is what was left blank in a draft.
_SIGN = r"(?P<digits>\d{1,5}[a-zđ]?)?\s*(?P<rest>(?:/\s*(?:19|20)\d\d\s*)?[/-]\s*[A-ZĐ][A-Za-zĐđƯưÂâ0-9]*(?:\s?[-/&]\s?[A-ZĐƯ][A-Za-zĐđƯưÂâ0-9]*)*)"
_NUMBER = re.compile(r"(?:^|[\t ])(?:Luật\s+)?(?:Số|SỐ|số)\s*:?\s*[.…_]*\s*" + _SIGN)
_DATE = re.compile(
    r"(?:(?P<place>[A-ZĐÀ-Ỹ][^\n,;:()\d]{0,48}?)\s*,\s*)?"
    r"[Nn]gày\s*(?P<day>\d{1,2})?[\s.…_]*tháng\s*(?P<month>\d{1,2})?[\s.…_]*năm\s*(?P<year>\d{4})?"
)
_MOTTO = re.compile(
    r"CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập\s*[-–]\s*Tự do|ĐẢNG CỘNG SẢN VIỆT NAM", re.IGNORECASE
)
_RULE = re.compile(r"^[\s\-_–—=*.…oO0·•]*$")
_BODY = re.compile(r"^(?:Căn cứ|Thực hiện|Theo đề nghị|Kính gửi|Xét|Thi hành|I\.|1\.|Điều 1|Phần)", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:V/v|Về việc)\s*:?\s*(.+)", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"^(?:TM|KT|TL|TUQ|Q|T/M|K/T)\s*\.|^(?:CHỦ TỊCH|PHÓ CHỦ TỊCH|GIÁM ĐỐC|BÍ THƯ|TRƯỞNG|PHÓ TRƯỞNG|CHÁNH|HIỆU TRƯỞNG|CHỈ HUY TRƯỞNG)"
)
_NAME = re.compile(
    r"^(?:(?:ThS|TS|PGS|GS|BS|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy)\.?\s*)*((?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]+)(?:\s+[A-ZĐÀ-Ỹ][a-zđà-ỹ]+){1,4})$"
)
_MARKUP = re.compile(r"^[#*_>\s]+|[*_\s]+$")


class Suggestions(TypedDict):
    """Guesses a person confirms; None where nothing was found."""

    kind: str | None
    abstract: str | None
    issuer: str | None
    signer: str | None


class Heading(TypedDict):
    """`number` and `date` (ISO) are None when left blank; `place` may be there all the same."""

    number: str | None
    date: str | None
    place: str | None
    suggestions: Suggestions


def parse(first_page: str, last_page: str = "") -> Heading:
    """Read the head of a document from its first page's text and the signature from its last."""
    lines = _lines(first_page)[:_HEAD_LINES]
    number = _number(lines)
    date, place = _date_and_place(lines)
    kind, abstract = _kind_and_abstract(lines)
    suggestions = Suggestions(
        kind=kind, abstract=abstract, issuer=_issuer(lines), signer=_signer(_lines(last_page or first_page))
    )
    return Heading(number=number, date=date, place=place, suggestions=suggestions)


def _lines(text: str) -> list[str]:
    found = []
    for line in text.split("\n"):
        # Cells of the two-column head come parted by tabs or by wide gaps.
        for piece in re.split(r"\t+| {4,}", line[:_LONGEST_LINE]):
            piece = _MARKUP.sub("", piece)
            if piece:
                found.append(" ".join(piece.split()))
    return found


def _number(lines: list[str]) -> str | None:
    for line in lines:
        if _BODY.match(line):
            return None  # numbers from here on belong to other documents
        if match := _NUMBER.search(line):
            if match["digits"] is None:
                return None
            return match["digits"] + re.sub(r"\s+", "", match["rest"])
    return None


def _date_and_place(lines: list[str]) -> tuple[str | None, str | None]:
    for index, line in enumerate(lines):
        if line.startswith("(") or _BODY.match(line):
            continue
        # A narrow cell breaks the line in the middle of the date.
        joined = line + " " + lines[index + 1] if index + 1 < len(lines) and "năm" not in line else line
        match = _DATE.search(joined)
        if match is None or match.start() > len(line) or (match["place"] is None and match.start() > 0):
            continue
        place = match["place"].strip() if match["place"] else None
        return _iso(match), place
    return None, None


def _iso(match: re.Match[str]) -> str | None:
    if not (match["day"] and match["month"] and match["year"]):
        return None
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        return None


def _kind_and_abstract(lines: list[str]) -> tuple[str | None, str | None]:
    for index, line in enumerate(lines):
        if subject := _SUBJECT.match(line):
            # A letter has no title: its subject stands under the number.
            return "công văn", _joined([subject.group(1), *lines[index + 1 :]])
        upper = line.upper()
        for title, kind in KINDS.items():
            if upper == title or upper == title + ":" or (line == upper and upper.startswith(title + " ")):
                rest = line[len(title) :].strip(" :")
                return kind, _joined(([rest] if rest else []) + lines[index + 1 :])
        if _BODY.match(line) and not line.startswith("Kính gửi"):
            return None, None
    return None, None


def _joined(lines: list[str]) -> str | None:
    taken: list[str] = []
    for line in lines[:8]:
        if (
            _RULE.match(line)
            or _BODY.match(line)
            or _MOTTO.search(line)
            or (_DATE.search(line) and "ngày" in line[:60] and taken == [])
        ):
            if taken or _BODY.match(line):
                break
            continue
        if taken and line == line.upper() and taken[-1] != taken[-1].upper():
            break  # the authority's own line: "CHỦ TỊCH ỦY BAN NHÂN DÂN"
        taken.append(line)
    return " ".join(taken) or None


def _issuer(lines: list[str]) -> str | None:
    taken: list[str] = []
    for line in lines[:12]:
        if _NUMBER.search(line) or _DATE.search(line):
            break
        if _MOTTO.search(line) or _RULE.match(line):
            continue
        if line == line.upper() and any(map(str.isalpha, line)) and line not in KINDS:
            taken.append(line)
        elif taken:
            break
    if not taken:
        return None
    # The body above comes first, the issuer last; a name broken over two lines stays whole.
    if len(taken) >= 2 and re.match(r"(?:PHƯỜNG|XÃ|THỊ TRẤN|QUẬN|HUYỆN|TỈNH|THÀNH PHỐ|THỊ XÃ) ", taken[-1]):
        return f"{taken[-2]} {taken[-1]}"
    return taken[-1]


def _signer(lines: list[str]) -> str | None:
    position = next((index for index in range(len(lines) - 1, -1, -1) if _AUTHORITY.match(lines[index])), None)
    if position is None:
        return None
    for line in lines[position + 1 : position + 16]:
        if match := _NAME.match(line):
            return match.group(1)
    return None
