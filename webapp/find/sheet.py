"""Search results as a table for Excel."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from webapp.find.loading import Found

HEADS = (
    "Loại",
    "Số, ký hiệu",
    "Tên, trích yếu",
    "Đơn vị",
    "Ngày",
    "Năm",
    "Trạng thái",
    "Tiêu chí",
    "Nội dung",
    "Trang",
)
_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WIDTHS = (20, 20, 70, 34, 12, 8, 16, 18, 12, 8)


def results_sheet(found: Iterable[Found], *, title: str) -> bytes:
    """An .xlsx with one line per hit. Texts are never read as formulas."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Kết quả"
    sheet.append([clean(title)])
    sheet.append([])
    sheet.append(HEADS)
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for one in found:
        sheet.append(list(_row(one)))
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for place, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row in sheet.iter_rows(min_row=4, max_row=sheet.max_row, min_col=3, max_col=3):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A4"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _row(one: Found) -> Sequence[str | int | None]:
    facts = one.facts
    return (
        one.kind_label,
        clean(one.hit.number),
        clean(one.hit.title),
        clean(facts.unit) or ("Phường" if facts.of_ward else None),
        one.hit.date,
        facts.year,
        facts.state or None,
        ", ".join(one.criteria) or facts.code or None,
        one.theme or None,
        one.hit.page,
    )


def clean(text: str | None) -> str | None:
    """Without what a sheet cannot hold: control characters, halves of characters, those that are none."""
    return _UNFIT.sub("", text) if text else None
