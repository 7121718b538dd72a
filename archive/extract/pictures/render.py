"""Page images, made in the child: PDF by pdfium, pictures by Pillow. Office files go through LibreOffice first."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from PIL import Image

from archive.extract.detect import Kind, decide
from archive.extract.outcome import Refusal
from archive.extract.pictures import frames
from archive.extract.process.limits import Limits
from archive.extract.status import Status

THUMBNAIL = "thumb.webp"
THUMBNAIL_WIDTH = 400
# A page may be this many times as high as wide; a longer one is made smaller.
TALLEST = 4
_THUMBNAIL_TALLEST = 2
_QUALITY = 80
# Of the time there is; what is not done by then is asked for again.
_SHARE = 0.6
_PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.TIFF, Kind.GIF, Kind.WEBP, Kind.HEIC, Kind.AVIF})
_CONVERTED = frozenset(
    {Kind.DOC, Kind.DOCX, Kind.ODT, Kind.RTF, Kind.XLS, Kind.XLSX, Kind.ODS, Kind.PPT, Kind.PPTX, Kind.ODP}
)

Answer = dict[str, Any]


def render(path: Path, filename: str, limits: Limits, folder: Path, wanted: dict[str, int]) -> Answer:
    """Images of pages `first` to `last`, `width` pixels wide, written into `folder` as p1.webp, p2.webp …

    Answers with the number of pages, the sizes of those made, those that cannot be drawn; or the ending to convert
    the file from. Raises `Refusal`.
    """
    kind = decide(path, filename, limits).kind
    if kind in _CONVERTED:
        return {"convert": kind.value}
    first, last, width = wanted["first"], min(wanted["last"], limits.pages), wanted["width"]
    deadline = time.monotonic() + limits.wall_seconds * _SHARE
    if kind is Kind.PDF:
        source: _Pdf | _Picture = _Pdf(path)
    elif kind in _PICTURES:
        source = _Picture(path, limits)
    else:
        raise Refusal(Status.UNSUPPORTED, "nothing to be drawn")
    count = min(source.count, limits.pages)
    if count < 1:
        raise Refusal(Status.CORRUPT, "no pages")
    made: list[list[int]] = []
    failed: list[int] = []
    for number in range(first, min(last, count) + 1):
        if number > first and time.monotonic() > deadline:
            break
        image = source.page(number, width)
        if image is None:
            failed.append(number)
            continue
        _save(image, folder / f"p{number}.webp")
        made.append([number, image.width, image.height])
        if number == 1:
            image.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_WIDTH * _THUMBNAIL_TALLEST))
            _save(image, folder / THUMBNAIL)
    return {"count": count, "made": made, "failed": failed}


def _save(image: Image.Image, target: Path) -> None:
    image.save(target, "WEBP", quality=_QUALITY, method=3)


class _Pdf:
    def __init__(self, path: Path) -> None:
        import pypdfium2

        self._trouble = (pypdfium2.PdfiumError, ValueError, OverflowError)
        try:
            self._document = pypdfium2.PdfDocument(str(path))
        except pypdfium2.PdfiumError as error:
            status = Status.ENCRYPTED if "password" in str(error).lower() else Status.CORRUPT
            raise Refusal(status, str(error)) from error
        self.count = len(self._document)

    def page(self, number: int, width: int) -> Image.Image | None:
        """None when it cannot be drawn."""
        try:
            page = self._document[number - 1]
            across, down = page.get_size()
            if not (across > 0 and down > 0 and math.isfinite(across * down)):
                return None
            scale = min(width / across, width * TALLEST / down)
            image: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
            page.close()
        except self._trouble:
            return None
        return image.crop((0, 0, min(image.width, width), min(image.height, width * TALLEST)))


class _Picture:
    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        try:
            self._image = frames.open_picture(path, limits)
            self.count = frames.page_count(self._image)
        except frames.TROUBLE as error:
            raise Refusal(Status.CORRUPT, str(error)) from error

    def page(self, number: int, width: int) -> Image.Image | None:
        try:
            if number > 1:
                self._image.seek(number - 1)
                frames.check_size(self._image, self._limits)
            if self._image.format == "JPEG":
                self._image.draft("RGB", (width, width))
            frame = frames.plain(self._image, longest=width * TALLEST).convert("RGB")
        except frames.TROUBLE as error:
            if number == 1:
                raise Refusal(Status.CORRUPT, str(error)) from error
            return None
        frame.thumbnail((width, width * TALLEST))
        return frame
