"""Looks at the pages of a scanned PDF and writes the parts anew; runs in the child, on a file that may be hostile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image, ImageStat

from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.scans.marks import read_mark
from archive.extract.status import Status

# Pixels across of a page as it is looked at: enough for a code of 30 mm on A4, and for a line of small print.
WIDTH = 1240
# Edges that scanners shade, and the share of dark points below which a page is blank.
_EDGE, _DARKER, _BLANK = 0.04, 60, 0.0006

_TROUBLE = (pypdfium2.PdfiumError, ValueError, OverflowError)


def sort_pages(path: Path, limits: Limits, folder: Path, wanted: dict[str, bool]) -> dict[str, Any]:
    """Parts as `part1.pdf` … in `folder`, and in words for JSON: pages, blank ones, whether sides were put in order.

    `wanted` has drop_blank, duplex (fronts, then backs the other way round) and separators. Without anything to change
    there are no parts. Raises `Refusal`.
    """
    try:
        source = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        status = Status.ENCRYPTED if "password" in str(error).lower() else Status.CORRUPT
        raise Refusal(status, str(error)) from error
    count = len(source)
    if not 1 <= count <= limits.pages:
        raise Refusal(Status.TOO_BIG if count else Status.CORRUPT, f"{count} pages")
    turned = wanted["duplex"] and count % 2 == 0 and count > 2
    order = in_duplex_order(count) if turned else list(range(1, count + 1))
    blank: list[int] = []
    parts: list[dict[str, Any]] = [{"mark": "", "pages": []}]
    after_sheet = False
    for number in order:
        image = _look(source, number)
        mark = _mark_of(image) if wanted["separators"] and image else ""
        if mark:
            parts.append({"mark": mark, "pages": []})
            after_sheet = True
            continue
        is_blank = image is not None and looks_blank(image)
        # The back of a separator sheet is nobody's page.
        if is_blank and (wanted["drop_blank"] or (after_sheet and wanted["duplex"])):
            blank.append(number)
        else:
            parts[-1]["pages"].append(number)
        after_sheet = False
    parts = [part for part in parts if part["pages"]]
    same = len(parts) == 1 and not parts[0]["mark"] and parts[0]["pages"] == list(range(1, count + 1))
    if not parts or same:
        return {"pages": count, "blank": [], "turned": False, "parts": []}
    for place, part in enumerate(parts, start=1):
        _write(source, part["pages"], folder / f"part{place}.pdf")
    return {"pages": count, "blank": sorted(blank), "turned": turned, "parts": parts}


def in_duplex_order(count: int) -> list[int]:
    """Page numbers of a pile scanned from the front, turned over whole and scanned again: 1, last, 2, last but one …"""
    half = count // 2
    return [number for front in range(1, half + 1) for number in (front, count + 1 - front)]


def looks_blank(image: Image.Image) -> bool:
    """Whether next to nothing on the page is darker than its paper, leaving its edges out."""
    across, down = int(image.width * _EDGE), int(image.height * _EDGE)
    inner = image.crop((across, down, image.width - across, image.height - down))
    paper = ImageStat.Stat(inner).median[0]
    histogram = inner.histogram()
    dark = sum(histogram[: max(int(paper) - _DARKER, 0)])
    return dark < _BLANK * inner.width * inner.height


def _look(source: Any, number: int) -> Image.Image | None:
    """The page in grey; None when it cannot be drawn, and then it is kept."""
    try:
        page = source[number - 1]
        across, down = page.get_size()
        if not (0 < across < 1e5 and 0 < down < 1e5):
            return None
        scale = min(WIDTH / across, 4 * WIDTH / down)
        image: Image.Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil().convert("L")
        page.close()
    except _TROUBLE:
        return None
    return image


def _mark_of(image: Image.Image) -> str:
    codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return next((code.text for code in codes if read_mark(code.text)), "")


def _write(source: Any, pages: list[int], target: Path) -> None:
    made = pypdfium2.PdfDocument.new()
    try:
        made.import_pages(source, [number - 1 for number in pages])
        made.save(str(target))
    except _TROUBLE as error:
        raise Refusal(Status.CORRUPT, str(error)) from error
    finally:
        made.close()
