"""The same sheets as a PDF for the printer: whole pages for plain paper, or only what differs for blanks that are printed
already, moved by as many millimetres as the printer is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from webapp.official import wording as w
from webapp.official.certificate import Certificate, size_of

WIDTH, HEIGHT, SIDE = 297.0, 210.0, 25.0
RED, BLACK = (192, 0, 0), (0, 0, 0)
# Letters lean by so many degrees: the vendored font has no italics.
LEAN = 12
FONTS = files("webapp").joinpath("ui/static/vendor/tinos")
# Where lines begin, in millimetres from the top.
TOP_NATION, TOP_MOTTO, TOP_OFFICE, TOP_LEAD, TOP_TITLE = 38.0, 45.0, 56.0, 67.0, 76.0
TOP_NAME, TOP_ABOUT, TOP_ACHIEVEMENT, TOP_SIGNED = 96.0, 107.0, 116.0, 152.0
TOP_DECISION = 184.0
_FIXED = datetime(2020, 3, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Printing:
    """`blanks`: what every sheet has alike is printed there already. `x`, `y`: millimetres to the right, down."""

    blanks: bool = False
    x: float = 0
    y: float = 0


def print_certificates(sheets: Sequence[Certificate], printing: Printing) -> bytes:
    """A PDF, one A4 page on its side a sheet; equal sheets give equal bytes."""
    import fpdf  # slow to load, and few ask for it

    pdf = fpdf.FPDF(orientation="landscape", format="A4")
    pdf.set_creation_date(_FIXED)
    pdf.set_auto_page_break(False)
    pdf.set_margins(0, 0, 0)
    pdf.add_font("Tinos", "", str(FONTS.joinpath("Tinos-Regular.ttf")))
    pdf.add_font("Tinos", "B", str(FONTS.joinpath("Tinos-Bold.ttf")))
    for sheet in sheets:
        pdf.add_page()
        pen = _Pen(pdf, printing)
        if not printing.blanks:
            _common(pen, sheet)
        _varying(pen, sheet)
    return bytes(pdf.output())


def _common(pen: _Pen, sheet: Certificate) -> None:
    pen.line(w.NATION, TOP_NATION, 14, bold=True)
    pen.line(w.MOTTO, TOP_MOTTO, 15, bold=True)
    pen.rule(TOP_MOTTO + 8, w.longest_mm(w.MOTTO, size=15, bold=True))
    pen.line(w.clean(sheet.office).upper(), TOP_OFFICE, 20, bold=True, color=RED)
    pen.line(w.clean(sheet.lead).upper(), TOP_LEAD, 16, bold=True)
    pen.line(w.clean(sheet.title).upper(), TOP_TITLE, 38, bold=True, color=RED)


def _varying(pen: _Pen, sheet: Certificate) -> None:
    pen.line(w.clean(sheet.name), TOP_NAME, 22, bold=True)
    pen.line(w.clean(sheet.about), TOP_ABOUT, 15)
    pen.text(w.clean(sheet.achievement), TOP_ACHIEVEMENT, size_of(sheet.achievement))
    half = (WIDTH - 2 * SIDE) / 2
    pen.line(f"Quyết định {w.clean(sheet.decision)}", TOP_DECISION, 13, leans=True, width=half, align="L")
    pen.line(f"Số sổ vàng: {sheet.ordinal}", TOP_DECISION + 7, 13, leans=True, width=half, align="L")
    left = WIDTH / 2
    pen.line(w.clean(sheet.place_and_day), TOP_SIGNED, 14, leans=True, left=left, width=half)
    top = TOP_SIGNED + 7
    for text in (*sheet.signature.authority, sheet.signature.title):
        pen.line(w.clean(text).upper(), top, 14, bold=True, left=left, width=half)
        top += 6.5
    pen.line(w.clean(sheet.signature.name), TOP_DECISION + 7, 14, bold=True, left=left, width=half)


class _Pen:
    """Writes at a place on the page, moved as the printing says."""

    def __init__(self, pdf: Any, printing: Printing) -> None:
        self._pdf = pdf
        self._moved = printing

    def line(
        self,
        text: str,
        top: float,
        size: float,
        *,
        bold: bool = False,
        color: tuple[int, int, int] = BLACK,
        leans: bool = False,
        left: float = SIDE,
        width: float = WIDTH - 2 * SIDE,
        align: str = "C",
    ) -> None:
        """One line; smaller where it would not fit."""
        pdf = self._pdf
        pdf.set_text_color(*color)
        pdf.set_font("Tinos", "B" if bold else "", size)
        while size > 8 and pdf.get_string_width(text) > width:
            size -= 0.5
            pdf.set_font_size(size)
        x, y, high = left + self._moved.x, top + self._moved.y, size * 0.42
        pdf.set_xy(x, y)
        if leans:
            with pdf.skew(ax=LEAN, ay=0, x=x, y=y + high):
                pdf.cell(width, high, text, align=align)
        else:
            pdf.cell(width, high, text, align=align)

    def text(self, text: str, top: float, size: float) -> None:
        """Several lines in the middle."""
        self._pdf.set_text_color(*BLACK)
        self._pdf.set_font("Tinos", "", size)
        self._pdf.set_xy(SIDE + self._moved.x, top + self._moved.y)
        self._pdf.multi_cell(WIDTH - 2 * SIDE, size * 0.44, text, align="C")

    def rule(self, top: float, length: float) -> None:
        left = (WIDTH - length) / 2 + self._moved.x
        self._pdf.set_line_width(0.3)
        self._pdf.line(left, top + self._moved.y, left + length, top + self._moved.y)
