"""PDF: Poppler page by page; pdfium where Poppler is absent; Tesseract where there are only pictures."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import Reading, Refusal, has_letters, letters, tidy
from archive.extract.pdf import active
from archive.extract.pictures import ocr
from archive.extract.process import tools
from archive.extract.process.limits import Limits
from archive.extract.status import Status

# A scan may carry the few words of a digital signature; a page of text has more.
_FEW_LETTERS = 60
# The images of a scanned page (often cut in strips) have this many pixels together; a letterhead's emblem has not.
_SCAN_PIXELS = 400_000
_DPI = 200
_LONGEST_SIDE = 5000
_A4_LONGEST = 842.0
_SIZE = re.compile(r"^Page +(\d+) +size: +([\d.]+) x ([\d.]+) pts", re.MULTILINE)
# A hyphen at the end of a line with what stands on both sides; an English word goes on in small letters.
_BROKEN = re.compile(r"(\S{1,60}?)-\n(?=[^a-z\n])(\S{1,60})")
_COUNT = re.compile(r"^Pages: +(\d+)", re.MULTILINE)
_IMAGE = re.compile(r"^ *(\d+) +\d+ +(?:image|stencil) +(\d+) +(\d+) ", re.MULTILINE)


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Text by page. When pages are pictures it asks for a second run, which recognises `ocr_pages` of them."""
    reading = _read_poppler(path, limits, folder) if tools.available("pdftotext") else _read_pdfium(path, limits)
    if active.is_active(path):
        reading.warnings.append("active_content")
    pictures = _picture_pages(path, folder, reading.pages)
    if ocr_pages:
        _recognise(path, limits, folder, pictures, ocr_pages, reading)
    elif pictures and ocr.available():
        reading.ocr_pages = len(pictures)
    elif pictures:
        reading.warnings.append("ocr_unavailable")
    return reading


def _picture_pages(path: Path, folder: Path, pages: list[str]) -> list[int]:
    """Numbers (from 1) of the pages whose text is in a picture; all of them when there is no text anywhere."""
    bare = [number for number, page in enumerate(pages, 1) if letters(page) < _FEW_LETTERS]
    if not bare or not any(map(has_letters, pages)):
        return bare
    if not tools.available("pdfimages"):
        return [number for number in bare if not has_letters(pages[number - 1])]
    said = tools.run(["pdfimages", "-list", "-f", str(bare[0]), "-l", str(bare[-1]), str(path)], folder, most=1 << 22)
    pixels: Counter[int] = Counter()
    for number, width, height in _IMAGE.findall(said.output):
        pixels[int(number)] += int(width) * int(height)
    return [number for number in bare if pixels[number] >= _SCAN_PIXELS]


def _read_poppler(path: Path, limits: Limits, folder: Path) -> Reading:
    command = ["pdftotext", "-enc", "UTF-8", "-l", str(limits.pages)]
    try:
        said = tools.run([*command, str(path), "-"], folder, most=limits.text_chars * 3)
    except Refusal as refusal:
        if refusal.status is not Status.CRASHED:
            raise
        return _read_pdfium(path, limits)
    if said.code != 0 and ("Incorrect password" in said.errors or "encrypt" in said.errors.lower()):
        raise Refusal(Status.ENCRYPTED, "PDF with a password")
    if said.code == 3:
        return _read_pdfium(path, limits)  # a flag asks tools not to copy text; searching is not copying
    if said.code != 0:
        if not _pdfium_survives(path, limits):
            raise Refusal(Status.CORRUPT, said.errors[:200])
        return _read_pdfium(path, limits)
    pages = said.output.split("\f")
    if pages and not pages[-1]:
        pages.pop()  # Poppler ends every page with a form feed
    warnings = []
    if said.cut:
        warnings.append("text_truncated")
    if len(pages) >= limits.pages and _page_count(path, folder) > limits.pages:
        warnings.append("pages_truncated")
    if "Couldn't read xref" in said.errors or b"%%EOF" not in _tail(path):
        warnings.append("damaged")
    if not said.cut and any(map(has_letters, pages)):
        with suppress(Refusal):
            raw = tools.run([*command, "-raw", str(path), "-"], folder, most=limits.text_chars * 3).output.split("\f")
            pages = [_with_hyphens(page, other) for page, other in zip_longest(pages, raw[: len(pages)], fillvalue="")]
    return _settled(pages, warnings)


