"""What an attack on scoring found once: each stays found."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.support import scores
from tests.support.scores import step
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.errors import Conflict, Invalid
from webapp.models import (
    AuditEvent,
    Document,
    Evidence,
    EvidenceLink,
    Notice,
    Person,
    Role,
    SheetState,
)
from webapp.scoring.points.scheme import Level
from webapp.scoring.rounds import arranging, closing, opening
from webapp.scoring.sheets import appraising, self_scoring
from webapp.scoring.sheets import queries as sheet_queries

USUAL_TEXT = "Đơn vị A"


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    sheet_id = scores.handed_in(ward).id
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
    sheet_id = scores.handed_in(ward).id
    lower(ward)
    add_file(ward)
    refresh(ward, sheet_id)
    assert scores.agree(ward, "head.a", "A").state is SheetState.EXPLAINED


def test_before_delivery_the_unit_does_not_learn_which_items_are_appraised(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = scores.handed_in(ward).id
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
    sheet_id = scores.handed_in(ward).id
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
    sheet_id = scores.handed_in(ward).id
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


def test_an_item_is_opened_once_more_after_the_appraisal_ended(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = scores.handed_in(ward).id
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
    sheet_id = scores.handed_in(ward).id
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
    sheet_id = scores.handed_in(ward).id
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


def test_whoever_is_asked_to_score_a_unit_reads_its_evidence_and_nothing_else_of_it(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet_id = scores.handed_in(ward).id
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
    scores.settle_all(ward)
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
    sheet_id = scores.handed_in(ward).id
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
