"""Pages of a PDF that are pictures, drawn and recognised; what stood on them as text stays beside."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from archive.extract.legacy.syllables import marked_share
from archive.extract.outcome import Reading, Refusal, letters, tidy
from archive.extract.pictures import ocr
from archive.extract.process import tools
from archive.extract.process.limits import Limits

# A scan may carry the few words of a digital signature; a page of text has more.
FEW_LETTERS = 60
_DPI = 200
_LONGEST_SIDE = 5000
_A4_LONGEST = 842.0
_SIZE = re.compile(r"^Page +(\d+) +size: +([\d.]+) x ([\d.]+) pts", re.MULTILINE)
# A text layer with fewer marked syllables is no Vietnamese; one with fewer words says nothing.
_POOR, _FEWEST_WORDS = 0.4, 8
_BETTER = 0.15

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Cover:
    """A page to be recognised. `boxes` are where its own letters stand (left, top, right, bottom; shares of the page),
    `layer` whether these are a text layer over a picture of the same words, `whole` whether the page is a picture,
    `noted` whether all of it lies in annotations."""

    boxes: tuple[Box, ...] = ()
    layer: bool = False
    whole: bool = True
    noted: bool = False

    @classmethod
    def of(cls, said: dict[str, Any]) -> Cover:
        """As it comes back from another process."""
        return cls(tuple(map(tuple, said["boxes"])), said["layer"], said["whole"], said["noted"])


def is_poor(text: str) -> bool:
    """Whether the text layer of a scan is no Vietnamese: without marks, or misread."""
    share, words = marked_share(text)
    return words >= _FEWEST_WORDS and share < _POOR


def recognise(
    path: Path, limits: Limits, folder: Path, chosen: dict[int, Cover], left_out: int, reading: Reading
) -> None:
    """Put what is recognised on these pages into the reading, with their states and warnings; `left_out` pages are too many."""
    command = ["pdfinfo", "-l", str(max(chosen, default=1)), str(path)]
    said = tools.run(command if tools.available("pdfinfo") else ["true"], folder, most=1 << 20)
    sizes = {int(number): max(float(width), float(height)) for number, width, height in _SIZE.findall(said.output)}
    recogniser = ocr.Recogniser(folder, limits, len(chosen))
    for number, cover in chosen.items():
        side = round(sizes.get(number, _A4_LONGEST) / 72 * _DPI)
        image = _render(path, limits, folder, number, max(min(side, _LONGEST_SIDE), 100), noted=cover.noted)
        if not cover.layer:
            _whiten(image, cover.boxes)
        attempt = recogniser.page(image)
        own = reading.pages[number - 1]
        if attempt is None:
            continue
        text = tidy(attempt.text)
        if cover.layer:
            if not _is_better(text, own):
                del reading.states[number]
                continue
            reading.warnings.append("ocr_layer_replaced")
        elif not cover.whole and not attempt.is_sure:
            del reading.states[number]
            continue
        recogniser.keep(attempt)
        reading.pages[number - 1] = text if cover.layer else _beside(text, own, whole=cover.whole)
        reading.states[number] = ocr.state_of(attempt)
    reading.warnings += recogniser.warnings(left_out)
    reading.confidence = recogniser.confidence


def _is_better(recognised: str, layer: str) -> bool:
    return marked_share(recognised)[0] >= marked_share(layer)[0] + _BETTER and letters(recognised) > letters(layer) / 2


def _beside(recognised: str, own: str, *, whole: bool) -> str:
    """Both texts: a stamp stands after the scan it lies on, a picture after the text of the page it is in."""
    own = "\n".join(line for line in own.split("\n") if line not in recognised)
    return tidy("\n".join((recognised, own) if whole else (own, recognised)))


def _whiten(image: Path, boxes: tuple[Box, ...]) -> None:
    """Take out of the drawing what is read as text anyway."""
    if not boxes:
        return
    with suppress(OSError, ValueError):
        with Image.open(image) as opened:
            page = opened.convert("L")
        pen = ImageDraw.Draw(page)
        for left, top, right, bottom in boxes:
            pen.rectangle((left * page.width, top * page.height, right * page.width, bottom * page.height), fill=255)
        page.save(image)


def _render(path: Path, limits: Limits, folder: Path, number: int, side: int, *, noted: bool) -> Path:
    """A grey image of one page; no file when it took too long, which the recogniser counts as a failure."""
    image = folder / "page.pgm"
    image.unlink(missing_ok=True)
    if not tools.available("pdftoppm"):
        _render_pdfium(path, number, side, image, noted=noted)
        return image
    command = ["pdftoppm", "-gray", "-cropbox", "-f", str(number), "-l", str(number)]
    command += ["-singlefile", "-scale-to", str(side), *([] if noted else ["-hide-annotations"])]
    with suppress(Refusal):
        tools.run([*command, str(path), str(folder / "page")], folder, most=4096, seconds=limits.ocr_seconds_per_page)
    return image


def _render_pdfium(path: Path, number: int, side: int, target: Path, *, noted: bool) -> None:
    import pypdfium2

    with suppress(pypdfium2.PdfiumError, OSError, ValueError):
        page = pypdfium2.PdfDocument(str(path))[number - 1]
        scale = side / max(*page.get_size(), 1)
        page.render(scale=scale, grayscale=True, may_draw_forms=False, draw_annots=noted).to_pil().save(target)
