"""A paper's values into the bytes of a .docx."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from webapp.official import wording as w
from webapp.official.bodies import Body, bare_table, keep_whole
from webapp.official.looks import LEFT, LOOKS, RIGHT, Element, add_styles, set_page
from webapp.official.paper import Appendix, Paper, Signature

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Bytes follow from the paper alone: the same paper written twice has one digest.
_FIXED = datetime(2020, 3, 5, tzinfo=UTC)
_ZIP_DATE = (2020, 3, 5, 0, 0, 0)
# Issuer's and nation's columns of the head, signature's two halves.
_HEAD_LEFT = 0.41
_RULE_SHARE = 0.4


def write_paper(paper: Paper) -> bytes:
    """The .docx; equal papers give equal bytes. Nothing is checked here: `check_form` reads the result."""
    document = Document()
    add_styles(document)
    section = document.sections[0]
    set_page(section, landscape=paper.landscape)
    width = (297 if paper.landscape else 210) - LEFT - RIGHT
    _page_number(section)
    _head(document, paper, width)
    _title(document, paper, width)
    body = Body(document, width)
    for block in paper.body:
        body.add(block)
    body.close()
    _signatures(document, paper, width)
    for place, appendix in enumerate(paper.appendices, start=1):
        _appendix(document, paper, appendix, width, w.roman(place) if len(paper.appendices) > 1 else "")
    return finish(document, issuer=paper.issuer, title=f"{paper.kind} {paper.abstract}")


def _add(container: Any, element: Element, text: str = "") -> Any:
    """A paragraph in its element's style; a new cell's empty first one is used."""
    paragraph = container.paragraphs[0] if _is_blank_cell(container) else container.add_paragraph()
    paragraph.style = element.value
    if text:
        paragraph.add_run(text)
    return paragraph


def _is_blank_cell(container: Any) -> bool:
    if not hasattr(container, "_tc"):
        return False
    first = container.paragraphs[0]
    return len(container.paragraphs) == 1 and not first.text and first.style.name == "Normal"


def _head(document: Any, paper: Paper, width: float) -> None:
    table = bare_table(document, [width * _HEAD_LEFT, width * (1 - _HEAD_LEFT)])
    left, right = table.rows[0].cells
    if paper.superior:
        _add(left, Element.SUPERIOR, _fitted(w.clean(paper.superior).upper(), Element.SUPERIOR, width * _HEAD_LEFT))
    issuer = _fitted(w.clean(paper.issuer).upper(), Element.ISSUER, width * _HEAD_LEFT)
    _add(left, Element.ISSUER, issuer)
    _rule(left, Element.ISSUER_RULE, issuer, Element.ISSUER, width * _HEAD_LEFT, _RULE_SHARE)
    if paper.symbol:
        _add(left, Element.NUMBER, w.number_line(paper.number, paper.symbol))
    if not paper.kind and paper.abstract:
        _add(left, Element.SUBJECT, f"V/v {w.clean(paper.abstract)}")
    _add(right, Element.NATION, w.NATION)
    _add(right, Element.MOTTO, w.MOTTO)
    _rule(right, Element.MOTTO_RULE, w.MOTTO, Element.MOTTO, width * (1 - _HEAD_LEFT), 1)
    if paper.place:
        _add(right, Element.PLACE_DATE, w.date_line(paper.place, paper.issued_on, paper.year))


def _title(document: Any, paper: Paper, width: float) -> None:
    if paper.kind:
        _add(document, Element.KIND, w.clean(paper.kind).upper())
        abstract = _fitted(w.clean(paper.abstract), Element.ABSTRACT, width)
        if abstract:
            _add(document, Element.ABSTRACT, abstract)
            _rule(document, Element.ABSTRACT_RULE, abstract, Element.ABSTRACT, width, _RULE_SHARE)
    if paper.authority:
        _add(document, Element.AUTHORITY, w.clean(paper.authority).upper())
    _addressees(document, paper.addressees)
    if paper.note:
        _add(document, Element.BODY, w.clean(paper.note))
    for basis in w.lines_ended(paper.bases):
        _add(document, Element.BASIS, basis)
    if paper.resolution:
        _add(document, Element.RESOLUTION, w.clean(paper.resolution).upper())


def _fitted(text: str, element: Element, room: float) -> str:
    """In two lines when one is too short; two millimetres are left, since fonts differ a little."""
    look = LOOKS[element]
    return w.in_lines(text, size=look.size, bold=look.bold, room=room - 2)


def _addressees(document: Any, names: tuple[str, ...]) -> None:
    if len(names) == 1:
        _add(document, Element.ADDRESSEE, f"Kính gửi: {w.clean(names[0]).rstrip('.;,')}")
    elif names:
        lead, colon = 28.0, w.width_mm("Kính gửi", size=14, bold=False)
        first = _add(document, Element.ADDRESSEE, "Kính gửi:")
        first.alignment, first.paragraph_format.left_indent = WD_ALIGN_PARAGRAPH.LEFT, Mm(lead)
        first.paragraph_format.space_after = Pt(0)
        for name in w.lines_ended(names):
            line = _add(document, Element.ADDRESSEE, f"- {name}")
            line.alignment, line.paragraph_format.left_indent = WD_ALIGN_PARAGRAPH.LEFT, Mm(lead + colon)
            line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.space_after = Pt(LOOKS[Element.ADDRESSEE].after)


def _rule(container: Any, element: Element, text: str, above: Element, room: float, share: float) -> None:
    """A line under a text, as the border of an empty paragraph indented from both sides."""
    look = LOOKS[above]
    length = min(w.longest_mm(text, size=look.size, bold=look.bold), room) * share
    draw_rule(_add(container, element), length, room)


def draw_rule(paragraph: Any, length: float, room: float) -> None:
    """A line of so many millimetres in the middle of the room, as the border of an empty paragraph."""
    side = Mm(max(0.0, (room - length) / 2))
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _signatures(document: Any, paper: Paper, width: float) -> None:
    table = bare_table(document, [width / 2, width / 2])
    keep_whole(table.rows[0])
    left, right = table.rows[0].cells
    _signature(right, paper.signature)
    if paper.secretary is not None:
        _signature(left, paper.secretary)
        left, _ = table.add_row().cells
    if paper.recipients is not None:
        _add(left, Element.RECIPIENTS, "Nơi nhận:")
        for line in w.lines_ended([*paper.recipients, f"Lưu: {paper.archived}"]):
            _add(left, Element.RECIPIENT, f"- {line}")


def _signature(cell: Any, signature: Signature) -> None:
    for line in (*signature.authority, signature.title):
        _add(cell, Element.SIGNER_TITLE, w.clean(line).upper())
    _add(cell, Element.SIGNER_NAME, w.clean(signature.name))


def _appendix(document: Any, paper: Paper, appendix: Appendix, width: float, number: str) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    set_page(section, landscape=paper.landscape)
    _start_at_one(section)
    _add(document, Element.APPENDIX, f"Phụ lục {number}".strip())
    _add(document, Element.APPENDIX_TITLE, w.clean(appendix.title).upper())
    day = w.date_words(paper.issued_on) if paper.issued_on else f"ngày{w.BLANK}tháng{w.BLANK}năm {paper.year or ''}"
    number_words = w.number_line(paper.number, paper.symbol).removeprefix("Số:").removeprefix(" ")
    kind = w.capital(w.clean(paper.kind).lower()) if paper.kind else "Công văn"
    note = f"(Kèm theo {kind} số {number_words} {day.rstrip()} của {w.clean(paper.issuer)})"
    _add(document, Element.APPENDIX_NOTE, note)
    body = Body(document, width)
    for block in appendix.body:
        body.add(block)
    body.close()


def _page_number(section: Any) -> None:
    """Arabic, in the middle of the top margin, not on the first page."""
    _start_at_one(section)
    paragraph = section.header.paragraphs[0]
    paragraph.style = Element.PAGE.value
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "2"), ("end", "")):
        if kind in ("begin", "separate", "end"):
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText" if text == "PAGE" else "w:t")
            part.text = text
        run._r.append(part)


def _start_at_one(section: Any) -> None:
    for old in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(old)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.insert_element_before(start, "w:cols", "w:vAlign", "w:titlePg", "w:docGrid")


def finish(document: Any, *, issuer: str, title: str) -> bytes:
    """The bytes of a document with its own name; equal documents give equal bytes."""
    core = document.core_properties
    core.author = core.last_modified_by = w.clean(issuer)[:255]
    core.title = w.clean(title)[:255]
    core.comments = core.keywords = core.subject = ""
    core.created = core.modified = _FIXED
    core.language, core.revision = "vi-VN", 1
    return _packed(document)


def _packed(document: Any) -> bytes:
    """Saved, and packed once more with one date: python-docx writes the hour into the archive."""
    saved = io.BytesIO()
    document.save(saved)
    packed = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
