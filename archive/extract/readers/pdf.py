"""PDF: Poppler page by page; pdfium where Poppler is absent; Tesseract where there are only pictures."""

from __future__ import annotations

import re
from pathlib import Path

from archive.extract.legacy import looks_legacy
from archive.extract.limits import Limits
from archive.extract.outcome import Reading, Refusal, letters, tidy
from archive.extract.readers import ocr, tools
from archive.extract.status import Status

# A scan may carry the few words of a digital signature; a page of text has more.
_FEW_LETTERS = 60
_DPI = 200
_LONGEST_SIDE = 5000
_SIZE = re.compile(r"^Page +(\d+) +size: +([\d.]+) x ([\d.]+) pts", re.MULTILINE)
_COUNT = re.compile(r"^Pages: +(\d+)", re.MULTILINE)
_IMAGE_ROW = re.compile(r"^ +\d+ +\d+ image", re.MULTILINE)


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Text by page. A document of pictures asks for a second run (`ocr_pages`)."""
    if not tools.available("pdftotext"):
        return _read_pdfium(path, limits)
    reading = _read_poppler(path, limits, folder)
    if ocr_pages:
        return _recognise(path, limits, folder, ocr_pages, reading)
    count = len(reading.pages)
    total = sum(map(letters, reading.pages))
    if count and total < _FEW_LETTERS * count and (total == 0 or _has_images(path, folder, count)):
        if ocr.available():
            reading.ocr_pages = count
        else:
            reading.warnings.append("ocr_unavailable")
    return reading


def _read_poppler(path: Path, limits: Limits, folder: Path) -> Reading:
    said = tools.run(
        ["pdftotext", "-enc", "UTF-8", "-l", str(limits.pages), str(path), "-"], folder, most=limits.text_chars * 3
    )
    if "Incorrect password" in said.errors or "encrypt" in said.errors.lower():
        raise Refusal(Status.ENCRYPTED, "PDF with a password")
    if said.code == 3:
        return _read_pdfium(path, limits)  # a flag asks tools not to copy text; searching is not copying
    if said.code != 0:
        raise Refusal(Status.CORRUPT, said.errors[:200])
    pages = [tidy(page) for page in said.output.split("\f")]
    if pages and not pages[-1]:
        pages.pop()  # Poppler ends every page with a form feed
    warnings = []
    if said.cut:
        warnings.append("text_truncated")
    if len(pages) >= limits.pages and _page_count(path, folder) > limits.pages:
        warnings.append("pages_truncated")
    if "Couldn't read xref" in said.errors or b"%%EOF" not in _tail(path):
        warnings.append("damaged")
    if looks_legacy("\n".join(pages[:20])):
        warnings.append("legacy_font")
    return Reading(pages, warnings)


def _tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - 2048, 0))
        return stream.read()


def _page_count(path: Path, folder: Path) -> int:
    match = _COUNT.search(tools.run(["pdfinfo", str(path)], folder, most=65536).output)
    return int(match.group(1)) if match else 0


def _has_images(path: Path, folder: Path, count: int) -> bool:
    said = tools.run(["pdfimages", "-list", "-l", str(min(count, 20)), str(path)], folder, most=1 << 20)
    return _IMAGE_ROW.search(said.output) is not None


def _read_pdfium(path: Path, limits: Limits) -> Reading:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        status = Status.ENCRYPTED if "password" in str(error).lower() else Status.CORRUPT
        raise Refusal(status, str(error)) from error
    warnings = ["pages_truncated"] if len(document) > limits.pages else []
    pages = []
    for number in range(min(len(document), limits.pages)):
        page = document[number].get_textpage()
        # pdfium marks a hyphen at a line's end with U+FFFE.
        pages.append(tidy(page.get_text_bounded().replace("\ufffe", "-")))
        page.close()
    return Reading(pages, warnings)


def _recognise(path: Path, limits: Limits, folder: Path, count: int, before: Reading) -> Reading:
    said = tools.run(["pdfinfo", "-l", str(count), str(path)], folder, most=1 << 20)
    sizes = {int(number): max(float(width), float(height)) for number, width, height in _SIZE.findall(said.output)}
    result = Reading([], before.warnings)
    recogniser = ocr.Recogniser(folder, limits)
    for number in range(1, count + 1):
        longest = round(sizes.get(number, 842) / 72 * _DPI)
        image = folder / "page.pgm"
        side = str(max(min(longest, _LONGEST_SIDE), 100))
        where = ["-f", str(number), "-l", str(number), "-singlefile"]
        tools.run(["pdftoppm", "-gray", *where, "-scale-to", side, str(path), str(folder / "page")], folder, most=4096)
        recognised = recogniser.page(image)
        own = before.pages[number - 1] if number <= len(before.pages) else ""
        result.pages.append(tidy(recognised + "\n" + own))
        image.unlink(missing_ok=True)
    result.pages += before.pages[count:]
    result.warnings += recogniser.warnings(len(before.pages) - count)
    result.confidence = recogniser.confidence
    return result
