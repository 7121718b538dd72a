"""Scanned piles for tests: pages with specks and a shaded edge, blank ones, separator sheets."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from archive.extract import Mark, squares_of

MARK = Mark("MN-HS", "III.1.đ", 2026)


def page(kind: str, mark: Mark = MARK) -> Image.Image:
    """A grey-white A4 page at 100 dpi with specks and a shaded edge, as scanners give them; "=": a separator sheet."""
    image = Image.new("L", (827, 1169), 243)
    draw = ImageDraw.Draw(image)
    for place in range(12):
        draw.point((90 + 50 * place, 300 + 61 * place), 30)
    draw.rectangle((0, 0, 12, 1169), 90)
    if kind == "=":
        for down, row in enumerate(squares_of(mark)):
            for across, dark in enumerate(row):
                if dark:
                    draw.rectangle((200 + 6 * across, 300 + 6 * down, 205 + 6 * across, 305 + 6 * down), 25)
        return image.rotate(181, fillcolor=243)
    if kind != "_":
        draw.text((100, 100), f"Trang {kind}: một dòng chữ nhỏ", fill=40, font_size=16)
    return image


def scan(folder: Path, kinds: str, mark: Mark = MARK) -> Path:
    """A PDF of these pages: "_" blank, "=" a separator sheet, any other letter a page with a line of text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scan.pdf"
    first, *others = [page(kind, mark) for kind in kinds]
    first.save(path, "PDF", save_all=True, append_images=others, resolution=100)
    return path
