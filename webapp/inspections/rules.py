"""Moves of a team and of a visit, its days, what stands against each step. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from webapp.models import InspectionState as T
from webapp.models import VisitState as V
from webapp.permissions.catalogue import Permission as P

# (present state, move) -> next state; used by server and page alike.
TEAM_MOVES: dict[tuple[T, str], T] = {
    (T.DRAFT, "issue"): T.IN_FORCE,
    (T.DRAFT, "cancel"): T.CANCELLED,
    (T.IN_FORCE, "end"): T.ENDED,
    (T.IN_FORCE, "cancel"): T.CANCELLED,
}
MOVES: dict[tuple[V, str], V] = {
    (V.PLANNED, "notify"): V.NOTIFIED,
    (V.PLANNED, "open"): V.OPENED,
    (V.NOTIFIED, "open"): V.OPENED,
    (V.OPENED, "minute"): V.MINUTED,
    (V.MINUTED, "reopen"): V.OPENED,
    (V.MINUTED, "sign"): V.SIGNED,
    (V.SIGNED, "report"): V.REPORTED,
    (V.REPORTED, "conclude"): V.CONCLUDED,
    (V.CONCLUDED, "close"): V.CLOSED,
    (V.PLANNED, "cancel"): V.CANCELLED,
    (V.NOTIFIED, "cancel"): V.CANCELLED,
}
# The minutes do not stand yet.
UNSIGNED = (V.PLANNED, V.NOTIFIED, V.OPENED, V.MINUTED)
NEEDED: dict[str, P] = {
    "notify": P.VISIT_LEAD,
    "open": P.VISIT_LEAD,
    "minute": P.VISIT_LEAD,
    "reopen": P.VISIT_LEAD,
    "report": P.VISIT_CONCLUDE,
    "conclude": P.VISIT_CONCLUDE,
    "close": P.REMEDY_CLOSE,
}
NEXT = {
    V.PLANNED: "Đoàn gửi thông báo cho đơn vị, hoặc bắt đầu làm việc nếu là kiểm tra đột xuất.",
    V.NOTIFIED: "Đơn vị gửi báo cáo tự kiểm tra; đến ngày, đoàn bắt đầu làm việc tại đơn vị.",
    V.OPENED: "Đoàn ghi nhận kết quả theo từng tiêu chí, rồi lập biên bản.",
    V.MINUTED: "Đơn vị ghi ý kiến; hai bên ký biên bản.",
    V.SIGNED: "Đoàn báo cáo kết quả kiểm tra.",
    V.REPORTED: "Ban hành kết luận, nêu việc đơn vị phải khắc phục và thời hạn.",
    V.CONCLUDED: "Đơn vị khắc phục và báo cáo; đoàn hoặc cơ quan thường trực xác nhận từng việc.",
    V.CLOSED: "Đã xong; hồ sơ vẫn xem được.",
    V.CANCELLED: "Cuộc kiểm tra này đã hủy.",
}

SURPRISE = "Đơn vị chưa biết; đến ngày, đoàn bắt đầu làm việc tại đơn vị mà không thông báo trước."

# Working days where a decision sets no other. No rule on inspections of a movement was found; these follow circulars on
# internal inspections (56/2025/TT-BCT and decision 4843/QĐ-UBND of Hà Nội) and are asked for on each team's form.
DAYS = {"notice": 3, "self_report": 3, "report": 10, "conclusion": 15}
DAY_LABELS = {
    "notice": "Gửi thông báo sau quyết định, chậm nhất",
    "self_report": "Đơn vị gửi báo cáo tự kiểm tra trước ngày làm việc",
    "report": "Đoàn báo cáo kết quả sau khi ký biên bản, chậm nhất",
    "conclusion": "Ban hành kết luận sau báo cáo, chậm nhất",
}
MOST_DAYS = 60
# Share of units to be inspected in a year, in percent, where a programme sets no other.
GOAL = 50
LONGEST_NAME, LONGEST_TEXT, LONGEST_REASON = 200, 5_000, 2_000
LONGEST_TEAM = 366
MOST_MEMBERS, MOST_UNITS = 30, 60


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happens: the instant, the day in the ward, the ward's zone."""

    now: datetime
    today: date
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDraft:
    """What a decision on a team says. Days are whole days in the ward;"""

    name: str
    surprise: bool
    period_from: date | None
    period_until: date | None
    first_day: date | None
    last_day: date | None
    days: Mapping[str, int | None]


