"""Which pages of a PDF show letters that its text does not have: by what lies on the page, not by counting letters.

A scan keeps being one under the many words of a signature's stamp, in layers none of which is sharp by itself, or
when its letters are drawn as outlines. So a page with pictures or outlines is drawn small, and what is dark there is
compared with where its letters stand. Pages of text alone are never drawn. Runs apart: pdfium may abort.
"""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from archive.extract.outcome import letters
from archive.extract.pdf.recognising import FEW_LETTERS, Box, Cover
from archive.extract.process.limits import Limits

# Shares of the page. A picture this large makes the page its own; a smaller one (a table, a leaflet) may hold letters;
# below that there are emblems and seals.
COVERED, _LARGE = 0.5, 0.15
# Of the cells of a page, those with ink that is no text: a single short line is .004, a seal and a signature .03.
_A_LINE, _SOME_LINES = 0.003, 0.012
_LAYERED = 0.5  # of all ink under letters: the page has a text layer
_SIDE = 842  # pixels of the small drawing: 72 dpi of A4
_CELL = 12  # pixels: about a line of text
_INKED = 4  # mean of a cell with three dark pixels
_CONTRAST = 40
_MARGIN = 2  # pixels around letters
_LOGO, _LINES = 20, 60  # curved paths: fewer are a logo, more are letters
_STROKES = 100
_DEEPEST = 6
_MOST_OBJECTS = 20_000

Pixels = tuple[int, int, int, int]


def survey(path: Path, pages: list[str], limits: Limits, seconds: float) -> dict[str, Any]:
    """Page numbers (from 1, as text) with the fields of `Cover`, for `Cover.of`. Raises what pdfium raises.

    `pages` is the text found. After `seconds`, and after more pages than are recognised at all, none is drawn any more.
    """
    deadline = time.monotonic() + seconds
    document = pypdfium2.PdfDocument(str(path))
    found: dict[str, Any] = {}
    for number, text in enumerate(pages[: len(document)], 1):
        page = document[number - 1]
        draw = time.monotonic() < deadline and len(found) < limits.ocr_pages
        cover = _cover(page, letters(text), draw=draw)
        page.close()
        if cover is not None:
            found[str(number)] = asdict(cover)
    return found


def _cover(page: Any, count: int, *, draw: bool) -> Cover | None:
    """None for a page whose letters are all in its text."""
    width, height = page.get_size()
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        return None
    scale = _SIDE / max(width, height)
    size = (max(round(width * scale), _CELL), max(round(height * scale), _CELL))
    bare = count < FEW_LETTERS
    areas, outlines, strokes = _areas(page, size)
    if len(outlines) >= _LOGO:
        around = _CELL // 2
        areas += [
            (left - around, top - around, right + around, bottom + around) for left, top, right, bottom in outlines
        ]
    if not areas and strokes < _STROKES and (count or not bare):
        return None
    noted = not areas and not strokes and not count
    mask = Image.new("L", size, 0)
    for box in areas:
        ImageDraw.Draw(mask).rectangle(box, fill=255)
    share = _mean(mask)
    if not bare and share < _LARGE and len(outlines) < _LINES:
        return None
    if not draw:
        return Cover() if bare and (share >= COVERED or not count) else None
    if bare:
        mask.paste(255, (0, 0, *size))
    boxes = _letter_boxes(page, size)
    ink = ImageChops.multiply(_ink(page, scale, size, noted=noted), mask)
    everything = _cells(ink)
    pen = ImageDraw.Draw(ink)
    for left, top, right, bottom in boxes:
        pen.rectangle((left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN), fill=0)
    alone = _cells(ink)
    width, height = size
    shares = tuple((left / width, top / height, right / width, bottom / height) for left, top, right, bottom in boxes)
    whole = bare or share >= COVERED
    if share >= COVERED and alone < _LAYERED * everything:
        return Cover(shares, layer=True)
    return Cover(shares, whole=whole, noted=noted) if alone >= (_A_LINE if whole else _SOME_LINES) else None


