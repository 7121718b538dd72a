"""Moves of an initiative, the two clocks of the law, shares of authors, what is missing. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.models.initiative import InitiativeState as S
from webapp.permissions.catalogue import Permission as P

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[S, str], S] = {
    (S.DRAFT, "submit"): S.SUBMITTED,
    (S.RETURNED, "submit"): S.SUBMITTED,
    (S.SUBMITTED, "return"): S.RETURNED,
    (S.REVIEWED, "return"): S.RETURNED,
    (S.SUBMITTED, "review"): S.REVIEWED,
    (S.REVIEWED, "review"): S.REVIEWED,
    (S.REVIEWED, "recognise"): S.RECOGNISED,
    (S.REVIEWED, "decline"): S.DECLINED,
    (S.RECOGNISED, "adopt"): S.REPLICATED,
    (S.REPLICATED, "adopt"): S.REPLICATED,
    (S.HONOURED, "adopt"): S.HONOURED,
    (S.REPLICATED, "honour"): S.HONOURED,
}
# What each move asks of the person.
NEEDED: dict[str, P] = {
    "submit": P.INITIATIVE_SUBMIT,
    "return": P.INITIATIVE_RETURN,
    "review": P.INITIATIVE_REVIEW,
    "recognise": P.INITIATIVE_DECIDE,
    "decline": P.INITIATIVE_DECIDE,
    "adopt": P.INITIATIVE_ADOPT,
    "honour": P.INITIATIVE_HONOUR,
}
# Who is expected to do what next, in words for the page.
NEXT = {
    S.DRAFT: "Đơn vị soạn xong, rồi lãnh đạo đơn vị ký trình.",
    S.SUBMITTED: "Cơ quan thường trực hoặc thành viên Hội đồng nhận xét.",
    S.RETURNED: "Đơn vị bổ sung theo lý do trả lại, rồi lãnh đạo đơn vị trình lại.",
    S.REVIEWED: "Cơ quan thường trực hoặc lãnh đạo phường quyết định công nhận hay không; Hội đồng còn nhận xét thêm được.",
    S.RECOGNISED: "Các đơn vị khác áp dụng và ghi lại kết quả; đơn vị áp dụng đầu tiên đưa sáng kiến sang “Đã nhân rộng”.",
    S.DECLINED: "Việc xét đã xong. Đơn vị đọc lý do, cải tiến và có thể đăng ký thành sáng kiến mới.",
    S.REPLICATED: "Cơ quan thường trực ghi biểu dương khi đã có hình thức biểu dương.",
    S.HONOURED: "Đơn vị khác vẫn ghi thêm được việc áp dụng.",
}


@dataclass(frozen=True, slots=True)
class Term:
    """So many months, by which law, in force since when. `what` ends a sentence: "còn 20 ngày để …"."""

    months: int
    law: str
    since: date
    what: str

    def last_day(self, start: date) -> date:
        """The last day in time: the same day so many months on, or the last one of a shorter month."""
        place = start.year * 12 + start.month - 1 + self.months
        year, month = divmod(place, 12)
        return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


_STATUTE = "Điều lệ Sáng kiến (Nghị định số 13/2012/NĐ-CP ngày 02/3/2012, có hiệu lực từ 25/4/2012)"
# To be checked against the rule in force; late is shown, never refused.
REQUEST = Term(12, _STATUTE, date(2012, 4, 25), "trình yêu cầu công nhận")
ANSWER = Term(3, _STATUTE, date(2012, 4, 25), "công nhận")


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What a clock shows: a sentence, its tone (info, warn, bad, plain), the last day in time, the law behind it."""

    text: str
    tone: str
    last_day: date
    law: str


