"""Rubric files strangers made: a clear sentence, nothing run, no long wait."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from tests.support.bounded import bounded
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.models import Rubric
from webapp.scoring.points.scheme import BadRubric
from webapp.scoring.rubrics import service as rubric_service
from webapp.scoring.rubrics.examples import Example
from webapp.scoring.rubrics.workbook import read_rubric_book

TOTAL = ("T", None, "Tổng", "Tổng các mục con", 100)
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_of(*rows: tuple[object, ...], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(("Ký hiệu", "Thuộc mục", "Tên", "Cách tính", "Điểm tối đa", "Công thức"))
    for row in rows:
        page.append(row)
    if merge:
        page.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def forged(part: str, body: str) -> bytes:
    """A sheet with one of its parts replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet_of(TOTAL))) as whole,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in whole.namelist():
            packed.writestr(name, body if name == part else whole.read(name))
    return stream.getvalue()


def worksheet(inside: str, before: str = "") -> bytes:
    return forged(SHEET, f"{before}<worksheet {NAMESPACE}>{inside}</worksheet>")


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(SHEET, b"0" * (60 * 2**20))
    return stream.getvalue()


def understated() -> bytes:
    """A bomb whose table of contents says that it is small."""
    data = bytearray(forged(SHEET, "0" * (30 * 2**20)))
    size = (30 * 2**20).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = (100).to_bytes(4, "little")
    return bytes(data)


def damaged() -> bytes:
    """A sheet whose packed bytes were overwritten in the middle."""
    data = bytearray(sheet_of(TOTAL))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as packed:
        part = packed.getinfo(SHEET)
        start = part.header_offset + 30 + len(part.filename)
        data[start : start + part.compress_size] = b"\xff" * part.compress_size
    return bytes(data)


def leaf(code: str, most: object = 5, kind: str = "Công thức", formula: str = "x") -> tuple[object, ...]:
    return (code, "T", "A", kind, most, formula)


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE l [<!ENTITY e0 "aaaaaaaaaa">{ENTITIES}]>'
STRANGER = '<!DOCTYPE l [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>'
ENTITY = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Không đọc được"),
        (b"not a sheet", "Không đọc được"),
        (b"x" * (3 * 2**20), "2 MB"),
        (bomb(), "bất thường"),
        (understated(), "Không đọc được"),
        (damaged(), "Không đọc được"),
        (sheet_of(), "chưa có mục"),
        (sheet_of(TOTAL, ("a", "T", "A", "=1+1", 5)), "công thức của bảng tính"),
        (sheet_of(TOTAL, leaf("=HYPERLINK(1)")), "công thức của bảng tính"),
        (sheet_of(TOTAL, leaf("a", "=2*50")), "công thức của bảng tính"),
        (sheet_of(TOTAL, leaf("a", kind="Đọc trộm")), "Đọc trộm"),
        (sheet_of(TOTAL, leaf("a", "1e400")), "không phải là số"),
        (sheet_of(TOTAL, leaf("a", "9" * 400)), "không phải là số"),
        (sheet_of(TOTAL, leaf("a", 10**15)), "không phải là số"),
        (sheet_of(TOTAL, leaf("a", "NaN")), "không phải là số"),
        (sheet_of(TOTAL, leaf("a", "__import__('os')")), "không phải là số"),
        (sheet_of(TOTAL, leaf("a", date(2026, 1, 1))), "không phải là số"),
        (sheet_of(TOTAL, leaf("a", True)), "không phải là số"),
        (sheet_of(TOTAL, ("a", "X", "A", "Công thức", 5)), "dòng trên"),
        (sheet_of(TOTAL, leaf("a"), leaf("a")), "trùng"),
        (sheet_of(TOTAL, leaf("a", None)), "thiếu điểm tối đa"),
        (sheet_of(TOTAL, leaf("a"), merge="A2:B3"), "Dòng 3: ký hiệu còn trống"),
        (sheet_of(TOTAL, leaf("a"), leaf("b"), merge="A3:A4"), "Dòng 4: ký hiệu còn trống"),
        (sheet_of(TOTAL, *(leaf(f"a{n}") for n in range(300))), "tối đa 300 mục"),
        (sheet_of(TOTAL, *[()] * 700, leaf("a")), "quá 600 dòng"),
        (sheet_of(TOTAL, *(leaf(f"a{n}") for n in range(50_000))), "bất thường"),
        (sheet_of(TOTAL, *(leaf(f"a{n}") for n in range(100_000))), "2 MB"),
        (
            sheet_of(*[(f"n{n}", f"n{n - 1}" if n else None, "N", "Tổng các mục con", 1) for n in range(40)]),
            "sâu tối đa",
        ),
        (worksheet(ENTITY, LAUGHS), "Không đọc được"),
        (worksheet(ENTITY, STRANGER), "Không đọc được"),
        (worksheet("<a>" * 40_000 + "</a>" * 40_000), "Không thấy dòng tiêu đề"),
        (worksheet("<sheetData><row>" + "<c><v>1</v></c>" * 80_000 + "</row></sheetData>"), "Không thấy dòng tiêu đề"),
        (worksheet("<sheetData>" + "<row/>" * 600_000 + "</sheetData>"), "Không thấy dòng tiêu đề"),
        (worksheet('<sheetData><row r="99999999"><c><v>1</v></c></row></sheetData>'), "Không thấy dòng tiêu đề"),
        (worksheet('<sheetData><row r="1"><c r="ZZZZZZ1"><v>1</v></c></row></sheetData>'), "Không đọc được"),
        (worksheet('<dimension ref="A1:XFD1048576"/><sheetData></sheetData>'), "Không thấy dòng tiêu đề"),
        (
            worksheet('<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
            "Không thấy dòng tiêu đề",
        ),
        (forged("xl/styles.xml", "<x"), "Không đọc được"),
        (forged("xl/workbook.xml", "<x/>"), "Không thấy dòng tiêu đề"),
    ],
)
def test_a_bad_file_gets_a_sentence(data: bytes, words: str) -> None:
    with bounded(), pytest.raises(BadRubric) as fault:
        read_rubric_book(data, decimals=2)
    assert words in str(fault.value)


