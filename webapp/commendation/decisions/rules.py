"""Order of a list, when a verdict needs a reason, what may happen to an award. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from webapp.models import AwardSubject, Nomination

PAID_WITH_A_HIGHER_TITLE = "Đã thưởng theo danh hiệu có mức cao hơn của cùng thời gian"
# Collectives, households, persons stand apart in the list of a decision.
PLACE = {AwardSubject.COLLECTIVE: 0, AwardSubject.HOUSEHOLD: 1, AwardSubject.PERSON: 2}


def in_order(rows: Iterable[Nomination]) -> list[Nomination]:
    """As they stand in a decision: by kind of honoured, title, then as they were put forward."""
    return sorted(rows, key=lambda one: (PLACE[one.subject], one.title.position, one.created_at, one.id))


def verdict_fault(*, approve: bool, voted_for: bool, reason: str) -> str:
    """Why this word of the Chairman cannot stand without a reason; empty when it can."""
    if reason:
        return ""
    if not approve:
        return "Không khen thưởng thì phải ghi lý do; lý do được lưu cùng hồ sơ."
    if not voted_for:
        return "Hội đồng không tán thành trường hợp này; đồng ý khác với kết quả bỏ phiếu thì phải ghi lý do."
    return ""


def day_fault(day: date | None, *, decided_on: date, today: date, what: str) -> str:
    """Why something cannot have happened to an award on that day; empty when it can."""
    if day is None:
        return f"Hãy ghi ngày {what}."
    if day < decided_on:
        return f"Ngày {what} không thể trước ngày quyết định ({decided_on:%d/%m/%Y})."
    if day > today:
        return f"Ngày {what} chưa đến."
    return ""