def _areas(page: Any, size: tuple[int, int]) -> tuple[list[Pixels], list[Pixels], int]:
    """Where pictures and where curved paths lie, and how many paths there are in all."""
    pictures: list[Pixels] = []
    outlines: list[Pixels] = []
    strokes = 0
    sides = tuple(ctypes.c_float() for _ in range(4))
    for thing, kind, matrix in islice(_objects(page, pypdfium2.PdfMatrix(), 0), _MOST_OBJECTS):
        strokes += kind == pdfium.FPDF_PAGEOBJ_PATH
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            into = pictures
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and _is_curved(thing):
            into = outlines
        else:
            continue
        if not pdfium.FPDFPageObj_GetBounds(thing, *map(ctypes.byref, sides)):
            continue
        left, bottom, right, top = matrix.on_rect(*(side.value for side in sides))
        if area := _on_page(page, size, (left, top, right, bottom)):
            into.append(area)
    return pictures, outlines, strokes


def _objects(holder: Any, matrix: Any, depth: int) -> Iterator[tuple[Any, int, Any]]:
    """All objects of a page, those inside of forms too (whole pages are put into forms), with what moves them."""
    if depth == 0:
        count, get = pdfium.FPDFPage_CountObjects(holder), pdfium.FPDFPage_GetObject
    else:
        count, get = pdfium.FPDFFormObj_CountObjects(holder), pdfium.FPDFFormObj_GetObject
    for index in range(count):
        thing = get(holder, index)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            yield thing, kind, matrix
        elif depth < _DEEPEST:
            raw = pdfium.FS_MATRIX()
            pdfium.FPDFPageObj_GetMatrix(thing, raw)
            yield from _objects(thing, pypdfium2.PdfMatrix.from_raw(raw).multiply(matrix), depth + 1)


def _is_curved(path: Any) -> bool:
    """Whether a path has curves, as letters have and rules and frames have not; long ones are not gone through."""
    count = pdfium.FPDFPath_CountSegments(path)
    return any(
        pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(path, index)) == pdfium.FPDF_SEGMENT_BEZIERTO
        for index in range(min(count, 30))
    )


def _on_page(page: Any, size: tuple[int, int], box: Box) -> Pixels | None:
    """A box of the page's own measure in pixels of the drawing, turned and cut as the page is shown."""
    if not all(map(math.isfinite, box)):
        return None
    across, down = ctypes.c_int(), ctypes.c_int()
    points = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        if not pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, ctypes.byref(across), ctypes.byref(down)):
            return None
        points.append((across.value, down.value))
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*points, strict=True))
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])
    return (left, top, right, bottom) if right > left and bottom > top else None


def _letter_boxes(page: Any, size: tuple[int, int]) -> list[Pixels]:
    """Where letters stand, in pixels. Signs without a letter (fonts made of pictures) do not count."""
    text = page.get_textpage()
    boxes = []
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        said = text.get_text_bounded(left, bottom, right, top)
        if 2 * letters(said) < len("".join(said.split())):
            continue
        if box := _on_page(page, size, (left, top, right, bottom)):
            boxes.append(box)
    text.close()
    return boxes


def _ink(page: Any, scale: float, size: tuple[int, int], *, noted: bool) -> Image.Image:
    """White where the page is darker than the paper around; annotations, as stamps are, only when `noted`."""
    image: Image.Image = (
        page.render(scale=scale, grayscale=True, may_draw_forms=False, draw_annots=noted).to_pil().convert("L")
    )
    image = image.resize(size) if image.size != size else image
    paper = image.reduce(4).filter(ImageFilter.MaxFilter(5)).resize(size)
    return ImageChops.subtract(paper, image).point(lambda tone: 255 if tone > _CONTRAST else 0)


def _cells(ink: Image.Image) -> float:
    """The share of cells with ink."""
    small = ink.reduce(_CELL)
    return sum(small.histogram()[_INKED:]) / (small.width * small.height)


def _mean(image: Image.Image) -> float:
    return sum(tone * number for tone, number in enumerate(image.histogram())) / 255 / (image.width * image.height)