FORMULAS = ["(" * 400 + "x" + ")" * 400, "__import__('os').system('id')", "x ** 999", "9" * 300, "x" * 501, "1 +"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_hostile_formula_is_kept_out_of_force_with_a_sentence(ward: Ward, formula: str) -> None:
    data = sheet_of(("T", None, "Tổng", "Tổng các mục con", 5), leaf("a", formula=formula))
    client = client_for(ward).sign_in("office")
    client.get("/rubrics/new?year=2026")
    form = {"year": "2026", "name": "Từ tệp", "start": "file", "unit_kinds": ["office"], "file": [(data, "a.xlsx")]}
    made = client.post("/rubrics/new", form)
    assert made.status_code == 303
    assert "Phải sửa trước khi áp dụng" in client.get(made.headers["Location"]).text
    assert client.post(f"{made.headers['Location']}/enforce").status_code == 422
    assert client.get(f"{made.headers['Location']}/try").status_code == 422


def test_a_bad_file_on_the_page_changes_nothing(ward: Ward) -> None:
    client = client_for(ward).sign_in("office")
    with ward.work() as session:
        rubric = rubric_service.make_rubric(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            movement_id=ward.movement_id,
            year=2026,
            new=rubric_service.NewRubric(name="Khối", unit_kinds=["office"], start=Example.LEVELS),
        )
    client.get(f"/rubrics/{rubric.id}")
    for data in (bomb(), damaged(), sheet_of(TOTAL, leaf("a", "=1"))):
        form = {"revision": str(rubric.revision), "decimals": "2", "file": [(data, "a.xlsx")]}
        assert client.post(f"/rubrics/{rubric.id}/sheet", form).status_code == 422
    with ward.db.reading() as session:
        assert session.get_one(Rubric, rubric.id).tree == rubric.tree
