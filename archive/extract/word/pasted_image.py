"""One picture out of a document, as a grey page for recognition."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.status import Status

# A page has more; emblems, seals and icons have not.
_PAGE_PIXELS = 400_000
_LONGEST_SIDE = 4000
_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP")


def save(content: bytes, target: Path, limits: Limits) -> bool:
    """Write the picture if it is large enough to be a page. Raises `Refusal` (corrupt, too_big)."""
    warnings.simplefilter("ignore")  # what Pillow warns of is checked here
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            pixels = image.width * image.height
            if pixels < _PAGE_PIXELS:
                return False
            if pixels > limits.pixels:
                raise Refusal(Status.TOO_BIG, f"{image.width} x {image.height} pixels")
            whole = ImageOps.exif_transpose(image) or image
            if whole.mode in ("RGBA", "LA", "PA") or "transparency" in whole.info:
                whole = whole.convert("RGBA")
                white = Image.new("RGBA", whole.size, "white")
                whole = Image.alpha_composite(white, whole)
            grey = whole.convert("L")
            grey.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            grey.save(target)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refusal(Status.CORRUPT, str(error)) from error
    return True
