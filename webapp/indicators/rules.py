"""Moves of a set and of a unit's sheet, and what is still to do before a move. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.models import IndicatorSetState as Set
from webapp.models import IndicatorSheetState as S

# (present state, move) -> next state; used by server and page alike.
SET_MOVES: dict[tuple[Set, str], Set] = {
    (Set.DRAFT, "apply"): Set.IN_FORCE,
    (Set.IN_FORCE, "publish"): Set.PUBLISHED,
    (Set.PUBLISHED, "withdraw"): Set.IN_FORCE,
}
# The moves of the last two lines are made by the set for all its sheets at once.
SHEET_MOVES: dict[tuple[S, str], S] = {
    (S.DRAFT, "submit"): S.SUBMITTED,
    (S.RETURNED, "submit"): S.SUBMITTED,
    (S.SUBMITTED, "return"): S.RETURNED,
    (S.SUBMITTED, "deliver"): S.VERIFIED,
    (S.VERIFIED, "agree"): S.FINAL,
    (S.VERIFIED, "explain"): S.EXPLAINED,
    (S.VERIFIED, "lapse"): S.FINAL,
    (S.EXPLAINED, "settle"): S.FINAL,
    (S.FINAL, "reopen"): S.EXPLAINED,
    (S.FINAL, "publish"): S.PUBLISHED,
    (S.PUBLISHED, "withdraw"): S.FINAL,
}
NEXT = {
    S.DRAFT: "Đơn vị tự đánh giá; lãnh đạo đơn vị trình.",
    S.RETURNED: "Đơn vị sửa theo lý do trả lại rồi trình lại.",
    S.SUBMITTED: "Cơ quan thường trực và đơn vị xác minh thẩm định từng chỉ số, rồi gửi kết quả cho đơn vị.",
    S.VERIFIED: "Đơn vị đồng ý, hoặc giải trình chỉ số có kết quả khác.",
    S.EXPLAINED: "Cơ quan thường trực trả lời giải trình và kết luận.",
    S.FINAL: "Chờ công bố cùng các đơn vị khác.",
    S.PUBLISHED: "Mọi người xem được kết quả.",
}

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the sides said of one indicator, in the plain shape of `scheme.said_as_plain`."""

    code: str
    own: Plain | None = None
    own_comment: str = ""
    verified: Plain | None = None
    verified_reason: str = ""
    explanation: str = ""
    final: Plain | None = None
    final_reason: str = ""
    fault: str = ""
    has_evidence: bool = False
    wants_evidence: bool = False

    @property
    def standing(self) -> Plain | None:
        """What counts: the conclusion over what was verified over the unit's own."""
        return self.final or self.verified or self.own

    @property
    def differs(self) -> bool:
        return self.verified is not None and self.verified != self.own


def before_submitting(words: Iterable[Word]) -> list[str]:
    """What keeps a sheet from being handed in."""
    left = []
    words = list(words)
    if words and all(one.own is not None and not one.own["applies"] for one in words):
        left.append("Mọi chỉ số đều ghi là không áp dụng; cần đánh giá ít nhất một chỉ số.")
    for one in words:
        if one.own is None:
            left.append(f"{one.code}: chưa tự đánh giá.")
        elif one.fault:
            left.append(f"{one.code}: {one.fault}")
        elif not one.own["applies"] and not one.own_comment.strip():
            left.append(f"{one.code}: không áp dụng thì cần nêu lý do ở phần thuyết minh.")
        elif one.wants_evidence and claims(one.own) and not one.has_evidence and not one.own_comment.strip():
            left.append(f"{one.code}: cần chọn văn bản kiểm chứng, hoặc ghi số, ngày, trích yếu ở phần thuyết minh.")
    return left


def claims(plain: Plain) -> bool:
    """Whether something is claimed that should be shown."""
    return bool(plain["applies"]) and plain["choice"] != "none" and plain["values"].get("a") != "0"


def before_delivering(words: Iterable[Word]) -> list[str]:
    """What keeps a verification from being given to the unit."""
    left = []
    for one in words:
        if one.verified is None:
            left.append(f"{one.code}: chưa thẩm định.")
        elif one.differs and not one.verified_reason.strip():
            left.append(f"{one.code}: khác kết quả tự đánh giá nên cần ghi lý do.")
    return left


def before_settling(words: Iterable[Word]) -> list[str]:
    """What keeps a sheet that was explained from being concluded."""
    left = []
    for one in words:
        if one.explanation and one.final is None:
            left.append(f"{one.code}: chưa trả lời giải trình của đơn vị.")
        elif one.final is not None and not one.final_reason.strip():
            left.append(f"{one.code}: kết luận cần ghi lý do.")
    return left
