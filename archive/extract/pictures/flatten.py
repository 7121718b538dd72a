"""Photographs of pages made fit for recognition: shadows divided away, lines made level. Clean scans need none of it."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter, ImageMath, ImageOps

_SMALL = 8  # the background is looked for in an image this many times smaller
_INK = 9  # widest stroke, in that image
_UNEVEN = 0.78  # the darkest part of an evenly lit page's background is at least this bright, of the brightest
_PROFILE_WIDTH = 900
_COARSE, _FINE = 0.5, 0.1  # degrees
_STEEPEST = 8.0
_WHITER = [min(255, max(0, (tone - 40) * 255 // 160)) for tone in range(256)]
_LEVEL = 0.15  # less than this is not worth turning


def background(image: Image.Image) -> Image.Image:
    """The paper without what is written on it, `_SMALL` times smaller."""
    small = image.reduce(_SMALL)
    return (
        small.filter(ImageFilter.MaxFilter(_INK))
        .filter(ImageFilter.MedianFilter(5))
        .filter(ImageFilter.GaussianBlur(2))
    )


def is_uneven(image: Image.Image) -> bool:
    """Whether a grey image is lit unevenly, as photographs are."""
    if min(image.size) < _SMALL * _INK:
        return False
    tones = background(image)
    histogram = tones.histogram()
    total = sum(histogram)
    dark, bright = _quantile(histogram, total * 0.03), _quantile(histogram, total * 0.97)
    return bright < 40 or dark < _UNEVEN * bright


def flatten(image: Image.Image) -> Image.Image:
    """The grey image with its background made white and its lines level."""
    if min(image.size) >= _SMALL * _INK:
        paper = background(image).resize(image.size, Image.Resampling.BILINEAR).point(lambda tone: max(tone, 16))
        image = ImageMath.lambda_eval(
            lambda args: args["convert"](args["min"](args["image"] * 255 / args["paper"], 255), "L"),
            image=image,
            paper=paper,
        )
    # Grain goes first, then what is left of it in the paper.
    image = ImageOps.autocontrast(image.filter(ImageFilter.GaussianBlur(0.7)), cutoff=(0.5, 20)).point(_WHITER)
    return level(image)


def level(image: Image.Image) -> Image.Image:
    """The image turned so that its lines are level."""
    turn = skew(image)
    if abs(turn) >= _LEVEL:
        image = image.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return image


def skew(image: Image.Image) -> float:
    """By how many degrees to turn the image for its lines to be level: where the rows' darkness varies most."""
    small = image.copy()
    small.thumbnail((_PROFILE_WIDTH, _PROFILE_WIDTH), Image.Resampling.BOX)
    ink = ImageOps.invert(small).point(lambda tone: 255 if tone > 96 else 0)
    # The frame of a photographed page has edges of its own.
    margin = (ink.width // 25, ink.height // 25)
    ink = ink.crop((*margin, ink.width - margin[0], ink.height - margin[1]))
    steps = round(_STEEPEST / _COARSE)
    # A page lying on its side has its lines upright.
    _, best, ink = max(
        (
            (_sharpness(turned, step * _COARSE), step * _COARSE, turned)
            for turned in (ink, ink.transpose(Image.Transpose.ROTATE_90))
            for step in range(-steps, steps + 1)
        ),
        key=lambda found: found[0],
    )
    return max((best + step * _FINE for step in range(-4, 5)), key=lambda angle: _sharpness(ink, angle))


def _sharpness(ink: Image.Image, angle: float) -> float:
    turned = ink.rotate(angle, Image.Resampling.NEAREST) if angle else ink
    column = turned.convert("F").resize((1, turned.height), Image.Resampling.BOX)
    next_row = ImageChops.offset(column.convert("L"), 0, 1)
    rows = ImageChops.difference(column.convert("L"), next_row).tobytes()
    return float(sum(row * row for row in rows[1:]))


def _quantile(histogram: Sequence[int], count: float) -> int:
    passed = 0
    for tone, number in enumerate(histogram):
        passed += number
        if passed >= count:
            return tone
    return 255
