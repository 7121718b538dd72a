"""Writing the generated papers as real files: .docx, .pdf, .odt, .xlsx, .txt and a scan as an image."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from xml.sax.saxutils import escape

FONT = files("webapp").joinpath("ui/static/vendor/tinos/Tinos-Regular.ttf")
BOLD = files("webapp").joinpath("ui/static/vendor/tinos/Tinos-Bold.ttf")


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a paper."""

    unit: str
    number: str
    day: date
    kind: str
    title: str
    body: list[str]
    signer: str

    @property
    def lines(self) -> list[str]:
        return [
            "ỦY BAN NHÂN DÂN PHƯỜNG SÔNG HẬU",
            self.unit.upper(),
            f"Số: {self.number}",
            f"Sông Hậu, ngày {self.day.day:02d} tháng {self.day.month:02d} năm {self.day.year}",
            self.kind.upper(),
            self.title,
            *self.body,
            "Nơi nhận:",
            "- Phòng Văn hóa - Xã hội;",
            "- Lưu: VT.",
            self.signer,
        ]


def as_txt(paper: Paper) -> bytes:
    return "\n".join(paper.lines).encode()


def as_docx(paper: Paper) -> bytes:
    """With the header as a table of two columns, as the decree on administrative documents lays it out."""
    import docx

    document = docx.Document()
    document.styles["Normal"].font.name = "Times New Roman"
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = f"UBND PHƯỜNG SÔNG HẬU\n{paper.unit.upper()}\nSố: {paper.number}"
    table.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n" + paper.lines[3]
    for line in (paper.kind.upper(), paper.title, *paper.body):
        document.add_paragraph(line)
    foot = document.add_table(rows=1, cols=2)
    foot.cell(0, 0).text = "Nơi nhận:\n- Phòng Văn hóa - Xã hội;\n- Lưu: VT."
    foot.cell(0, 1).text = f"THỦ TRƯỞNG ĐƠN VỊ\n\n{paper.signer}"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_pdf(paper: Paper) -> bytes:
    import fpdf

    pdf = fpdf.FPDF(format="A4")
    pdf.set_margins(30, 20, 15)
    # A fixed date: the same paper gives the same bytes, so a second run adds no duplicates.
    from datetime import UTC, datetime, time

    pdf.set_creation_date(datetime.combine(paper.day, time(8), tzinfo=UTC))
    pdf.add_font("Tinos", "", str(FONT))
    pdf.add_font("Tinos", "B", str(BOLD))
    pdf.add_page()
    for number, line in enumerate(paper.lines):
        pdf.set_font("Tinos", "B" if number in (1, 4, 5) else "", 13)
        pdf.multi_cell(0, 7, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def as_odt(paper: Paper) -> bytes:
    body = "".join(f"<text:p>{escape(line)}</text:p>" for line in paper.lines)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        f"{body}</office:text></office:body></office:document-content>"
    )
    media = "application/vnd.oasis.opendocument.text"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2" '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(zipfile.ZipInfo("mimetype"), media)
        package.writestr(zipfile.ZipInfo("content.xml"), content, zipfile.ZIP_DEFLATED)
        package.writestr(zipfile.ZipInfo("META-INF/manifest.xml"), manifest, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def as_xlsx(paper: Paper) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("Tổng hợp", 0)
    for line in paper.lines[:6]:
        sheet.append([line])
    sheet.append(["TT", "Nội dung", "Kết quả"])
    for number, line in enumerate(paper.body, start=1):
        sheet.append([number, line, "đạt"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_scan(paper: Paper) -> bytes:
    """An A4 page at about 150 dots an inch, slightly grey, as an office scanner gives it."""
    import textwrap

    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (1240, 1754), 247)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(FONT), 27)
    top = 110
    for line in paper.lines:
        for part in textwrap.wrap(line, 78):
            draw.text((150, top), part, fill=25, font=font)
            top += 40
        top += 8
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


WRITERS: dict[str, Callable[[Paper], bytes]] = {
    "docx": as_docx,
    "pdf": as_pdf,
    "odt": as_odt,
    "xlsx": as_xlsx,
    "txt": as_txt,
    "png": as_scan,
}


def pick_format(random_: random.Random) -> str:
    return random_.choices(list(WRITERS), weights=(38, 12, 14, 14, 14, 8))[0]
