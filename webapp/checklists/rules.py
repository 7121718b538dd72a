"""Moves of a checklist, states of items, codes of evidence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.models.checklist import ChecklistState, ItemState

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[ChecklistState, str], ChecklistState] = {
    (ChecklistState.DRAFT, "submit"): ChecklistState.SUBMITTED,
    (ChecklistState.RETURNED, "submit"): ChecklistState.SUBMITTED,
    (ChecklistState.SUBMITTED, "return"): ChecklistState.RETURNED,
}


def item_faults(state: ItemState, reason: str) -> dict[str, str]:
    """Why a state cannot be set."""
    if state is ItemState.NOT_APPLICABLE and not reason.strip():
        return {"reason": "“Không áp dụng” cần có lý do."}
    return {}


def citation_faults(number: str, abstract: str) -> dict[str, str]:
    faults = {}
    if not number.strip():
        faults["cited_number"] = "Trích dẫn cần có số, ký hiệu của văn bản."
    if not abstract.strip():
        faults["cited_abstract"] = "Trích dẫn cần có trích yếu của văn bản."
    return faults


def evidence_code(criterion: str, year: int, number: int) -> str:
    """`III.1.đ-2026-003`."""
    return f"{criterion}-{year}-{number:03d}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit has said about one criterion: number of evidences, of parts not done, whether evidence changed since."""

    code: str
    state: ItemState
    evidences: int
    open_parts: int = 0
    changed: bool = False

    @property
    def is_done(self) -> bool:
        """Answered for good: claimed, or not applicable."""
        return self.state in (ItemState.CLAIMED, ItemState.NOT_APPLICABLE)

    def doubts(self) -> list[str]:
        """What the unit should look at before it hands in."""
        found = []
        if self.state is ItemState.NOT_STARTED:
            found.append("chưa ghi kết quả")
        elif self.state is ItemState.IN_PROGRESS:
            found.append("còn ghi “đang thực hiện”")
        elif self.state is ItemState.CLAIMED:
            if not self.evidences:
                found.append("tự nhận đạt nhưng chưa có minh chứng")
            if self.open_parts:
                found.append(f"tự nhận đạt nhưng còn {self.open_parts} mục con chưa xong")
        if self.changed:
            found.append("minh chứng đã thay đổi sau khi tự nhận, cần xem lại")
        return found
