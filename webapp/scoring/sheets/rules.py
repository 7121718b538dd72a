"""Moves of a unit's sheet, windows of stages, what is still to do before a move. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.models.score import SheetState

S = SheetState

# (present state, move) -> next state; used by server and page alike. The moves of the last four lines are made by the
# round for all its sheets at once, since relative points make one unit's late change move the others.
SHEET_MOVES: dict[tuple[SheetState, str], SheetState] = {
    (S.DRAFT, "submit"): S.SUBMITTED,
    (S.RETURNED, "submit"): S.SUBMITTED,
    (S.SUBMITTED, "return"): S.RETURNED,
    (S.SUBMITTED, "deliver"): S.APPRAISED,
    (S.APPRAISED, "agree"): S.SETTLED,
    (S.APPRAISED, "explain"): S.EXPLAINED,
    (S.APPRAISED, "lapse"): S.SETTLED,
    (S.EXPLAINED, "settle"): S.SETTLED,
    (S.SETTLED, "reopen"): S.EXPLAINED,
    **{
        (state, "excuse"): S.EXCUSED
        for state in (S.DRAFT, S.RETURNED, S.SUBMITTED, S.APPRAISED, S.EXPLAINED, S.SETTLED)
    },
    (S.EXCUSED, "readmit"): S.DRAFT,
    (S.SETTLED, "close"): S.CLOSED,
    (S.CLOSED, "open"): S.SETTLED,
    (S.CLOSED, "publish"): S.PUBLISHED,
    (S.PUBLISHED, "withdraw"): S.CLOSED,
    (S.PUBLISHED, "finalise"): S.FINAL,
}

STAGES = {
    "self": "Tự chấm",
    "appraise": "Thẩm định",
    "explain": "Đơn vị trả lời",
    "second": "Thẩm định lần hai",
    "appeal": "Kiến nghị sau công bố",
}


Plain = Mapping[str, Any]


def last_day(stage: str, windows: Mapping[str, str], extensions: Mapping[str, str]) -> date | None:
    """The last day of a stage for one unit; None when nobody set one."""
    days = [date.fromisoformat(days[stage]) for days in (windows, extensions) if days.get(stage)]
    return max(days) if days else None


def too_late(stage: str, today: date, windows: Mapping[str, str], extensions: Mapping[str, str]) -> str:
    """Why it is too late for a stage, or an empty text."""
    last = last_day(stage, windows, extensions)
    if last is None or today <= last:
        return ""
    return f"Thời hạn “{STAGES[stage]}” đã hết ngày {last:%d/%m/%Y}. Trường hợp cần thiết, đề nghị cơ quan thường trực gia hạn."


@dataclass(frozen=True, slots=True)
class Said:
    """What the sides said of one criterion, in the plain shape of `points.scheme.entry_as_plain`."""

    code: str
    own: Plain | None = None
    comment: str = ""
    appraisal: Plain | None = None
    appraisal_reason: str = ""
    explanation: str = ""
    second: Plain | None = None
    second_reason: str = ""
    moderated: Plain | None = None
    reopened: bool = False
    has_evidence: bool = False
    wants_evidence: bool = False
    fault: str = field(default="")

    @property
    def standing(self) -> Plain | None:
        """What counts: the council's word over the second appraisal over the first."""
        return self.moderated or self.second or self.appraisal


# Why no first appraisal is written any more, and where the way goes on from there.
NO_LONGER_APPRAISED: dict[SheetState, str] = {
    S.DRAFT: "Đơn vị chưa trình phiếu này nên chưa thẩm định được.",
    S.RETURNED: "Phiếu đã được trả lại cho đơn vị chấm lại; thẩm định tiếp khi đơn vị trình lại.",
    S.APPRAISED: "Kết quả thẩm định đã gửi cho đơn vị; chờ đơn vị đồng ý hoặc giải trình.",
    S.EXPLAINED: "Đơn vị đã giải trình: thẩm định lần hai ở trang của phiếu, không ở bảng này.",
    S.SETTLED: "Phiếu đã thẩm định xong; muốn xem lại một mục, mở lại mục đó ở trang của phiếu.",
    S.CLOSED: "Cụm đã chốt kỳ chấm; muốn sửa, đề nghị cơ quan thường trực hoặc lãnh đạo phường mở lại kỳ chấm trước khi công bố.",
    S.PUBLISHED: "Kỳ chấm đã công bố nên ô này không lưu được nữa; nếu điểm chưa đúng, đơn vị gửi kiến nghị để Hội đồng xem lại.",
    S.FINAL: "Kết quả kỳ chấm đã là chính thức nên không sửa được nữa.",
    S.EXCUSED: "Đơn vị được miễn chấm trong kỳ này.",
}


def is_claim(plain: Plain | None) -> bool:
    """Whether an entry claims anything that evidence should show."""
    if plain is None or not plain["applies"] or plain["level"] == "not":
        return False
    return plain["level"] is not None or any(text != "0" for text in plain["values"].values())


def before_submitting(entries: Iterable[Said]) -> list[str]:
    """What keeps a sheet from being handed in."""
    left = []
    for one in entries:
        if one.own is None:
            left.append(f"{one.code}: chưa tự chấm.")
        elif one.fault:
            left.append(f"{one.code}: {one.fault}")
        elif not one.own["applies"] and not one.comment.strip():
            left.append(f"{one.code}: không áp dụng thì cần nêu lý do ở phần thuyết minh.")
        elif one.wants_evidence and is_claim(one.own) and not one.has_evidence:
            left.append(f"{one.code}: chưa có minh chứng.")
    return left


def lacks_reason(one: Said, *, second: bool = False) -> bool:
    """A word that differs from the unit's own, or any second word, without saying why."""
    if second:
        return one.second is not None and not one.second_reason.strip()
    return one.appraisal is not None and one.appraisal != one.own and not one.appraisal_reason.strip()


def before_delivering(entries: Iterable[Said]) -> list[str]:
    """What keeps an appraisal from being given to the unit."""
    left = []
    for one in entries:
        if one.appraisal is None:
            left.append(f"{one.code}: chưa thẩm định.")
        elif one.reopened:
            left.append(f"{one.code}: minh chứng đã thay đổi, cần thẩm định lại.")
        elif lacks_reason(one):
            left.append(f"{one.code}: khác điểm tự chấm nên cần ghi lý do.")
    return left


def before_settling(entries: Iterable[Said]) -> list[str]:
    """What keeps the second appraisal from being the last word."""
    left = []
    for one in entries:
        if one.reopened:
            left.append(f"{one.code}: minh chứng đã thay đổi, cần thẩm định lại.")
        elif one.explanation and one.second is None:
            left.append(f"{one.code}: chưa trả lời giải trình của đơn vị.")
        elif lacks_reason(one, second=True):
            left.append(f"{one.code}: cần ghi lý do của lần thẩm định này.")
    return left


def verdict(one: Said) -> str:
    """How an explanation was answered, in words."""
    if one.second is None:
        return ""
    if one.second == one.own:
        return "Chấp nhận giải trình"
    return "Giữ điểm thẩm định" if one.second == one.appraisal else "Chấp nhận một phần"


def changed_evidence(frozen: Iterable[Mapping[str, str]], present: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """[{code, was, now}] of evidence that is not what was appraised; "" for what was not there, or is not any more."""
    was = {one["code"]: one["sha256"] for one in frozen}
    now = {one["code"]: one["sha256"] for one in present}
    return [
        {"code": code, "was": was.get(code, ""), "now": now.get(code, "")}
        for code in sorted({*was, *now})
        if was.get(code, "") != now.get(code, "")
    ]
