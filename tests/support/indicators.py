"""An office's workbook of indicators, a set in force, and a sheet led through its stages."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import numbers
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from tests.support.ward import Ward
from webapp.indicators import assessing, sets, verifying
from webapp.indicators.entries import Spoken
from webapp.indicators.scheme import HALF, Item, Rule, Said
from webapp.models import Indicator, IndicatorEntry, IndicatorMethod, IndicatorSet, IndicatorSheet, UnitKind

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
M = IndicatorMethod
HEADS = (
    "Số TT",
    "Tên chỉ số",
    "ĐIỂM TỐI ĐA",
    "Cách tính / cách chấm điểm",
    "Tài liệu kiểm chứng",
    "Nguồn số liệu",
    "Đơn vị xác minh",
)
PILLARS = ("Nhận thức số", "Thể chế số", "Hạ tầng số", "Nhân lực số", "An toàn thông tin", "Hoạt động chuyển đổi số")
TITLE = "BỘ CHỈ SỐ MỨC ĐỘ CHUYỂN ĐỔI SỐ NĂM 2026"


def office_book(faulty: bool = False) -> tuple[bytes, list[int]]:
    """Six pillars with ten indicators each, as offices keep them: titles above, cells merged over a, b and the ratio,
    "1.1" as a number and as a day, decimal commas; and the numbers of the rows that cannot be taken."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"], sheet["A2"] = "ỦY BAN NHÂN DÂN PHƯỜNG THỬ", TITLE
    for place, head in enumerate(HEADS, start=1):
        sheet.cell(4, place, head)
    row, wrong = 5, []
    for pillar, name in enumerate(PILLARS, start=1):
        sheet.cell(row, 1, ["I", "II", "III", "IV", "V", "VI"][pillar - 1])
        sheet.cell(row, 2, name)
        sheet.cell(row, 3, 100)
        row += 1
        for place in range(1, 11):
            most: object = 10
            sheet.cell(row, 2, f"{name}: chỉ số {place}")
            code = sheet.cell(row, 1)
            if place == 2 and pillar == 1:
                code.value, code.number_format = datetime(2026, 2, 1), "dd/mm/yyyy"
            elif place in (1, 10):
                code.value = float(f"{pillar}.1")  # what is left of "1.10" in a sheet that takes it for a number
            else:
                code.value = f"{pillar}.{place}"
            if place == 3:
                # One indicator over four rows, its cells merged.
                parts = ("a: số hồ sơ trực tuyến", "b: tổng số hồ sơ", "Tỷ lệ = a/b", "Điểm = a/b × điểm tối đa")
                for at, part in enumerate(parts):
                    sheet.cell(row + at, 4, part)
                sheet.cell(row, 5, "Báo cáo tháng 12")
                sheet.cell(row, 7, "Đơn vị B")
                most = "10,0"
                for column in (1, 2, 3, 5, 7):
                    sheet.merge_cells(start_row=row, end_row=row + 3, start_column=column, end_column=column)
            elif place == 4:
                sheet.cell(row, 4, "Từ 90%: 10 điểm; từ 70%: 7,5 điểm; dưới 70%: 0 điểm")
            elif place == 5:
                sheet.cell(row, 4, "10/5/0")
                sheet.cell(row, 3).number_format = numbers.FORMAT_NUMBER_00
            elif place == 6:
                sheet.cell(row, 4, "Tỷ lệ a/b, càng thấp càng tốt; a: số sự cố; b: số máy")
            else:
                sheet.cell(row, 4, "Đã ban hành: đủ; chưa đủ: một nửa; không có: 0")
            if faulty and (pillar, place) in ((2, 5), (4, 2), (6, 7)):
                wrong.append(row)
                if pillar == 2:
                    most = "mười"
                elif pillar == 4:
                    code.value = "4.1"
                else:
                    sheet.cell(row, 4, "Từ 90%: 12 điểm; dưới 90%: 3 điểm")
            sheet.cell(row, 3, most)
            row += 4 if place == 3 else 1
    sheet.cell(row, 2, "Tổng cộng")
    sheet.cell(row, 3, 600)
    sheet.cell(row + 3, 6, "Người lập biểu")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), wrong


