"""Reads a paper back and says where it leaves the form of Decree 30/2020, annex I. For tests, and for papers from elsewhere
that use the same style names. Its ranges are the law's and are stated here alone, not taken from the writer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph

from webapp.official import wording as w
from webapp.official.looks import FONT, Element
from webapp.official.reading import Format, format_of, spacing_of

_CENTER, _JUSTIFY, _LEFT = "center", "both", "left"


@dataclass(frozen=True, slots=True)
class Form:
    """What the annex asks of an element. None: not ruled."""

    sizes: tuple[float, float]
    bold: bool | None = False
    italic: bool = False
    capitals: bool = False
    align: str | None = _CENTER
    running: bool = False
    clause: str = "II.6"


FORMS: dict[Element, Form] = {
    Element.SUPERIOR: Form((12, 13), capitals=True, clause="II.2b"),
    Element.ISSUER: Form((12, 13), bold=True, capitals=True, clause="II.2b"),
    Element.NUMBER: Form((13, 13), clause="II.3c"),
    Element.SUBJECT: Form((12, 13), clause="II.5b"),
    Element.NATION: Form((12, 13), bold=True, capitals=True, clause="II.1a"),
    Element.MOTTO: Form((13, 14), bold=True, clause="II.1b"),
    Element.PLACE_DATE: Form((13, 14), italic=True, clause="II.4c"),
    Element.KIND: Form((13, 14), bold=True, capitals=True, clause="II.5b"),
    Element.ABSTRACT: Form((13, 14), bold=True, clause="II.5b"),
    Element.AUTHORITY: Form((13, 14), bold=True, capitals=True, clause="mẫu 1.2"),
    Element.ADDRESSEE: Form((13, 14), align=None, clause="II.9d"),
    Element.BASIS: Form((13, 14), italic=True, align=_JUSTIFY, running=True, clause="II.6a"),
    Element.RESOLUTION: Form((13, 14), bold=True, capitals=True, clause="mẫu 1.2"),
    Element.PART_NUMBER: Form((13, 14), bold=True, clause="II.6đ"),
    Element.PART_TITLE: Form((13, 14), bold=True, capitals=True, clause="II.6đ"),
    Element.SECTION: Form((13, 14), bold=True, capitals=True, align=_JUSTIFY, running=True, clause="II.6đ"),
    Element.CLAUSE: Form((13, 14), bold=True, align=_JUSTIFY, running=True, clause="II.6đ"),
    Element.ARTICLE: Form((13, 14), bold=True, align=_JUSTIFY, running=True, clause="II.6đ"),
    Element.BODY: Form((13, 14), align=_JUSTIFY, running=True, clause="II.6e"),
    Element.CENTRED: Form((13, 14), bold=None, clause="II.6e"),
    Element.CAPTION: Form((13, 14), bold=True, clause="II.6e"),
    Element.CELL_HEAD: Form((13, 14), bold=True, clause="II.6e"),
    Element.CELL: Form((13, 14), bold=None, align=None, clause="II.6e"),
    Element.RECIPIENTS: Form((12, 12), bold=True, italic=True, align=_LEFT, clause="II.9d"),
    Element.RECIPIENT: Form((11, 11), align=_LEFT, clause="II.9d"),
    Element.SIGNER_TITLE: Form((13, 14), bold=True, capitals=True, clause="II.7đ"),
    Element.SIGNER_NAME: Form((13, 14), bold=True, clause="II.7đ"),
    Element.APPENDIX: Form((14, 14), bold=True, clause="III.1b"),
    Element.APPENDIX_TITLE: Form((13, 14), bold=True, capitals=True, clause="III.1b"),
    Element.APPENDIX_NOTE: Form((13, 14), italic=True, clause="III.1c"),
    Element.PAGE: Form((13, 14), clause="I.7"),
}
# Length of the line under an element against the length of its text.
RULES = {
    Element.ISSUER_RULE: (Element.ISSUER, 1 / 3, 1 / 2, "II.2b"),
    Element.MOTTO_RULE: (Element.MOTTO, 0.95, 1.05, "II.1b"),
    Element.ABSTRACT_RULE: (Element.ABSTRACT, 1 / 3, 1 / 2, "II.5b"),
}
_ORDERS = (
    (Element.SUPERIOR, Element.ISSUER, Element.ISSUER_RULE, Element.NUMBER, Element.SUBJECT),
    (Element.NATION, Element.MOTTO, Element.MOTTO_RULE, Element.PLACE_DATE),
    (
        Element.NATION,
        Element.KIND,
        Element.ABSTRACT,
        Element.ABSTRACT_RULE,
        Element.AUTHORITY,
        Element.ADDRESSEE,
        Element.BASIS,
        Element.RESOLUTION,
        Element.BODY,
        Element.SIGNER_TITLE,
        Element.SIGNER_NAME,
        Element.APPENDIX,
        Element.APPENDIX_TITLE,
    ),
    (Element.RECIPIENTS, Element.RECIPIENT),
)
# May stand again after what follows it.
_AGAIN = {Element.BODY, Element.SIGNER_TITLE, Element.SIGNER_NAME, Element.APPENDIX, Element.APPENDIX_TITLE}
_NUMBER = re.compile(r"Số:( {6}| \S+)/(TTr|[A-ZĐÀ-Ỹ0-9]+)(-[A-ZĐÀ-Ỹ0-9]+)*")
_DAY = re.compile(
    r".*[^ ], ngày( {6}tháng {6}năm( \d{4})?| (0[1-9]|[12]\d|3[01]) tháng (01|02|[3-9]|1[0-2]) năm \d{4})"
)
_CERTIFICATE = "GIẤY CHỨNG NHẬN"


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph with the element it says it is, and the width it stands in (mm)."""

    element: Element
    paragraph: Any
    text: str
    room: float


