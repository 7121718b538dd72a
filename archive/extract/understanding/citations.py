"""The documents a text names by their numbers: those it rests on, and others it mentions."""

from __future__ import annotations

import datetime
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal, TypedDict

_MOST = 200
_MOST_LETTERS = 3_000_000
_PREAMBLE = 20_000
_MOST_LINES = 14  # of one paragraph

_KINDS = (
    "Bộ luật", "Luật", "Pháp lệnh", "Nghị quyết liên tịch", "Nghị quyết", "Nghị định", "Quyết định", "Thông tư liên tịch",
    "Thông tư", "Chỉ thị", "Chương trình hành động", "Chương trình", "Kế hoạch", "Hướng dẫn", "Kết luận", "Thông báo",
    "Công văn", "Công điện", "Đề án", "Quy định", "Quy chế", "Văn bản", "Tờ trình", "Báo cáo", "Thông tri", "Phương án",
    "Chiến lược", "Điều lệ", "Biên bản", "Hợp đồng", "Sắc lệnh",
)  # fmt: skip
_BY_NAME = {kind.lower(): kind for kind in _KINDS}
_BY_CODE = {
    "NQ": "Nghị quyết", "NQLT": "Nghị quyết liên tịch", "NĐ": "Nghị định", "QĐ": "Quyết định", "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch", "CT": "Chỉ thị", "CTr": "Chương trình", "CTR": "Chương trình", "CTHĐ": "Chương trình",
    "KH": "Kế hoạch", "HD": "Hướng dẫn", "KL": "Kết luận", "TB": "Thông báo", "CV": "Công văn", "CĐ": "Công điện",
    "ĐA": "Đề án", "QC": "Quy chế", "QyĐ": "Quy định", "QĐi": "Quy định", "TTr": "Tờ trình", "BC": "Báo cáo",
    "PL": "Pháp lệnh", "SL": "Sắc lệnh", "BB": "Biên bản", "PA": "Phương án",
}  # fmt: skip
_LAW = re.compile(r"QH\d{1,2}$")

_CODE = r"[A-ZĐƯÂ][A-Za-zĐđƯưÂâ0-9]{0,11}"
_JOIN = r"(?:[-–/&]\s{0,2}|\x20[-/](?=\S))"
_KIND = "(?:" + "|".join(rf"{kind}".replace(" ", r"\s+") for kind in sorted(_KINDS, key=len, reverse=True)) + ")"
_CITED = re.compile(
    rf"(?:\b(?P<kind>(?i:{_KIND}))(?P<name>(?:\s+(?!(?i:số|của|ngày)\b)[^\s;:.()/\d]{{1,15}}){{0,14}}?)\s+)?"
    r"(?:(?P<label>\b[Ss]ố)\s*:?\s*)?"
    rf"(?<![\w/.,-])(?P<number>\d{{1,5}}[a-zđ]?\s?(?:/\s?(?:19|20)\d\d\s?)?{_JOIN}{_CODE}(?:{_JOIN}{_CODE}){{0,4}})(?!\w)"
)
_DATE = re.compile(
    r"\s*,?\s*\(?ngày\s+(\d{1,2})(?:\s+tháng\s+|\s*[/.-]\s*)(\d{1,2})(?:\s+năm\s+|\s*[/.-]\s*)(\d{4})\)?"
)
_VERBS = (
    "về|ban hành|sửa đổi|thực hiện|quy định|hướng dẫn|phê duyệt|triển khai|công bố|phát động|tổ chức|đẩy mạnh|tăng cường|"
    "tiếp tục|thông qua|điều chỉnh|bổ sung|bãi bỏ|thay thế|giao|hành động|xây dựng"
)
_ISSUER = re.compile(
    rf"\s*,?\s*của\s+((?:(?!{_VERBS}\b|(?:thì|là|được|đã|có|theo|trên|tại|trong|để|nhằm|năm|đến|như|V/v)\b)"
    r"[^\s;:.,()“”\"]{1,20}[ \n]{0,2}){1,16})"
)
_TITLE = re.compile(rf"\s*,?\s*((?:(?:{_VERBS}|V/v)\b|[“\"])[^;()]{{3,600}})")
_TITLE_END = re.compile(
    r"\.(?:\s|$)|,\s+(?=(?:Ủy|Uỷ)\s+ban|UBND|Hội đồng|Đảng ủy|Phòng |Ban )|\n\s*\n(?=\s*[A-ZĐÀ-ỸƠƯ“+•-])|\n(?=\s*(?:[-+•]|[a-zđ]\)|\d{1,2}\.)\s)"
)
_LEAD = re.compile(
    r"(?:[-–+•]\s*)?(?:Căn cứ|Thực hiện|Triển khai thực hiện|Tiếp tục thực hiện|Theo|Thi hành|Xét)\b", re.IGNORECASE
)
_BODY = re.compile(
    r"^\s*(?:Điều\s+1\b|I\.|1\.\s|A\.|Phần\s+(?:I|thứ nhất|1)\b|Chương\s+I\b|(?:QUYẾT ĐỊNH|NGHỊ QUYẾT|NGHỊ ĐỊNH|CHỈ THỊ|QUYẾT NGHỊ)\s*:)",
    re.MULTILINE,
)
_MARKUP = re.compile(r"[*_#>|`]+")
_OWN_LABEL = re.compile(r"(?:^|\n)[^\n]{0,3}$")


