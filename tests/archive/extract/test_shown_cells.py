"""Cells as the eye sees them, and what a sheet hides: in .xlsx (openpyxl), .xls and .ods (LibreOffice)."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from archive.extract import read_page
from archive.extract.sheets_and_slides.looks import column_of, letters_of
from archive.extract.sheets_and_slides.number_format import shown
from tests.archive.extract.office_samples import read


@pytest.mark.parametrize(("value", "code", "text"), [
    (57, "000", "057"), (0.85, "0%", "85%"), (0.855, "0.0%", "85.5%"), (8.300000000000002, "", "8.3"), (0.1 + 0.2, "General", "0.3"),
    (1234567, "#,##0", "1,234,567"), (1234567.891, '#,##0.00 "đ"', "1,234,567.89 đ"), (-5, "#,##0;(#,##0)", "(5)"),
    (0, '0;-0;"-"', "-"), (912345678, "0000\\ 000\\ 000", "0912 345 678"), (1500000, '#,##0,," triệu"', "2 triệu"),
    (0.5, "# ?/?", "0.5"), (1e6, "#,##0\\ [$₫-42A]", "1,000,000 ₫"), (5, "_(* #,##0_);_(* \\(#,##0\\)", "5"), (2.5, "0", "3"),
    (12345, "0.00E+00", "1.23E+04"), (True, "000", "TRUE"), ("  chữ  số ", "000", "chữ số"), (98.5, "", "98.5"), (1e15, "", "1e+15"),
    (datetime.time(7, 30), "h:mm", "7:30"), (datetime.time(7, 30), "hh:mm", "07:30"), (datetime.time(19, 5), "h:mm AM/PM", "7:05 PM"),
    (datetime.date(2026, 12, 5), "yyyy-mm-dd", "05/12/2026"), (datetime.date(2026, 12, 5), "mm/yyyy", "12/2026"),
    (datetime.datetime(2026, 12, 5, 7, 5), "dd/mm/yyyy hh:mm", "05/12/2026 07:05"), (datetime.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
    (datetime.datetime(2026, 12, 5), "[$-42A]dd/mm;@", "05/12"), (3, 'x"' + "9" * 300, "3"),
])  # fmt: skip
def test_a_format_gives_what_is_seen(value: object, code: str, text: str) -> None:
    assert shown(value, code) == text


def make_book(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bảng"
    sheet.append(["Mã", "Tỷ lệ", "Giờ", "Ngày", "Tiền"])
    sheet.append([57, 0.85, datetime.time(7, 30), datetime.date(2026, 12, 4), 1234567])
    for column, code in zip("ABCDE", ("000", "0%", "h:mm", "dd/mm/yyyy", "#,##0"), strict=True):
        sheet[f"{column}2"].number_format = code
    sheet.append(["ẩn", 8.300000000000002])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    draft = book.create_sheet("Nháp")
    draft["C4"] = "chữ trong trang ẩn"
    draft.sheet_state = "hidden"
    book.save(path)
    return path


SEEN = (
    "Bảng\nMã\tTỷ lệ\tGiờ\tNgày\tTiền\n057\t85%\t7:30\t04/12/2026\t1,234,567\n[hàng ẩn] ẩn\t8.3\n[Cột ẩn: B (Tỷ lệ)]",
    "[Trang tính ẩn: Nháp]\nchữ trong trang ẩn",
)


def test_cells_and_hidden_parts_of_xlsx(tmp_path: Path) -> None:
    path = make_book(tmp_path / "a.xlsx")
    result = read(path)
    assert result.pages == SEEN and result.metadata["warnings"] == ["hidden_content"]
    # The same from a program that writes no addresses.
    bare = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for column in "ABCDE":
                    content = content.replace(f' r="{column}2"'.encode(), b"")
            target.writestr(name, content)
    assert read(bare).pages[0].split("\n")[2] == SEEN[0].split("\n")[2]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_cells_and_hidden_parts_of_others(tmp_path: Path, ending: str) -> None:
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(make_book(tmp_path / "a.xlsx"))], check=True, capture_output=True, timeout=120)
    result = read(tmp_path / f"a.{ending}")
    first, draft = result.pages
    assert first == SEEN[0] and draft.split("\n")[0] == "[Trang tính ẩn: Nháp]" and "chữ trong trang ẩn" in draft
    assert result.metadata["warnings"] == ["hidden_content"]


def test_a_page_is_read_back_as_it_was_written() -> None:
    page = read_page(SEEN[0])
    assert (page.name, page.hidden, page.columns) == ("Bảng", False, ("B (Tỷ lệ)",))
    assert page.lines[-1] == ("ẩn\t8.3", True) and not page.lines[0][1]
    assert page.is_hidden_column("Tỷ lệ") and not page.is_hidden_column("Mã") and not page.is_hidden_column("")
    assert read_page(SEEN[1]).hidden and read_page("Trang\n[Cột ẩn: ghi chú]").columns == ()
    assert [letters_of(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert [column_of(name) for name in ("A", "AA", "AAA")] == [0, 26, 702]
