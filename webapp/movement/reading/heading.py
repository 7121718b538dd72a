"""Number, date, place and issuer from the head of a document as Decree 30/2020 lays it out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.lines import Line
from webapp.movement.reading.spelling import folded, is_capitals

CODE = r"[A-ZĐƯ][A-Za-zĐđƯư0-9]{0,15}"
_BLANK = r"[\s.…_]{0,40}"
_NUMBER = re.compile(
    rf"\b[Ss](?:ố|Ố)\s?:?{_BLANK}(?P<digits>\d{{1,5}}[a-zđ]?)?{_BLANK}"
    rf"(?P<sign>(?:/\s?(?:19|20)\d\d\s?)?[/-]\s?{CODE}(?:\s?[-/&]\s?{CODE}){{0,4}})"
)
_ONLY_LABEL = re.compile(rf"[Ss](?:ố|Ố)\s?:{_BLANK}(?P<digits>\d{{1,5}})?$")
_DATE = re.compile(
    rf"(?:(?P<place>[A-ZĐÀ-Ỹ][^\n,;:()\d]{{0,48}}?)\s?,\s?)?[Nn]gày{_BLANK}(?P<day>\d{{1,2}})?{_BLANK}tháng{_BLANK}"
    rf"(?P<month>\d{{1,2}})?{_BLANK}năm{_BLANK}(?P<year>\d{{4}})?"
)
_LONGEST_DATE_LINE = 120
_PARTY = re.compile(r"đảng cộng sản việt nam$")
_MOTTO = "cộng hòa xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc".split()
_COUNTRY, _FREEDOM = 0, 8  # where its two lines begin
_SURELY = 4  # that many words of it are no part of a body's name
_BODIES = (
    "ỦY BAN", "UBND", "HỘI ĐỒNG", "SỞ ", "BỘ ", "BAN ", "PHÒNG ", "CÔNG AN", "ĐẢNG ỦY", "TỈNH ỦY", "THÀNH ỦY", "HUYỆN ỦY",
    "THỦ TƯỚNG", "CHÍNH PHỦ", "VĂN PHÒNG", "HỘI ", "LIÊN ĐOÀN", "CÔNG ĐOÀN", "MẶT TRẬN", "CHI CỤC", "CỤC ", "TRƯỜNG ",
    "TRUNG TÂM", "CÔNG TY", "ĐOÀN ", "UB MTTQ", "BCH ", "BCĐ ",
)  # fmt: skip
_PLACE_WORDS = re.compile(r"\b(phường|xã(?! hội)|thị trấn|đặc khu|quận|huyện|thị xã|thành phố|tỉnh|tp\.)\s+(.+)$")
_KNOWN = {"thủ tướng chính phủ": "Thủ tướng Chính phủ", "chính phủ": "Chính phủ", "bộ chính trị": "Bộ Chính trị"}
_COUNCIL = ("Hội đồng thi đua -", "Hội đồng Thi đua -")
# "Phòng Văn hóa - Xã hội", "Sở Nội vụ": the field's first word, and that behind a dash.
_OF_A_FIELD = re.compile(r"(?:^(?:Phòng|Sở|Bộ|Cục|Ban|Hội(?! đồng)|Đoàn)|(?<= -)) \w+")
_IN_BODY = re.compile(
    r"(?P<issuer>(?:Ủy ban nhân dân|Uỷ ban nhân dân|UBND) (?:phường|xã|thị trấn|đặc khu|quận|huyện|thị xã|thành phố|tỉnh)"
    r" [A-ZĐÀ-Ỹ][^,.;:]{1,40}?) (?:ban hành|xây dựng|triển khai|tổ chức|yêu cầu)\b"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head says; None where it says nothing."""

    number: str | None
    date: str | None
    place: str | None
    issuer: str | None


def read_heading(head: Sequence[Line], body: str, doubts: Doubts) -> Heading:
    """Read the head; `body` is the text the issuer's spelling (or, failing a head, its name) is looked up in."""
    cells = [cell for line in head for cell in line.cells]
    date, place = _date(cells, doubts)
    return Heading(number=_number(cells, doubts), date=date, place=place, issuer=_issuer(cells, body, doubts))


def is_date_line(text: str) -> bool:
    """Whether a line is the place and date of issue ("Long Mỹ, ngày … tháng … năm 2026")."""
    match = _DATE.search(text)
    return match is not None and match["place"] is not None and len(text) < _LONGEST_DATE_LINE


