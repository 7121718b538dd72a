"""What an attack on scoring found once: each stays found."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.support import scores
from tests.support.scores import D, step
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.errors import Conflict, Invalid
from webapp.models import (
    AppealOutcome,
    AuditEvent,
    Document,
    Evidence,
    EvidenceLink,
    Notice,
    Person,
    Role,
    ScoreResult,
    SheetState,
)
from webapp.permissions import Permission, can
from webapp.scoring.points.scheme import Level
from webapp.scoring.rounds import arranging, closing, moderating, opening
from webapp.scoring.rounds.verifying import verify_scores
from webapp.scoring.sheets import appraising, self_scoring
from webapp.scoring.sheets import queries as sheet_queries

USUAL_TEXT = "Đơn vị A"


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def cluster(ward: Ward) -> tuple[Ward, str]:
    """A, B, VH under the small rubric; leader of B, deputy of A, heads of all."""
    scores.add_heads(ward)
    scores.rubric(ward)
    round_id: str = scores.open_round(ward)
    return ward, round_id


def handed_in(ward: Ward, unit: str = "A", clerk: str = "clerk.a", head: str = "head.a") -> str:
    scores.give_evidence(ward, clerk, unit)
    scores.score_self(ward, clerk, unit)
    return str(scores.submit(ward, head, unit).id)


def settle_all(ward: Ward) -> None:
    scores.settled(ward, "A", "clerk.a", "head.a", "leader.1")
    scores.settled(ward, "B", "clerk.b", "head.b", "deputy.1")
    scores.settled(ward, "VH", "head.vh", "head.vh", "leader.1")


def lower(ward: Ward, code: str = "B") -> None:
    """Delivered with one item lower than the unit said."""
    scores.appraise(ward, "leader.1", "A", {code: (scores.value("90"), "Chỉ đối chiếu được 90")})
    scores.deliver(ward, "leader.1", "A")


def add_file(ward: Ward) -> None:
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    ward.attach("clerk.a", item, "số liệu bổ sung", "bo-sung.txt")


def refresh(ward: Ward, sheet_id: str) -> list[str]:
    zone = ward.resources.settings.timezone
    with ward.work() as session:
        return appraising.look_at_evidence(session, now=ward.now, timezone=zone, sheet_ids=[sheet_id])


def test_changed_evidence_leaves_the_unit_its_right_to_answer(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = handed_in(ward)
    lower(ward)
    add_file(ward)
    assert refresh(ward, sheet_id) == ["A"]
    assert scores.sheet_of(ward, "A").state is SheetState.APPRAISED
    row = scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"]
    common = {"sheet_id": sheet_id, "entry_id": row.id, "revision": row.revision}
    step(ward, self_scoring.explain_entry, "clerk.a", **common, text="Số liệu đúng")
    step(ward, self_scoring.answer_appraisal, "head.a", sheet_id=sheet_id, agrees=False)
    # Both the explained and the reopened item wait for the second word.
    with pytest.raises(Invalid, match=r"A: minh chứng đã thay đổi.*B: chưa trả lời giải trình"):
        step(ward, appraising.settle_sheet, "leader.1", sheet_id=sheet_id)


def test_agreeing_does_not_settle_what_has_other_evidence_by_now(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = handed_in(ward)
    lower(ward)
    add_file(ward)
    refresh(ward, sheet_id)
    assert scores.agree(ward, "head.a", "A").state is SheetState.EXPLAINED


def test_before_delivery_the_unit_does_not_learn_which_items_are_appraised(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = handed_in(ward)
    scores.appraise(ward, "leader.1", "A")
    add_file(ward)
    assert refresh(ward, sheet_id) == ["A"]
    with ward.db.reading() as session:
        told = set(session.scalars(select(Notice.person_id).where(Notice.text.contains("Minh chứng"))))
        assert told == {ward.people["leader.1"]}
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "score.reopen")).one()
        assert event.object_unit_id is None


def test_an_appraisal_of_a_value_the_unit_changed_is_given_anew(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = handed_in(ward)
    scores.appraise(ward, "leader.1", "A", {"B": (scores.value("40"), "Chỉ 40")})
    step(ward, appraising.return_sheet, "leader.1", sheet_id=sheet_id, reason="Xem lại B")
    scores.score_self(ward, "clerk.a", "A", {"B": scores.value("150")})
    scores.submit(ward, "head.a", "A")
    rows = scores.entries_of(ward, scores.sheet_of(ward, "A"))
    assert rows["B"].appraisal is None and rows["C"].appraisal is not None
    with pytest.raises(Invalid, match=r"B: chưa thẩm định\.$"):
        scores.deliver(ward, "leader.1", "A")


def test_somebody_else_goes_on_when_the_appraiser_cannot(cluster: tuple[Ward, str]) -> None:
    """The deputy is of the unit, the leader is gone: an appraisal that has begun does not stand still for ever."""
    ward, _ = cluster
    sheet_id = handed_in(ward)
    lower(ward)
    row = scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"]
    common = {"sheet_id": sheet_id, "entry_id": row.id, "revision": row.revision}
    step(ward, self_scoring.explain_entry, "clerk.a", **common, text="Số liệu đúng")
    step(ward, self_scoring.answer_appraisal, "head.a", sheet_id=sheet_id, agrees=False)
    with ward.work() as session:
        session.get_one(Person, ward.people["leader.1"]).disabled_at = ward.now
    head = ward.people["head.vh"]
    with pytest.raises(Invalid, match="lý do"):
        step(ward, arranging.assign_appraiser, "office", sheet_id=sheet_id, person_id=head)
    step(ward, arranging.assign_appraiser, "office", sheet_id=sheet_id, person_id=head, reason="Cụm trưởng nghỉ")
    row = scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"]
    common = {"sheet_id": sheet_id, "entry_id": row.id, "revision": row.revision}
    step(ward, appraising.save_appraisal, "head.vh", keep=True, word=scores.Word(**common, entry=None, text="Giữ điểm"))
    assert step(ward, appraising.settle_sheet, "head.vh", sheet_id=sheet_id).state is SheetState.SETTLED


def test_the_offices_own_unit_is_excused_by_the_leadership(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet = scores.sheet_of(ward, "VH")
    assert not can(ward.viewer("office"), Permission.SHEET_EXTEND, sheet)
    done = step(ward, arranging.excuse_sheet, "chair", sheet_id=sheet.id, reason="Sáp nhập")
    assert done.state is SheetState.EXCUSED


def test_an_item_is_opened_once_more_after_the_appraisal_ended(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = handed_in(ward)
    scores.appraise(ward, "leader.1", "A")
    scores.deliver(ward, "leader.1", "A")
    scores.agree(ward, "head.a", "A")
    for code, reason, said in (("?", "Nhầm", "Hãy chọn mục"), ("B", " ", "Hãy ghi lý do")):
        with pytest.raises(Invalid, match=said):
            step(ward, appraising.reopen_sheet, "office", sheet_id=sheet_id, code=code, reason=reason)
    step(ward, appraising.reopen_sheet, "office", sheet_id=sheet_id, code="B", reason="Nhầm dòng")
    # Unchanged evidence does not close it again.
    assert refresh(ward, sheet_id) == []
    with pytest.raises(Invalid, match="B: "):
        step(ward, appraising.settle_sheet, "leader.1", sheet_id=sheet_id)
    row = scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"]
    common = {"sheet_id": sheet_id, "entry_id": row.id, "revision": row.revision}
    step(
        ward,
        appraising.save_appraisal,
        "leader.1",
        word=scores.Word(**common, entry=scores.value("95"), text="Đúng dòng"),
    )
    assert step(ward, appraising.settle_sheet, "leader.1", sheet_id=sheet_id).state is SheetState.SETTLED


def test_a_unit_given_back_late_gets_a_day_and_its_papers(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    sheet_id = handed_in(ward)
    over = {"self": date(2026, 11, 21)}
    step(ward, opening.set_windows, "office", round_id=round_id, windows=over, reason="")
    with pytest.raises(Invalid, match="hãy cho đơn vị một ngày"):
        step(ward, appraising.return_sheet, "leader.1", sheet_id=sheet_id, reason="Thiếu số liệu")
    day = date(2026, 11, 25)
    step(ward, appraising.return_sheet, "leader.1", sheet_id=sheet_id, reason="Thiếu số liệu", until=day)
    with ward.db.reading() as session:
        paper = session.scalars(select(Document).join(Evidence, Evidence.document_id == Document.id)).first()
        assert paper is not None and paper.state.value == "returned"
    scores.score_self(ward, "clerk.a", "A", {"B": scores.value("95")})
    assert scores.submit(ward, "head.a", "A").state is SheetState.SUBMITTED


def test_others_read_what_was_handed_in_and_no_draft(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = handed_in(ward)
    step(ward, appraising.return_sheet, "leader.1", sheet_id=sheet_id, reason="Xem lại")
    scores.score_self(ward, "clerk.a", "A", {"B": scores.value("777")}, comment="đang sửa dở")
    page = client_for(ward).as_user("leader.1").get(f"/scores/sheets/{sheet_id}").text
    assert "777" not in page and "đang sửa dở" not in page and "120" in page
    row = scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"]
    with ward.db.reading() as session:
        viewer = ward.viewer("leader.1")
        sheet = sheet_queries.get_sheet(session, sheet_id, viewer=viewer)
        history = sheet_queries.list_history(session, row, sheet, viewer=viewer)
        assert [one.value["values"]["value"] for one in history if one.value] == ["120"]


def test_evidence_chosen_by_two_at_once_is_told(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    scores.give_evidence(ward, "clerk.a", "A")
    sheet = scores.sheet_of(ward, "A")
    row = scores.entries_of(ward, sheet)["C"]
    with ward.db.reading() as session:
        evidence = session.scalars(select(Evidence.id).where(Evidence.unit_id == ward.units["A"])).one()
    common = {"sheet_id": sheet.id, "entry_id": row.id}
    step(ward, self_scoring.choose_evidence, "clerk.a", **common, before=[], evidence_ids=[evidence])
    with pytest.raises(Conflict, match="Người khác vừa chọn"):
        step(ward, self_scoring.choose_evidence, "head.a", **common, before=["x"], evidence_ids=[])


def test_a_withdrawn_paper_is_evidence_of_nothing(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    document = scores.give_evidence(ward, "clerk.a", "A")
    scores.score_self(ward, "clerk.a", "A")
    with ward.work() as session:
        for link in session.scalars(select(EvidenceLink)):
            link.removed_at = ward.now
        session.get_one(Document, document).withdrawn_at = ward.now
        evidence = session.scalars(select(Evidence.id).where(Evidence.unit_id == ward.units["A"])).one()
    sheet = scores.sheet_of(ward, "A")
    row = scores.entries_of(ward, sheet)["A"]
    common = {"sheet_id": sheet.id, "entry_id": row.id}
    step(ward, self_scoring.choose_evidence, "clerk.a", **common, before=[], evidence_ids=[evidence])
    with pytest.raises(Invalid, match="A: chưa có minh chứng"):
        scores.submit(ward, "head.a", "A")


def test_the_council_orders_whole_groups_of_equals_and_nobody_else(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    settle_all(ward)
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
    step(ward, moderating.moderate_entry, "council", **common, points=D(0), reason="Sáng kiến trùng")
    assert ranks(ward) == {"A": 1, "B": 2, "VH": 3}


def ranks(ward: Ward) -> dict[str, int]:
    with ward.db.reading() as session:
        rows = {row.sheet_id: row.rank for row in session.scalars(select(ScoreResult))}
        assert verify_scores(session) == []
    return {unit: rows[scores.sheet_of(ward, unit).id] for unit in ("A", "B", "VH")}


def test_opening_a_closed_round_takes_back_what_the_council_said_and_tells_everyone(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    settle_all(ward)
    step(ward, closing.close_round, "office", round_id=round_id)
    sheet = scores.sheet_of(ward, "A")
    row = scores.entries_of(ward, sheet)["B"]
    common = {"sheet_id": sheet.id, "entry_id": row.id, "revision": row.revision}
    step(ward, moderating.moderate_entry, "council", **common, points=D(1), reason="Trùng")
    step(ward, closing.reopen_round, "office", round_id=round_id, reason="Sai số liệu")
    assert scores.entries_of(ward, sheet)["B"].moderated is None
    with ward.db.reading() as session:
        told = set(session.scalars(select(Notice.person_id).where(Notice.text.contains("Sai số liệu"))))
    assert {ward.people[name] for name in ("head.a", "head.b", "head.vh")} <= told


def test_a_result_is_final_only_after_the_time_for_appeals_and_their_answers(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    settle_all(ward)
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
    appeal = step(ward, moderating.raise_appeal, "head.a", sheet_id=sheet.id, code="B", text="Xem lại")
    refused("hết ngày 24/11/2026")
    ward.later(days=2)
    refused("Còn kiến nghị chưa được trả lời")
    answer = {"appeal_id": appeal.id, "outcome": AppealOutcome.UPHELD, "answer": "Đúng"}
    step(ward, moderating.answer_appeal, "council", **answer)
    refused("chưa được điều chỉnh: Đơn vị A")
    step(ward, closing.reopen_round, "office", round_id=round_id, reason="Kiến nghị của đơn vị A")
    row = scores.entries_of(ward, sheet)["B"]
    common = {"sheet_id": sheet.id, "entry_id": row.id, "revision": row.revision}
    step(ward, moderating.moderate_entry, "council", **common, points=D(40), reason="Theo kiến nghị")
    step(ward, closing.publish_round, "office", round_id=round_id)
    step(ward, closing.finalise_round, "chair", round_id=round_id)
    assert scores.sheet_of(ward, "A").state is SheetState.FINAL


def test_whoever_is_asked_to_score_a_unit_reads_its_evidence_and_nothing_else_of_it(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = handed_in(ward)
    ward.person("asked", Role.CLERK, "VH")
    step(ward, arranging.assign_appraiser, "leader.1", sheet_id=sheet_id, person_id=ward.people["asked"])
    viewer = ward.viewer("asked")
    assert (ward.units["A"], 2026) in viewer.scored and (ward.units["A"], 2026) not in viewer.led
    client = client_for(ward).as_user("asked")
    with ward.db.reading() as session:
        paper = session.scalars(select(Document).where(Document.unit_id == ward.units["A"])).first()
        assert paper is not None
    assert client.get(f"/documents/{paper.id}").status_code == 200
    assert USUAL_TEXT not in client.get("/overview").text.replace("Đơn vị A</option>", "")
    step(
        ward,
        arranging.declare_conflict,
        "asked",
        person_id=ward.people["asked"],
        unit_id=ward.units["A"],
        year=2026,
        reason="x",
    )
    assert client.get(f"/documents/{paper.id}").status_code == 404


def test_a_published_sheet_shows_the_evidence_that_was_judged(cluster: tuple[Ward, str]) -> None:
    """A published sheet shows the evidence that was judged, and marks what became of it."""
    ward, round_id = cluster
    settle_all(ward)
    step(ward, closing.close_round, "office", round_id=round_id)
    step(ward, closing.publish_round, "office", round_id=round_id)
    with ward.work() as session:
        for link in session.scalars(select(EvidenceLink)):
            link.removed_at = ward.now
    page = client_for(ward).as_user("clerk.c").get(f"/scores/sheets/{scores.sheet_of(ward, 'A').id}").text
    assert "III.1.đ-2026-001" in page and "nay không còn" in page and Level.ACHIEVED.label in page


def test_explanations_go_along_with_the_answer_without_script(cluster: tuple[Ward, str]) -> None:
    """Typed and answered in one form: nothing is lost, and nobody agrees while explaining."""
    ward, _ = cluster
    sheet_id = handed_in(ward)
    lower(ward)
    row = scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"]
    client = client_for(ward).as_user("head.a")
    typed = {f"revision-{row.id}": str(row.revision), f"explanation-{row.id}": "Số liệu đúng"}
    page = client.post(f"/scores/sheets/{sheet_id}/answer", {**typed, "answer": "agree"})
    assert page.status_code == 422 and "Đang có giải trình ở B" in page.text and "Số liệu đúng" in page.text
    row = scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"]
    typed[f"revision-{row.id}"] = str(row.revision)
    assert client.post(f"/scores/sheets/{sheet_id}/answer", {**typed, "answer": "explain"}).status_code == 303
    assert scores.sheet_of(ward, "A").state is SheetState.EXPLAINED
    assert scores.entries_of(ward, scores.sheet_of(ward, "A"))["B"].explanation == "Số liệu đúng"


def test_council_and_office_are_told_of_closing_and_appeals(cluster: tuple[Ward, str]) -> None:
    ward, round_id = cluster
    settle_all(ward)
    step(ward, closing.close_round, "office", round_id=round_id)
    step(ward, closing.publish_round, "office", round_id=round_id)
    sheet = scores.sheet_of(ward, "A")
    step(ward, moderating.raise_appeal, "head.a", sheet_id=sheet.id, code="B", text="Xem lại")
    with ward.db.reading() as session:

        def told(text: str) -> set[str]:
            return set(session.scalars(select(Notice.person_id).where(Notice.text.contains(text))))

        for text in ("đã chốt điểm năm 2026", "Đơn vị A kiến nghị về kết quả"):
            assert {ward.people["council"], ward.people["office"]} <= told(text), text