class Citation(TypedDict):
    """One document named in the text; `page` counts from 1."""

    number: str
    kind: str | None
    date: str | None
    issuer: str | None
    title: str | None
    relation: Literal["basis", "mention"]
    page: int


def find(pages: Sequence[str], own_number: str | None = None) -> list[Citation]:
    """Every document the pages name by number, in the order of their first naming, each once."""
    text, starts = _whole(pages)
    bases = _basis_spans(text)
    found: dict[str, Citation] = {}
    own = _key(own_number) if own_number else None
    taken: set[int] = set()
    for match in _CITED.finditer(text):
        number = re.sub(r"\s+", "", match["number"]).replace("–", "-")
        if _key(number) == own or not _is_citation(match, number, text):
            continue
        span = bisect_right(bases, (match.start("number"), len(text))) - 1
        inside = span >= 0 and match.start("number") < bases[span][1] and span not in taken
        if inside:
            taken.add(span)
        cited = _citation(
            match, number, text, "basis" if inside else "mention", bisect_right(starts, match.start("number"))
        )
        known = found.get(_key(number))
        if known is None:
            if len(found) < _MOST:
                found[_key(number)] = cited
            continue
        if inside and known["relation"] == "mention":
            known["relation"] = "basis"
        for part in ("kind", "date", "issuer", "title"):
            known[part] = known[part] or cited[part]
    return list(found.values())


def _whole(pages: Sequence[str]) -> tuple[str, list[int]]:
    """All pages as one text without markup, and where each begins."""
    parts, starts, length = [], [], 0
    for page in pages:
        starts.append(length)
        plain = _MARKUP.sub("", unicodedata.normalize("NFC", page))
        plain = re.sub(r"[^\S\n]+", " ", plain) + "\n"
        parts.append(plain)
        length += len(plain)
        if length > _MOST_LETTERS:
            break
    return "".join(parts)[:_MOST_LETTERS], starts


def _basis_spans(text: str) -> list[tuple[int, int]]:
    """From where to where each document the preamble rests on is spoken of; one span for each."""
    body = _BODY.search(text, 0, _PREAMBLE)
    end = body.start() if body else min(len(text), _PREAMBLE)
    spans: list[tuple[int, int]] = []
    for start, stop in _paragraphs(text, end):
        position = start
        for piece in re.split(rf"(?<=;)\s+(?=(?:và\s+)?{_KIND}\s)", text[start:stop]):
            position = text.index(piece, position)
            spans.append((position, position + len(piece)))
            position += len(piece)
    return spans


def _paragraphs(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Paragraphs of the preamble that name bases: to the line that ends a sentence, over line and page breaks."""
    start: int | None = None
    lines = position = stop = 0
    for line in text[:end].split("\n"):
        words = line.strip()
        if words and _LEAD.match(words):
            if start is not None:
                yield start, stop
            start, lines = position + line.index(words[0]), 0
        if start is not None and words:
            lines += 1
            stop = position + len(line)
            if words.endswith((";", ".", ":", "./.")) or lines >= _MOST_LINES:
                yield start, stop
                start = None
        position += len(line) + 1
    if start is not None:
        yield start, stop


def _is_citation(match: re.Match[str], number: str, text: str) -> bool:
    codes = re.findall(_CODE, number)
    known = any(code in _BY_CODE for code in codes) or _LAW.search(number) is not None
    if match["kind"] is None and match["label"] and _OWN_LABEL.search(text[max(match.start() - 40, 0) : match.start()]):
        return not text[match.start() :].startswith(("Số:", "Số ")) or match.start() > _PREAMBLE  # a document's own
    if match["kind"] is not None or match["label"]:
        return known or sum(map(str.isupper, number)) >= 2
    return known


def _citation(
    match: re.Match[str], number: str, text: str, relation: Literal["basis", "mention"], page: int
) -> Citation:
    kind = _BY_NAME.get(" ".join(match["kind"].lower().split())) if match["kind"] else None
    name = " ".join((match["name"] or "").split())
    if name and kind not in ("Luật", "Bộ luật", "Pháp lệnh"):
        # Only laws carry their name before their number; what stands there else is the sentence's.
        kind, name = None, ""
    if kind is None:
        kind = next((_BY_CODE[code] for code in re.findall(_CODE, number) if code in _BY_CODE), None)
    position = match.end()
    date = _DATE.match(text, position)
    position = date.end() if date else position
    issuer = _ISSUER.match(text, position)
    position = issuer.end() if issuer else position
    title = _TITLE.match(text, position - 1 if text[position - 1 : position].isspace() else position)
    return Citation(
        number=number,
        kind=kind,
        date=_iso(date) if date else None,
        issuer=_clean(issuer.group(1), 120) if issuer else None,
        title=name or (_clean(_TITLE_END.split(title.group(1))[0], 400) if title else None),
        relation=relation,
        page=page,
    )


def _clean(text: str, most: int) -> str | None:
    text = " ".join(text.split()).strip(" ,.:")
    if text.startswith("“") and text.endswith("”"):
        text = text[1:-1]
    return re.sub(r"\s+(?:và|với|cùng|các)$", "", text)[:most].rstrip() or None


def _iso(match: re.Match[str]) -> str | None:
    try:
        return datetime.date(int(match[3]), int(match[2]), int(match[1])).isoformat()
    except ValueError:
        return None


def _key(number: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", number)).casefold()
