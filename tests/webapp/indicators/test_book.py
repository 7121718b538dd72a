"""A set leaves as a sheet and comes back the same; points in a sheet are those that LibreOffice comes to."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from tests.webapp.indicators.random_sets import random_said, random_set
from tests.webapp.scoring.libreoffice import needs_libreoffice, worked_out
from webapp.core.worksheets import read_worksheets
from webapp.indicators.book import Assessed, points_book, set_sheet
from webapp.indicators.reading import read_lines
from webapp.indicators.reckoning import reckon

SETS = 200


def test_a_set_that_was_sent_out_is_read_back_the_same() -> None:
    chance = random.Random(7)
    items = [replace(item, source="Báo cáo năm", verifier="Công an phường") for item in random_set(chance)]
    sheets = read_worksheets(set_sheet(items, title="Bộ chỉ số năm 2026"), ".xlsx").sheets
    reading = read_lines(sheets, lambda text: None)
    assert reading is not None and reading.ok, reading and reading.faults
    assert reading.items == items
    assert reading.title == "Bộ chỉ số năm 2026"


@needs_libreoffice
def test_points_are_those_that_another_program_comes_to(tmp_path: Path) -> None:
    chance = random.Random(11)
    made = []
    for number in range(SETS):
        items = random_set(chance)
        one = Assessed(
            name=f"{number}",
            title="Phiếu",
            items=items,
            said=random_said(chance, items),
            decimals=number % 3,
            rescales=number % 2 == 0,
        )
        made.append(one)
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(points_book(made))
    (done,) = worked_out(tmp_path, [path])
    book = load_workbook(io.BytesIO(done), data_only=True, read_only=True)
    for one in made:
        values = {row[0]: row[8] for row in book[one.name].iter_rows(min_row=4, values_only=True) if row[0]}
        tail = {row[1]: row[8] for row in book[one.name].iter_rows(min_row=4, values_only=True) if not row[0]}
        ours = reckon(one.items, one.said, decimals=one.decimals, rescales=one.rescales)
        for line in ours.lines:
            theirs = Decimal(str(values.get(line.item.code) or 0))
            assert abs(theirs - (line.points or 0)) < Decimal("1e-9"), (one.name, line.item.code)
        assert abs(Decimal(str(tail["Tổng điểm"])) - ours.points) < Decimal("1e-9"), one.name
        assert abs(Decimal(str(tail["Tỷ lệ so với điểm tối đa, %"])) - ours.share) < Decimal("1e-9"), one.name
