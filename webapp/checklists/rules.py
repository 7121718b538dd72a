"""Moves of a checklist, states of items, codes of evidence. Pure."""

from __future__ import annotations

from collections.abc import Iterable

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


def missing(items: Iterable[tuple[str, ItemState, int, bool]]) -> list[str]:
    """What a unit should look at before submitting: (criterion, state, number of evidences, changed) in sentences."""
    sentences = []
    for code, state, evidences, changed in items:
        if state is ItemState.NOT_STARTED:
            sentences.append(f"{code}: chưa ghi kết quả.")
        elif state is ItemState.IN_PROGRESS:
            sentences.append(f"{code}: còn ghi “đang thực hiện”.")
        elif state is ItemState.CLAIMED and not evidences:
            sentences.append(f"{code}: tự nhận đạt nhưng chưa có minh chứng.")
        if changed:
            sentences.append(f"{code}: minh chứng đã thay đổi sau khi tự nhận, cần xem lại.")
    return sentences
