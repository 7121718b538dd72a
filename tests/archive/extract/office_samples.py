"""Files made on the spot for the extraction tests, and how much of their text came back."""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

import docx
import fpdf
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image, ImageDraw, ImageFont

from archive.extract import WARNINGS, Extraction, extract

FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
)

HEAD = [
    ("UBND PHƯỜNG LONG MỸ\nPHÒNG VĂN HÓA - XÃ HỘI", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"),
    ("Số: 12/BC-VHXH", "Long Mỹ, ngày 03 tháng 4 năm 2026"),
]
TITLE = ["BÁO CÁO", "Kết quả phong trào thi đua đổi mới sáng tạo và chuyển đổi số quý I năm 2026"]
BODY = [
    "Thực hiện Kế hoạch số 46/KH-UBND ngày 25 tháng 8 năm 2025 của Ủy ban nhân dân phường về việc triển khai phong trào.",
    "Phòng Văn hóa - Xã hội báo cáo: đã tiếp nhận 1.234 hồ sơ, giải quyết đúng hạn 98,5%, không có hồ sơ quá hạn.",
    "Những khó khăn, vướng mắc: thiếu thiết bị, đường truyền chậm; đề nghị cấp trên xem xét, hỗ trợ kịp thời.",
]
SIGNATURE = ["TRƯỞNG PHÒNG", "Nguyễn Thị Bích Hằng"]


def all_text() -> str:
    """Everything the sample report says."""
    return "\n".join([cell for row in HEAD for cell in row] + TITLE + BODY + SIGNATURE)


def recall(found: str, expected: str) -> float:
    """Share of the expected words that came back, counted with repetition, after NFC."""

    def words(text: str) -> Counter[str]:
        return Counter(re.findall(r"\w+", unicodedata.normalize("NFC", text)))

    wanted = words(expected)
    return (words(found) & wanted).total() / wanted.total()


def read(path: Path, **options: object) -> Extraction:
    """`extract` under the file's own name, checking what every answer has."""
    result = extract(path, filename=path.name, **options)  # type: ignore[arg-type]
    assert result.text == "\f".join(result.pages) == unicodedata.normalize("NFC", result.text)
    assert result.sentence.endswith(".") and result.ms > 0
    keys = {"media_type", "number", "date", "place", "suggestions", "citations", "pages", "warnings"}
    assert (
        set(result.metadata) - {"confidence", "entries", "jumps", "merged", "page_states", "refused", "signatures"}
        == keys
    )
    assert isinstance(result.metadata["warnings"], list) and set(result.metadata["warnings"]) <= set(WARNINGS)
    return result


def font() -> str:
    """A font with all Vietnamese letters, or the test is skipped."""
    for name in FONTS:
        if Path(name).exists():
            return name
    pytest.skip("no font with Vietnamese letters (fonts-dejavu, fonts-liberation2)")


def make_pdf(path: Path, *, pages: int = 2) -> Path:
    """A PDF with the sample report on its first page and "Trang N" on each."""
    pdf = fpdf.FPDF()
    pdf.add_font("F", "", font())
    pdf.set_font("F", size=11)
    for number in range(1, pages + 1):
        pdf.add_page()
        if number == 1:
            for left, right in HEAD:
                y = pdf.get_y()
                pdf.multi_cell(80, 6, left, new_x="LMARGIN", new_y="NEXT")
                bottom = pdf.get_y()
                pdf.set_xy(100, y)
                pdf.multi_cell(95, 6, right, new_x="LMARGIN", new_y="NEXT")
                pdf.set_y(max(bottom, pdf.get_y()) + 2)
            for line in [*TITLE, *BODY, *SIGNATURE]:
                pdf.multi_cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
        pdf.cell(0, 8, f"Trang {number}")
    pdf.output(str(path))
    return path


NUMBERING = """
<w:abstractNum {ns} w:abstractNumId="90">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>
 <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2.%4"/><w:isLgl/></w:lvl>
 <w:lvl w:ilvl="4"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>
</w:abstractNum>"""


def make_docx(path: Path) -> Path:
    """The sample report as Word makes it: head in a table, signature in another."""
    document = docx.Document()
    head = document.add_table(rows=0, cols=2)
    for left, right in HEAD:
        cells = head.add_row().cells
        cells[0].text, cells[1].text = left, right
    for line in [*TITLE, *BODY]:
        document.add_paragraph(line)
    document.add_table(rows=1, cols=2).rows[0].cells[1].text = "\n".join(SIGNATURE)
    document.save(str(path))
    return path


def make_numbered_docx(path: Path, items: list[tuple[int, str]]) -> Path:
    """A Word document of automatically numbered paragraphs: (level, text)."""
    document = docx.Document()
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"))))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level, text in items:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>')
        )
    document.save(str(path))
    return path


