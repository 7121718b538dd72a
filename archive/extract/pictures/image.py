"""Photographs and scans saved as pictures: their size is checked before a pixel is unpacked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PIL import Image

from archive.extract.outcome import PageState, Reading, Refusal, tidy
from archive.extract.pictures import frames, ocr
from archive.extract.process.limits import Limits
from archive.extract.status import How, Status

_LONGEST_SIDE = 4000
# The part of EXIF about the exposure, and its DateTimeOriginal.
_EXIF, _TAKEN = 0x8769, 0x9003


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Nothing but the number of pages in the first run; their text in the second."""
    try:
        with frames.open_picture(path, limits) as image:
            count = min(frames.page_count(image), limits.pages)
            if ocr_pages:
                reading = _recognise(image, limits, folder, min(count, ocr_pages), count)
                reading.details |= _details(path, limits)
                return reading
            image.verify()
    except frames.TROUBLE as error:
        raise Refusal(Status.CORRUPT, str(error)) from error
    details = _details(path, limits)
    states = dict.fromkeys(range(1, count + 1), PageState(How.UNREAD))
    if not ocr.available():
        return Reading([], ["ocr_unavailable"], states=states, details=details)
    return Reading([], ocr_pages=count, states=states, details=details)


def _details(path: Path, limits: Limits) -> dict[str, object]:
    """More of the photograph for its metadata. Opened anew: what was verified or drawn can be asked nothing more."""
    try:
        with frames.open_picture(path, limits) as image:
            day = taken_on(image)
    except frames.TROUBLE:
        return {}
    return {"taken_on": day} if day else {}


def taken_on(image: Image.Image) -> str:
    """The day that the camera wrote into a photograph, as 2026-11-05; "" without one. Where it was taken is not asked."""
    if image.format == "PNG":
        return ""  # no camera writes these, and Pillow would unpack all of it to look
    try:
        written = image.getexif().get_ifd(_EXIF).get(_TAKEN)
        return date(*map(int, str(written)[:10].split(":"))).isoformat() if written else ""
    except (ValueError, TypeError, *frames.TROUBLE):
        return ""


def _recognise(image: Image.Image, limits: Limits, folder: Path, count: int, total: int) -> Reading:
    recogniser = ocr.Recogniser(folder, limits, count)
    reading = Reading([], states=dict.fromkeys(range(1, total + 1), PageState(How.UNREAD)))
    for number in range(1, count + 1):
        image.seek(number - 1)
        frames.check_size(image, limits)
        target = folder / "page.pgm"
        frames.plain(image, longest=_LONGEST_SIDE).convert("L").save(target)
        attempt = recogniser.page(target)
        reading.pages.append(tidy(attempt.text) if attempt else "")
        if attempt is not None:
            recogniser.keep(attempt)
            reading.states[number] = ocr.state_of(attempt)
    reading.warnings += recogniser.warnings(total - count)
    reading.confidence = recogniser.confidence
    return reading
