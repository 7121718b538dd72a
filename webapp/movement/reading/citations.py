"""The documents a plan rests on, from the paragraphs before its first section."""

from __future__ import annotations

import re
from collections.abc import Iterable

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.heading import CODE, iso_date
from webapp.movement.reading.shapes import LegalBasis

_KINDS = (
    "Hiến pháp", "Bộ luật", "Luật", "Pháp lệnh", "Nghị quyết liên tịch", "Nghị quyết", "Nghị định", "Quyết định", "Thông tư liên tịch",
    "Thông tư", "Chỉ thị", "Chương trình hành động", "Chương trình", "Kế hoạch", "Hướng dẫn", "Kết luận", "Thông báo", "Công văn",
    "Công điện", "Đề án", "Quy định", "Quy chế", "Văn bản", "Tờ trình", "Báo cáo", "Thông tri", "Phương án", "Chiến lược", "Điều lệ",
    "Hướng dẫn liên tịch",
)  # fmt: skip
_KIND = "(?P<kind>" + "|".join(sorted(_KINDS, key=len, reverse=True)) + ")"
_LEAD = re.compile(
    r"(?:-\s?)?(?:Căn cứ(?: vào)?|Thực hiện|Triển khai(?: thực hiện)?|Thi hành|Tiếp tục thực hiện|Theo|Xét)(?: nội dung| các)? "
)
_START = re.compile(_KIND + r"(?= )")
_NUMBER = re.compile(
    rf"(?:[Ss]ố\s?:?\s?)?(?P<number>\d{{1,5}}[a-zđ]?(?:\s?/\s?(?:19|20)\d\d)?\s?[/-]\s?{CODE}(?:\s?[-/&]\s?{CODE}){{0,4}})"
)
_DATE = re.compile(
    r"(?:,\s?)?ngày (?P<day>\d{1,2})(?: tháng |\s?[/.-]\s?)(?P<month>\d{1,2})(?: năm |\s?[/.-]\s?)(?P<year>\d{4})"
)
_ISSUER = re.compile(r"\s*,?\s*của ")
_TITLE = re.compile(
    r"(?:,? )(?=(?:về|ban hành|sửa đổi|thực hiện|quy định|hướng dẫn|phê duyệt|triển khai|công bố|phát động|tổ chức|kèm theo|"
    r"đẩy mạnh|tăng cường|tiếp tục|V/v|thông qua|điều chỉnh|bổ sung|bãi bỏ|thay thế|giao|hành động|xây dựng|đổi mới|[Kk]ết luận)\b)|"
    r" (?=[“\"])|: "
)
_SHORT_NAME = re.compile(
    r"\s*\((?:sau đây )?(?:được )?(?:viết|gọi|gọi chung)?\s?(?:tắt )?là:? ?[“\"]?(?P<name>[^()”\"]{2,120})[”\"]?\)"
)
# "Thực hiện Kế hoạch số …, Ủy ban nhân dân xã … ban hành …": what follows is the plan's own sentence.
_OWN_SENTENCE = re.compile(
    r"[,;] (?=(?:Ủy ban nhân dân|Uỷ ban nhân dân|UBND|Hội đồng|Đảng ủy|Ban |Phòng )[^,;]{0,80}? "
    r"(?:ban hành|xây dựng|triển khai|tổ chức|yêu cầu|đề nghị)\b)"
)
_LAST_OF_LIST = re.compile(r" và (?=" + _KIND.replace("?P<kind>", "?:") + r" số \d[^;]{0,60}ngày \d)")
_HEAD = 260  # letters within which a document's kind, number, date and issuer stand


def read_bases(paragraphs: Iterable[str], doubts: Doubts) -> tuple[LegalBasis, ...]:
    """Every document named at the start of a "Căn cứ …" or "Thực hiện …" paragraph, in order."""
    found: list[LegalBasis] = []
    for paragraph in paragraphs:
        lead = _LEAD.match(paragraph)
        if lead is None:
            continue
        text = paragraph[lead.end() :]
        named = [piece for piece in _documents(text) if _START.match(piece)]
        if not named and paragraph.startswith("Căn cứ"):
            doubts.add("legal_bases", f"Căn cứ không nêu văn bản cụ thể: “{paragraph[:80]}”.")
        for piece in named:
            basis = _basis(piece)
            found.append(basis)
            _check(basis, piece, doubts)
    if not found:
        doubts.add("legal_bases", "Không đọc được căn cứ nào.")
    return tuple(found)


