"""A sheet that hides rows, columns or sheets: said before anything is kept, left out unless asked for."""

from __future__ import annotations

import io

import openpyxl

from tests.support.web import Client
from webapp.people.table import open_table, read_table


def hiding() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Danh sách"
    sheet.append(["Loại", "Mã", "Tên", "Thư điện tử"])
    sheet.append(["Đơn vị", "ZA", "Tổ một", ""])
    sheet.append(["Đơn vị", "ZB", "Tổ hai", "x"])
    sheet.append(["Đơn vị", "ZC", "Tổ ba", ""])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    draft = book.create_sheet("Nháp")
    draft.append(["Loại", "Mã", "Tên"])
    draft.append(["Đơn vị", "ZD", "Tổ nháp"])
    draft.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_what_is_hidden_is_left_out_and_said() -> None:
    table = open_table(hiding(), "a.xlsx")
    assert [(row.number, row.cells["code"]) for row in table.rows] == [(2, "ZA"), (4, "ZC")]
    assert table.hidden == (
        "Trang tính “Danh sách” có 1 hàng bị ẩn.",
        "Trang tính “Danh sách” có cột bị ẩn: D (Thư điện tử).",
        "Trang tính “Nháp” đang bị ẩn.",
    )
    assert [row.cells["code"] for row in read_table(hiding(), "a.xlsx")] == ["ZA", "ZC"]
    whole = open_table(hiding(), "a.xlsx", with_hidden=True)
    assert [row.cells["code"] for row in whole.rows] == ["ZA", "ZB", "ZC", "ZD"]
    assert whole.rows[1].cells["email"] == "x" and whole.hidden == table.hidden


def test_the_preview_says_so_and_asks(client: Client) -> None:
    client.sign_in("admin")
    page = client.post("/admin/import", {"file": [(hiding(), "a.xlsx")], "try": ""}).text
    assert "1 hàng bị ẩn" in page and "không được nhập" in page and "ZB" not in page
    page = client.post("/admin/import", {"file": [(hiding(), "a.xlsx")], "try": "", "hidden": "1"}).text
    assert "đã được đọc cùng" in page and "ZB" in page and "ZD" in page
