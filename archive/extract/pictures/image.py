"""Photographs and scans saved as pictures: their size is checked before a pixel is unpacked."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from archive.extract.outcome import Reading, Refusal, tidy
from archive.extract.pictures import ocr
from archive.extract.process.limits import Limits
from archive.extract.status import Status

_LONGEST_SIDE = 4000


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Nothing but the number of pages in the first run; their text in the second."""
    warnings.simplefilter("ignore")  # what Pillow warns of is checked here
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=("PNG", "JPEG", "TIFF", "GIF", "WEBP")) as image:
            # Of a moving picture the first moment is enough.
            count = min(getattr(image, "n_frames", 1), limits.pages) if image.format == "TIFF" else 1
            if image.width * image.height > limits.pixels:
                raise Refusal(Status.TOO_BIG, f"{image.width} x {image.height} pixels")
            if ocr_pages:
                return _recognise(image, limits, folder, min(count, ocr_pages), count)
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refusal(Status.CORRUPT, str(error)) from error
    if not ocr.available():
        return Reading([], ["ocr_unavailable"])
    return Reading([], ocr_pages=count)


def _recognise(image: Image.Image, limits: Limits, folder: Path, count: int, total: int) -> Reading:
    recogniser = ocr.Recogniser(folder, limits, count)
    pages = []
    for number in range(count):
        image.seek(number)
        if image.width * image.height > limits.pixels:
            raise Refusal(Status.TOO_BIG, f"{image.width} x {image.height} pixels")
        frame = (ImageOps.exif_transpose(image) or image).convert("L")
        frame.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        target = folder / "page.pgm"
        frame.save(target)
        pages.append(tidy(recogniser.page(target)))
    return Reading(pages, recogniser.warnings(total - count), confidence=recogniser.confidence)
