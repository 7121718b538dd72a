"""Plans as office files, laid out as Decree 30/2020 has them: two-column head, italic bases, two-column end."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import docx
import fpdf
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

FONT = Path(__file__).parents[4] / "webapp" / "ui" / "static" / "vendor" / "tinos" / "Tinos-Regular.ttf"
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True, kw_only=True)
class PlanText:
    """The words of one plan. A body's paragraph begins with its label; in `numbered` mode Word counts the letters."""

    issuer: tuple[str, ...]
    number: str
    place_and_date: str
    kind: str = "KẾ HOẠCH"
    abstract: str
    bases: tuple[str, ...]
    body: tuple[str, ...]
    recipients: tuple[str, ...]
    authority: tuple[str, ...]
    signer: str
    attached_to: PlanText | None = None

    def lines(self) -> list[str]:
        """Everything from the first column of the head to the signer, one paragraph a line."""
        before = self.attached_to.lines() if self.attached_to else []
        if self.attached_to:
            return [*before, self.kind, self.abstract, *self.bases, *self.body]
        head = [*self.issuer, STATE, MOTTO, self.number, self.place_and_date, self.kind, self.abstract]
        end = ["Nơi nhận:", *(f"- {name}" for name in self.recipients), *self.authority, self.signer]
        return [*before, *head, *self.bases, *self.body, *end]


def write_docx(plan: PlanText, path: Path, *, word_letters: bool = False, recipient_columns: int = 1) -> Path:
    """The plan as Word documents of offices look. With `word_letters` the letters are Word's automatic numbering."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(14)
    if plan.attached_to:
        _write_whole(document, plan.attached_to, recipient_columns)
        document.add_page_break()
        _title(document, plan)
        _body(document, plan, word_letters=word_letters)
    else:
        _write_whole(document, plan, recipient_columns, word_letters=word_letters)
    document.save(str(path))
    return path


def _write_whole(document: Document, plan: PlanText, recipient_columns: int, *, word_letters: bool = False) -> None:
    head = document.add_table(rows=2, cols=2)
    head.cell(0, 0).text = "\n".join([*plan.issuer, "_______"])
    head.cell(0, 1).text = f"{STATE}\n{MOTTO}\n_______________"
    head.cell(1, 0).text = plan.number
    head.cell(1, 1).text = plan.place_and_date
    _title(document, plan)
    _body(document, plan, word_letters=word_letters)
    end = document.add_table(rows=1, cols=2)
    if recipient_columns == 1:
        end.cell(0, 0).text = "\n".join(["Nơi nhận:", *(f"- {name}" for name in plan.recipients)])
    else:
        end.cell(0, 0).text = "Nơi nhận:"
        inner = end.cell(0, 0).add_table(rows=(len(plan.recipients) + 1) // 2, cols=2)
        for place, name in enumerate(plan.recipients):
            inner.cell(place // 2, place % 2).text = f"- {name}"
    end.cell(0, 1).text = "\n".join([*plan.authority, "", "", plan.signer])


def _title(document: Document, plan: PlanText) -> None:
    for text in (plan.kind, plan.abstract):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).bold = True
    document.add_paragraph("________")


def _body(document: Document, plan: PlanText, *, word_letters: bool) -> None:
    for text in plan.bases:
        document.add_paragraph().add_run(text).italic = True
    lists = _LetteredLists(document) if word_letters else None
    for text in plan.body:
        if lists and text[1:3] == ") " and text[0].isalpha():
            lists.add(text[0], text[3:])
        else:
            paragraph = document.add_paragraph()
            paragraph.add_run(text).bold = text.split(" ", 1)[0].rstrip(".").isupper()


class _LetteredLists:
    """Lists "a) b) c)" counted by Word; each "a" starts a list of its own."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._number = 0
        self._part = document.part.numbering_part.element
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="900"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            '<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>'
        )
        self._part.insert(0, abstract)

    def add(self, letter: str, text: str) -> None:
        """One item; its letter is whatever Word counts."""
        if letter == "a":
            self._number += 1
            self._part.append(
                parse_xml(
                    f'<w:num {nsdecls("w")} w:numId="{900 + self._number}"><w:abstractNumId w:val="900"/>'
                    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
                )
            )
        paragraph = self._document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{900 + self._number}"/></w:numPr>')
        )


def write_pdf(plan: PlanText, path: Path) -> Path:
    """The plan printed: every line cut at the page's width, a number on every page."""
    pdf = _NumberedPages(format="A4")
    pdf.add_font("Tinos", fname=str(FONT))
    pdf.set_font("Tinos", size=13)
    pdf.set_margins(30, 20, 20)
    pdf.add_page()
    for left, right in (
        (plan.issuer[0], STATE),
        (" ".join(plan.issuer[1:]), MOTTO),
        (plan.number, plan.place_and_date),
    ):
        pdf.cell(w=60, h=6, text=left)
        pdf.cell(w=100, h=6, text=right, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    for text in (plan.kind, plan.abstract):
        pdf.multi_cell(w=0, h=7, text=text, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    for text in (*plan.bases, *plan.body):
        pdf.multi_cell(w=0, h=7, text=text, align="J", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    top = pdf.get_y()
    for text in ("Nơi nhận:", *(f"- {name}" for name in plan.recipients)):
        pdf.multi_cell(w=80, h=6, text=text, align="L", new_x="LMARGIN", new_y="NEXT")
    bottom = pdf.get_y()
    if bottom > top:  # else the columns stand on two pages
        pdf.set_y(top)
    for text in (*plan.authority, "", "", plan.signer):
        pdf.set_x(120)
        pdf.cell(w=70, h=6, text=text, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(path))
    return path


class _NumberedPages(fpdf.FPDF):
    def footer(self) -> None:
        """The page's number alone, as offices print it."""
        self.set_y(-15)
        self.cell(w=0, h=6, text=str(self.page_no()), align="C")


def hard_wrapped(plan: PlanText, width: int = 90) -> str:
    """The plan as plain text whose lines are cut at a fixed width, with page numbers and form feeds between pages."""
    lines = [piece for line in plan.lines() for piece in textwrap.wrap(line, width)]
    pages = ["\n".join(lines[start : start + 40]) for start in range(0, len(lines), 40)]
    return "\f".join(f"{page}\n{number}" for number, page in enumerate(pages, 1))


def plain(plan: PlanText) -> str:
    """One paragraph a line, no empty lines."""
    return "\n".join(plan.lines()) + "\n"


def markdown(plan: PlanText) -> str:
    """Headings at mixed levels, bold and italic marks, escaped points."""
    lines = []
    for place, line in enumerate(plan.lines()):
        label, _, rest = line.partition(" ")
        if label.rstrip(".").isupper() and label.endswith("."):
            lines.append(f"{'#' * (2 + place % 3)} **{line}**")
        elif label.rstrip(".").isdecimal() and label.endswith("."):
            lines.append(f"{label[:-1]}\\. {rest}" if place % 2 else f"**{line}**")
        elif line.startswith("Căn cứ"):
            lines.append(f"*{line}*")
        else:
            lines.append(line)
    return "\n\n".join(lines)
