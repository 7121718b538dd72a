"""Order of a list, when a verdict needs a reason, what may happen to an award. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from search import fold
from webapp.models import AwardSubject, Nomination
from webapp.models.base import Tone

PAID_WITH_A_HIGHER_TITLE = "Đã thưởng theo danh hiệu có mức cao hơn của cùng thời gian"
# Collectives, households, persons stand apart in the list of a decision.
PLACE = {AwardSubject.COLLECTIVE: 0, AwardSubject.HOUSEHOLD: 1, AwardSubject.PERSON: 2}


def in_order(rows: Iterable[Nomination]) -> list[Nomination]:
    """As they stand in a decision: by kind of honoured, title, then as they were put forward."""
    return sorted(rows, key=lambda one: (PLACE[one.subject], one.title.position, one.created_at, one.id))


def highest_titles(titles: Iterable[tuple[str, str, int]]) -> set[str]:
    """Of (id, whose, amount): the one of each that is paid, the first of equals."""
    highest: dict[str, tuple[str, int]] = {}
    for key, whose, amount in titles:
        if whose not in highest or amount > highest[whose][1]:
            highest[whose] = (key, amount)
    return {key for key, _ in highest.values()}


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom a line honours: the account if any, else the name among those of the unit, or of the place without one."""

    subject: AwardSubject
    person_id: str | None
    folded: str
    unit_id: str | None
    workplace: str

    @property
    def named(self) -> tuple[str, ...]:
        return (self.subject.value, self.folded, self.unit_id or fold(self.workplace))


def whose(payees: Mapping[str, Payee]) -> dict[str, str]:
    """Id -> a key that is the same for lines of one person, collective or household.

    A line that names no account is that of the account with the same name in the same unit; people of one name in
    different units are different people.
    """
    accounts = {one.named: one.person_id for one in payees.values() if one.person_id}
    return {key: one.person_id or accounts.get(one.named) or "|".join(one.named) for key, one in payees.items()}


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


class Place(StrEnum):
    """Where a case stands against the number that may be honoured."""

    WITHIN = "within"
    TIED = "tied"
    RESERVE = "reserve"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Stand:
    """`words` tell the place and the bound; `tone` is how they look."""

    place: Place
    words: str
    tone: Tone


def stand_against(yes: Mapping[str, int], left: int | None, *, bound: int | None, reserve: int) -> dict[str, Stand]:
    """Of cases the council voted for, by votes for each: within the bound, on the reserve list, above.

    `left` is how many of `bound` are free (None: no bound). Cases with equal votes on both sides of the border are told
    to be tied: nobody but people decides between them.
    """
    if left is None or bound is None:
        return dict.fromkeys(yes, Stand(Place.WITHIN, "trong chỉ tiêu (đợt này không giới hạn)", "good"))
    order = sorted(yes, key=lambda key: (-yes[key], key))
    border = yes[order[left]] if left < len(order) else None
    is_tied = border is not None and left > 0 and yes[order[left - 1]] == border
    found = {}
    for number, key in enumerate(order):
        if is_tied and yes[key] == border:
            found[key] = Stand(
                Place.TIED, f"bằng số phiếu với trường hợp khác ở ranh giới chỉ tiêu {bound}; cần người chọn", "warn"
            )
        elif number < left:
            found[key] = Stand(Place.WITHIN, f"trong chỉ tiêu {bound}", "good")
        elif number < left + reserve:
            found[key] = Stand(
                Place.RESERVE, f"vượt chỉ tiêu {bound}, đứng thứ {number - left + 1} danh sách dự bị", "warn"
            )
        else:
            found[key] = Stand(Place.ABOVE, f"vượt chỉ tiêu {bound}", "bad")
    return found


def count_words(counts: Mapping[AwardSubject, int]) -> str:
    """ "2 tập thể, 1 hộ gia đình, 7 cá nhân": how a paper counts whom it honours; a kind of none is left out."""
    return ", ".join(f"{counts[one]} {one.label.lower()}" for one in PLACE if counts.get(one)) or "0 trường hợp"
