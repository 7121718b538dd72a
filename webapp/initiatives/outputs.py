"""What leaves the house: the register as a sheet, the certificate as an official paper. Never the part to keep secret."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from webapp.core.errors import Invalid
from webapp.handover.sheet import neutral
from webapp.initiatives.rules import share_words
from webapp.models import Initiative
from webapp.official import Centred, Paper, Paragraph, Signature, date_words, write_paper
from webapp.official.issuer import Issuer

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS: tuple[tuple[str, int], ...] = (
    ("STT", 6),
    ("Tên", 50),
    ("Loại", 12),
    ("Lĩnh vực", 24),
    ("Nội dung thi đua", 12),
    ("Tiêu chí", 12),
    ("Đơn vị", 30),
    ("Năm", 8),
    ("Tác giả (tỷ lệ đóng góp)", 44),
    ("Phạm vi", 16),
    ("Áp dụng lần đầu", 14),
    ("Ngày trình", 14),
    ("Trạng thái", 18),
    ("Quyết định", 22),
    ("Số đơn vị áp dụng", 12),
    ("Biểu dương", 30),
)
_DAY = "dd/mm/yyyy"


def register_sheet(initiatives: Sequence[Initiative], adoptions: Mapping[str, int], *, title: str) -> bytes:
    """An .xlsx with one line per initiative; texts are never read as formulas."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sổ đăng ký"
    sheet["A1"] = neutral(title)
    sheet["A1"].data_type = "s"
    sheet["A1"].font = Font(bold=True)
    sheet.append([])
    sheet.append([head for head, _ in _COLUMNS])
    for cell in sheet[3]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    top = Alignment(wrap_text=True, vertical="top")
    for number, one in enumerate(initiatives, start=1):
        # Cell by cell: asking the sheet for a row looks at every cell there is.
        for column, value in enumerate((number, *_line(one, adoptions)), start=1):
            cell = sheet.cell(row=3 + number, column=column, value=value)
            cell.alignment = top
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(value, date):
                cell.number_format = _DAY
    for place, (_, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "C4"
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(_COLUMNS))}{3 + len(initiatives)}"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _line(one: Initiative, adoptions: Mapping[str, int]) -> tuple[str | int | date | None, ...]:
    authors = "; ".join(f"{author.name} ({share_words(author.share)}%)" for author in one.authors)
    decision = one.decision_number
    if one.decision_date:
        decision = f"{decision} ngày {one.decision_date:%d/%m/%Y}".strip()
    return (
        neutral(one.name),
        one.kind.label,
        one.field.label if one.field else None,
        one.theme.code if one.theme else None,
        one.criterion.code if one.criterion else None,
        neutral(one.unit.name),
        one.year,
        neutral(authors),
        one.scope.label,
        one.first_applied_on,
        one.submitted_on,
        one.state.label,
        neutral(decision),
        adoptions.get(one.id, 0),
        neutral(f"{one.honour_note} {one.honour_number}".strip()),
    )


def certificate(initiative: Initiative, *, issuer: Issuer) -> bytes:
    """Giấy chứng nhận as a .docx draft in the form of Decree 30: number, day and signer are left for the issuer.

    Raises Invalid while number or day of the decision are not known: a certificate has no gaps.
    """
    decided_on = initiative.decision_date
    if decided_on is None or not initiative.decision_number:
        raise Invalid("Chưa có số, ngày của quyết định công nhận nên chưa lập được giấy chứng nhận; hãy bổ sung.")
    kind = initiative.kind.label.lower()
    scope = {"unit": "trong đơn vị", "ward": "trong phường", "beyond": "ngoài phường"}[initiative.scope.value]
    lines: list[Centred | Paragraph] = [Centred(f"{issuer.name} chứng nhận:")]
    several = len(initiative.authors) > 1
    for author in initiative.authors:
        lines.append(Centred(author.name, bold=True))
        share = f"Tỷ lệ đóng góp: {share_words(author.share)}%." if several else ""
        workplace = f"Nơi công tác: {author.workplace}." if author.workplace else ""
        if text := " ".join(filter(None, (workplace, share))):
            lines.append(Centred(text))
    lines.append(Centred(f"là {'các đồng tác giả' if several else 'tác giả'} của {kind}:"))
    lines.append(Centred(f"“{initiative.title}”", bold=True))
    lines.append(Paragraph(f"Đơn vị có {kind}: {initiative.unit.name}. Phạm vi áp dụng: {scope}."))
    decision = f"Quyết định số {initiative.decision_number} {date_words(decided_on)}"
    lines.append(Paragraph(f"Được công nhận năm {decided_on.year} theo {decision}."))
    return write_paper(
        Paper(
            superior=issuer.superior,
            issuer=issuer.name,
            symbol="GCN-UBND" if issuer.is_committee else "GCN",
            place=issuer.place or "……………",
            year=decided_on.year,
            kind="Giấy chứng nhận",
            abstract=f"{initiative.kind.label} được công nhận",
            body=tuple(lines),
            recipients=None,
            signature=Signature(authority=(issuer.authority,) if issuer.authority else (), title=issuer.title),
        )
    )
