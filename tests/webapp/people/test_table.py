"""Tables as people make them: titles above the head, empty rows, merged cells, codes with zeros, names spelt in many ways."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from webapp.models import Person
from webapp.official.cells import harmless, without_apostrophe
from webapp.people.importing import Report, import_people
from webapp.people.table import open_table


def a_table(first_column: int = 1) -> bytes:
    """Two lines of title, a head on row 4, an empty row 6, a unit merged over rows 7 and 8, a hidden row and column."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = {
        1: ["ỦY BAN NHÂN DÂN PHƯỜNG"],
        2: ["Danh sách cán bộ; năm 2026, đợt 1"],
        4: ["Loại", "Tên đăng nhập", "Họ và tên", "Đơn vị", "Chức danh", "Thư điện tử"],
        5: ["Người", "007", "Trần Văn Bảy", "A", "'+ cán bộ", "bay@x.vn"],
        7: ["Người", "an.le", "Lê An", "A", "", ""],
        8: ["Người", "ba.le", "Lê Ba", "", "", ""],
        9: ["Người", "an.di", "Ẩn Đi", "A", "", ""],
        11: ["Người", "x y", "Sai tên", "A", "", ""],
    }
    for row, values in rows.items():
        for column, value in enumerate(values, start=first_column):
            sheet.cell(row, column).value = value or None
    unit = first_column + 3
    sheet.merge_cells(start_row=1, end_row=1, start_column=first_column, end_column=first_column + 5)
    sheet.merge_cells(start_row=7, end_row=8, start_column=unit, end_column=unit)
    sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions[openpyxl.utils.get_column_letter(first_column + 5)].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("first_column", [1, 3])
def test_a_row_is_named_by_the_sheets_own_number(first_column: int) -> None:
    table = open_table(a_table(first_column), "danh-sach.xlsx")
    seen = [(row.number, row.cells["code"], row.cells["unit"]) for row in table.rows]
    assert seen == [(5, "007", "A"), (7, "an.le", "A"), (8, "ba.le", "A"), (11, "x y", "A")]
    assert table.rows[0].cells["title"] == "+ cán bộ" and not any("email" in row.cells for row in table.rows)
    assert any("1 hàng bị ẩn" in sentence for sentence in table.hidden)


def test_a_csv_with_titles_and_empty_lines_is_read_alike() -> None:
    lines = ["Danh sách, năm 2026", "", "Loại;Mã;Tên;Loại đơn vị", "", "Đơn vị;007;'=Tổ bảy;Đơn vị khác"]
    (row,) = open_table("\r\n".join(lines).encode(), "ds.csv").rows
    assert (row.number, row.cells["code"], row.cells["name"]) == (5, "007", "=Tổ bảy")


@pytest.mark.parametrize(
    ("text", "written"), [("=1+1", "'=1+1"), ("- ý", "'- ý"), ("-5", "-5"), ("-5,5", "-5,5"), ("a", "a")]
)
def test_an_apostrophe_stands_only_before_a_formula(text: str, written: str) -> None:
    assert harmless(text) == written and without_apostrophe(written) == text


def imported(ward: Ward, name: str) -> Report:
    data = f"Loại;Tên đăng nhập;Họ và tên;Đơn vị\nNgười;thu.le;Lê Thu;{name}".encode()
    rows = open_table(data, "a.csv").rows
    return import_people(ward.db, actor=ward.viewer("admin"), now=ward.now, rows=rows, apply=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Trường Tiểu học Lý Tự Trọng", "LTT"),
        ("trường tiểu học lí tự trọng", "LTT"),
        ("TH. Lý Tự Trọng", "LTT"),
        ("LTT", "LTT"),
        ("Tiểu học Lý Tự Trong 1", ""),
        ("Trường Tiểu học", ""),
        ("Hợp tác xã Gạo", None),
    ],
)
def test_a_unit_is_recognised_by_other_spellings_and_asked_for_when_unsure(
    ward: Ward, name: str, meant: str | None
) -> None:
    ward.unit("LTT", name="Trường Tiểu học Lý Tự Trọng")
    ward.unit("HVT", name="Trường Tiểu học Hoàng Văn Thụ")
    report = imported(ward, name)
    if meant:
        with ward.db.reading() as session:
            kept = session.scalars(select(Person.unit_id).where(Person.username == "thu.le")).one()
        assert report.applied and kept == ward.units[meant]
    else:
        (row,) = report.rows
        assert not report.applied and ("có phải “Trường Tiểu học" in row.fault) is (meant is not None)
