"""Closing, the order of equals, appeals, and what is final."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.support import scores
from tests.support.scores import D, council_word, step
from tests.support.ward import Ward
from webapp.core.errors import Invalid
from webapp.models import (
    AppealOutcome,
    Notice,
    ScoreResult,
    SheetState,
)
from webapp.permissions import Permission, can
from webapp.scoring.rounds import appeals, arranging, closing, moderating, opening
from webapp.scoring.rounds.verifying import verify_scores

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_offices_own_unit_is_excused_by_the_leadership(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet = scores.sheet_of(ward, "VH")
    assert not can(ward.viewer("office"), Permission.SHEET_EXTEND, sheet)
    done = step(ward, arranging.excuse_sheet, "chair", sheet_id=sheet.id, reason="Sáp nhập")
    assert done.state is SheetState.EXCUSED


def test_the_council_orders_whole_groups_of_equals_and_nobody_else(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    scores.settle_all(ward)
    step(ward, closing.close_round, "office", round_id=round_id)
    ids = {unit: scores.sheet_of(ward, unit).id for unit in ("A", "B", "VH")}
    order = {"round_id": round_id, "reason": "Biểu quyết"}
    with pytest.raises(Invalid, match="trọn một nhóm"):
        step(ward, arranging.order_equals, "council", **order, order=[ids["B"], ids["A"]])
    step(ward, arranging.order_equals, "council", **order, order=[ids["VH"], ids["A"], ids["B"]])
    assert ranks(ward) == {"VH": 1, "A": 2, "B": 3}
    # Who is no longer equal is not held by it; the others keep their order between them.
    row = scores.entries_of(ward, scores.sheet_of(ward, "VH"))["C"]
    common = {"sheet_id": ids["VH"], "entry_id": row.id, "revision": row.revision}
    step(ward, moderating.moderate_entry, "council", **common, word=council_word(D(0), "Sáng kiến trùng"))
    assert ranks(ward) == {"A": 1, "B": 2, "VH": 3}


def ranks(ward: Ward) -> dict[str, int]:
    with ward.db.reading() as session:
        rows = {row.sheet_id: row.rank for row in session.scalars(select(ScoreResult))}
        assert verify_scores(session) == []
    return {unit: rows[scores.sheet_of(ward, unit).id] for unit in ("A", "B", "VH")}


def test_opening_a_closed_round_takes_back_what_the_council_said_and_tells_everyone(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    scores.settle_all(ward)
    step(ward, closing.close_round, "office", round_id=round_id)
    sheet = scores.sheet_of(ward, "A")
    row = scores.entries_of(ward, sheet)["B"]
    common = {"sheet_id": sheet.id, "entry_id": row.id, "revision": row.revision}
    step(ward, moderating.moderate_entry, "council", **common, word=council_word(D(1), "Trùng"))
    step(ward, closing.reopen_round, "office", round_id=round_id, reason="Sai số liệu")
    assert scores.entries_of(ward, sheet)["B"].moderated is None
    with ward.db.reading() as session:
        told = set(session.scalars(select(Notice.person_id).where(Notice.text.contains("Sai số liệu"))))
    assert {ward.people[name] for name in ("head.a", "head.b", "head.vh")} <= told


def test_a_result_is_final_only_after_the_time_for_appeals_and_their_answers(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    scores.settle_all(ward)
    step(ward, closing.close_round, "office", round_id=round_id)
    step(ward, closing.publish_round, "office", round_id=round_id)

    def refused(said: str) -> None:
        with pytest.raises(Invalid, match=said):
            step(ward, closing.finalise_round, "chair", round_id=round_id)

    refused("Hãy đặt thời hạn kiến nghị")
    windows = {"appeal": date(2026, 11, 22)}
    step(ward, opening.set_windows, "office", round_id=round_id, windows=windows, reason="")
    sheet = scores.sheet_of(ward, "A")
    extended = {"sheet_id": sheet.id, "stage": "appeal", "until": date(2026, 11, 24), "reason": "Mất điện"}
    step(ward, arranging.extend_stage, "office", **extended)
    ward.later(days=1)
    appeal = step(ward, appeals.raise_appeal, "head.a", sheet_id=sheet.id, code="B", text="Xem lại")
    refused("hết ngày 24/11/2026")
    ward.later(days=2)
    refused("Còn kiến nghị chưa được trả lời")
    answer = {"appeal_id": appeal.id, "outcome": AppealOutcome.UPHELD, "answer": "Đúng"}
    step(ward, appeals.answer_appeal, "council", **answer)
    refused("chưa được điều chỉnh: Đơn vị A")
    step(ward, closing.reopen_round, "office", round_id=round_id, reason="Kiến nghị của đơn vị A")
    row = scores.entries_of(ward, sheet)["B"]
    common = {"sheet_id": sheet.id, "entry_id": row.id, "revision": row.revision}
    step(ward, moderating.moderate_entry, "council", **common, word=council_word(D(40), "Theo kiến nghị"))
    step(ward, closing.publish_round, "office", round_id=round_id)
    step(ward, closing.finalise_round, "chair", round_id=round_id)
    assert scores.sheet_of(ward, "A").state is SheetState.FINAL


def test_council_and_office_are_told_of_closing_and_appeals(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    scores.settle_all(ward)
    step(ward, closing.close_round, "office", round_id=round_id)
    step(ward, closing.publish_round, "office", round_id=round_id)
    sheet = scores.sheet_of(ward, "A")
    step(ward, appeals.raise_appeal, "head.a", sheet_id=sheet.id, code="B", text="Xem lại")
    with ward.db.reading() as session:

        def told(text: str) -> set[str]:
            return set(session.scalars(select(Notice.person_id).where(Notice.text.contains(text))))

        for text in ("đã chốt điểm năm 2026", "Đơn vị A kiến nghị về kết quả"):
            assert {ward.people["council"], ward.people["office"]} <= told(text), text