def check_form(data: bytes) -> list[str]:
    """Faults in Vietnamese with the clause of the annex; empty when the form is kept."""
    document = Document(io.BytesIO(data))
    faults = [fault for section in document.sections for fault in _page_faults(section)]
    pieces: list[Piece] = []
    section = document.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / 36000
    for paragraph, width in _paragraphs(document, room):
        name = paragraph.style.name
        if name in {element.value for element in Element}:
            pieces.append(Piece(Element(name), paragraph, paragraph.text, width))
        elif paragraph.text.strip():
            faults.append(f"Đoạn “{paragraph.text[:40]}” không theo thành phần thể thức nào.")
    for piece in pieces:
        faults += _piece_faults(piece, document)
    return faults + _order_faults(pieces) + _rule_faults(pieces) + _text_faults(pieces)


def _paragraphs(document: Any, room: float) -> Iterator[tuple[Any, float]]:
    """All paragraphs in reading order with the width they stand in."""
    for child in document.element.body.iterchildren():
        if child.tag == qn("w:p"):
            yield DocxParagraph(child, document), room
        elif child.tag == qn("w:tbl"):
            for row in DocxTable(child, document).rows:
                for cell in row.cells:
                    for paragraph in cell.paragraphs:
                        yield paragraph, (cell.width or 0) / 36000


def _page_faults(section: Any) -> list[str]:
    faults = []
    sides = sorted((round(section.page_width / 36000), round(section.page_height / 36000)))
    if sides != [210, 297]:
        faults.append("Khổ giấy phải là A4 (I.1).")
    for name, value, low, high in (
        ("trên", section.top_margin, 20, 25),
        ("dưới", section.bottom_margin, 20, 25),
        ("trái", section.left_margin, 30, 35),
        ("phải", section.right_margin, 15, 20),
    ):
        if not low - 0.1 <= value / 36000 <= high + 0.1:
            faults.append(f"Lề {name} phải từ {low} đến {high} mm (I.3).")
    if not section.different_first_page_header_footer or (
        section.first_page_header.paragraphs and "PAGE" in section.first_page_header._element.xml
    ):
        faults.append("Trang thứ nhất không được hiện số trang (I.7).")
    start = section._sectPr.find(qn("w:pgNumType"))
    if start is None or start.get(qn("w:start")) != "1":
        faults.append("Số trang phải bắt đầu từ 1 (I.7).")
    numbers = [p for p in section.header.paragraphs if p.style.name == Element.PAGE and "PAGE" in p._p.xml]
    if not numbers:
        faults.append("Thiếu số trang ở giữa lề trên (I.7).")
    for paragraph in numbers:
        faults += _piece_faults(Piece(Element.PAGE, paragraph, paragraph.text, 0), section.part.document)
    return faults


