"""Letters that only look right: put right in what is read, of every kind of file, where a Vietnamese word comes of it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import docx
import openpyxl
import pytest

from archive.extract.legacy.lookalikes import mend
from tests.archive.extract import covered_samples as make
from tests.archive.extract.office_samples import make_odt, read


def mended(text: str) -> str:
    return mend([unicodedata.normalize("NFC", text)])[0]


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ("Ðảng bộ phường và ðoàn viên", "Đảng bộ phường và đoàn viên"),
        ("ÐẢNG ỦY Ɖại hội ɖoàn", "ĐẢNG ỦY Đại hội đoàn"),
        ("Số: 12/QÐ-UBND của HÐND phường", "Số: 12/QĐ-UBND của HĐND phường"),
        ("tỉnh Ðắk Lắk và Ðắk Nông", "tỉnh Đắk Lắk và Đắk Nông"),
        ("a\u0301\u0302p dụng", "ấp dụng"),  # the tone before the hat
        ("sa\u0341ng kiê\u0340n", "sáng kiền"),
        ("ha\u0342y cố gắng", "hãy cố gắng"),
        ("nǎm hai nghìn", "năm hai nghìn"),
        ("хã Тân Phú", "xã Tân Phú"),  # Cyrillic х and Т
        ("hı\u0300nh thức", "hình thức"),
        ("kỹ thua\u02c6t", "kỹ thuât"),
        ("c\u00b4ac phường", "các phường"),  # the mark before its letter, as TeX prints it
        ("ca\u00b4c phường", "các phường"),
        ("\U0001d413\U0001d421\U0001d428\u0302\U0001d427\U0001d420 \U0001d41b\U0001d41a\u0301\U0001d428", "Thông báo"),
        ("Ｔｈｏ̂ｎｇ ｂａ́ｏ", "Thông báo"),
    ],
)
def test_vietnamese_words_are_put_right(found: str, meant: str) -> None:
    assert mended(found) == unicodedata.normalize("NFC", meant)


@pytest.mark.parametrize(
    "text",
    ["Guðmundur á borð við Ísland", "Привет мир, сам он", "αβγ ΑΝ", "ΤΡΑ cứu", "lǎo hǎo", "x ∈ ℝ, f(x) = \U0001d465\u0302", "´ma´ và `la`", "Thuận, ấp, phường",
     "12/QĐ-UBND", "café, naïve, Łódź", "", "Ủy ban nhân dân\n\tphường"],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert mended(text) == unicodedata.normalize("NFC", text)


def test_abbreviations_need_a_vietnamese_text() -> None:
    assert mended("BORÐ er NORÐ") == "BORÐ er NORÐ"


def in_word(path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("Ðảng bộ phường, ðoàn viên, хã Тân Phú")
    document.save(str(path.with_suffix(".docx")))
    return path.with_suffix(".docx")


def in_a_sheet(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["Ðảng bộ phường", "ðoàn viên", "хã Тân Phú"])
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def in_plain_text(path: Path) -> Path:
    path.with_suffix(".txt").write_text("Ðảng bộ phường, ðoàn viên, хã Тân Phú", encoding="utf-8")
    return path.with_suffix(".txt")


def in_a_web_page(path: Path) -> Path:
    path.with_suffix(".html").write_text(
        "<html><meta charset=utf-8><p>&ETH;ảng bộ phường, &eth;oàn viên, хã Тân Phú</p>", encoding="utf-8"
    )
    return path.with_suffix(".html")


def in_a_pdf(path: Path) -> Path:
    pdf = make.document()
    pdf.add_page()
    pdf.multi_cell(0, 8, "Ðảng bộ phường, ðoàn viên, хã Тân Phú")
    pdf.output(str(path.with_suffix(".pdf")))
    return path.with_suffix(".pdf")


@pytest.mark.parametrize("sample", [in_word, in_a_sheet, in_plain_text, in_a_web_page, in_a_pdf])
def test_every_reader_gives_the_right_letters_and_the_file_stays(tmp_path: Path, sample: object) -> None:
    path = sample(tmp_path / "a")  # type: ignore[operator]
    before = path.read_bytes()
    text = read(path).text
    assert all(word in text for word in ("Đảng bộ", "đoàn viên", "xã Tân Phú")) and path.read_bytes() == before


def test_a_document_without_them_is_left_as_it_is(tmp_path: Path) -> None:
    pages = [read(make_odt(tmp_path / "a.odt")).text]
    assert mend(pages) is pages
