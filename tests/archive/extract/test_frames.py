"""Pictures as devices make them: clear, deep, stretched, inverted, turned, from telephones; read and shown alike."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps

from archive.extract import Limits, Status, can_preview, preview
from archive.extract.detect import Kind, decide
from archive.extract.outcome import Refusal
from archive.extract.pictures import frames
from tests.archive.extract.covered_samples import LINES, scanned
from tests.archive.extract.office_samples import read, recall

pillow_heif.register_heif_opener()
BAR = (20, 20, 80, 40)  # black, on a white page of 200 x 100


def page(mode: str = "L") -> Image.Image:
    image = Image.new("L", (200, 100), 255)
    ImageDraw.Draw(image).rectangle(BAR, fill=0)
    return image.convert(mode)


def shown(path: Path, *, longest: int = 4000) -> Image.Image:
    """As it goes to recognition; the same file must be drawn as a preview."""
    with frames.open_picture(path, Limits()) as image:
        frame = frames.plain(image, longest=longest).convert("L")
    folder = path.with_suffix(".drawn")
    folder.mkdir(exist_ok=True)
    drawn = preview(path, filename=path.name, folder=folder)
    assert drawn.status is Status.OK and drawn.thumbnail and drawn.sizes[1] == frame.size
    with Image.open(folder / "p1.webp") as other:
        apart = ImageChops.difference(other.convert("L"), frame)
        assert sum(tone * number for tone, number in enumerate(apart.histogram())) / (frame.width * frame.height) < 4
    return frame


def is_bar_on_paper(frame: Image.Image) -> bool:
    across, down = frame.width / 200, frame.height / 100
    dark, light = frame.getpixel((50 * across, 30 * down)), frame.getpixel((150 * across, 70 * down))
    return dark < 60 and light > 200  # type: ignore[operator]


def ink(mode: str, colour: object, clear: object) -> Image.Image:
    image = Image.new(mode, (200, 100), clear)  # type: ignore[arg-type]
    ImageDraw.Draw(image).rectangle(BAR, fill=colour)  # type: ignore[arg-type]
    return image


def clear_png(path: Path) -> None:
    ink("RGBA", (0, 0, 0, 255), (0, 0, 0, 0)).save(path)


def clear_grey(path: Path) -> None:
    ink("LA", (0, 255), (0, 0)).save(path)


def clear_webp(path: Path) -> None:
    ink("RGBA", (0, 0, 0, 255), (0, 0, 0, 0)).save(path, lossless=True, exact=True)


def clear_palette(path: Path) -> None:
    image = ink("P", 1, 0)
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.save(path, transparency=0)


def clear_colour(path: Path) -> None:
    ink("RGB", (9, 9, 9), (0, 0, 0)).save(path, transparency=(0, 0, 0))


def moving(path: Path) -> None:
    page("RGB").save(path, save_all=True, append_images=[Image.new("RGB", (200, 100), "red")], duration=100)


def deep_grey(path: Path) -> None:
    page().convert("I").point(lambda tone: tone * 257).convert("I;16").save(path)


def twelve_bits(path: Path) -> None:
    page().convert("I").point(lambda tone: tone * 16).convert("I;16").save(path)


def thirty_two_bits(path: Path) -> None:
    page().convert("F").point(lambda tone: tone / 255 + 0).save(path)


def deep_colour(path: Path) -> None:
    """A PNG of 16 bits a channel, by hand."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    grey = page().load()
    assert grey is not None
    rows = b"".join(b"\0" + b"".join(bytes([grey[x, y]] * 6) for x in range(200)) for y in range(100))  # type: ignore[list-item]
    head = struct.pack(">IIBBBBB", 200, 100, 16, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def deep_and_reversed(path: Path) -> None:
    """A TIFF of 16 bits where nothing is white."""
    turned = ImageOps.invert(page()).convert("I").point(lambda tone: tone * 257).convert("I;16")
    turned.save(path, tiffinfo={262: 0})


def printers_colours(path: Path) -> None:
    page("RGB").convert("CMYK").save(path)


def heic(path: Path) -> None:
    page("RGB").save(path, "HEIF", quality=90)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.png", clear_png), ("a.webp", clear_webp), ("a.gif", clear_palette), ("b.png", clear_palette), ("c.png", clear_grey),
        ("d.png", clear_colour), ("a.tif", clear_png), ("m.gif", moving), ("m.webp", moving), ("m.avif", moving),
        ("e.png", deep_grey), ("e.tif", deep_grey), ("f.tif", twelve_bits), ("g.tif", thirty_two_bits), ("h.png", deep_colour),
        ("i.tif", deep_and_reversed), ("a.jpg", printers_colours), ("j.tif", printers_colours), ("a.heic", heic), ("a.hif", heic),
    ],
)  # fmt: skip
def test_a_dark_bar_on_white_paper_is_seen(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    make(tmp_path / name)
    frame = shown(tmp_path / name)
    assert frame.size == (200, 100) and is_bar_on_paper(frame)


def test_white_letters_for_a_dark_ground_are_seen_too(tmp_path: Path) -> None:
    ink("RGBA", (255, 255, 255, 255), (255, 255, 255, 0)).save(tmp_path / "a.png")
    assert is_bar_on_paper(ImageOps.invert(shown(tmp_path / "a.png")))


@pytest.mark.parametrize(
    ("name", "dpi", "size"),
    [("a.tif", (204, 98), (200, 208)), ("b.tif", (204, 196), (200, 100)), ("c.tif", (100, 200), (400, 100)), ("d.png", (204, 98), (200, 208)),
     ("e.jpg", (200, 100), (200, 200)), ("f.tif", (600, 1), (200, 100))],
)  # fmt: skip
def test_points_that_are_no_squares_are_stretched(
    tmp_path: Path, name: str, dpi: tuple[int, int], size: tuple[int, int]
) -> None:
    page("1" if name.endswith("tif") else "L").save(tmp_path / name, dpi=dpi)
    frame = shown(tmp_path / name)
    assert abs(frame.width - size[0]) <= 1 and abs(frame.height - size[1]) <= 1 and is_bar_on_paper(frame)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.heic", "a.avif"])
def test_pictures_are_turned_as_the_device_lay(tmp_path: Path, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by 90 degrees
    # Given as bytes, it also makes pillow-heif write the turn that HEIF itself knows, as telephones do.
    page("RGB").transpose(Image.Transpose.ROTATE_90).save(tmp_path / name, exif=exif.tobytes())
    frame = shown(tmp_path / name)
    assert frame.size == (200, 100) and is_bar_on_paper(frame)


def test_a_stretched_fax_is_turned_as_well(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    page("L").rotate(180).save(tmp_path / "a.tif", dpi=(200, 100), exif=exif)
    assert is_bar_on_paper(shown(tmp_path / "a.tif"))


@pytest.mark.parametrize(
    ("brands", "kind"),
    [(b"heic|mif1heic", Kind.HEIC), (b"heix|mif1", Kind.HEIC), (b"mif1|mif1heic", Kind.HEIC), (b"mif1|mif1avif", Kind.AVIF),
     (b"msf1|hevc", Kind.HEIC), (b"heim|mif1", Kind.HEIC), (b"avif|mif1", Kind.AVIF), (b"avis|msf1avif", Kind.AVIF)],
)  # fmt: skip
def test_telephone_pictures_are_known_by_their_brands(tmp_path: Path, brands: bytes, kind: Kind) -> None:
    major, others = brands.split(b"|")
    box = struct.pack(">I", 16 + len(others)) + b"ftyp" + major + bytes(4) + others
    (tmp_path / "a").write_bytes(box + bytes(100))
    named = "a.avif" if kind is Kind.AVIF else "a.heic"
    assert (decide(tmp_path / "a", named, Limits()).kind, can_preview(f"image/{kind}")) == (kind, True)
    assert "extension_mismatch" in decide(tmp_path / "a", "a.jpg", Limits()).warnings


@pytest.mark.parametrize("brand", [b"isom", b"mp42", b"qt  ", b"M4A "])
def test_films_are_no_pictures(tmp_path: Path, brand: bytes) -> None:
    (tmp_path / "a").write_bytes(struct.pack(">I", 20) + b"ftyp" + brand + bytes(4) + b"isom" + bytes(100))
    with pytest.raises(Refusal) as refusal:
        decide(tmp_path / "a", "a.mp4", Limits())
    assert refusal.value.status is Status.UNSUPPORTED


@pytest.mark.parametrize("name", ["a.heic", "a.avif"])
def test_too_many_points_and_broken_ends_are_told(tmp_path: Path, name: str) -> None:
    page("RGB").resize((800, 800)).save(tmp_path / name)
    assert read(tmp_path / name, limits=Limits(pixels=1000)).status is Status.TOO_BIG
    (tmp_path / f"b{name}").write_bytes((tmp_path / name).read_bytes()[:60])
    assert read(tmp_path / f"b{name}").status is Status.CORRUPT


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
@pytest.mark.long(40)
def test_a_fax_and_a_telephone_picture_are_read(tmp_path: Path) -> None:
    fax = scanned(size=(1240, 700)).resize((1240, 336)).point(lambda tone: 255 if tone > 140 else 0).convert("1")
    blank = Image.new("1", fax.size, 1)
    fax.save(tmp_path / "a.tif", dpi=(204, 98), compression="group4", save_all=True, append_images=[blank])
    turned = scanned(size=(1240, 700)).convert("RGB").transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "a.heic", exif=exif.tobytes(), quality=60)
    for name in ("a.tif", "a.heic"):
        result = read(tmp_path / name)
        if "ocr_unavailable" in list(result.metadata["warnings"]):  # type: ignore[call-overload]
            pytest.skip("Tesseract has no Vietnamese model")
        assert recall(result.pages[0], "\n".join(LINES)) >= 0.8, result.pages
        states: dict[str, list[object]] = result.metadata["page_states"]  # type: ignore[assignment]
        assert states["1"][0] == "recognised" and isinstance(states["1"][1], int)
    assert read(tmp_path / "a.tif", limits=Limits(ocr=False)).metadata["page_states"] == {
        "1": ["unread", None],
        "2": ["unread", None],
    }
