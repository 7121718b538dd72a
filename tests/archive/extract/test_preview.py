"""Page images: drawn in the child, checked by the parent, none for what cannot be drawn."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path

import pytest
from PIL import Image

from archive.extract import Limits, Preview, Status, can_preview, clear_leftovers, preview
from archive.extract import preview as make_preview
from archive.extract.process import convert, running
from archive.extract.status import PREVIEW_SENTENCES
from tests.archive.extract.office_samples import make_docx, make_pdf, make_xlsx

MODULE = "archive.extract.pictures.preview"


def draw(path: Path, folder: Path, **options: object) -> Preview:
    folder.mkdir()
    result = preview(path, filename=path.name, folder=folder, **options)  # type: ignore[arg-type]
    assert result.sentence == PREVIEW_SENTENCES[result.status] and result.sentence.endswith(".")
    names = {f"p{number}.webp" for number in result.sizes} | ({"thumb.webp"} if result.thumbnail else set())
    assert {file.name for file in folder.iterdir()} == names
    for number, size in result.sizes.items():
        with Image.open(folder / f"p{number}.webp") as image:
            assert (image.format, image.size) == ("WEBP", size)
    return result


def test_pages_of_a_pdf_and_the_next_ones(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", pages=12)
    first = draw(path, tmp_path / "1")
    assert (first.status, first.pages, list(first.sizes), first.thumbnail) == (Status.OK, 12, list(range(1, 11)), True)
    assert set(first.sizes.values()) == {(1240, 1754)}
    with Image.open(tmp_path / "1/thumb.webp") as image:
        assert image.width == 400 and image.convert("L").getextrema()[0] < 120  # something is written there
    later = draw(path, tmp_path / "2", pages=(11, 20), width=600)
    assert (later.pages, list(later.sizes), later.thumbnail) == (12, [11, 12], False)
    assert draw(path, tmp_path / "3", pages=(99, 120)).sizes == {}


@pytest.mark.parametrize(
    ("name", "mode", "size", "shown"),
    [
        ("a.png", "RGBA", (900, 300), (900, 300)),
        ("a.png", "P", (50, 50), (50, 50)),
        ("a.png", "I;16", (300, 300), (300, 300)),
        ("a.jpg", "CMYK", (4000, 2000), (1240, 620)),
        ("a.gif", "P", (2480, 1000), (1240, 500)),
        ("a.webp", "RGB", (2480, 1000), (1240, 500)),
        ("a.tiff", "1", (2480, 3508), (1240, 1754)),
    ],
)
def test_pictures(tmp_path: Path, name: str, mode: str, size: tuple[int, int], shown: tuple[int, int]) -> None:
    Image.new(mode, size).save(tmp_path / name)
    result = draw(tmp_path / name, tmp_path / "1")
    assert (result.status, result.pages, dict(result.sizes)) == (Status.OK, 1, {1: shown})


def test_a_photograph_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    image = Image.new("RGB", (800, 400), "white")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    assert draw(tmp_path / "a.jpg", tmp_path / "1").sizes[1] == (400, 800)


def test_frames_of_a_fax_are_pages(tmp_path: Path) -> None:
    frames = [Image.new("1", (100, 100), 1) for _ in range(3)]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:])
    assert list(draw(tmp_path / "a.tiff", tmp_path / "1").sizes) == [1, 2, 3]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert draw(tmp_path / "a.gif", tmp_path / "2").pages == 1


@pytest.mark.parametrize("make", [make_docx, make_xlsx])
def test_office_files_through_libreoffice(tmp_path: Path, make: object) -> None:
    path = make(tmp_path / f"a.{'docx' if make is make_docx else 'xlsx'}")  # type: ignore[operator]
    result = draw(path, tmp_path / "1")
    if convert.available():
        assert result.status is Status.OK and result.thumbnail and result.pages >= 1
    else:
        assert result.status is Status.UNSUPPORTED


def test_without_libreoffice_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "available", lambda: False)
    assert draw(make_docx(tmp_path / "a.docx"), tmp_path / "1").status is Status.UNSUPPORTED
    assert not can_preview("application/msword") and can_preview("application/pdf") and not can_preview("text/html")


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.pdf", b"", Status.CORRUPT),
        ("a.txt", b"ch", Status.UNSUPPORTED),
        ("a.html", b"<html><script>1</script>", Status.UNSUPPORTED),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", Status.UNSUPPORTED),
        ("a.exe", b"MZ\0\0", Status.UNSAFE),
        ("a.pdf", b"%PDF-1.7\n%%EOF", Status.CORRUPT),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, Status.CORRUPT),
    ],
)
def test_what_cannot_be_drawn_has_a_status(tmp_path: Path, name: str, content: bytes, status: Status) -> None:
    (tmp_path / name).write_bytes(content)
    result = draw(tmp_path / name, tmp_path / "1")
    assert (result.status, result.pages, dict(result.sizes)) == (status, 0, {})


def test_too_many_pixels_are_refused(tmp_path: Path) -> None:
    Image.new("1", (5000, 5000)).save(tmp_path / "a.png")
    assert draw(tmp_path / "a.png", tmp_path / "1", limits=Limits(pixels=1_000_000)).status is Status.TOO_BIG


def webp(width: int = 10, height: int = 10, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height)).save(stream, "WEBP", **options)
    return stream.getvalue()


GOOD = {"count": 1, "made": [[1, 10, 10]], "failed": []}


@pytest.mark.parametrize(
    ("said", "page"),
    [
        (GOOD, b"<html><script>alert(1)</script></html>" * 3),
        (GOOD, webp() + b"<script>alert(1)</script>"),
        (GOOD, webp(11, 10)),
        (GOOD, webp(lossless=True)),
        (GOOD, b"\x89PNG\r\n\x1a\n" + b"\0" * 90),
        (GOOD, None),
        (GOOD | {"count": 0}, webp()),
        (GOOD | {"count": 10**9}, webp()),
        (GOOD | {"count": "1"}, webp()),
        (GOOD | {"made": [[2, 10, 10]]}, webp()),
        (GOOD | {"made": [[1, 10, 10], [1, 10, 10]]}, webp()),
        (GOOD | {"made": [["../../x", 10, 10]]}, webp()),
        (GOOD | {"made": None}, webp()),
        (GOOD | {"failed": [7]}, webp()),
        ({"convert": "exe"}, webp()),
        ({"convert": ["docx"]}, webp()),
        (None, webp()),
        ([], webp()),
    ],
)
def test_the_parent_believes_only_real_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: object, page: bytes | None
) -> None:
    def run(box: object, message: bytes, **_options: object) -> running.Ended:
        folder = Path(json.loads(message)["folder"])
        (folder / "thumb.webp").write_bytes(webp())
        if page is not None:
            (folder / "p1.webp").write_bytes(page)
        answer = {"status": "ok", "pages": [], "metadata": {"warnings": []}, "preview": said}
        return running.Ended(0, 0, json.dumps(answer).encode(), "", None)

    monkeypatch.setattr(running, "run", run)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    result = make_preview(tmp_path / "a.pdf", filename="a.pdf", folder=tmp_path)
    if said == GOOD and page == webp():
        assert result.status is Status.OK
    else:
        assert result.status is Status.CRASHED and not result.sizes


def test_a_link_in_place_of_an_image_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.webp"
    secret.write_bytes(webp())

    def run(box: object, message: bytes, **_options: object) -> running.Ended:
        folder = Path(json.loads(message)["folder"])
        (folder / "p1.webp").symlink_to(secret)
        (folder / "thumb.webp").write_bytes(webp())
        answer = {"status": "ok", "pages": [], "metadata": {"warnings": []}, "preview": GOOD}
        return running.Ended(0, 0, json.dumps(answer).encode(), "", None)

    monkeypatch.setattr(running, "run", run)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    assert make_preview(tmp_path / "a.pdf", filename="a.pdf", folder=tmp_path).status is Status.CRASHED


def test_leftovers_of_killed_processes_are_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old = time.time() - 2 * 24 * 3600
    for name in ("kho-read-old", "kho-convert-old", "kho-read-new", "other-old"):
        (tmp_path / name / "inside").mkdir(parents=True)
        if name.endswith("old"):
            os.utime(tmp_path / name, (old, old))
    (tmp_path / "kho-read-link").symlink_to(tmp_path / "other-old")
    (tmp_path / "kho-convert-0.lock").write_text("")
    os.utime(tmp_path / "kho-convert-0.lock", (old, old))
    assert clear_leftovers() == 2
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"kho-read-new", "other-old", "kho-read-link", "kho-convert-0.lock"}