def clock(
    state: S, *, today: date, first_applied_on: date | None, first_submitted_on: date | None, submitted_on: date | None
) -> ClockFace | None:
    """The clock that runs now, or None. After the request only its lateness is told."""
    if state in (S.SUBMITTED, S.REVIEWED) and submitted_on is not None:
        return _face(ANSWER, submitted_on, today)
    if state in (S.DRAFT, S.RETURNED) and first_submitted_on is None and first_applied_on is not None:
        return _face(REQUEST, first_applied_on, today)
    return None


def _face(term: Term, start: date, today: date) -> ClockFace:
    last = term.last_day(start)
    left = (last - today).days
    if left < 0:
        return ClockFace(f"quá hạn {-left} ngày để {term.what}", "bad", last, term.law)
    if left == 0:
        return ClockFace(f"hôm nay là hạn cuối để {term.what}", "warn", last, term.law)
    return ClockFace(f"còn {left} ngày để {term.what}", "warn" if left <= 20 else "info", last, term.law)


def late_by(first_applied_on: date | None, first_submitted_on: date | None) -> int:
    """By how many days the request came late; 0 when in time or not to be told."""
    if first_applied_on is None or first_submitted_on is None:
        return 0
    return max(0, (first_submitted_on - REQUEST.last_day(first_applied_on)).days)


WHOLE = 10_000
MOST_AUTHORS = 10


def share_of(text: str) -> int | None:
    """Hundredths of a percent: "33,34" is 3334; empty is 0. None when it is no percentage with two places."""
    text = text.strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text, re.ASCII):
        return None
    whole, _, part = text.partition(".")
    share = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    return share if share <= WHOLE else None


def share_words(share: int) -> str:
    """33,34 for 3334; 50 for 5000."""
    whole, part = divmod(share, 100)
    return f"{whole},{part:02d}".rstrip("0").rstrip(",") if part else str(whole)


def equal_shares(count: int) -> list[int]:
    """As equal as hundredths of a percent allow; together exactly the whole."""
    if count == 0:
        return []
    each, rest = divmod(WHOLE, count)
    return [each + (place < rest) for place in range(count)]


def share_fault(shares: Sequence[int]) -> str | None:
    """Why shares cannot be handed in, or None."""
    if not shares:
        return "Hãy ghi ít nhất một tác giả."
    if any(share <= 0 for share in shares):
        return "Mỗi tác giả phải có tỷ lệ đóng góp lớn hơn 0%."
    if sum(shares) != WHOLE:
        return f"Tỷ lệ đóng góp của các tác giả phải cộng đúng 100%; hiện là {share_words(sum(shares))}%."
    return None


def missing(
    *, title: str, field: object, problem: str, solution: str, effect: str, first_applied_on: date | None,
    today: date, shares: Sequence[int],
) -> dict[str, str]:  # fmt: skip
    """What stands against handing in, by field."""
    faults = {}
    for name, value, sentence in (
        ("title", title, "Hãy ghi tên sáng kiến."),
        ("field", field, "Hãy chọn lĩnh vực."),
        ("problem", problem, "Hãy nêu vấn đề trước khi có sáng kiến."),
        ("solution", solution, "Hãy mô tả giải pháp."),
        ("effect", effect, "Hãy nêu hiệu quả, có số liệu."),
        ("first_applied_on", first_applied_on, "Hãy ghi ngày áp dụng lần đầu."),
    ):
        if not value:
            faults[name] = sentence
    if first_applied_on is not None and first_applied_on > today:
        faults["first_applied_on"] = "Ngày áp dụng lần đầu chưa đến; sáng kiến phải được áp dụng rồi mới trình."
    if fault := share_fault(shares):
        faults["authors"] = fault
    if effect and not re.search(r"\d", effect):
        faults["effect"] = "Hiệu quả cần có ít nhất một số liệu."
    return faults


def average(totals: Iterable[int]) -> str:
    """The mean of review totals (of 30) in words: "24,5"; empty when there is none."""
    found = list(totals)
    return f"{sum(found) / len(found):.1f}".replace(".", ",") if found else ""