def iso_date(year: str, month: str, day: str) -> str | None:
    """The date in ISO form; None when the calendar has no such day."""
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _number(cells: Sequence[str], doubts: Doubts) -> str | None:
    for cell, following in zip(cells, [*cells[1:], ""], strict=False):
        if _ONLY_LABEL.match(cell) and following:
            cell = f"{cell} {following}"
        match = _NUMBER.search(cell)
        if match is None:
            continue
        sign = re.sub(r"\s", "", match["sign"])
        if match["digits"]:
            return match["digits"] + sign
        doubts.add("number", f"Số còn để trống (chỉ có ký hiệu “{sign.lstrip('/-')}”): có thể là bản dự thảo.")
        return None
    doubts.add("number", "Không thấy số, ký hiệu ở phần đầu văn bản.")
    return None


def _date(cells: Sequence[str], doubts: Doubts) -> tuple[str | None, str | None]:
    bare = [_NUMBER.sub("", cell).strip() for cell in cells]
    for index, cell in enumerate(bare):
        if "ngày" not in cell.lower() or cell.startswith("("):
            continue
        for count in (1, 2, 3):  # a narrow cell breaks the date over up to three lines
            match = _DATE.search(" ".join(bare[index : index + count]))
            if match is None or not (match["year"] or count == 3 or index + count >= len(bare)):
                continue
            place = match["place"].strip() if match["place"] else None
            return _day(match, doubts), place
    doubts.add("date", "Không thấy ngày ban hành ở phần đầu văn bản.")
    return None, None


def _day(match: re.Match[str], doubts: Doubts) -> str | None:
    day, month, year = match["day"], match["month"], match["year"]
    if not (day and month and year):
        known = f" (chỉ ghi năm {year})" if year and not month else ""
        doubts.add("date", f"Ngày ban hành còn để trống{known}.")
        return None
    found = iso_date(year, month, day)
    if found is None:
        doubts.add("date", f"Ngày ban hành không có trong lịch: {day}/{month}/{year}.")
    return found


def _issuer(cells: Sequence[str], body: str, doubts: Doubts) -> str | None:
    taken = []
    for cell in _without_motto(cells):
        if _NUMBER.search(cell) or _ONLY_LABEL.match(cell) or _DATE.search(cell) or _PARTY.search(folded(cell)):
            continue
        if cell[0].isalpha() and is_capitals(cell):
            taken.append(cell)
    starts = [index for index, cell in enumerate(taken) if folded(cell).upper().startswith(_BODIES)]
    if starts:
        # The body above comes first, the issuer last; a name broken over two lines stays whole.
        return _in_small_letters(" ".join(taken[starts[-1] :]), body, doubts)
    named = _IN_BODY.search(body)
    if named:
        doubts.add("issuer", "Phần đầu văn bản không ghi cơ quan ban hành; tên được đọc từ phần mở đầu.")
        return named["issuer"]
    doubts.add("issuer", "Không thấy tên cơ quan ban hành.")
    return None


def _without_motto(cells: Sequence[str]) -> list[str]:
    """The cells without the country's name and motto, which may be broken anywhere and stand beside the issuer's name."""
    found: list[str] = []
    said = 0  # words of the motto met so far
    for cell in cells:
        words = cell.split()
        plain = [folded(word).strip("-–—.,") for word in words]
        start, end, said = _motto_in(plain, said)
        found += [" ".join(part) for part in (words[:start], words[end:]) if part]
    return found


def _motto_in(words: Sequence[str], said: int) -> tuple[int, int, int]:
    """Where in a cell words of the motto stand, from and to, and how many of it have been met then."""
    for start in range(len(words)):
        for first in {_COUNTRY, _FREEDOM, said}:
            end, after = start, first
            while end < len(words) and after < len(_MOTTO) and words[end] in ("", _MOTTO[after]):
                after += words[end] != ""
                end += 1
            count = after - first
            # One or two of its words alone in a cell are its rest only where the words before them were met.
            goes_on = first == said > 0 and end == len(words) and (start == 0 or count > 1)
            begins = first in (_COUNTRY, _FREEDOM) and count > 1 and start == 0 and end == len(words)
            if count >= _SURELY or (count and (goes_on or begins)):
                return start, end, after
    return len(words), len(words), said


def _in_small_letters(name: str, body: str, doubts: Doubts) -> str:
    """ "ỦY BAN NHÂN DÂN PHƯỜNG LONG MỸ" as people write it, as the body does where it names it."""
    place = folded(body).find(folded(name))
    if place >= 0 and len(folded(body)) == len(body):
        found = body[place : place + len(name)]
        if not is_capitals(found):
            return found
    small = name.lower()
    match = _PLACE_WORDS.search(small)
    if match is None and small not in _KNOWN:
        doubts.add("issuer", f"Tên cơ quan in hoa “{name}”; chữ hoa, chữ thường trong tên được đoán.")
    if match:
        small = small[: match.start(2)] + " ".join(word.capitalize() for word in match[2].split())
    if name.startswith("UBND"):
        return "UBND" + small[4:]
    known = _OF_A_FIELD.sub(lambda found: found[0].title(), small[:1].upper() + small[1:])
    return _KNOWN.get(small, known.replace(*_COUNCIL))
