"""Pictures as scanners, telephones and drawing programs make them, made plain: upright, on white, eight bits."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.status import Status

# What Pillow and its readers throw at damaged files.
TROUBLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, RuntimeError)
_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "AVIF", "HEIF")
# A fax has half as many rows as columns; more than this is a mistake in the file.
_UNEQUAL, _MOST_UNEQUAL = 1.15, 5.0
_SHOWN = 200  # the darkest tone of what can be seen on white
_MIN_IS_WHITE = 0
_PHOTOMETRIC, _ORIENTATION = 262, 0x0112


def open_picture(path: Path, limits: Limits) -> Image.Image:
    """The picture, not yet unpacked. Raises `Refusal` for too many pixels, and what is in `TROUBLE`."""
    warnings.simplefilter("ignore")  # what Pillow warns of is checked here
    Image.MAX_IMAGE_PIXELS = None
    with path.open("rb") as stream:
        if stream.read(12)[4:8] == b"ftyp":
            import pi_heif

            pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    image: Image.Image = Image.open(path, formats=_FORMATS)
    check_size(image, limits)
    return image


def check_size(image: Image.Image, limits: Limits) -> None:
    """Raise `Refusal` when this frame has more pixels than are unpacked."""
    if image.width * image.height > limits.pixels:
        raise Refusal(Status.TOO_BIG, f"{image.width} x {image.height} pixels")


def page_count(image: Image.Image) -> int:
    """Pages of a fax or scan; of a moving picture or a burst the first moment is enough."""
    return getattr(image, "n_frames", 1) if image.format == "TIFF" else 1


def plain(image: Image.Image, *, longest: int) -> Image.Image:
    """The present frame in grey or colour ("L" or "RGB"), as it is to be looked at, no side longer than `longest`."""
    upright = ImageOps.exif_transpose(_equal(image, longest)) or image
    # Only the file's own picture knows this, not a copy.
    reverse = getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _MIN_IS_WHITE
    frame = _eight_bits(upright, reverse=reverse)
    if frame.has_transparency_data:
        frame = _on_paper(frame.convert("RGBA"))
    elif frame.mode == "LAB":
        frame = frame.getchannel(0)
    elif frame.mode not in ("L", "RGB"):
        frame = frame.convert("L" if frame.mode == "1" else "RGB")
    frame.thumbnail((longest, longest))
    return frame


def _equal(image: Image.Image, longest: int) -> Image.Image:
    """The frame with as many points across as down, when the file says that it has not."""
    across, down = _resolution(image)
    if not (across > 0 and down > 0 and _UNEQUAL < max(across / down, down / across) < _MOST_UNEQUAL):
        return image
    width, height = image.width * max(down / across, 1), image.height * max(across / down, 1)
    part = min(1.0, longest / max(width, height))
    exif = image.getexif()
    # Black and white has nothing between them to stretch by.
    frame = image.convert("L") if image.mode == "1" else image
    stretched = frame.resize((max(round(width * part), 1), max(round(height * part), 1)))
    stretched.info = dict(image.info)
    stretched.getexif().update({_ORIENTATION: exif[_ORIENTATION]} if _ORIENTATION in exif else {})
    return stretched


def _resolution(image: Image.Image) -> tuple[float, float]:
    for key in ("dpi", "resolution", "aspect", "jfif_density"):
        value = image.info.get(key)
        if isinstance(value, tuple) and len(value) == 2:
            try:
                return float(value[0]), float(value[1])
            except (TypeError, ValueError, ZeroDivisionError):
                return 0, 0
    return 0, 0


def _eight_bits(image: Image.Image, *, reverse: bool) -> Image.Image:
    """Grey of 12, 16 or 32 bits by its highest tone: scanners differ in how many they use."""
    if not image.mode.startswith(("I", "F")):
        return image
    tones = image.convert("F")
    lowest, highest = (float(value) for value in tones.getextrema())  # type: ignore[arg-type]
    if lowest < 0 or highest <= 1:
        scale, start = 255 / ((highest - lowest) or 1), lowest
    else:
        scale, start = 255 / next((most for most in (255, 4095, 65535) if highest <= most), highest), 0.0
    grey = tones.point(lambda tone: tone * scale - start * scale).convert("L")
    return ImageOps.invert(grey) if reverse else grey


def _on_paper(image: Image.Image) -> Image.Image:
    """A transparent picture on white; on black when nothing shows there, as of letters made for a dark ground."""
    shown = _laid_on("white", image)
    lowest, highest = image.getchannel("A").getextrema()
    if lowest != highest and shown.convert("L").getextrema()[0] > _SHOWN:  # type: ignore[operator]
        return _laid_on("black", image)
    return shown


def _laid_on(colour: str, image: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", image.size, colour)
    paper.alpha_composite(image)
    return paper.convert("RGB")
