"""Official papers: written in the form of Decree 30, read back, and every departure from the form told."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from webapp.official import (
    Appendix,
    Article,
    Centred,
    Column,
    Heading,
    Level,
    Paper,
    Paragraph,
    Points,
    PointStyle,
    Signature,
    Table,
    check_form,
    write_paper,
)
from webapp.official.looks import Element
from webapp.official.wording import LETTERS, date_line, letter, number_line, roman

REPORT = Paper(
    superior="Ủy ban nhân dân phường Long Mỹ",
    issuer="Phòng Văn hóa - Xã hội",
    number=5,
    symbol="BC-VHXH",
    place="Long Mỹ",
    issued_on=date(2026, 2, 3),
    kind="Báo cáo",
    abstract="Kết quả phong trào thi đua năm 2026",
    addressees=("Ủy ban nhân dân phường", "Hội đồng Thi đua - Khen thưởng"),
    bases=("Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;", "Căn cứ Kế hoạch số 123/KH-UBND"),
    body=(
        Heading("Kết quả"),
        Heading("Dữ liệu", Level.CLAUSE),
        Paragraph("Đã số hóa 1.204 hồ sơ."),
        Points(("Một;", "Hai;", "Ba;", "Bốn;", "Năm;", "Sáu;", "Bảy.")),
        Table((Column("STT"), Column("Đơn vị", 5), Column("Điểm", 2, "right")), (("1", "Phòng Kinh tế", "9,5"),)),
        Heading("Cách làm hay", Level.CLAUSE),
        Heading("Kiến nghị"),
        Paragraph("Đề nghị xem xét"),
    ),
    recipients=("Như trên", "Lãnh đạo phòng"),
    archived="VT, VHXH",
    appendices=(Appendix("Danh sách đơn vị", (Paragraph("Mười hai đơn vị."),)),),
    signature=Signature(authority=("KT. Trưởng phòng",), title="Phó Trưởng phòng", name="Nguyễn Văn A"),
)
DECISION = replace(
    REPORT,
    kind="Quyết định",
    symbol="QĐ-UBND",
    addressees=(),
    authority="Chủ tịch Ủy ban nhân dân phường",
    resolution="Quyết định:",
    body=(Article("Công nhận 3 sáng kiến."), Article("Trách nhiệm", "Các đơn vị thi hành Quyết định này.")),
    appendices=(),
)
LETTER = replace(REPORT, kind="", symbol="VHXH-TĐ", appendices=())
MINUTES = replace(
    REPORT,
    kind="Biên bản",
    symbol="BB-HĐ",
    place="",
    addressees=(),
    bases=(),
    secretary=Signature("Thư ký", "Lê Thị B"),
    signature=Signature("Chủ tọa", "Trần Văn C"),
)
CERTIFICATE = replace(
    REPORT,
    kind="Giấy chứng nhận",
    abstract="Sáng kiến",
    recipients=None,
    addressees=(),
    bases=(),
    body=(Centred("Chứng nhận:"), Centred("Nguyễn Thị Lan", bold=True)),
)
DRAFT = replace(REPORT, number=None, issued_on=None, year=2026)
WIDE = replace(REPORT, landscape=True)


@cache
def report() -> bytes:
    return write_paper(REPORT)


def texts(data: bytes) -> list[str]:
    document = Document(io.BytesIO(data))
    return ["".join(part.text or "" for part in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p"))]


@pytest.mark.parametrize("paper", [REPORT, DECISION, LETTER, MINUTES, CERTIFICATE, DRAFT, WIDE])
def test_every_kind_of_paper_keeps_the_form(paper: Paper) -> None:
    data = write_paper(paper)
    assert check_form(data) == []
    assert data == write_paper(paper)


def test_the_words_stand_where_and_as_the_decree_says() -> None:
    shown = texts(report())
    order = [
        "PHÒNG VĂN HÓA - XÃ HỘI",
        "Số: 05/BC-VHXH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Long Mỹ, ngày 03 tháng 02 năm 2026",
        "BÁO CÁO",
        "Kính gửi:",
        "- Ủy ban nhân dân phường;",
        "- Hội đồng Thi đua - Khen thưởng.",
        "Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;",
        "Căn cứ Kế hoạch số 123/KH-UBND.",
        "I. KẾT QUẢ",
        "1. Dữ liệu",
        "a) Một;",
        "đ) Năm;",
        "g) Bảy.",
        "2. Cách làm hay",
        "II. KIẾN NGHỊ",
        "Đề nghị xem xét./.",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT, VHXH.",
        "KT. TRƯỞNG PHÒNG",
        "PHÓ TRƯỞNG PHÒNG",
        "Nguyễn Văn A",
        "Phụ lục",
        "DANH SÁCH ĐƠN VỊ",
        "(Kèm theo Báo cáo số 05/BC-VHXH ngày 03 tháng 02 năm 2026 của Phòng Văn hóa - Xã hội)",
    ]
    assert [line for line in shown if line in order] == order
    assert "Số:      /BC-VHXH" in texts(write_paper(DRAFT))
    assert "Long Mỹ, ngày      tháng      năm 2026" in texts(write_paper(DRAFT))
    assert "V/v Kết quả phong trào thi đua năm 2026" in texts(write_paper(LETTER))
    assert "Điều 1. Công nhận 3 sáng kiến." in texts(write_paper(DECISION))


def test_numbers_letters_and_days() -> None:
    assert [letter(n) for n in range(7)] == ["a", "b", "c", "d", "đ", "e", "g"]
    assert letter(len(LETTERS)) == "aa"
    assert [roman(n) for n in (1, 4, 9, 14, 40)] == ["I", "IV", "IX", "XIV", "XL"]
    assert number_line(9, "BC-UBND") == "Số: 09/BC-UBND"
    assert number_line("12a", "BC-UBND") == "Số: 12a/BC-UBND"
    assert date_line("Long Mỹ", date(2026, 3, 9)) == "Long Mỹ, ngày 09 tháng 3 năm 2026"
    assert date_line("Long Mỹ", date(2026, 12, 31)) == "Long Mỹ, ngày 31 tháng 12 năm 2026"


def test_long_names_are_broken_where_people_break_them() -> None:
    long = "Triển khai phong trào thi đua “Cả nước thi đua đổi mới sáng tạo và chuyển đổi số” giai đoạn 2026 - 2030"
    data = write_paper(replace(REPORT, issuer="Ủy ban nhân dân phường Long Mỹ", superior="", abstract=long))
    document = Document(io.BytesIO(data))
    assert named(document, Element.ISSUER).text == "ỦY BAN NHÂN DÂN\nPHƯỜNG LONG MỸ"
    first, second = named(document, Element.ABSTRACT).text.split("\n")
    assert f"{first} {second}" == long and abs(len(first) - len(second)) < 12
    assert check_form(data) == []


def test_signs_no_paper_can_hold_are_left_out() -> None:
    data = write_paper(replace(REPORT, abstract="Kết\x00 quả\x0b\ufffe <b>&</b>\nnăm"))
    assert "Kết quả <b>&</b> năm" in texts(data)


def named(document: Any, element: Element) -> Any:
    for paragraph in (p for table in document.tables for cell in table._cells for p in cell.paragraphs):
        if paragraph.style.name == element:
            return paragraph
    return next(p for p in document.paragraphs if p.style.name == element)


def run(element: Element, change: Callable[[Any], None]) -> Callable[[Any], None]:
    return lambda document: change(named(document, element).runs[0])


def gone(element: Element) -> Callable[[Any], None]:
    def remove(document: Any) -> None:
        paragraph = named(document, element)._p
        paragraph.getparent().remove(paragraph)

    return remove


def put(target: Any, name: str, value: Any) -> None:
    setattr(target, name, value)


MUTANTS: dict[str, Callable[[Any], Any]] = {
    "margin": lambda d: put(d.sections[0], "left_margin", Mm(25)),
    "right margin": lambda d: put(d.sections[0], "right_margin", Mm(25)),
    "top margin": lambda d: put(d.sections[0], "top_margin", Mm(30)),
    "letter paper": lambda d: put(d.sections[0], "page_width", Mm(216)),
    "number on page one": lambda d: put(d.sections[0], "different_first_page_header_footer", False),
    "no page number": lambda d: d.sections[0].header.paragraphs[0].clear(),
    "page number left": lambda d: put(d.sections[0].header.paragraphs[0], "alignment", WD_ALIGN_PARAGRAPH.LEFT),
    "font of a run": run(Element.BODY, lambda r: put(r.font, "name", "Arial")),
    "font of a style": lambda d: put(d.styles[Element.KIND].font, "name", "Calibri"),
    "size of a run": run(Element.BODY, lambda r: put(r.font, "size", Pt(12))),
    "size of a style": lambda d: put(d.styles[Element.RECIPIENT].font, "size", Pt(13)),
    "colour": run(Element.MOTTO, lambda r: put(r.font.color, "rgb", RGBColor(200, 0, 0))),
    "underline": run(Element.MOTTO, lambda r: put(r, "underline", True)),
    "motto not bold": run(Element.MOTTO, lambda r: put(r, "bold", False)),
    "superior bold": run(Element.SUPERIOR, lambda r: put(r, "bold", True)),
    "body italic": run(Element.BODY, lambda r: put(r, "italic", True)),
    "basis upright": run(Element.BASIS, lambda r: put(r, "italic", False)),
    "date upright": lambda d: put(d.styles[Element.PLACE_DATE].font, "italic", False),
    "issuer in small letters": run(Element.ISSUER, lambda r: put(r, "text", r.text.title())),
    "body left": lambda d: put(named(d, Element.BODY), "alignment", WD_ALIGN_PARAGRAPH.LEFT),
    "no indent": lambda d: put(named(d, Element.BODY).paragraph_format, "first_line_indent", Mm(0)),
    "tight paragraphs": lambda d: put(named(d, Element.BODY).paragraph_format, "space_after", Pt(0)),
    "wide lines": lambda d: put(named(d, Element.BODY).paragraph_format, "line_spacing", 2.0),
    "exact lines": lambda d: put(named(d, Element.BODY).paragraph_format, "line_spacing", Pt(10)),
    "no motto": gone(Element.MOTTO),
    "no number": gone(Element.NUMBER),
    "no line under the motto": gone(Element.MOTTO_RULE),
    "no recipients": gone(Element.RECIPIENTS),
    "no name": gone(Element.SIGNER_NAME),
    "short line": lambda d: put(named(d, Element.MOTTO_RULE).paragraph_format, "left_indent", Mm(60)),
    "long line": lambda d: put(named(d, Element.ABSTRACT_RULE).paragraph_format, "right_indent", Mm(0)),
    "line lost": lambda d: [b.getparent().remove(b) for b in list(named(d, Element.ISSUER_RULE)._p.iter(qn("w:pBdr")))],
    "motto of another": run(Element.MOTTO, lambda r: put(r, "text", "Độc lập – Tự do – Hạnh phúc")),
    "number without zero": run(Element.NUMBER, lambda r: put(r, "text", "Số: 5/BC-VHXH")),
    "month without zero": run(Element.PLACE_DATE, lambda r: put(r, "text", "Long Mỹ, ngày 03 tháng 2 năm 2026")),
    "basis without semicolon": run(Element.BASIS, lambda r: put(r, "text", r.text.rstrip(";"))),
    "addressee without colon": run(Element.ADDRESSEE, lambda r: put(r, "text", "Kính gửi")),
    "kind twice": lambda d: named(d, Element.KIND)._p.addnext(Document(io.BytesIO(report())).paragraphs[0]._p),
    "abstract before kind": lambda d: named(d, Element.KIND)._p.addprevious(named(d, Element.ABSTRACT)._p),
    "motto before nation": lambda d: named(d, Element.NATION)._p.addprevious(named(d, Element.MOTTO)._p),
    "basis before kind": lambda d: named(d, Element.KIND)._p.addprevious(named(d, Element.BASIS)._p),
    "stranger": lambda d: put(d.paragraphs[5].insert_paragraph_before("Chữ lạ"), "style", "Normal"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_every_departure_from_the_form_is_told(name: str) -> None:
    document = Document(io.BytesIO(report()))
    MUTANTS[name](document)
    changed = io.BytesIO()
    document.save(changed)
    assert check_form(changed.getvalue()) != [], name


def test_headings_take_a_number_read_from_a_plan_and_lists_three_marks() -> None:
    body = (
        Heading("Chung", Level.PART),
        Heading("Thứ", Level.PART),
        Heading("Chuyển đổi số", Level.POINT, "đ"),
        Points(("Một",), PointStyle.NUMBERS),
        Points(("Hai",), PointStyle.DASHES),
    )
    shown = texts(write_paper(replace(REPORT, body=body)))
    for line in ("Phần II", "THỨ", "đ) Chuyển đổi số", "1. Một", "- Hai./."):
        assert line in shown
