"""Plans with tables of criteria as office files (python-docx, fpdf2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import docx
import fpdf
from docx.document import Document
from docx.table import _Cell

from tests.webapp.movement.reading.plan_documents import FONT, MOTTO, STATE
from tests.webapp.movement.reading.table_plans import END, HEAD, THEMES

# A row is its cells; a cell that ends with ">" is merged with the one behind it. Lines of a cell are paragraphs.
Rows = Sequence[Sequence[str]]


def write_with_table(path: Path, rows: Rows, *, section: str = "III. TIÊU CHÍ THI ĐUA", after: str = "") -> Path:
    """A plan whose section on criteria is a table; its head is a table whose cells break anywhere."""
    document = docx.Document()
    lines = HEAD.split("\n")
    head = document.add_table(rows=2, cols=2)
    head.cell(0, 0).text = "\n".join(lines[:2])
    head.cell(0, 1).text = f"{STATE[:20].strip()}\n{STATE[20:].strip()}\n{MOTTO}"
    head.cell(1, 0).text, head.cell(1, 1).text = lines[2], lines[3]
    for text in [*lines[4:], *THEMES.split("\n"), section]:
        _paragraph(document, text)
    add_table(document, rows)
    for text in [*after.split("\n"), *END.split("\n")]:
        _paragraph(document, text)
    document.save(str(path))
    return path


def add_table(document: Document, rows: Rows) -> None:
    """A table as Word draws it, with merged cells."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for number, row in enumerate(rows):
        cells: list[_Cell] = [table.cell(number, column) for column in range(len(row))]
        for column, text in reversed(list(enumerate(row))):
            if text.endswith(">"):
                cells[column] = cells[column].merge(cells[column + 1])
                row = [*row[: column + 1], *row[column + 2 :]]
                del cells[column + 1]
        for cell, text in zip(cells, row, strict=True):
            first, *others = text.rstrip(">").split("\n")
            cell.paragraphs[0].text = first
            for other in others:
                cell.add_paragraph(other)


def _paragraph(document: Document, text: str) -> None:
    if text:
        document.add_paragraph(text)


def write_printed(path: Path, text: str, rows: Rows, after: str) -> Path:
    """The same on paper: words in columns, lines cut at the cells' widths."""
    pdf = fpdf.FPDF(format="A4")
    pdf.add_font("Tinos", fname=str(FONT))
    pdf.set_font("Tinos", size=13)
    pdf.set_margins(30, 20, 20)
    pdf.add_page()
    for line in filter(None, text.split("\n")):
        pdf.multi_cell(w=0, h=7, text=line, align="J", new_x="LMARGIN", new_y="NEXT")
    with pdf.table(col_widths=(1, 6, 2), first_row_as_headings=False) as table:
        for row in rows:
            drawn = table.row()
            for cell in row:
                drawn.cell(cell)
    for line in filter(None, after.split("\n")):
        pdf.multi_cell(w=0, h=7, text=line, align="J", new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(path))
    return path
