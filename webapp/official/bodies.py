"""The body of a paper: headings, paragraphs, lists and tables, numbered in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from webapp.official import wording as w
from webapp.official.looks import Element
from webapp.official.paper import (
    Article,
    Block,
    Centred,
    Heading,
    Level,
    Paragraph,
    Points,
    PointStyle,
    Table,
)

_ORDER = (Level.PART, Level.SECTION, Level.CLAUSE, Level.POINT)
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


class Body:
    """Adds blocks to a document and keeps the counts; `close` ends the last text with `./.`."""

    def __init__(self, document: Any, width: float) -> None:
        self._document = document
        self._width = width
        self._counts = dict.fromkeys(_ORDER, 0)
        self._articles = 0
        self._last: Any = None

    def add(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            self._text(Element.BODY, w.clean(block.text))
        elif isinstance(block, Centred):
            self._text(Element.CENTRED, w.clean(block.text), bold=block.bold)
            self._last = None
        elif isinstance(block, Points):
            self._points(block)
        elif isinstance(block, Article):
            self._articles += 1
            self._text(Element.ARTICLE, f"Điều {self._articles}. {w.clean(block.title)}".rstrip())
            if block.text:
                self._text(Element.BODY, w.clean(block.text))
        else:
            self._table(block)

    def close(self) -> None:
        if self._last is not None:
            run = self._last.runs[-1]
            run.text = w.closed(run.text)

    def _text(self, element: Element, text: str, *, bold: bool = False) -> None:
        paragraph = self._document.add_paragraph(style=element.value)
        run = paragraph.add_run(text)
        if bold:
            run.bold = True
        self._last = paragraph if text else self._last

    def _heading(self, heading: Heading) -> None:
        level = heading.level
        for smaller in _ORDER[_ORDER.index(level) + 1 :]:
            self._counts[smaller] = 0
        self._counts[level] += 1
        count, text = self._counts[level], w.clean(heading.text)
        if level is Level.PART:
            self._text(Element.PART_NUMBER, f"Phần {heading.number or w.roman(count)}")
            self._text(Element.PART_TITLE, text.upper())
        elif level is Level.SECTION:
            self._text(Element.SECTION, f"{heading.number or w.roman(count)}. {text.upper()}")
        elif level is Level.CLAUSE:
            self._text(Element.CLAUSE, f"{heading.number or count}. {text}")
        else:
            self._text(Element.BODY, f"{heading.number or w.letter(count - 1)}) {text}")
        self._last = None

    def _points(self, points: Points) -> None:
        for place, item in enumerate(points.items):
            mark = {
                PointStyle.LETTERS: f"{w.letter(place)})",
                PointStyle.NUMBERS: f"{place + 1}.",
                PointStyle.DASHES: "-",
            }[points.style]
            self._text(Element.BODY, f"{mark} {w.clean(item)}")

    def _table(self, table: Table) -> None:
        if table.caption:
            self._text(Element.CAPTION, w.clean(table.caption))
        total = sum(column.share for column in table.columns)
        widths = [self._width * column.share / total for column in table.columns]
        grid = bare_table(self._document, widths, rows=1 + len(table.rows))
        _border(grid)
        for cell, column in zip(grid.rows[0].cells, table.columns, strict=True):
            _fill(cell, Element.CELL_HEAD, column.head)
        _repeat(grid.rows[0])
        for number, (row, texts) in enumerate(zip(list(grid.rows)[1:], table.rows, strict=True), start=1):
            bold = table.last_bold and number == len(table.rows)
            for cell, column, text in zip(row.cells, table.columns, texts, strict=True):
                _fill(cell, Element.CELL, text, align=_ALIGN[column.align], bold=bold)
            keep_whole(row)
        # Word wants a paragraph between tables, and the text after a table wants air.
        space = self._document.add_paragraph(style=Element.BODY.value)
        space.paragraph_format.line_spacing = 1
        self._last = None


def bare_table(document: Any, widths: Sequence[float], *, rows: int = 1) -> Any:
    """A table without borders and cell margins, of columns with these widths in millimetres."""
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "0")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties.insert_element_before(margins, "w:tblLook")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _border(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    properties = table._tbl.tblPr
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    for edge in properties.find(qn("w:tblCellMar")):
        edge.set(qn("w:w"), "70")


def _fill(cell: Any, element: Element, text: str, *, align: Any = None, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = element.value
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(w.clean(text))
    if bold:
        run.bold = True
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def keep_whole(row: Any) -> None:
    """A row is not broken across pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
