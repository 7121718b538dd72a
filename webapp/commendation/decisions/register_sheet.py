"""Registers and statistics as .xlsx: what everybody sees, and the follow-up register of those who look after it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook

from webapp.commendation.decisions.statistics import RoundMoney, Row, Share, Statistics
from webapp.core.numbers import stored_number
from webapp.models import Award
from webapp.official.tables import Value, add_table, write_table

# Head and width in characters.
PUBLIC = (
    ("STT", 6), ("Danh hiệu, hình thức", 34), ("Đối tượng", 14), ("Tên", 32), ("Chức vụ", 22), ("Đơn vị, địa chỉ", 32),
    ("Năm", 8), ("Loại hình", 18), ("Thành tích", 60), ("Số quyết định", 18), ("Ngày quyết định", 14),
    ("Số sổ vàng", 10), ("Ghi chú", 40),
)  # fmt: skip
FOLLOWED = (
    ("STT", 6), ("Số sổ vàng", 10), ("Tên", 32), ("Đối tượng", 14), ("Chức vụ, đơn vị", 40),
    ("Danh hiệu, hình thức", 34), ("Loại hình", 18), ("Thành tích", 60), ("Tờ trình", 18), ("Số quyết định", 18),
    ("Ngày quyết định", 14), ("Người ký", 26), ("Lương cơ sở (đồng)", 16), ("Mức (lần)", 10), ("Tiền thưởng (đồng)", 16),
    ("Ngày chi", 12), ("Đã chi (đồng)", 16), ("Ngày trao", 12), ("Người nhận", 30), ("Thu hồi: số quyết định", 20),
    ("Thu hồi: ngày", 12), ("Thu hồi: lý do", 40), ("Phải thu hồi (đồng)", 16), ("Đã thu hồi (đồng)", 16),
)  # fmt: skip


def public_sheet(awards: Sequence[Award], *, title: str) -> bytes:
    """One line an honour; `awards` with decision and unit."""
    return _table(title, PUBLIC, (_public(place, one) for place, one in enumerate(awards, start=1)))


def followed_sheet(awards: Sequence[Award], proposals: dict[str, str], *, title: str) -> bytes:
    """Sổ theo dõi: with money, payment, revocation. `proposals` is nomination id -> number of its proposal."""
    return _table(title, FOLLOWED, (_followed(place, one, proposals) for place, one in enumerate(awards, start=1)))


def _table(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]]) -> bytes:
    return write_table(
        title=title, heads=[head for head, _ in columns], widths=[width for _, width in columns], rows=rows
    )


def _public(place: int, one: Award) -> tuple[Value, ...]:
    note = ""
    if one.revoked_on is not None:
        note = f"Đã thu hồi theo Quyết định số {one.revoked_number} ngày {one.revoked_on:%d/%m/%Y}"
    elif one.corrects_id:
        note = "Đính chính"
    return (
        place,
        one.title_name,
        one.subject.label,
        one.called,
        one.post,
        one.workplace,
        one.year,
        one.manner.label,
        one.achievement,
        one.decision.number,
        one.decision.decided_on,
        one.ordinal,
        note,
    )


def _followed(place: int, one: Award, proposals: dict[str, str]) -> tuple[Value, ...]:
    return (
        place,
        one.ordinal,
        one.called,
        one.subject.label,
        ", ".join(filter(None, (one.post, one.workplace))),
        one.title_name,
        one.manner.label,
        one.achievement,
        proposals.get(one.nomination_id or "", ""),
        one.decision.number,
        one.decision.decided_on,
        one.decision.signer_name,
        one.base_pay,
        float(stored_number(one.coefficient)) if one.coefficient else None,
        one.amount,
        one.paid_on,
        one.paid_amount,
        one.handed_on,
        one.handed_to,
        one.revoked_number,
        one.revoked_on,
        one.revoked_reason,
        one.to_recover,
        one.recovered_amount,
    )


def statistics_sheet(found: Statistics, *, title: str) -> bytes:
    """One sheet a table."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (
        ("Hình thức", found.forms),
        ("Đối tượng", found.subjects),
        ("Loại hình", found.manners),
        ("Đơn vị", found.units),
        ("Năm", found.years),
    ):
        lines: list[tuple[Value, ...]] = [_counted(one) for one in rows]
        if name != "Năm":
            lines.append(_counted(found.total))
        add_table(
            book.create_sheet(name),
            title=title,
            heads=(name, "Đang có hiệu lực", "Đã thu hồi"),
            widths=(48, 18, 14),
            rows=lines,
        )
    add_table(
        book.create_sheet("Tỷ lệ cá nhân"),
        title=title,
        heads=("Trong số cá nhân đang được khen", "Số người", "Trong số đã ghi", "Chưa ghi"),
        widths=(48, 12, 16, 12),
        rows=[
            _shared("Không giữ chức vụ lãnh đạo, quản lý", found.not_leading),
            _shared("Là nữ", found.women),
        ],
    )
    add_table(
        book.create_sheet("Tiền thưởng"),
        title=title,
        heads=("Đợt xét", "Tính ra (đồng)", "Đã chi (đồng)", "Phải thu hồi (đồng)", "Đã thu hồi (đồng)"),
        widths=(48, 18, 18, 18, 18),
        rows=[_paid(one) for one in (*found.money, found.money_total)],
    )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _counted(one: Row) -> tuple[Value, ...]:
    return one.label, one.standing, one.revoked


def _shared(label: str, one: Share) -> tuple[Value, ...]:
    return label, one.part, one.whole, one.unsaid


def _paid(one: RoundMoney) -> tuple[Value, ...]:
    return one.title, one.worked_out, one.paid, one.to_recover, one.recovered