def _piece_faults(piece: Piece, document: Any) -> list[str]:
    form = FORMS.get(piece.element)
    if form is None:
        return []
    faults: list[str] = []
    name = f"{piece.element.value} “{piece.text[:30]}”"
    for run in piece.paragraph.runs:
        if run.text.strip() or piece.element is Element.PAGE:
            faults += _letter_faults(format_of(run, piece.paragraph, document), form, name)
    spacing = spacing_of(piece.paragraph, document)
    if form.align is not None and spacing.align != form.align:
        faults.append(f"{name}: canh lề sai ({form.clause}).")
    if form.capitals and piece.text != piece.text.upper():
        faults.append(f"{name}: phải in hoa ({form.clause}).")
    if piece.element is Element.CELL or not piece.text:
        return faults
    if not 1 <= spacing.lines <= 1.5:
        faults.append(f"{name}: giãn dòng từ 1 đến 1,5 (II.6e).")
    if form.running:
        if not any(abs(spacing.first_mm - wanted) < 0.2 for wanted in (10, 12.7)):
            faults.append(f"{name}: đầu dòng phải lùi 1 cm hoặc 1,27 cm (II.6e).")
        if spacing.after_pt < 6:
            faults.append(f"{name}: các đoạn phải cách nhau ít nhất 6 pt (II.6e).")
    return faults


def _letter_faults(shown: Format, form: Form, name: str) -> list[str]:
    faults = []
    if shown.fonts != {FONT}:
        faults.append(f"{name}: phông chữ phải là {FONT} (I.4).")
    if not form.sizes[0] <= shown.size <= form.sizes[1]:
        faults.append(
            f"{name}: cỡ chữ {shown.size:g}, phải từ {form.sizes[0]:g} đến {form.sizes[1]:g} ({form.clause})."
        )
    if form.bold is not None and shown.bold is not form.bold:
        faults.append(f"{name}: {'phải' if form.bold else 'không được'} in đậm ({form.clause}).")
    if shown.italic is not form.italic:
        faults.append(f"{name}: kiểu chữ phải {'nghiêng' if form.italic else 'đứng'} ({form.clause}).")
    if not shown.black:
        faults.append(f"{name}: chữ phải màu đen (I.4).")
    if shown.underlined:
        faults.append(f"{name}: không gạch chân.")
    return faults


def _order_faults(pieces: list[Piece]) -> list[str]:
    present = [piece.element for piece in pieces]
    faults = []
    needed = [Element.NATION, Element.MOTTO, Element.MOTTO_RULE, Element.ISSUER, Element.ISSUER_RULE]
    needed += [Element.SIGNER_TITLE, Element.SIGNER_NAME]
    if not any(piece.text.startswith(_CERTIFICATE) for piece in pieces if piece.element is Element.KIND):
        needed += [Element.NUMBER, Element.RECIPIENTS, Element.RECIPIENT]
    if Element.SUBJECT not in present:
        needed += [Element.KIND]
    if Element.ABSTRACT in present:
        needed += [Element.ABSTRACT_RULE]
    faults += [f"Thiếu thành phần: {element.value}." for element in needed if element not in present]
    once = (Element.NATION, Element.MOTTO, Element.KIND, Element.NUMBER, Element.PLACE_DATE, Element.RECIPIENTS)
    faults += [f"Thừa thành phần: {element.value}." for element in once if present.count(element) > 1]
    for order in _ORDERS:
        found = [element for element in present if element in order]
        ranks = [order.index(element) for element in found]
        for before, after, element in zip(ranks, ranks[1:], found[1:], strict=False):
            if before > after and not (element in _AGAIN and found[0] is order[0]):
                faults.append(f"Sai thứ tự: {element.value} đứng sau {order[before].value}.")
    return faults


