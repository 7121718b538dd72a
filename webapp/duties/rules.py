"""When things are due, who owes them, how late they are, when to remind. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from webapp.core.days import ward_day
from webapp.models.movement import Deadline
from webapp.models.paper import PaperKind, PaperState
from webapp.models.unit import UnitKind

# Days before and after the last day in time on which those who have not handed in are reminded.
REMINDERS = (14, 7, 3, 1, -1, -3, -7, -14)
# After so many days of lateness nobody is reminded by the program any more.
GIVE_UP = -21


AGAIN = "Hãy chọn ngày đơn vị phải trình lại."


def last_day_in_time(year: int, month: int, day: int, *, exclusive: bool) -> date:
    """The last day on which something due is in time; "trước ngày 05/12" gives 04/12. 29/02 is 28/02 in other years."""
    last = calendar.monthrange(year, month)[1]
    if day > last:
        # The day named does not come that year: before it and on it are both the month's last day.
        return date(year, month, last)
    named = date(year, month, day)
    return named - timedelta(days=1) if exclusive else named


def is_day(month: int, day: int) -> bool:
    """Whether a year can have this day; 29/02 counts."""
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2028, month)[1]


def days_late(submitted_at: datetime | None, last_day: date, *, now: datetime, timezone: ZoneInfo) -> int:
    """Whole days in the ward's calendar after the last day in time; 0 when in time or not yet due."""
    day = ward_day(submitted_at or now, timezone)
    return max((day - last_day).days, 0)


def is_named(
    kind: UnitKind, unit_id: str, *, unit_kinds: Collection[str], included: Collection[str], excluded: Collection[str]
) -> bool:
    """Whether a rule speaks of a unit: of a kind named, or named itself."""
    return unit_id not in excluded and (kind.value in unit_kinds or unit_id in included)


def is_there(*, founded_on: date | None, dissolved_on: date | None, due_on: date, year: int) -> bool:
    """Whether a unit owes anything for a year: founded in it or before, and there on the day it is due."""
    if founded_on is not None and (founded_on > due_on or founded_on.year > year):
        return False
    return dissolved_on is None or dissolved_on > due_on


def reminder_due(last_day: date, today: date) -> int | None:
    """The reminder that should have gone out by today: the latest one passed. None before the first and long after."""
    left = (last_day - today).days
    if left > REMINDERS[0] or left < GIVE_UP:
        return None
    passed = [step for step in REMINDERS if left <= step]
    return passed[-1] if passed else None


def reminder_text(what: str, last_day: date, today: date, *, returned: bool = False) -> str:
    """`returned`: it was handed in, given back, and waits to be handed in again by `last_day`."""
    left = (last_day - today).days
    day = last_day.strftime("%d/%m/%Y")
    if returned:
        what = f"{what} đã được trả lại để sửa"
        if left < 0:
            return (
                f"{what} và chưa trình lại; hạn hết ngày {day} đã qua {-left} ngày. Ngày trình lần đầu vẫn được tính."
            )
    if left > 1:
        return f"{what}: còn {left} ngày, chậm nhất hết ngày {day}."
    if left == 1:
        return f"{what}: ngày mai, {day}, là hạn cuối."
    if left == 0:
        return f"{what}: hôm nay, {day}, là hạn cuối."
    return f"{what}: đã quá hạn {-left} ngày (hạn hết ngày {day}). Vẫn trình được, văn bản sẽ ghi là nộp muộn."


def is_open(state: PaperState | None) -> bool:
    """Whether the unit still has to do something."""
    return state in (None, PaperState.DRAFT, PaperState.RETURNED)


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule about to be made; shape of models.DutyRule."""

    paper: PaperKind
    what: str
    point: str
    first_year: int
    last_year: int
    month: int
    day: int
    exclusive: bool
    unit_kinds: tuple[str, ...]
    years_after: int = 0


# V.5 names agencies and units, not enterprises; the office can include single ones.
REPORTING_KINDS = tuple(kind.value for kind in UnitKind if kind is not UnitKind.ENTERPRISE)


def rules_from_plan(
    first_year: int, last_year: int, reviews: Collection[int], yearly: Deadline | None
) -> list[RuleDraft]:
    """What the plan asks for, as a start that the office corrects: plan, yearly report, interim and final report,
    checklist. The day is that of the plan's own yearly deadline (05/12, exclusive, where it names none)."""
    month, day, exclusive = (yearly.month, yearly.day, yearly.exclusive) if yearly else (12, 5, True)
    point = yearly.point if yearly else ""
    interim = sorted(year for year in reviews if first_year <= year < last_year)
    drafts = [
        RuleDraft(PaperKind.UNIT_PLAN, "", "V.2", first_year, first_year, 12, 31, False, REPORTING_KINDS),
        RuleDraft(PaperKind.UNIT_PLAN, "", "V.2", first_year + 1, last_year, 3, 31, False, REPORTING_KINDS),
        RuleDraft(PaperKind.ANNUAL, "", point, first_year, last_year, month, day, exclusive, REPORTING_KINDS),
        RuleDraft(PaperKind.CHECKLIST, "", point, first_year, last_year, month, day, exclusive, REPORTING_KINDS),
    ]
    drafts += [
        RuleDraft(PaperKind.INTERIM, "", "II.4", year, year, month, day, exclusive, REPORTING_KINDS) for year in interim
    ]
    drafts.append(RuleDraft(PaperKind.FINAL, "", "II.4", last_year, last_year, month, day, exclusive, REPORTING_KINDS))
    return drafts
