"""PDF: Poppler page by page; pdfium where Poppler is absent; Tesseract where there are only pictures."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from itertools import islice, zip_longest
from pathlib import Path

from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import PageState, Reading, Refusal, has_letters, letters, tidy
from archive.extract.pdf import active, recognising
from archive.extract.pdf.recognising import FEW_LETTERS, Cover
from archive.extract.pictures import ocr
from archive.extract.process import tools
from archive.extract.process.apart import apart
from archive.extract.process.limits import Limits
from archive.extract.status import How, Status

# Of the time there is to read the file; see `covered`.
_SURVEY_SECONDS = 4.0
_ATTEMPT_SECONDS = 10.0
# Where that fails: the images of a scanned page have this many pixels together; a letterhead's emblem has not.
_SCAN_PIXELS = 400_000
# pdfium's sign for a hyphen at a line's end, where it joins the line to the next; an English word needs none.
_MARKED = re.compile("[\x02\ufffe](?=([a-z])?)")
# It leaves the line's end behind a number or a name in capitals.
_LEFT_BROKEN = re.compile(r"(?<=[0-9A-ZĐ]-)\r?\n(?=[0-9A-ZĐ])")
# A hyphen at the end of a line with what stands on both sides; an English word goes on in small letters.
_BROKEN = re.compile(r"(\S{1,60}?)-\n(?=[^a-z\n])(\S{1,60})")
_COUNT = re.compile(r"^Pages: +(\d+)", re.MULTILINE)
_IMAGE = re.compile(r"^ *(\d+) +\d+ +(?:image|stencil) +(\d+) +(\d+) ", re.MULTILINE)


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Text by page. When pages are pictures it asks for a second run, which recognises `ocr_pages` of them."""
    reading = _read_poppler(path, limits, folder) if tools.available("pdftotext") else _read_pdfium(path, limits)
    if active.is_active(path):
        reading.warnings.append("active_content")
    pictures = _pictures(path, limits, folder, reading.pages)
    for number, page in enumerate(reading.pages, 1):
        if number in pictures:
            reading.states[number] = PageState(How.UNREAD)
        elif not has_letters(page):
            reading.states[number] = PageState(How.BLANK)
    if ocr_pages:
        chosen = dict(islice(pictures.items(), ocr_pages))
        recognising.recognise(path, limits, folder, chosen, len(pictures) - len(chosen), reading)
    elif pictures and ocr.available():
        reading.ocr_pages = len(pictures)
    elif pictures:
        reading.warnings.append("ocr_unavailable")
    return reading


def _pictures(path: Path, limits: Limits, folder: Path, pages: list[str]) -> dict[int, Cover]:
    """The pages (from 1) to be recognised. A scanner's own text layer is one when it is no Vietnamese."""
    found = apart(lambda: _survey(path, pages, limits), seconds=_SURVEY_SECONDS + 2)
    if found is None:
        return dict.fromkeys(_picture_pages(path, folder, pages), Cover())
    covers = {int(number): Cover.of(said) for number, said in found.items()}
    return {
        number: cover for number, cover in covers.items() if not cover.layer or recognising.is_poor(pages[number - 1])
    }


def _survey(path: Path, pages: list[str], limits: Limits) -> object:
    from archive.extract.pdf import covered

    return covered.survey(path, pages, limits, _SURVEY_SECONDS)


def _picture_pages(path: Path, folder: Path, pages: list[str]) -> list[int]:
    """What is known without looking at the pages: those with few letters and many pixels, all when there is no text."""
    bare = [number for number, page in enumerate(pages, 1) if letters(page) < FEW_LETTERS]
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
        # For such files may abort it.
        if not apart(lambda: bool(_read_pdfium(path, limits).pages) or True, seconds=_ATTEMPT_SECONDS):
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


def _with_marked_hyphens(page: str) -> str:
    return _LEFT_BROKEN.sub("", _MARKED.sub(lambda match: "" if match[1] else "-", page))


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
        pages.append(_with_marked_hyphens(page.get_text_bounded()))
        page.close()
    return _settled(pages, warnings)
