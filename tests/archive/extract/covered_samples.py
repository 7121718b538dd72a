"""PDF pages on which letters stand that are no text: scans of many makes, and pages that only look like one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path

import fpdf
import pypdf
import pypdfium2
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from tests.archive.extract.office_samples import font

WIDE, HIGH = 595, 842
LINES = (
    "Báo cáo kết quả phong trào thi đua của khu phố",
    "Đã mở sáu lớp kỹ năng số cho hội viên",
    "Hồ sơ trực tuyến đạt chín mươi phần trăm",
)
TYPED = "Trang này có chữ thật, gõ từ bàn phím, dài hơn sáu mươi chữ cái; không ai nhầm nó với một bản quét. " * 4
STAMP = (
    "Nguoi ky: UY BAN NHAN DAN PHUONG BINH MINH",
    "Co quan: THANH PHO CAN THO, email: ubnd@example.vn",
    "Thoi gian ky: 05.12.2026 08:15:20 +07:00",
)


def scanned(lines: Iterable[str] = LINES, *, size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """A grey page at 150 dpi with these lines."""
    image = Image.new("L", size, 255)
    face = ImageFont.truetype(font(), 34)
    for index, line in enumerate(lines):
        ImageDraw.Draw(image).text((110, 160 + index * 70), line, font=face, fill=0)
    return image


def document() -> fpdf.FPDF:
    """An empty fpdf2 document with a Vietnamese font."""
    pdf = fpdf.FPDF()
    pdf.add_font("F", "", font())
    pdf.set_font("F", size=11)
    return pdf


def with_picture(path: Path, picture: Image.Image, box: tuple[float, float, float, float], text: str = "") -> Path:
    """A page (fpdf2) with text and a picture at (left, top, width, height) in millimetres."""
    pdf = document()
    pdf.add_page()
    pdf.image(picture, *box)
    pdf.multi_cell(0, 6, text)
    pdf.output(str(path))
    return path


def strips(path: Path) -> Path:
    """A scan cut into eight strips (fpdf2)."""
    pdf, page = document(), scanned()
    pdf.add_page()
    for index in range(8):
        part = page.crop((0, page.height * index // 8, page.width, page.height * (index + 1) // 8))
        pdf.image(part, 0, 297 * index / 8, 210, 297 / 8)
    pdf.output(str(path))
    return path


def with_layer(path: Path, lines: Iterable[str], shown: Iterable[str] = LINES) -> Path:
    """A scan whose words a scanner has put there once more, unseen (fpdf2)."""
    pdf = document()
    pdf.add_page()
    pdf.image(scanned(shown), 0, 0, 210, 297)
    pdf.text_mode = fpdf.TextMode.INVISIBLE
    pdf.set_font("F", size=16)
    for index, line in enumerate(lines):
        pdf.text(18, (160 + 30 + index * 70) / 150 * 25.4, line)
    pdf.output(str(path))
    return path


def by_pdfium(path: Path) -> Path:
    """A telephone's JPEG as a page (pdfium)."""
    jpeg = io.BytesIO()
    scanned().save(jpeg, "JPEG", quality=60)
    made = pypdfium2.PdfDocument.new()
    page = made.new_page(WIDE, HIGH)
    image = pypdfium2.PdfImage.new(made)
    image.load_jpeg(jpeg, inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(WIDE, HIGH))
    page.insert_obj(image)
    page.gen_content()
    made.save(str(path))
    return path


def _stream(writer: pypdf.PdfWriter, data: bytes, **more: object) -> pypdf.generic.IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    stream.update({NameObject(f"/{key}"): value for key, value in more.items()})
    return writer._add_object(stream.flate_encode())


def _image(writer: pypdf.PdfWriter, image: Image.Image, **more: object) -> pypdf.generic.IndirectObject:
    space = {} if "ImageMask" in more else {"ColorSpace": NameObject("/DeviceGray")}
    return _stream(
        writer, image.tobytes(), Type=NameObject("/XObject"), Subtype=NameObject("/Image"), Width=NumberObject(image.width),
        Height=NumberObject(image.height), BitsPerComponent=NumberObject(1 if image.mode == "1" else 8), **space, **more,
    )  # fmt: skip


def built(path: Path, content: bytes, things: Callable[[pypdf.PdfWriter], dict[str, object]], **page: object) -> Path:
    """A page built by hand (pypdf): its content, its XObjects by name, more entries of the page."""
    writer = pypdf.PdfWriter()
    sheet = writer.add_blank_page(WIDE, HIGH)
    sheet[NameObject("/Contents")] = _stream(writer, content)
    found = {NameObject(f"/{name}"): value for name, value in things(writer).items()}
    sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject(found)})
    for key, value in page.items():
        sheet[NameObject(f"/{key}")] = value
    writer.write(str(path))
    return path


