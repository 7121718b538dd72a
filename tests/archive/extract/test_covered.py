"""Pages are judged by what covers them: scans of every make are recognised, typed pages are left alone."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageDraw

from archive.extract import Status
from archive.extract.pdf import covered, recognising
from archive.extract.process.apart import apart
from archive.extract.process.limits import Limits
from archive.extract.status import WARNINGS
from tests.archive.extract import covered_samples as make
from tests.archive.extract.office_samples import make_pdf, read, recall

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="Poppler is not installed")
UNMARKED = [
    unicodedata.normalize("NFD", line).replace("Đ", "D").replace("đ", "d").encode("ascii", "ignore").decode()
    for line in make.LINES
]
ENGLISH = ("The people of this ward have worked hard", "and every office will open on Monday", "with new hours for all")


def seen(path: Path, limits: Limits | None = None) -> dict[int, recognising.Cover]:
    pages = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    found = apart(lambda: covered.survey(path, pages.split("\f")[:-1], limits or Limits(), 9), seconds=20)
    return {int(number): recognising.Cover.of(said) for number, said in found.items()}


def stamped_scan(path: Path) -> Path:
    return make.stamped(make.with_picture(path.with_name("s.pdf"), make.scanned(), (0, 0, 210, 297)), path)


def stamped_outlines(path: Path) -> Path:
    return make.stamped(make.outlined(path.with_name("s.pdf")), path)


def half_a_page(path: Path) -> Path:
    return make.with_picture(path, make.scanned().crop((0, 100, 1240, 700)), (10, 150, 190, 95), make.TYPED)


@pytest.mark.parametrize(
    "sample",
    [stamped_scan, stamped_outlines, half_a_page, make.strips, make.by_pdfium, make.layered, make.stencilled, make.nested, make.outlined],
)  # fmt: skip
def test_letters_that_are_no_text_are_seen(tmp_path: Path, sample: Callable[[Path], Path]) -> None:
    cover = seen(sample(tmp_path / "a.pdf"))
    assert list(cover) == [1] and not cover[1].layer


def emblem(path: Path) -> Path:
    picture = Image.new("L", (900, 900), 255)
    ImageDraw.Draw(picture).ellipse((50, 50, 850, 850), outline=0, width=60)
    return make.with_picture(path, picture, (90, 220, 28, 28), make.TYPED)


def table(path: Path) -> Path:
    pdf = make.document()
    pdf.add_page()
    with pdf.table(first_row_as_headings=False) as rows:
        for number in range(40):
            rows.row([f"Tổ dân phố số {number}", "Đã nộp đủ hồ sơ trước hạn", "", str(number)])
    pdf.output(str(path))
    return path


def ground(path: Path) -> Path:
    return make.with_picture(
        path, Image.linear_gradient("L").point(lambda tone: 220 + tone // 8), (0, 0, 210, 297), make.TYPED
    )


def empty_sheet(path: Path) -> Path:
    return make.with_picture(
        path, Image.effect_noise((1240, 1754), 6).point(lambda tone: min(tone + 110, 255)), (0, 0, 210, 297)
    )


@pytest.mark.parametrize("sample", [make_pdf, emblem, table, ground, empty_sheet])
def test_typed_and_empty_pages_are_not_recognised(tmp_path: Path, sample: Callable[[Path], Path]) -> None:
    found = seen(sample(tmp_path / "a.pdf"))
    assert not found or (found[1].layer and not recognising.is_poor(make.TYPED))


@pytest.mark.parametrize(
    ("lines", "poor"),
    [(make.LINES, False), (UNMARKED, True), (["Bdo cdo k6t qud phong trdo thi dua cua khu ph6", "Dd m& sdu l6p ky ndng s6 cho hdi vien", "H6 so trpc tuydn dat chfn mrroi phan trlm"], True), (["12 34", "56 78"], False)],
)  # fmt: skip
def test_a_text_layer_is_judged_by_its_words(tmp_path: Path, lines: list[str], *, poor: bool) -> None:
    cover = seen(make.with_layer(tmp_path / "a.pdf", lines))
    text = "\n".join(lines)
    assert (cover[1].layer if 1 in cover else False) == (len(lines[0]) > 10)
    assert recognising.is_poor(text) is poor


def test_a_layer_is_kept_when_recognition_is_no_better() -> None:
    good, english = "\n".join(make.LINES), "\n".join(ENGLISH)
    assert recognising._is_better(good, "\n".join(UNMARKED))
    assert not recognising._is_better(english, english)
    assert not recognising._is_better("Đã mở", "\n".join(UNMARKED))


def test_pages_beyond_those_that_are_recognised_are_not_drawn(tmp_path: Path) -> None:
    source = make.with_picture(tmp_path / "s.pdf", make.scanned(), (0, 0, 210, 297))
    writer = pypdf.PdfWriter()
    for _ in range(4):
        writer.append(str(source))
    writer.write(str(tmp_path / "a.pdf"))
    assert list(seen(tmp_path / "a.pdf", Limits(ocr_pages=2))) == [1, 2, 3, 4]


def test_what_fails_or_takes_long_apart_answers_nothing() -> None:
    import os
    import signal
    import time

    assert apart(lambda: {"a": [1]}, seconds=9) == {"a": [1]}
    assert apart(lambda: os.kill(os.getpid(), signal.SIGKILL), seconds=9) is None
    assert apart(lambda: time.sleep(60), seconds=0.2) is None
    assert apart(lambda: "x" * (65 << 20), seconds=30) is None
    assert apart(lambda: 1 / 0, seconds=9) is None


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
@pytest.mark.long(60)
def test_a_bundle_of_all_of_them_is_read(tmp_path: Path) -> None:
    first = stamped_scan(tmp_path / "1.pdf")
    writer = pypdf.PdfWriter(clone_from=str(first))
    parts = (
        make.with_layer(tmp_path / "2.pdf", UNMARKED),
        make.with_layer(tmp_path / "3.pdf", make.LINES),
        half_a_page(tmp_path / "4.pdf"),
        empty_sheet(tmp_path / "5.pdf"),
        make.outlined(tmp_path / "6.pdf"),
    )
    for part in parts:
        writer.append(str(part))
    writer.write(str(tmp_path / "a.pdf"))
    result = read(tmp_path / "a.pdf")
    if "ocr_unavailable" in list(result.metadata["warnings"]):  # type: ignore[call-overload]
        pytest.skip("Tesseract has no Vietnamese model")
    assert result.status is Status.OK
    assert all(recall(result.pages[page], "\n".join(make.LINES)) >= 0.9 for page in (0, 1, 2, 3, 5))
    assert "UY BAN NHAN DAN PHUONG BINH MINH" in result.pages[0] and "Thoi gian ky" in result.pages[0]
    assert not result.pages[0].startswith("Nguoi ky") and "ket qua" not in result.pages[1]
    # What is typed is not recognised a second time.
    assert result.pages[3].startswith("Trang này có chữ thật") and result.pages[3].count("Trang này có chữ thật") == 4
    states: dict[str, list[object]] = result.metadata["page_states"]  # type: ignore[assignment]
    assert {number: how for number, (how, _) in states.items()} == {
        "1": "recognised", "2": "recognised", "4": "recognised", "5": "blank", "6": "recognised",
    }  # fmt: skip
    assert {"ocr", "ocr_layer_replaced"} <= set(result.metadata["warnings"])  # type: ignore[call-overload]
    assert (
        WARNINGS["ocr_layer_replaced"].endswith(".")
        and result.sentence == "Đọc được 5 trong 6 trang; trang 5 không có chữ."
    )
