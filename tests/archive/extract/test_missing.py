"""The letter ư of TCVN3 texts, lost or shown as a hyphen on the way through printers: put back by the words."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.extract import Limits
from archive.extract.legacy.missing import restore
from archive.extract.pdf import text as pdf_text
from archive.extract.process import convert
from tests.archive.extract import covered_samples as make
from tests.archive.extract.legacy_samples import make_rtf, make_runs_docx, run, tcvn3
from tests.archive.extract.office_samples import read, recall

LINES = [
    "Căn cứ Luật Đầu tư và Thông tư của Bộ trưởng; người đứng đầu địa phương hướng dẫn",
    "những trường hợp được thưởng, dưới mức lương của viên chức; nhưng không vượt quá",
    "mười ngày làm việc. Trước hết, Ủy ban nhân dân phường lưu ý: dân cư trong phường",
    "đưa ra kiến nghị như sau, chưa được trả lời thì gửi đơn thư đến các nước, các nơi.",
    "Chương trình ưu tiên xây dựng nếp sống mới; cha mẹ và con, đa số hộ, mời khách.",
]
TEXT = "\n".join(LINES)


def in_lines(path: Path, lost: str) -> Path:
    pdf = make.document()
    pdf.add_page()
    for row, line in enumerate(LINES):
        pdf.text(15, 30 + row * 8, tcvn3(line).replace("\u00ad", lost))
    pdf.output(str(path.with_suffix(".pdf")))
    return path.with_suffix(".pdf")


def printed_without(path: Path) -> Path:
    return in_lines(path, "")


def printed_with_hyphens(path: Path) -> Path:
    return in_lines(path, "-")


def printed_with_the_code(path: Path) -> Path:
    return in_lines(path, "\u00ad")


def word(path: Path) -> Path:
    paragraphs = [[run(tcvn3(line).replace("\u00ad", ""), ".VnTime")] for line in LINES]
    return make_runs_docx(path.with_suffix(".docx"), paragraphs)


def rich_text(path: Path) -> Path:
    paragraphs = [[(0, tcvn3(line).replace("\u00ad", ""))] for line in LINES]
    return make_rtf(path.with_suffix(".rtf"), paragraphs, [".VnTime"])


def by_libreoffice(path: Path) -> Path:
    """Printed by LibreOffice, which draws nothing for that code."""
    if not convert.available():
        pytest.skip("LibreOffice is not installed")
    source = make_rtf(path.with_suffix(".rtf"), [[(0, tcvn3(line))] for line in LINES], [".VnTime"])
    folder = path.with_suffix(".made")
    folder.mkdir()
    return convert.convert(source, folder, ending="rtf", target=convert.Target.PDF)


@pytest.mark.parametrize(
    "sample", [printed_without, printed_with_hyphens, printed_with_the_code, word, rich_text, by_libreoffice]
)
def test_the_letter_comes_back(tmp_path: Path, sample: object) -> None:
    result = read(sample(tmp_path / "a"))  # type: ignore[operator]
    assert recall(result.text, TEXT) >= 0.98 and "legacy_converted" in list(result.metadata["warnings"])  # type: ignore[call-overload]
    assert not {"phờng", "đợc", "ngời"} & set(result.text.split())


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ("phờng ngời đợc trớc", "phường người được trước"),
        ("ph-ờng tr-ớc đ-ợc", "phường trước được"),
        ("Trởng BỘ TRỞNG Phờng", "Trưởng BỘ TRƯỞNG Phường"),
        ("nớc ớc tr\nờng", "nước ước trường"),
        ("đợc phờng nớc nhng hng hng yên", "được phường nước nhưng hưng hưng yên"),
        (
            "phờng nớc đợc: điểm c khoản 2, đầu t, dân c, c) d)",
            "phường nước được: điểm c khoản 2, đầu tư, dân cư, c) d)",
        ),
        ("phờng nớc đợc t- nhân, -u tiên", "phường nước được tư nhân, ưu tiên"),
        ("phờng nớc đợc cha mẹ cha nộp, tối đa, đa ra", "phường nước được cha mẹ chưa nộp, tối đa, đưa ra"),
    ],
)
def test_words_and_halves_of_words(found: str, meant: str) -> None:
    assert restore(found) == meant


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.upper(),
        "phờng",
        "The long song sung by young men, 12 cm x 5 km, e-mail",
        "Điểm c khoản 2; lu, hu, u, đa, cha",
        "",
        "a-b\nc",
    ],
)
def test_a_text_that_has_its_letters_is_left_alone(text: str) -> None:
    assert restore(text) == text


def test_a_number_broken_at_the_end_of_a_line_keeps_its_hyphen(tmp_path: Path) -> None:
    pdf = make.document()
    pdf.add_page()
    lines = (
        "Quyết định số 12/QĐ-",
        "UBND ngày 05; Nghị quyết số 57-",
        "NQ/TW; the co-",
        "operation năm 2025-",
        "2026 nhé",
    )
    for row, line in enumerate(lines):
        pdf.text(20, 30 + row * 6, line)
    pdf.output(str(tmp_path / "a.pdf"))
    meant = "Quyết định số 12/QĐ-UBND ngày 05; Nghị quyết số 57-NQ/TW; the cooperation năm 2025-2026 nhé"
    assert " ".join(read(tmp_path / "a.pdf").text.split()) == meant
    # The same where Poppler is not installed or fails.
    assert " ".join(pdf_text._read_pdfium(tmp_path / "a.pdf", Limits()).pages[0].split()) == meant
