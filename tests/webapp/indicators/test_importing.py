"""A workbook as offices have it: understood by row with its own numbers, all or nothing, for a whole ward."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.support.commands import kho_here
from tests.support.indicators import TITLE, ZONE, office_book
from tests.support.ward import Ward
from webapp.core.errors import Invalid
from webapp.indicators import importing, sets
from webapp.indicators.reading import read_lines
from webapp.indicators.scheme import check
from webapp.indicators.sets import SetDraft
from webapp.indicators.sheet_words import code_of
from webapp.models import IndicatorMethod as M
from webapp.models import IndicatorSet, IndicatorSheet, RecordManifest, UnitKind

UNITS = 40


@pytest.mark.parametrize(
    ("cell", "before", "code"),
    [
        ("1.1", "I", "1.1"),
        ("1.1", "1.9", "1.10"),
        ("2.2", "2.19", "2.20"),
        ("1.2", "1.1", "1.2"),
        ("01/02/2026", "1.1", "1.2"),
        ("02/01/2026", "1.1", "1.2"),
        ("2026-02-01 00:00:00", "1.1", "1.2"),
        ("1,10", "1.9", "1.10"),
        ("3.", "2", "3"),
    ],
)
def test_a_code_is_what_was_typed_not_what_the_sheet_made_of_it(cell: str, before: str, code: str) -> None:
    assert code_of(cell, before)[0] == code


@pytest.mark.parametrize(
    ("how", "method", "lower"),
    [
        ("a/b x điểm tối đa", M.RATIO, False),
        ("Tỷ lệ = a/b; càng thấp càng tốt", M.RATIO, True),
        ("20/15/10/5/0", M.STEPS, False),
        ("- Từ 80% trở lên: 20 điểm - Dưới 80%: 7,5 điểm", M.STEPS, False),
        ("Đã ban hành: điểm tối đa; chưa: 1/2", M.LADDER, False),
        ("= số_buổi * 2", M.FORMULA, False),
        ("Thông tin chung", M.INFO, False),
    ],
)
def test_ways_of_working_out_are_known_by_their_words(how: str, method: M, lower: bool) -> None:
    lines = [
        (3, ["STT", "Nội dung chỉ số", "Điểm", "Cách tính điểm"]),
        (4, ["1", "Một chỉ số", "0" if method is M.INFO else "20", how]),
    ]
    reading = read_lines([("Trang 1", lines)], lambda text: None)
    assert reading is not None and reading.ok, reading
    assert (reading.items[0].method, reading.items[0].rule.lower) == (method, lower)


@pytest.mark.either_database
def test_three_faulty_rows_keep_all_out_and_the_corrected_sheet_serves_forty_units(ward: Ward, tmp_path: Path) -> None:
    for number in range(UNITS - 4):
        ward.unit(f"U{number}")
    data = ward.resources.settings
    book, wrong = office_book(faulty=True)
    with ward.db.reading() as session:
        report = importing.read_book(importing.list_named(session), book, "bo-chi-so.xlsx")
    assert [row.number for row in report.reading.faults] == wrong and len(wrong) == 3
    assert ["mười" in report.reading.faults[0].fault, "trùng" in report.reading.faults[1].fault] == [True, True]
    assert "12" in report.reading.faults[2].fault and "10" in report.reading.faults[2].fault

    common = {"now": ward.now, "movement_id": ward.movement_id, "year": 2026}
    draft = SetDraft(name=TITLE, unit_kinds=[UnitKind.OFFICE.value])
    office = ward.viewer("office")
    with ward.db.reading() as session:
        before = session.scalar(select(func.count()).select_from(RecordManifest))
    with pytest.raises(Invalid, match=str(wrong[0])), ward.work() as session:
        importing.import_set(session, actor=office, report=report, draft=draft, **common)  # type: ignore[arg-type]
    with ward.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(IndicatorSet)) == 0
        assert session.scalar(select(func.count()).select_from(RecordManifest)) == before

    # The same by the command, and then the corrected sheet.
    path, fixed = tmp_path / "sai.xlsx", tmp_path / "dung.xlsx"
    path.write_bytes(book)
    fixed.write_bytes(office_book()[0])
    words = {"data": data.data, "KHO_DATABASE_URL": data.database_url}
    refused = kho_here("indicators", "import", path, "--year", "2026", "--apply", "--json", **words)
    told = json.loads(refused.stdout)
    assert refused.returncode == 1 and not told["applied"]
    assert [row["row"] for row in told["rows"] if row["fault"]] == wrong
    done = kho_here("indicators", "import", fixed, "--year", "2026", "--apply", "--json", **words)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["applied"] and told["ok"] and told["name"] == TITLE
    by_code = {one["code"]: one for one in told["indicators"]}
    assert len(by_code) == 66 and by_code["1.10"]["parent"] == "I" and by_code["1.2"]["parent"] == "I"

    with ward.work() as session:
        sets.apply_set(session, actor=office, now=ward.now, timezone=ZONE, set_id=told["set"])
    with ward.db.reading() as session:
        one = sets.load_set(session, told["set"])
        items = {item.code: item for item in sets.items_of(one)}
        assert check(list(items.values())) == []
        assert items["3.3"].method is M.RATIO and items["3.3"].rule.b == "tổng số hồ sơ"
        assert items["3.3"].verifier_unit_id == ward.units["B"]
        assert items["4.6"].rule.lower and items["5.4"].rule.steps[1].points == items["5.4"].most * 3 / 4
        sheets = session.scalars(select(IndicatorSheet).where(IndicatorSheet.set_id == one.id)).all()
        assert len(sheets) == UNITS


def test_what_the_sheet_does_not_say_is_told() -> None:
    lines = [
        (2, ["STT", "Chỉ số", "Điểm tối đa", "Cách tính"]),
        (3, ["I", "Hạ tầng số", "", ""]),
        (4, ["1", "Có trang thông tin", "5", ""]),
        (5, ["2", "", "5", "Đạt / không đạt"]),
        (6, ["3", "Mạng", "", "a/b"]),
        (7, ["", "Tổng cộng", "30", ""]),
        (9, ["", "Người lập", "", ""]),
    ]
    reading = read_lines([("Trang 1", lines)], lambda text: None)
    assert reading is not None
    said = {row.number: row.fault or row.outcome for row in reading.rows}
    assert "lấy tổng" in said[3] and "không ghi cách tính" in said[4]
    assert "Thiếu tên" in said[5] and "Thiếu điểm tối đa" in said[6] and "30" in said[7] and 9 not in said
