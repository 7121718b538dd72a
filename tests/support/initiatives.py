"""Initiatives in any state, made through the real services."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.support.ward import Ward
from webapp.initiatives import judging, service
from webapp.initiatives.service import AuthorLine, Draft
from webapp.models import Initiative, InitiativeField, InitiativeKind, InitiativeScope, InitiativeState, Role

TODAY = date(2026, 11, 22)
# The moves that lead to a state, in order.
WAY: dict[InitiativeState, tuple[str, ...]] = {
    InitiativeState.DRAFT: (),
    InitiativeState.SUBMITTED: ("submit",),
    InitiativeState.RETURNED: ("submit", "return"),
    InitiativeState.REVIEWED: ("submit", "review"),
    InitiativeState.RECOGNISED: ("submit", "review", "recognise"),
    InitiativeState.DECLINED: ("submit", "review", "decline"),
    InitiativeState.REPLICATED: ("submit", "review", "recognise", "adopt"),
    InitiativeState.HONOURED: ("submit", "review", "recognise", "adopt", "honour"),
}
# Who does each of them when nobody else is named.
DOERS = {
    "submit": "head.a",
    "return": "office",
    "review": "council",
    "recognise": "chair",
    "decline": "chair",
    "adopt": "clerk.b",
    "honour": "office",
}


def whole(**changes: Any) -> Draft:
    """A draft with everything in it."""
    values: dict[str, Any] = {
        "kind": InitiativeKind.SOLUTION,
        "field": InitiativeField.DIGITAL,
        "scope": InitiativeScope.WARD,
        "title": "Số hóa hồ sơ đất đai và nhắc hạn trả kết quả",
        "problem": "Hồ sơ giấy thất lạc, trả kết quả chậm.",
        "solution": "Quét hồ sơ ngay khi tiếp nhận, gắn mã vạch, tự nhắc cán bộ trước hạn hai ngày.",
        "effect": "Thời gian xử lý giảm từ 5 ngày còn 2 ngày.",
        "secret": "",
        "first_applied_on": date(2026, 3, 1),
        "authors": (AuthorLine("Người clerk.a", "", 6000), AuthorLine("Bà Ngoài", "Trường Đại học Thử", 4000)),
    }
    return Draft(**{**values, **changes})


def add(ward: Ward, username: str = "clerk.a", unit: str = "A", *, year: int = 2026, **changes: Any) -> Initiative:
    with ward.work() as session:
        return service.open_initiative(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            unit_id=ward.units[unit],
            year=year,
            draft=whole(**changes),
        )


def do(ward: Ward, session: Any, move: str, initiative_id: str, username: str, **changes: Any) -> Any:
    """One move with arguments that are in order."""
    common: dict[str, Any] = {"actor": ward.viewer(username), "now": ward.now, "initiative_id": initiative_id}
    today = {"today": TODAY}
    submission = {"submission": changes.pop("submission", 1)}
    if move == "submit":
        return judging.submit_initiative(session, **common, **today)
    if move == "return":
        return judging.return_initiative(session, **common, **submission, **{"reason": "Cần số liệu.", **changes})
    if move == "review":
        values: dict[str, Any] = {"scores": {"novelty": 7, "effect": 8, "spread": 9}, "comment": "Tốt."}
        return judging.review_initiative(session, **common, **submission, **{**values, **changes})
    if move in ("recognise", "decline"):
        values = {"number": "12/QĐ-UBND", "decided_on": date(2026, 11, 20), "reason": "Chưa mới."}
        if "document_id" not in changes and not common["actor"].has(Role.LEADERSHIP):
            changes["document_id"] = ward.decision(session)
        verdict = judging.Verdict(**{"recognised": move == "recognise", **values, **changes})
        return judging.decide_initiative(session, **common, **today, **submission, verdict=verdict)
    if move == "adopt":
        own = sorted(common["actor"].own_units)
        values = {"unit_id": own[0] if own else ward.units["B"], "adopted_on": TODAY, "result": "Dùng được."}
        return judging.adopt_initiative(session, **common, **today, **{**values, **changes})
    assert move == "honour"
    return judging.honour_initiative(session, **common, **today, **{"number": "", "note": "Giấy khen", **changes})


def bring_to(ward: Ward, state: InitiativeState, **changes: Any) -> str:
    """An initiative of unit A in that state; returns its id."""
    initiative = add(ward, **changes)
    for move in WAY[state]:
        with ward.work() as session:
            do(ward, session, move, initiative.id, DOERS[move])
    return initiative.id
