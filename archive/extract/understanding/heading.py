"""Number, date, place of an administrative document, and guesses at the rest, from its text alone.

The form is Decree 30/2020's: issuer, number, place and date, kind, abstract at the top; signature at the end.
"""

from __future__ import annotations

import datetime
import re
from typing import TypedDict

from archive.extract.understanding import recipients

_HEAD_LINES = 80
_PART = 20_000  # letters: more than any head or signature takes, less than anyone could make slow
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
# "12/KH-UBND", "57-NQ/TW", "28/2003/NĐ-CP", "83-CTr/TU"; without digits it is a draft's blank number.
_CODE = r"[A-ZĐƯÂ][A-Za-zĐđƯưÂâ0-9]*"
_SIGN = rf"(?P<digits>\d{{1,5}}[a-zđ]?)?\s*(?P<rest>(?:/\s*(?:19|20)\d\d\s*)?[/-]\s*{_CODE}(?:\s?[-/&]\s?{_CODE})*)"
_NUMBER = re.compile(rf"^(?:Luật\s+)?(?:Số|SỐ)\s*[:.]?\s*[.…_]*\s*{_SIGN}")
_INNER_NUMBER = re.compile(rf"(?:^|\s)[Ss]ố\s*:?\s*{_SIGN}(?:\s+(?P<date>[Nn]gày.*))?")
_NUMBER_LABEL = re.compile(r"^(?:Luật\s+)?số\s*:?$", re.IGNORECASE)
_DATE = re.compile(
    r"(?:(?P<place>[A-ZĐÀ-Ỹ][^\n,;:()\d]{0,48}?)\s*,\s*|^)"
    r"[Nn]gày\s*(?P<day>\d{1,2})?[\s.…_]*tháng\s*(?P<month>\d{1,2})?[\s.…_]*năm\s*(?P<year>\d{4})?\s*[.…]*$"
)
_MOTTO = re.compile(
    r"CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập\s*[-–]\s*Tự do|ĐẢNG CỘNG SẢN VIỆT NAM", re.IGNORECASE
)
_RULE = re.compile(r"^[\s\-_–—=*.…oO0·•]*$")
_BODY = re.compile(r"^(?:Căn cứ|Thực hiện|Theo đề nghị|Kính gửi|Xét|Thi hành|I\.|1\.|Điều 1|Phần)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"^(V/v|Về việc)\s*:?\s*(.+)", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"^(?:(?:TM|KT|TL|TUQ|Q|T/M|K/T)\s*\.|(?:CHỦ TỊCH|PHÓ CHỦ TỊCH|GIÁM ĐỐC|PHÓ GIÁM ĐỐC|BÍ THƯ|PHÓ BÍ THƯ|TRƯỞNG|"
    r"PHÓ TRƯỞNG|CHÁNH|PHÓ CHÁNH|HIỆU TRƯỞNG|PHÓ HIỆU TRƯỞNG|CHỈ HUY TRƯỞNG|THỦ TƯỚNG|BỘ TRƯỞNG)\b)"
)
_WORD = r"[A-ZĐÀ-Ỹ][a-zđà-ỹ]+"
_RANK = r"(?:(?:ThS|TS|PGS|GS|BS|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy)\.?\s*)*"
_NAME = re.compile(rf"^{_RANK}({_WORD}(?:\s+{_WORD}){{1,4}})$")
_PLACE_NAME = re.compile(r"(?:PHƯỜNG|XÃ|THỊ TRẤN|QUẬN|HUYỆN|TỈNH|THÀNH PHỐ|THỊ XÃ)\s")
_MARKUP = re.compile(r"^[#*_>\s]+|[*_\s]+$")
_ISSUER_LINES = 12


class Suggestions(TypedDict):
    """Guesses a person confirms; None (or no recipients) where nothing was found."""

    kind: str | None
    abstract: str | None
    issuer: str | None
    signer: str | None
    recipients: list[str]


class Heading(TypedDict):
    """`number` and `date` (ISO) are None when left blank; `place` may be there all the same."""

    number: str | None
    date: str | None
    place: str | None
    suggestions: Suggestions


def parse(first_page: str, last_pages: str = "") -> Heading:
    """Read the head of a document from its first page's text and the signature from its last few."""
    lines = _lines(first_page[:_PART])[:_HEAD_LINES]
    number, number_row, date_beside = _number(lines)
    date, place = _date_and_place(lines)
    kind, abstract = _kind_and_abstract(lines)
    suggestions = Suggestions(
        kind=kind,
        abstract=abstract,
        issuer=_issuer(lines, number_row),
        signer=_signer(_lines((last_pages or first_page)[-_PART:])),
        recipients=recipients.find((last_pages or first_page)[-_PART:]),
    )
    return Heading(number=number, date=date or date_beside, place=place, suggestions=suggestions)


def _lines(text: str) -> list[str]:
    """Lines without markup; the two columns of a document's head, parted by tabs or gaps, come one by one."""
    found = []
    for line in text.split("\n"):
        # A gap after "Số:" is not one between columns: it is where a draft's number is missing.
        line = re.sub(r"(?i)\b(số\s*:?)\s+", r"\1 ", line[:_LONGEST_LINE])
        for piece in re.split(r"\t+| {4,}", line):
            if piece := " ".join(_MARKUP.sub("", piece).split()):
                found.append(piece)
    return found


def _number(lines: list[str]) -> tuple[str | None, int | None, str | None]:
    """The number (None: blank or absent), its line's index, and the date when it stands right behind it."""
    for index, line in enumerate(lines):
        if _BODY.match(line):
            break  # numbers from here on belong to other documents
        if _NUMBER_LABEL.match(line) and index + 1 < len(lines):
            line = f"{line} {lines[index + 1]}"
        if match := _NUMBER.match(line):
            return _written_number(match), index, None
    # Older documents carry the number inside the title: "Nghị định số 29/1998/NĐ-CP ngày 11 tháng 5 năm 1998".
    for index, line in enumerate(lines[:6]):
        if line.startswith("(") or _BODY.match(line):
            break
        if (match := _INNER_NUMBER.search(line)) and match["digits"]:
            behind = _DATE.search(match["date"]) if match["date"] else None
            return _written_number(match), index, _iso(behind) if behind else None
    return None, None, None


def _written_number(match: re.Match[str]) -> str | None:
    if match["digits"] is None:
        return None
    return str(match["digits"]) + re.sub(r"\s+", "", match["rest"])


def _date_and_place(lines: list[str]) -> tuple[str | None, str | None]:
    for index, line in enumerate(lines):
        if _BODY.match(line):
            break
        if "ngày" not in line.lower() or line.startswith("("):
            continue
        # One line may hold number and date; a narrow cell breaks the date over up to three.
        rest = _NUMBER.sub("", line)
        for count in range(1, 4):
            match = _DATE.search(" ".join([rest, *lines[index + 1 : index + count]]).strip())
            if match:
                return _iso(match), match["place"].strip() if match["place"] else None
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
            kind = "công văn" if subject.group(1).lower() == "v/v" else None
            return kind, _joined([subject.group(2), *lines[index + 1 :]])
        if _BODY.match(line):
            return None, None
        upper = line.upper()
        for title, kind in KINDS.items():
            if upper.rstrip(":") == title or upper.startswith(title + " CỦA "):
                return kind, _joined(lines[index + 1 :])
            if line == upper and upper.startswith(title + " "):
                return kind, _joined([line[len(title) :].strip(" :"), *lines[index + 1 :]])
    return None, None


def _joined(lines: list[str]) -> str | None:
    """The abstract: lines from here to the first that belongs to something else."""
    taken: list[str] = []
    for line in lines[:8]:
        if _BODY.match(line):
            break
        if _RULE.match(line) or _MOTTO.search(line) or _NUMBER.match(line) or (_DATE.search(line) and "," in line):
            if taken:
                break
            continue
        if taken and line == line.upper() and taken[-1] != taken[-1].upper():
            break  # the authority's own line: "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG"
        taken.append(line)
    return " ".join(taken) or None


def _issuer(lines: list[str], number_row: int | None) -> str | None:
    head = lines[:_ISSUER_LINES]
    if number_row is None and not any(_MOTTO.search(line) for line in head):
        return None  # capitals alone do not make an issuer
    taken: list[str] = []
    for index, line in enumerate(head):
        if index == number_row or _DATE.search(line) or line.upper() in KINDS:
            break
        if _MOTTO.search(line) or _RULE.match(line):
            continue
        if line != line.upper():
            break
        taken.append(line)
    if not taken:
        return None
    # The body above comes first, the issuer last; a name broken over two lines stays whole.
    if len(taken) >= 2 and _PLACE_NAME.match(taken[-1]):
        return f"{taken[-2]} {taken[-1]}"
    return taken[-1]


def _signer(lines: list[str]) -> str | None:
    for position in range(len(lines) - 1, -1, -1):
        if _AUTHORITY.match(lines[position]):
            for line in lines[position + 1 : position + 16]:
                if match := _NAME.match(line):
                    return match.group(1)
    return None