def team_faults(draft: TeamDraft) -> dict[str, str]:
    """What is wrong, by field."""
    faults = {}
    if not draft.name.strip():
        faults["name"] = "Hãy đặt tên cho đoàn, ví dụ “Đoàn kiểm tra số 1”."
    wanted = {
        "period_from": "Hãy ghi ngày bắt đầu của thời kỳ được kiểm tra.",
        "period_until": "Hãy ghi ngày cuối của thời kỳ được kiểm tra.",
        "first_day": "Hãy ghi ngày đầu tiên đoàn làm việc.",
        "last_day": "Hãy ghi ngày cuối cùng đoàn làm việc.",
    }
    faults |= {name: sentence for name, sentence in wanted.items() if getattr(draft, name) is None}
    if draft.period_from and draft.period_until and draft.period_until < draft.period_from:
        faults["period_until"] = "Ngày cuối của thời kỳ phải từ ngày bắt đầu trở đi."
    if draft.first_day and draft.last_day:
        if draft.last_day < draft.first_day:
            faults["last_day"] = "Ngày cuối cùng phải từ ngày đầu tiên trở đi."
        elif (draft.last_day - draft.first_day).days > LONGEST_TEAM:
            faults["last_day"] = "Một đoàn làm việc không quá một năm."
    for key in DAYS:
        if draft.days.get(key) is None:
            faults[key] = f"Hãy ghi số ngày làm việc từ 0 đến {MOST_DAYS}."
    return faults


def visit_faults(visit_from: date | None, visit_until: date | None, *, first: date, last: date) -> dict[str, str]:
    """Days of a visit, against those of the team."""
    faults = {}
    if visit_from is None:
        faults["visit_from"] = "Hãy ghi ngày đoàn đến đơn vị."
    if visit_until is None:
        faults["visit_until"] = "Hãy ghi ngày làm việc cuối tại đơn vị."
    if visit_from and visit_until and visit_until < visit_from:
        faults["visit_until"] = "Ngày cuối phải từ ngày đến trở đi."
    elif (visit_from and visit_from < first) or (visit_until and visit_until > last):
        faults["visit_from"] = f"Ngày làm việc phải nằm trong thời gian của đoàn: {first:%d/%m/%Y} đến {last:%d/%m/%Y}."
    return faults


def minutes_missing(findings: int, *, place: str, team_present: str, unit_present: str) -> list[str]:
    """What the minutes lack."""
    missing = []
    if not place.strip():
        missing.append("Chưa ghi địa điểm làm việc.")
    if not team_present.strip():
        missing.append("Chưa ghi người của đoàn có mặt.")
    if not unit_present.strip():
        missing.append("Chưa ghi người của đơn vị có mặt.")
    if not findings:
        missing.append("Chưa ghi nhận kết quả nào.")
    return missing


def words_digest(words: Sequence[str]) -> str:
    """SHA-256 of the minutes' words: a signature counts for these words and no others."""
    return hashlib.sha256(json.dumps(list(words), ensure_ascii=False).encode()).hexdigest()


def share_of(units: Collection[str], visited: Collection[str]) -> int:
    """Percent of the units, rounded down; 0 where there are none."""
    return len(set(visited) & set(units)) * 100 // len(set(units)) if units else 0


def short_of(share: int, goal: int) -> str:
    """The goal against what is reached, in words."""
    if share >= goal:
        return f"Đạt mục tiêu: {share}% số đơn vị (mục tiêu {goal}%)."
    return f"Mới đạt {share}% số đơn vị, mục tiêu {goal}%."