def _rule_faults(pieces: list[Piece]) -> list[str]:
    faults = []
    for place, piece in enumerate(pieces):
        if piece.element not in RULES:
            continue
        above, low, high, clause = RULES[piece.element]
        name = piece.element.value
        texts = [before.text for before in pieces[:place] if before.element is above]
        if not texts or pieces[place - 1].element is not above:
            faults.append(f"{name} phải ở ngay dưới {above.value.lower()} ({clause}).")
            continue
        edge = piece.paragraph._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}/{qn('w:top')}")
        if edge is None or edge.get(qn("w:val")) != "single":
            faults.append(f"{name} phải là đường kẻ nét liền ({clause}).")
            continue
        size = 12 if above is Element.ISSUER else 13 if above is Element.MOTTO else 14
        text = min(w.longest_mm(texts[-1], size=size, bold=True), piece.room)
        form = piece.paragraph.paragraph_format
        left, right = (form.left_indent or 0) / 36000, (form.right_indent or 0) / 36000
        if not text:
            faults.append(f"{above.value} để trống ({clause}).")
            continue
        if not low * 0.97 <= (piece.room - left - right) / text <= high * 1.03:
            faults.append(f"{name}: độ dài không đúng ({clause}).")
        if abs(left - right) > 1:
            faults.append(f"{name}: phải cân đối với dòng chữ ({clause}).")
    return faults


def _text_faults(pieces: list[Piece]) -> list[str]:
    faults = []
    texts: dict[Element, list[str]] = {}
    for piece in pieces:
        texts.setdefault(piece.element, []).append(piece.text)
    for element, wanted in ((Element.NATION, w.NATION), (Element.MOTTO, w.MOTTO)):
        faults += [f"{element.value} phải là “{wanted}”." for text in texts.get(element, []) if text != wanted]
    for text in texts.get(Element.NUMBER, []):
        if not _NUMBER.fullmatch(text) or re.match(r"Số: \d/", text):
            faults.append(f"Số, ký hiệu “{text}” sai cách ghi (II.3).")
    for text in texts.get(Element.PLACE_DATE, []):
        if not _DAY.fullmatch(text):
            faults.append(f"Thời gian “{text}” sai cách ghi (II.4b).")
    for element, clause in ((Element.BASIS, "II.6a"), (Element.RECIPIENT, "II.9d")):
        lines = texts.get(element, [])
        if any(not line.endswith(";") for line in lines[:-1]) or (lines and not lines[-1].endswith(".")):
            faults.append(f"{element.value}: mỗi dòng kết thúc bằng dấu chấm phẩy, dòng cuối bằng dấu chấm ({clause}).")
    recipients = texts.get(Element.RECIPIENT, [])
    if recipients and not recipients[-1].startswith("- Lưu: "):
        faults.append("Dòng cuối của nơi nhận phải là “- Lưu: …” (II.9d).")
    if any(not line.startswith("- ") for line in recipients):
        faults.append("Nơi nhận: đầu dòng phải có gạch đầu dòng (II.9d).")
    faults += ["Sau từ “Nơi nhận” phải có dấu hai chấm." for t in texts.get(Element.RECIPIENTS, []) if t != "Nơi nhận:"]
    faults += _addressee_faults(texts.get(Element.ADDRESSEE, []))
    return faults


def _addressee_faults(lines: list[str]) -> list[str]:
    if not lines:
        return []
    if not lines[0].startswith("Kính gửi:"):
        return ["Sau từ “Kính gửi” phải có dấu hai chấm (II.9d)."]
    names = lines[1:]
    if any(not name.startswith("- ") for name in names) or (names and not names[-1].endswith(".")):
        return ["Kính gửi nhiều nơi: mỗi nơi một dòng có gạch đầu dòng, dòng cuối có dấu chấm (II.9d)."]
    return []