def _documents(text: str) -> list[str]:
    """One paragraph may name several documents, parted by semicolons."""
    own = _OWN_SENTENCE.search(text)
    if own:
        text = text[: own.start()]
    if "; " not in text:
        return [text]
    pieces = re.split(r"; (?=(?:và )?" + _KIND.replace("?P<kind>", "?:") + r" )", text)[:20]
    pieces = [piece.removeprefix("và ") for piece in pieces]
    # The last of a list follows "và"; a title may hold an "và" too, but then names a document before it.
    last = _LAST_OF_LIST.search(pieces[-1]) if len(pieces) > 1 else None
    if last and len(_NUMBER.findall(pieces[-1][: last.start()])) == 1:
        pieces[-1:] = [pieces[-1][: last.start()], pieces[-1][last.end() :]]
    return pieces


def _basis(text: str) -> LegalBasis:
    abbreviation = ""
    if short := _SHORT_NAME.search(text):
        abbreviation = short["name"].strip()
        text = text[: short.start()] + text[short.end() :]
    text = text.strip().rstrip(";.").rstrip()
    kind = _START.match(text)
    assert kind is not None
    rest = text[kind.end() :]
    number_match = _NUMBER.search(rest[:_HEAD])
    title_before = ""
    if number_match and _is_first(number_match.start(), rest):
        number = re.sub(r"\s", "", number_match["number"])
        title_before, rest = rest[: number_match.start()].strip(" ,"), rest[number_match.end() :]
    else:
        number = ""
    date = _DATE.search(rest[:_HEAD])
    if date and (not number or date.start() <= 3 or not rest[: date.start()].strip(" ,")):
        title_before = title_before or ("" if number else rest[: date.start()].strip(" ,"))
        rest = rest[date.end() :]
    else:
        date = None
    issuer, title = _issuer_and_title(rest)
    title = title or title_before if not title_before else " ".join(filter(None, (title_before, title)))
    return LegalBasis(
        number=number,
        date=iso_date(date["year"], date["month"], date["day"]) if date else None,
        issuer=issuer,
        title=title,
        kind=kind["kind"],
        relation=_relation(title),
        abbreviation=abbreviation,
    )


def _is_first(position: int, rest: str) -> bool:
    """Whether a number is the document's own and not of one its title names ("… của Chính phủ thực hiện Nghị quyết số …")."""
    before = rest[:position]
    return " của " not in before and not _START.search(before)


def _issuer_and_title(rest: str) -> tuple[str, str]:
    of = _ISSUER.match(rest)
    if of is None:
        return "", rest.strip(" ,:")
    rest = rest[of.end() :]
    title = _TITLE.search(rest)
    if title is None:
        return rest.strip(" ,;."), ""
    return rest[: title.start()].strip(" ,"), rest[title.end() :].strip(" ,")


def _relation(title: str) -> str:
    if title.startswith(("sửa đổi", "Sửa đổi", "về sửa đổi", "về việc sửa đổi")):
        return "amends"
    if title.startswith(("ban hành", "về ban hành", "về việc ban hành")):
        return "issues"
    return "implements"


def _check(basis: LegalBasis, text: str, doubts: Doubts) -> None:
    name = f"{basis.kind} {basis.number}".strip() if basis.number else text[:60]
    if not basis.number:
        doubts.add("legal_bases", f"Căn cứ không đọc được số, ký hiệu: “{name}”.")
    if basis.date is None:
        doubts.add("legal_bases", f"Căn cứ không đọc được ngày ban hành: “{name}”.")
    if not basis.issuer and basis.kind not in ("Luật", "Bộ luật", "Hiến pháp", "Pháp lệnh"):
        doubts.add("legal_bases", f"Căn cứ không đọc được cơ quan ban hành: “{name}”.")
    if (
        basis.abbreviation
        and basis.number
        and basis.number not in basis.abbreviation
        and any(map(str.isdigit, basis.abbreviation))
    ):
        doubts.add("legal_bases", f"Tên viết tắt “{basis.abbreviation}” không khớp với số {basis.number}.")
