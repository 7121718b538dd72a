"""The first row of a table of criteria: which column is the number, which the criterion, which its points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.movement.reading.spelling import folded

_NUMBER = re.compile(r"(?:s[ốô]? ?)?tt|stt|số thứ tự|mã(?: số)?|mục|ký hiệu")
_TEXT = re.compile(r"nội dung|tiêu chí|tiêu chuẩn|chỉ tiêu|chỉ số|hạng mục|danh mục")
_CRITERIA = re.compile(r"tiêu ch[íi]|tiêu chuẩn|chỉ số")
_POINTS = re.compile(
    r"(?:số |mức |thang |tổng (?:số )?)?điểm(?: số)?"
    r"(?: (?:tối đa|chuẩn|quy định|cao nhất|thi đua|chi tiết|tiêu chí|thành phần|\d{1,4}))*"
)
_ONLY_HIGHEST = re.compile(r"(?:điểm )?(?:tối đa|chuẩn|cao nhất)")
# Columns that a unit or a jury fills in, or that say how it is done.
_FILLED_IN = re.compile(r"tự|đạt|thẩm định|chấm|hướng dẫn|cách|phương pháp|minh chứng|ghi chú|đề nghị|thưởng|cộng|trừ")
_LONGEST_TITLE = 60
MOST_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Header:
    """Positions of columns; None where the table has no such column. `width` counts all of them."""

    text: int
    number: int | None
    points: int | None
    width: int


def read_header(cells: Sequence[str]) -> Header | None:
    """What a row's cells are the titles of; None when this is no head of a table of criteria."""
    titles = [" ".join(folded(cell).replace("\n", " ").split()).strip(" *:.()") for cell in cells]
    if not 2 <= len(titles) <= MOST_COLUMNS or any(len(title) > _LONGEST_TITLE for title in titles):
        return None
    number = next((place for place, title in enumerate(titles) if _NUMBER.fullmatch(title)), None)
    points = _points_column(titles)
    texts = [
        place
        for place, title in enumerate(titles)
        if place not in (number, points) and _TEXT.search(title) and not _FILLED_IN.match(title)
    ]
    if not texts:
        return None
    text = next((place for place in texts if _CRITERIA.search(titles[place])), texts[0])
    if points is None and (number is None or not _CRITERIA.search(titles[text])):
        return None
    return Header(text, number, points, len(titles))


def _points_column(titles: Sequence[str]) -> int | None:
    # "Điểm tối đa (100)", "Điểm chuẩn (điểm)": what stands in brackets is not the column's name.
    bare = [re.sub(r"\s*\(.*", "", title) for title in titles]
    found = [place for place, title in enumerate(bare) if _POINTS.fullmatch(title) or _ONLY_HIGHEST.fullmatch(title)]
    surest = [place for place in found if _ONLY_HIGHEST.search(bare[place])]
    best = surest or found
    return best[0] if best else None


def is_rest_of_title(before: str, text: str) -> bool:
    """Whether a line goes on with the title begun on the line before ("Điểm", "tối đa")."""
    return text[:1].islower() or (folded(before) == "điểm" and _ONLY_HIGHEST.fullmatch(folded(text)) is not None)


def goes_on(cells: Sequence[str], header: Header) -> Header | None:
    """The header when its second row ("Tối đa | Tự chấm" below "Điểm") says more of its columns; None else."""
    titles = [" ".join(folded(cell).split()) for cell in cells]
    if not any(titles) or any(any(map(str.isdigit, title)) for title in titles) or len(titles) > MOST_COLUMNS:
        return None
    if not all(not title or _ONLY_HIGHEST.fullmatch(title) or _FILLED_IN.search(title) for title in titles):
        return None
    if any(len(title) > _LONGEST_TITLE for title in titles):
        return None
    place = next((place for place, title in enumerate(titles) if _ONLY_HIGHEST.fullmatch(title)), header.points)
    return Header(header.text, header.number, place, max(header.width, len(titles)))
