"""Photographs of the demonstration, drawn: nobody real stands in them, and they look like what telephones bring."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageDraw import ImageDraw as Draw

from webapp.demo.papers import BOLD

SIZE = (1600, 1200)
TAKEN, TURNED = 306, 274  # EXIF: when it was taken, how the telephone was held
ON_ITS_SIDE = 6
CLOTHES = ((52, 84, 140), (150, 60, 60), (60, 120, 80), (190, 150, 60), (110, 80, 130), (230, 230, 225))


def draw_photograph(random_: random.Random, theme: str, *, taken: datetime) -> bytes:
    """A JPEG of a scene of the theme; every third was taken with the telephone on its side. `taken` is ward time."""
    image = Image.new("RGB", SIZE, (222, 214, 200))
    SCENES.get(theme, _street)(ImageDraw.Draw(image), random_)
    exif = Image.Exif()
    exif[TAKEN] = f"{taken:%Y:%m:%d %H:%M:%S}"
    if random_.random() < 1 / 3:
        image = image.transpose(Image.Transpose.ROTATE_90)
        exif[TURNED] = ON_ITS_SIDE
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(BOLD), size)


def _sign(draw: Draw, box: tuple[int, int, int, int], text: str, *, ground: tuple[int, int, int]) -> None:
    draw.rounded_rectangle(box, 12, fill=ground)
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    size = min(64, int(1.45 * (box[2] - box[0]) / max(len(text), 1)))
    draw.text(middle, text, fill=(255, 250, 220), font=_font(size), anchor="mm")


def _person(draw: Draw, random_: random.Random, x: int, y: int, tall: int) -> None:
    """Somebody seen from behind."""
    wide = tall // 3
    shirt = random_.choice(CLOTHES)
    draw.rounded_rectangle((x - wide, y - tall // 2, x + wide, y + tall // 2), wide // 2, fill=shirt)
    head = tall // 5
    top = y - tall // 2 - head
    draw.ellipse((x - head, top - head, x + head, top + head), fill=(38, 30, 28))


def _squares(draw: Draw, random_: random.Random, x: int, y: int, wide: int) -> None:
    """A sheet with a pattern of squares, as hangs at a stall."""
    draw.rectangle((x, y, x + wide, y + wide), fill=(255, 255, 255))
    step = wide // 12
    for row in range(1, 11):
        for column in range(1, 11):
            if random_.random() < 0.5:
                draw.rectangle(
                    (x + column * step, y + row * step, x + (column + 1) * step, y + (row + 1) * step),
                    fill=(20, 20, 20),
                )


def _class(draw: Draw, random_: random.Random) -> None:
    draw.rectangle((0, 0, 1600, 760), fill=(214, 226, 222))
    draw.rectangle((0, 760, 1600, 1200), fill=(168, 140, 110))
    _sign(draw, (280, 60, 1320, 170), "LỚP BÌNH DÂN HỌC VỤ SỐ", ground=(176, 28, 36))
    draw.rectangle((420, 210, 1180, 600), fill=(244, 246, 250), outline=(90, 90, 90), width=8)
    _squares(draw, random_, 700, 260, 280)
    for row, y in enumerate((760, 930, 1110)):
        for place in range(5 + row):
            _person(draw, random_, 160 + place * (1400 // (5 + row)) + random_.randint(-20, 20), y, 170 + row * 40)


def _counter(draw: Draw, random_: random.Random) -> None:
    draw.rectangle((0, 0, 1600, 700), fill=(226, 232, 240))
    _sign(draw, (200, 50, 1400, 160), "TIẾP NHẬN VÀ TRẢ KẾT QUẢ", ground=(24, 92, 150))
    for place in range(3):
        left = 140 + place * 480
        draw.rectangle((left, 330, left + 300, 520), fill=(30, 34, 40))
        draw.rectangle((left + 14, 344, left + 286, 500), fill=(110, 170, 210))
        draw.rectangle((left + 130, 520, left + 170, 600), fill=(60, 60, 60))
    draw.rectangle((0, 600, 1600, 800), fill=(150, 104, 66))
    draw.rectangle((0, 800, 1600, 1200), fill=(196, 190, 182))
    for place in range(4):
        _person(draw, random_, 220 + place * 380 + random_.randint(-40, 40), 960, 300)


def _market(draw: Draw, random_: random.Random) -> None:
    draw.rectangle((0, 0, 1600, 1200), fill=(200, 210, 196))
    for stripe in range(16):
        colour = (196, 60, 50) if stripe % 2 else (248, 244, 236)
        draw.polygon(
            ((stripe * 100, 120), (stripe * 100 + 100, 120), (stripe * 100 + 130, 330), (stripe * 100 - 30, 330)),
            fill=colour,
        )
    draw.rectangle((0, 760, 1600, 1200), fill=(120, 84, 54))
    for _ in range(150):
        x, y, wide = random_.randint(40, 1100), random_.randint(690, 900), random_.randint(28, 46)
        draw.ellipse(
            (x, y, x + wide * 2, y + wide * 2), fill=random_.choice(((236, 150, 40), (120, 170, 60), (210, 60, 50)))
        )
    _sign(draw, (1140, 400, 1560, 480), "KHÔNG TIỀN MẶT", ground=(20, 110, 90))
    _squares(draw, random_, 1200, 500, 300)


def _field(draw: Draw, random_: random.Random) -> None:
    for y in range(620):
        draw.line((0, y, 1600, y), fill=(120 + y // 6, 170 + y // 9, 220))
    draw.rectangle((0, 620, 1600, 720), fill=(96, 140, 150))
    for row in range(24):
        top = 720 + row * row
        draw.rectangle((0, top, 1600, top + 60), fill=(70 + row * 3, 130 + row * 2, 50))
    x, y = random_.randint(400, 1100), random_.randint(180, 380)
    draw.rectangle((x - 60, y - 20, x + 60, y + 24), fill=(50, 54, 60))
    for side in (-1, 1):
        draw.line((x, y, x + side * 150, y - 30), fill=(50, 54, 60), width=10)
        draw.ellipse((x + side * 150 - 70, y - 46, x + side * 150 + 70, y - 26), fill=(90, 94, 100))


def _street(draw: Draw, random_: random.Random) -> None:
    draw.rectangle((0, 0, 1600, 640), fill=(168, 206, 232))
    draw.polygon(((560, 640), (1040, 640), (1600, 1200), (0, 1200)), fill=(112, 112, 116))
    for place in range(6):
        x = place * 300 + random_.randint(-40, 40)
        draw.rectangle((x + 50, 420, x + 80, 700), fill=(92, 66, 44))
        draw.ellipse((x - 60, 200, x + 200, 480), fill=(58, 120 + random_.randint(0, 30), 62))
    _sign(draw, (180, 500, 1420, 620), "SÔNG HẬU ĐỔI MỚI SÁNG TẠO VÀ CHUYỂN ĐỔI SỐ", ground=(190, 26, 34))


# Theme of the plan -> what its photographs show.
SCENES: dict[str, Callable[[Draw, random.Random], None]] = {
    "II.2.a": _class,
    "II.2.c": _counter,
    "II.2.d": _market,
    "II.2.đ": _class,
    "II.2.b": _field,
    "II.2.e": _street,
}
