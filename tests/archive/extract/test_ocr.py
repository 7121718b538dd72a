"""Letters out of scans and photographs, with progress told on the way and an end when asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import fpdf
import pytest
from PIL import Image

from archive.errors import ExtractionStopped
from archive.extract import Limits
from archive.extract.pictures import flatten
from archive.extract.process import parent, running
from tests.archive.extract.office_samples import font, make_picture, read, recall
from tests.archive.extract.page_samples import TEXT, clean_page, error_rate, photographed

pytestmark = [
    pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed"),
    pytest.mark.long(30),
]
LINES = ["Ủy ban nhân dân phường Long Mỹ", "Báo cáo kết quả thi đua năm 2026"]


def recognised(path: Path, **options: object) -> str:
    result = read(path, **options)
    if "ocr_unavailable" in list(result.metadata["warnings"]):  # type: ignore[call-overload]
        pytest.skip("Tesseract has no Vietnamese model")
    return result.text


@pytest.mark.parametrize(("turn", "most"), [(0, 0.01), (90, 0.01), (4, 0.01)])
def test_a_clean_page_lies_any_way(tmp_path: Path, turn: int, most: float) -> None:
    page = clean_page().rotate(turn, Image.Resampling.BICUBIC, expand=turn == 90, fillcolor=255)
    page.save(tmp_path / "a.png", dpi=(200, 200))
    assert error_rate(recognised(tmp_path / "a.png")) <= most


@pytest.mark.parametrize(("turn", "side"), [(1.8, 0), (-3, 0), (1.8, 270)])
def test_a_photograph_with_shadows(tmp_path: Path, turn: float, side: int) -> None:
    photographed(clean_page(), turn=turn).rotate(side, expand=True).save(tmp_path / "a.jpg", quality=85)
    assert error_rate(recognised(tmp_path / "a.jpg")) <= 0.03


def test_what_is_a_photograph_and_how_much_it_slants() -> None:
    page = clean_page()
    assert not flatten.is_uneven(page) and abs(flatten.skew(page)) < 0.2
    photo = photographed(page, turn=2.5)
    assert flatten.is_uneven(photo) and abs(flatten.skew(photo) + 2.5) < 0.4
    assert not flatten.is_uneven(Image.new("L", (20, 20), 255)) and flatten.flatten(Image.new("L", (60, 60), 255)).size
    assert error_rate(TEXT) == 0


def scan(path: Path, picture: Path, pages: int) -> Path:
    pdf = fpdf.FPDF()
    pdf.add_font("F", "", font())
    pdf.set_font("F", size=12)
    for number in range(pages):
        pdf.add_page()
        if number == 1:
            pdf.multi_cell(
                0, 8, "Trang này có chữ thật, dài hơn sáu mươi chữ cái để không ai nhầm nó với một bản quét."
            )
        else:
            pdf.image(str(picture), x=0, y=0, w=210)
    pdf.output(str(path))
    return path


def test_progress_is_told_page_by_page_and_text_pages_keep_their_text(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", make_picture(tmp_path / "a.png", LINES), 4)
    told: list[tuple[int, int]] = []
    result = read(path, progress=lambda done, total: told.append((done, total)))
    if result.metadata["warnings"] == ["ocr_unavailable"]:
        pytest.skip("Tesseract has no Vietnamese model")
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert result.pages[1].startswith("Trang này có chữ thật")
    assert all(recall(result.pages[number], "\n".join(LINES)) >= 0.9 for number in (0, 2, 3))


def test_recognition_stops_when_asked(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", make_picture(tmp_path / "a.png", LINES), 4)
    told: list[int] = []
    with pytest.raises(ExtractionStopped):
        read(path, progress=lambda done, total: told.append(done), stop=lambda: bool(told))
    assert told == [1]


def test_without_poppler_scans_are_recognised_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.extract.process import child, sandbox, tools

    path = scan(tmp_path / "a.pdf", make_picture(tmp_path / "a.png", LINES), 1)
    assert sandbox.TOOLS
    monkeypatch.setattr(tools, "available", lambda name: name == "tesseract")
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")
    answer = child.answer_to(path, "a.pdf", Limits(), tmp_path, ocr_pages=1)
    assert recall("\n".join(answer["pages"]), "\n".join(LINES)) >= 0.9


def test_only_proper_notes_count_as_progress() -> None:
    told: list[tuple[int, int]] = []
    notes = parent._Progress(lambda done, total: told.append((done, total)), 3)
    for line in ("", "kho-page", "kho-page 2 3", "kho-page 1 9", "kho-page -1 3", "kho-page 1 3", "kho-page 1 3", "kho-page 9999 3",
                 "xkho-page 2 3", "kho-page 2 3 ", "kho-page ٢ 3", "kho-page 2 1", "kho-page 2 3", "kho-page 3 3", "kho-page 4 3"):  # fmt: skip
        notes(line)
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_lines_on_standard_error_come_whole_or_not_at_all() -> None:
    lines: list[str] = []
    reader = running._Lines(lines.append)
    for chunk in (b"mot", b"\nh", b"ai\nba", b"x" * 10_000, b"y\nbon\n", b"\xff\n"):
        reader.feed(chunk)
    assert lines == ["mot", "hai", "bon", "\ufffd"]
    running._Lines(None).feed(b"x\n")