def small_set(verifier: str | None = None) -> list[Item]:
    """Three pillars of 10, 10 and 20 points, four methods; `verifier` is the id of the unit that verifies 2.1."""
    return [
        Item(code="I", text="Nhận thức số", method=M.SUM, most=Decimal(10)),
        Item(code="1.1", text="Lãnh đạo chỉ đạo chuyển đổi số", method=M.LADDER, most=Decimal(10), parent="I"),
        Item(code="II", text="Hạ tầng số", method=M.SUM, most=Decimal(10)),
        Item(
            code="2.1",
            text="Tỷ lệ máy tính có phòng, chống mã độc",
            method=M.RATIO,
            most=Decimal(10),
            parent="II",
            rule=Rule(a="số máy có", b="tổng số máy"),
            verifier="Đơn vị B",
            verifier_unit_id=verifier,
        ),
        Item(code="2.2", text="Số máy tính", method=M.INFO, most=Decimal(0), parent="II"),
        Item(code="III", text="Hoạt động số", method=M.SUM, most=Decimal(20)),
        Item(
            code="3.1",
            text="Số buổi tập huấn",
            method=M.FORMULA,
            most=Decimal(20),
            parent="III",
            rule=Rule(formula="số_buổi * 5"),
        ),
    ]


def set_in_force(ward: Ward, *, verifier: str | None = None, year: int = 2026) -> str:
    """A set for offices, applied: each has a sheet. Its id."""
    draft = sets.SetDraft(
        name=f"Bộ chỉ số {year}", unit_kinds=[UnitKind.OFFICE.value], due_on=date(year, 12, 20), citation="QĐ 1"
    )
    actor = ward.viewer("office")
    with ward.work() as session:
        made = sets.make_set(
            session,
            actor=actor,
            now=ward.now,
            movement_id=ward.movement_id,
            year=year,
            draft=draft,
            items=small_set(verifier),
        )
        set_id = made.id
    with ward.work() as session:
        sets.apply_set(session, actor=actor, now=ward.now, timezone=ZONE, set_id=set_id)
    return set_id


def sheet_of(ward: Ward, set_id: str, unit: str) -> str:
    with ward.db.reading() as session:
        found = session.scalar(
            select(IndicatorSheet.id).where(IndicatorSheet.set_id == set_id, IndicatorSheet.unit_id == ward.units[unit])
        )
    assert found is not None
    return found


def spoken(ward: Ward, sheet_id: str, code: str, said: Said | None, text: str = "") -> Spoken:
    """Over what is there now."""
    with ward.db.reading() as session:
        sheet = session.get_one(IndicatorSheet, sheet_id)
        key = session.scalar(select(Indicator.id).where(Indicator.set_id == sheet.set_id, Indicator.code == code))
        entry = session.scalar(
            select(IndicatorEntry).where(IndicatorEntry.sheet_id == sheet_id, IndicatorEntry.code == code)
        )
        assert key is not None
        revision = entry.revision if entry is not None else 0
    return Spoken(sheet_id=sheet_id, indicator_id=key, revision=revision, said=said, text=text)


def values(**numbers: str) -> Said:
    return Said(values={name: Decimal(text) for name, text in numbers.items()})


GOOD: Mapping[str, Said] = {
    "1.1": Said(choice=HALF),
    "2.1": values(a="8", b="10"),
    "2.2": Said(),
    "3.1": values(số_buổi="3"),
}


def assess(ward: Ward, sheet_id: str, who: str, said: Mapping[str, Said] = GOOD) -> None:
    for code, one in said.items():
        word = spoken(ward, sheet_id, code, one, "theo báo cáo")
        with ward.work() as session:
            assessing.save_own(session, actor=ward.viewer(who), now=ward.now, spoken=word)


def submit(ward: Ward, sheet_id: str, head: str) -> None:
    with ward.work() as session:
        assessing.submit_sheet(session, actor=ward.viewer(head), now=ward.now, timezone=ZONE, sheet_id=sheet_id)


def publish(ward: Ward, set_id: str, sheet_id: str, clerk: str, head: str) -> None:
    """One sheet from nothing to everybody's."""
    assess(ward, sheet_id, clerk)
    submit(ward, sheet_id, head)
    office, common = ward.viewer("office"), {"now": ward.now, "timezone": ZONE}
    with ward.work() as session:
        verifying.accept_rest(session, actor=office, now=ward.now, sheet_id=sheet_id)
        verifying.deliver(session, actor=office, sheet_id=sheet_id, **common)  # type: ignore[arg-type]
        assessing.answer(session, actor=ward.viewer(head), sheet_id=sheet_id, agrees=True, **common)  # type: ignore[arg-type]
        sets.publish_set(session, actor=office, set_id=set_id, **common)  # type: ignore[arg-type]


def get_set_row(ward: Ward, set_id: str) -> IndicatorSet:
    with ward.db.reading() as session:
        return session.get_one(IndicatorSet, set_id)