def _with_hyphens(page: str, raw: str) -> str:
    """Give back hyphens Poppler takes for syllable breaks at a line's end, which Vietnamese has not ("57-NQ/TW")."""
    for left, right in set(_BROKEN.findall(raw)):
        page = re.sub(rf"(?<!\S){re.escape(left)}\s?{re.escape(right)}(?!\S)", f"{left}-{right}", page)
    return page


def _settled(pages: list[str], warnings: list[str]) -> Reading:
    pages, more = settle_all(pages)
    return Reading([tidy(page) for page in pages], warnings + more)


def _tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - 2048, 0))
        return stream.read()


def _page_count(path: Path, folder: Path) -> int:
    match = _COUNT.search(tools.run(["pdfinfo", str(path)], folder, most=65536).output)
    return int(match.group(1)) if match else 0


def _pdfium_survives(path: Path, limits: Limits) -> bool:
    """Whether pdfium reads a file Poppler refuses: tried in a process of its own, for such files may abort it."""
    attempt = os.fork()
    if attempt == 0:
        code = 1
        try:
            _read_pdfium(path, limits)
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(attempt, 0)[1] == 0


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
        pages.append(page.get_text_bounded().replace("\ufffe", "-"))
        page.close()
    return _settled(pages, warnings)


def _recognise(path: Path, limits: Limits, folder: Path, pictures: list[int], most: int, reading: Reading) -> None:
    """Put what is recognised on the first `most` picture pages before their own few words."""
    chosen = pictures[:most]
    command = ["pdfinfo", "-l", str(max(chosen, default=1)), str(path)]
    said = tools.run(command if tools.available("pdfinfo") else ["true"], folder, most=1 << 20)
    sizes = {int(number): max(float(width), float(height)) for number, width, height in _SIZE.findall(said.output)}
    recogniser = ocr.Recogniser(folder, limits, len(chosen))
    for number in chosen:
        side = round(sizes.get(number, _A4_LONGEST) / 72 * _DPI)
        image = _render(path, limits, folder, number, max(min(side, _LONGEST_SIDE), 100))
        recognised = tidy(recogniser.page(image))
        own = [line for line in reading.pages[number - 1].split("\n") if line not in recognised]
        reading.pages[number - 1] = tidy("\n".join([recognised, *own]))
    reading.warnings += recogniser.warnings(len(pictures) - len(chosen))
    reading.confidence = recogniser.confidence


def _render(path: Path, limits: Limits, folder: Path, number: int, side: int) -> Path:
    """A grey image of one page; no file when it took too long, which the recogniser counts as a failure."""
    image = folder / "page.pgm"
    image.unlink(missing_ok=True)
    if not tools.available("pdftoppm"):
        _render_pdfium(path, number, side, image)
        return image
    command = ["pdftoppm", "-gray", "-f", str(number), "-l", str(number), "-singlefile", "-scale-to", str(side)]
    with suppress(Refusal):
        tools.run([*command, str(path), str(folder / "page")], folder, most=4096, seconds=limits.ocr_seconds_per_page)
    return image


def _render_pdfium(path: Path, number: int, side: int, target: Path) -> None:
    import pypdfium2

    with suppress(pypdfium2.PdfiumError, OSError, ValueError):
        page = pypdfium2.PdfDocument(str(path))[number - 1]
        page.render(scale=side / max(*page.get_size(), 1), grayscale=True).to_pil().save(target)
