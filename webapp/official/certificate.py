"""Giấy khen, danh hiệu: an A4 sheet on its side, one page each, as a .docx that can still be changed.

The State's emblem is not drawn: on plain paper its place at the top stays blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt, RGBColor

from webapp.official import wording as w
from webapp.official.bodies import bare_table, keep_whole
from webapp.official.looks import add_styles, set_font, set_page
from webapp.official.paper import Signature
from webapp.official.write import draw_rule, finish

RED = RGBColor(0xC0, 0x00, 0x00)
EMBLEM_MM, SIGN_MM, SIDE_MM, TOP_MM = 24, 20, 20, 12
# Points of the achievement's letters, by how long it is at most.
SIZES = ((200, 16.0), (400, 14.0), (10_000, 12.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What stands on one sheet, as it is spoken; capitals are the writer's work.

    `lead` and `title`: "Tặng", "Giấy khen"; "Tặng danh hiệu", "Chiến sĩ thi đua cơ sở". `about` is post and workplace, or
    the address. `decision` is "số 77/QĐ-UBND, ngày 22 tháng 11 năm 2026"; `ordinal` the number in the golden book.
    """

    office: str
    lead: str
    title: str
    name: str
    about: str
    achievement: str
    decision: str
    ordinal: int
    place_and_day: str
    signature: Signature


def size_of(achievement: str) -> float:
    """Points in which it fits its place."""
    return next(size for most, size in SIZES if len(achievement) <= most or most == SIZES[-1][0])


def write_certificates(sheets: Sequence[Certificate], *, issuer: str, title: str) -> bytes:
    """One .docx, one page a sheet; equal sheets give equal bytes."""
    document = Document()
    add_styles(document)
    section = document.sections[0]
    set_page(section, landscape=True)
    section.top_margin = section.bottom_margin = Mm(TOP_MM)
    section.left_margin = section.right_margin = Mm(SIDE_MM)
    style = document.styles.add_style("Giấy khen", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    set_font(style.element)
    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1
    for place, sheet in enumerate(sheets):
        _sheet(document, sheet, last=place == len(sheets) - 1)
    return finish(document, issuer=issuer, title=title)


def _sheet(document: Any, sheet: Certificate, *, last: bool) -> None:
    width = 297 - 2 * SIDE_MM
    blank = _line(document, "", 2)
    blank.paragraph_format.space_after = Mm(EMBLEM_MM)
    _line(document, w.NATION, 14, bold=True)
    _line(document, w.MOTTO, 15, bold=True)
    draw_rule(_line(document, "", 2), w.longest_mm(w.MOTTO, size=15, bold=True), width)
    _line(document, w.clean(sheet.office).upper(), 20, bold=True, red=True, before=6)
    _line(document, w.clean(sheet.lead).upper(), 16, bold=True, before=4)
    _line(document, w.clean(sheet.title).upper(), 36 if len(sheet.title) < 20 else 28, bold=True, red=True, before=2)
    _line(document, w.clean(sheet.name), 22, bold=True, before=4)
    if sheet.about:
        _line(document, w.clean(sheet.about), 15, before=2)
    said = _line(document, w.clean(sheet.achievement), size_of(sheet.achievement), before=4)
    said.paragraph_format.space_after = Mm(14 if len(sheet.achievement) <= SIZES[0][0] else 4)
    table = bare_table(document, [width / 2, width / 2])
    keep_whole(table.rows[0])
    left, right = table.rows[0].cells
    left.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
    _cell(left, f"Quyết định {w.clean(sheet.decision)}", 13, italic=True, first=True, left=True)
    _cell(left, f"Số sổ vàng: {sheet.ordinal}", 13, italic=True, left=True)
    _cell(right, w.clean(sheet.place_and_day), 14, italic=True, first=True)
    for text in (*sheet.signature.authority, sheet.signature.title):
        _cell(right, w.clean(text).upper(), 14, bold=True)
    signed = _cell(right, w.clean(sheet.signature.name), 14, bold=True)
    signed.paragraph_format.space_before = Mm(SIGN_MM)
    after = _line(document, "", 1)
    if not last:
        after.runs[0].add_break(WD_BREAK.PAGE)


def _line(document: Any, text: str, size: float, *, bold: bool = False, red: bool = False, before: float = 0) -> Any:
    paragraph = document.add_paragraph(style="Giấy khen")
    paragraph.paragraph_format.space_before = Pt(before)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if red:
        run.font.color.rgb = RED
    return paragraph


def _cell(
    cell: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    first: bool = False,
    left: bool = False,
) -> Any:
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.style = "Giấy khen"
    if left:
        paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph
