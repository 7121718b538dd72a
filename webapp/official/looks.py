"""How every element of a paper is set: its style in the file, by name. The law's ranges are in `check.py`, not here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
INDENT = 12.7


class Element(StrEnum):
    """Elements of a paper; the value is the style's name in the file."""

    SUPERIOR = "Tên cơ quan chủ quản"
    ISSUER = "Tên cơ quan ban hành"
    ISSUER_RULE = "Kẻ dưới tên cơ quan"
    NUMBER = "Số, ký hiệu"
    SUBJECT = "Trích yếu công văn"
    NATION = "Quốc hiệu"
    MOTTO = "Tiêu ngữ"
    MOTTO_RULE = "Kẻ dưới tiêu ngữ"
    PLACE_DATE = "Địa danh, thời gian"
    KIND = "Tên loại văn bản"
    ABSTRACT = "Trích yếu nội dung"
    ABSTRACT_RULE = "Kẻ dưới trích yếu"
    AUTHORITY = "Thẩm quyền ban hành"
    ADDRESSEE = "Kính gửi"
    BASIS = "Căn cứ ban hành"
    RESOLUTION = "Lệnh văn"
    PART_NUMBER = "Phần"
    PART_TITLE = "Tiêu đề phần"
    SECTION = "Mục"
    CLAUSE = "Khoản có tiêu đề"
    ARTICLE = "Điều"
    BODY = "Lời văn"
    CENTRED = "Dòng giữa"
    CAPTION = "Tên bảng"
    CELL_HEAD = "Đầu bảng"
    CELL = "Ô bảng"
    RECIPIENTS = "Nơi nhận"
    RECIPIENT = "Tên nơi nhận"
    SIGNER_TITLE = "Quyền hạn, chức vụ"
    SIGNER_NAME = "Họ tên người ký"
    APPENDIX = "Phụ lục"
    APPENDIX_TITLE = "Tiêu đề phụ lục"
    APPENDIX_NOTE = "Chỉ dẫn phụ lục"
    PAGE = "Số trang"


@dataclass(frozen=True, slots=True)
class Look:
    """Size, spaces in points; indents in millimetres."""

    size: float = 14
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER
    first: float = 0
    before: float = 0
    after: float = 0
    spacing: float = 1.0
    keep: bool = False


_C, _L, _J = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
_RULE = Look(size=2, before=1, keep=True)

LOOKS: dict[Element, Look] = {
    Element.SUPERIOR: Look(size=12),
    Element.ISSUER: Look(size=12, bold=True),
    Element.ISSUER_RULE: _RULE,
    Element.NUMBER: Look(size=13, before=4),
    Element.SUBJECT: Look(size=12, before=6),
    Element.NATION: Look(size=12, bold=True),
    Element.MOTTO: Look(size=13, bold=True),
    Element.MOTTO_RULE: _RULE,
    Element.PLACE_DATE: Look(size=13, italic=True, before=4),
    Element.KIND: Look(bold=True, before=18, keep=True),
    Element.ABSTRACT: Look(bold=True, keep=True),
    Element.ABSTRACT_RULE: Look(size=2, before=1, after=12, keep=True),
    Element.AUTHORITY: Look(bold=True, before=6, after=6, keep=True),
    Element.ADDRESSEE: Look(before=6, after=6),
    Element.BASIS: Look(italic=True, align=_J, first=INDENT, after=6, spacing=1.15),
    Element.RESOLUTION: Look(bold=True, before=6, after=6, keep=True),
    Element.PART_NUMBER: Look(bold=True, before=6, keep=True),
    Element.PART_TITLE: Look(bold=True, after=6, keep=True),
    Element.SECTION: Look(bold=True, align=_J, first=INDENT, before=6, after=6, spacing=1.15, keep=True),
    Element.CLAUSE: Look(bold=True, align=_J, first=INDENT, after=6, spacing=1.15, keep=True),
    Element.ARTICLE: Look(bold=True, align=_J, first=INDENT, after=6, spacing=1.15, keep=True),
    Element.BODY: Look(align=_J, first=INDENT, after=6, spacing=1.15),
    Element.CENTRED: Look(after=6, spacing=1.15),
    Element.CAPTION: Look(size=13, bold=True, before=6, after=6, keep=True),
    Element.CELL_HEAD: Look(size=13, bold=True, before=2, after=2, keep=True),
    Element.CELL: Look(size=13, align=_L, before=2, after=2),
    Element.RECIPIENTS: Look(size=12, bold=True, italic=True, align=_L),
    Element.RECIPIENT: Look(size=11, align=_L),
    Element.SIGNER_TITLE: Look(bold=True, keep=True),
    # Room for a signature and a seal.
    Element.SIGNER_NAME: Look(bold=True, before=72),
    Element.APPENDIX: Look(bold=True, keep=True),
    Element.APPENDIX_TITLE: Look(bold=True, keep=True),
    Element.APPENDIX_NOTE: Look(italic=True, after=12, keep=True),
    Element.PAGE: Look(),
}


def set_page(section: Any, *, landscape: bool) -> None:
    """A4 with the margins of Decree 30; the header's first page stays empty."""
    width, height = (297, 210) if landscape else (210, 297)
    section.page_width, section.page_height = Mm(width), Mm(height)
    # LANDSCAPE and PORTRAIT of WD_ORIENTATION, by value: the section takes the member only.
    section.orientation = type(section.orientation)(1 if landscape else 0)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True


def add_styles(document: Any) -> None:
    """One style per element, standing on Normal in Times New Roman."""
    normal = document.styles["Normal"]
    set_font(normal.element)
    normal.font.size = Pt(14)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    for element in Element:
        look = LOOKS[element]
        style = document.styles.add_style(element.value, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.quick_style = True
        set_font(style.element)
        style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, look.italic
        style.font.color.rgb = RGBColor(0, 0, 0)
        form = style.paragraph_format
        form.alignment, form.line_spacing = look.align, look.spacing
        form.first_line_indent = Mm(look.first)
        form.space_before, form.space_after = Pt(look.before), Pt(look.after)
        form.keep_with_next, form.widow_control = look.keep, True


def set_font(element: Any) -> None:
    """All four scripts: Word chooses by script, and a theme's font would win over a name."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