def layered(path: Path) -> Path:
    """A coarse black ground, its letters in a sharp soft mask."""
    letters = scanned().point(lambda tone: 255 - tone)
    return built(
        path,
        f"q {WIDE} 0 0 {HIGH} 0 0 cm /I Do Q".encode(),
        lambda writer: {"I": _image(writer, Image.new("L", (100, 140), 0), SMask=_image(writer, letters))},
    )


def stencilled(path: Path) -> Path:
    """A tiny light ground, its letters painted through a stencil of one bit."""
    mask = scanned().point(lambda tone: 255 if tone > 128 else 0).convert("1")
    return built(
        path,
        f"q {WIDE} 0 0 {HIGH} 0 0 cm /G Do 0.1 g /S Do Q".encode(),
        lambda writer: {
            "G": _image(writer, Image.new("L", (12, 16), 250)),
            "S": _image(writer, mask, ImageMask=pypdf.generic.BooleanObject(True)),
        },
    )


def nested(path: Path) -> Path:
    """A scan in a form in a form, on a page that lies on its side and is cut to its middle."""

    def things(writer: pypdf.PdfWriter) -> dict[str, object]:
        def form(content: bytes, name: str, thing: object, matrix: tuple[float, ...]) -> object:
            inside = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject(f"/{name}"): thing})})
            return _stream(
                writer, content, Type=NameObject("/XObject"), Subtype=NameObject("/Form"), Resources=inside,
                BBox=ArrayObject(map(FloatObject, (0, 0, WIDE * 2, HIGH * 2))), Matrix=ArrayObject(map(FloatObject, matrix)),
            )  # fmt: skip

        inner = form(b"q 297.5 0 0 421 0 0 cm /I Do Q", "I", _image(writer, scanned()), (1, 0, 0, 1, 10, 10))
        return {"F": form(b"q 2 0 0 2 0 0 cm /G Do Q", "G", inner, (1, 0, 0, 1, -20, -20))}

    box = ArrayObject(map(NumberObject, (0, 300, WIDE, HIGH)))
    return built(path, b"/F Do", things, Rotate=NumberObject(90), CropBox=box)


class _Outline(BasePen):  # type: ignore[misc]
    """Drawing operators of a glyph moved to a place."""

    def __init__(self, glyphs: object, x: float, y: float, scale: float) -> None:
        super().__init__(glyphs)
        self.said: list[str] = []
        self._place = (x, y, scale)

    def _at(self, *points: tuple[float, float]) -> str:
        x, y, scale = self._place
        return " ".join(f"{x + across * scale:.2f} {y + up * scale:.2f}" for across, up in points)

    def _moveTo(self, point: tuple[float, float]) -> None:
        self.said.append(self._at(point) + " m")

    def _lineTo(self, point: tuple[float, float]) -> None:
        self.said.append(self._at(point) + " l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:
        self.said.append(self._at(*points) + " c")

    def _closePath(self) -> None:
        self.said.append("h")


def outlined(path: Path, lines: Iterable[str] = LINES) -> Path:
    """Letters drawn as paths, as programs for printed matter send them (fontTools)."""
    parts = []
    with TTFont(font()) as face:
        glyphs, names = face.getGlyphSet(), face.getBestCmap()
        scale = 16 / face["head"].unitsPerEm
        for row, line in enumerate(lines):
            x = 60.0
            for letter in line:
                glyph = glyphs[names[ord(letter)]]
                pen = _Outline(glyphs, x, 720 - row * 34, scale)
                glyph.draw(pen)
                parts.append(" ".join([*pen.said, "f"]))
                x += glyph.width * scale
    return built(path, "\n".join(parts).encode(), lambda writer: {})


def stamped(source: Path, path: Path, lines: Iterable[str] = STAMP) -> Path:
    """The same with a visible stamp on the first page, as signing programs leave it: an annotation with an appearance."""
    writer = pypdf.PdfWriter(clone_from=str(source))
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    face = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"), NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    look = _stream(
        writer, f"BT /H 6 Tf 8 TL 2 40 Td {shown} ET".encode(), Type=NameObject("/XObject"), Subtype=NameObject("/Form"),
        BBox=ArrayObject(map(NumberObject, (0, 0, 200, 50))),
        Resources=DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/H"): face})}),
    )  # fmt: skip
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Stamp"),
            NameObject("/Rect"): ArrayObject(map(NumberObject, (380, 20, 580, 70))),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): look}),
            NameObject("/F"): NumberObject(4),
            NameObject("/Contents"): TextStringObject("dau"),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    writer.write(str(path))
    return path