W_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def make_raw_docx(path: Path, body: str, *, prolog: str = "", parts: dict[str, str] | None = None) -> Path:
    """A Word file with this body XML, and more entries by name ("word/footnotes.xml" gets its relation)."""
    parts = parts or {}
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = {
        "word/footnotes.xml": "footnotes",
        "word/header1.xml": "header",
        "word/footer1.xml": "footer",
        "word/numbering.xml": "numbering",
        "word/styles.xml": "styles",
    }
    relations = "".join(
        f'<Relationship Id="r{index}" Type="{_RELATIONS}/{kinds[name]}" Target="{name[5:]}"/>'
        for index, name in enumerate(parts)
        if name in kinds
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive_file:
        archive_file.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive_file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="m" '
            f'Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive_file.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>',
        )
        archive_file.writestr("word/document.xml", f"{prolog}<w:document {W_NS}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive_file.writestr(name, content)
    return path


ODF_NS = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
    for name, full in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"),
        ("fo", "xsl-fo-compatible"), ("draw", "drawing"),
    )
)  # fmt: skip


def make_odf(
    path: Path, body: str, *, styles: str = "", kind: str = "text", parts: dict[str, str] | None = None
) -> Path:
    """An OpenDocument file (kind "text" or "spreadsheet") with this body XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive_file:
        archive_file.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        archive_file.writestr(
            "content.xml",
            f"<office:document-content {ODF_NS}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        )
        for name, content in (parts or {}).items():
            archive_file.writestr(name, content)
    return path


def make_odt(path: Path) -> Path:
    """The sample report as an OpenDocument text."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            "<table:table-cell>"
            + "".join(f"<text:p>{line}</text:p>" for line in cell.split("\n"))
            + "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in HEAD
    )
    lines = "".join(f"<text:p>{line}</text:p>" for line in [*TITLE, *BODY, *SIGNATURE])
    return make_odf(path, f"<table:table>{rows}</table:table>{lines}")


def make_xlsx(path: Path) -> Path:
    """A workbook of two sheets with Vietnamese text, numbers and a date."""
    import datetime

    book = openpyxl.Workbook()
    first = book.active
    first.title = "Tổng hợp"
    first.append(["STT", "Đơn vị", "Điểm", "Ngày nộp"])
    first.append([1, "Phòng Văn hóa - Xã hội", 98.5, datetime.date(2026, 12, 4)])
    first.append([2, "Trạm Y tế phường", 97, datetime.date(2026, 12, 3)])
    book.create_sheet("Ghi chú").append(["Đã thẩm định"])
    book.save(path)
    return path


def make_picture(path: Path, lines: list[str]) -> Path:
    """A page image at 200 dpi with these lines, as a scanner would give."""
    image = Image.new("L", (1654, 1000), 255)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(font(), 36)
    for index, line in enumerate(lines):
        draw.text((120, 100 + index * 70), line, fill=0, font=face)
    image.save(path, dpi=(200, 200))
    return path


def make_compound(path: Path, names: list[str], *, first: bytes = b"") -> Path:
    """A compound (OLE) file with empty streams of these names; `first` is the content of the first stream."""
    sector = 512
    header = bytearray(sector)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHH", header, 24, 0x3E, 3, 0xFFFE, 9)
    struct.pack_into("<IIII", header, 44, 1, 1, 0, 4096)  # one FAT sector; directory in sector 1
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    directory_sectors = (len(names) + 1 + 3) // 4
    start = 1 + directory_sectors
    fat = [0xFFFFFFFD, *range(2, start), 0xFFFFFFFE, 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    entries = bytearray(directory_sectors * sector)
    for index, name in enumerate(["Root Entry", *names]):
        encoded = name.encode("utf-16-le") + b"\0\0"
        offset = index * 128
        entries[offset : offset + len(encoded)] = encoded
        struct.pack_into("<HB", entries, offset + 64, len(encoded), 5 if index == 0 else 2)
        struct.pack_into("<II", entries, offset + 116, start, len(first))
    content = first.ljust(sector, b"\0")
    path.write_bytes(bytes(header) + struct.pack("<128I", *fat) + bytes(entries) + content)
    return path
