"""Teams, visits, findings, minutes, conclusion, remedies: who may do what when, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import inspections as i
from tests.support.prepared import prepared
from tests.support.ward import Ward
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.inspections import concluding, findings, signing, teams, visits
from webapp.models import (
    AuditEvent,
    FindingKind,
    InspectionFinding,
    InspectionSignature,
    InspectionVisit,
    Notice,
    RemedyState,
    RoleGrant,
    SignatureSide,
    TeamPost,
    VisitState,
)

pytestmark = pytest.mark.either_database


@prepared
def ward_of_all(ward: Ward) -> None:
    ward.person("outsider")


def state_of(ward: Ward, one: InspectionVisit) -> VisitState:
    with ward.db.reading() as session:
        return session.get_one(InspectionVisit, one.id).state


def said(fault: pytest.ExceptionInfo[Any]) -> str:
    return " ".join(getattr(fault.value, "fields", {}).values()) or str(fault.value)


def test_a_visit_from_the_decision_to_the_last_remedy(ward_of_all: Ward) -> None:
    ward = ward_of_all
    one = i.concluded(ward)
    assert state_of(ward, one) is VisitState.CONCLUDED
    remedy = i.remedy_of(ward, one)
    i.answer(ward, remedy)
    again = i.close(ward, remedy, closed=False, note="Sổ chưa ghi ngày")
    assert again.state is RemedyState.OPEN
    i.answer(ward, remedy, text="Đã ghi ngày.")
    i.close(ward, remedy, by="outsider")
    assert state_of(ward, one) is VisitState.CLOSED
    with ward.db.reading() as session:
        told = set(session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all())
        actions = list(session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == one.id)))
    assert any("sổ chưa ghi ngày" in text.lower() for text in told) and any("Đã có kết luận" in text for text in told)
    assert [action.partition(".")[2] for action in actions][-5:] == [
        "answer-remedy",
        "return-remedy",
        "answer-remedy",
        "close-remedy",
        "close",
    ]


@pytest.mark.parametrize(
    ("changes", "people", "sentence"),
    [
        ({"name": " "}, (), "đặt tên"),
        ({"last_day": i.TODAY - timedelta(days=1)}, (), "từ ngày đầu tiên"),
        ({"last_day": i.TODAY + timedelta(days=400)}, (), "không quá một năm"),
        ({"period_until": None}, (), "thời kỳ"),
        ({"days": {"notice": 3}}, (), "số ngày làm việc"),
        ({}, (("clerk.a", TeamPost.HEAD),), "đơn vị mình"),
        ({}, (("outsider", TeamPost.MEMBER),), "chưa có trưởng đoàn"),
        ({}, (("outsider", TeamPost.HEAD), ("auditor", TeamPost.HEAD)), "đã có trưởng đoàn"),
        ({"first_day": i.TODAY - timedelta(days=5)}, (("outsider", TeamPost.HEAD),), "trước ngày có quyết định"),
    ],
)
def test_a_team_that_may_not_be(ward_of_all: Ward, changes: Any, people: Any, sentence: str) -> None:
    with pytest.raises(Invalid) as fault:
        i.at_work(ward_of_all, people=people, **changes)
    assert sentence in said(fault)
    with ward_of_all.db.reading() as session:
        assert session.scalars(select(RoleGrant).where(RoleGrant.inspection_id.is_not(None))).all() == []


@pytest.mark.parametrize("by", ["clerk.a", "head.a", "leader.1", "council", "chair", "inspector", "auditor", "admin"])
def test_only_the_office_founds_teams(ward_of_all: Ward, by: str) -> None:
    with pytest.raises(Refused):
        i.draft(ward_of_all, by=by)


def test_access_follows_members_units_and_the_last_day_at_once(ward_of_all: Ward) -> None:
    ward = ward_of_all
    one = i.at_work(ward)
    a, b = ward.units["A"], ward.units["B"]
    assert ward.viewer("outsider").inspected == {a}
    with ward.db.reading() as session:
        team = session.get_one(InspectionVisit, one.id).inspection
    i.visit(ward, team, "B")
    assert ward.viewer("outsider").inspected == {a, b}
    kept: dict[str, Any] = {"actor": ward.viewer("office"), "moment": i.moment(ward), "inspection_id": team.id}
    with ward.work() as session:
        teams.move_last_day(session, **kept, last_day=i.TODAY, reason="xong sớm")
    zone = ward.resources.settings.timezone
    evening = ward.now.astimezone(zone).replace(hour=23, minute=59, second=59)
    assert ward.viewer("outsider", now=evening).inspected == {a, b}
    assert ward.viewer("outsider", now=evening + timedelta(seconds=1)).inspected == frozenset()
    with ward.work() as session:
        teams.move_last_day(session, **kept, last_day=i.TODAY + timedelta(days=5), reason="chưa xong")
        member = next(one for one in session.get_one(type(team), team.id).members)
        teams.remove_member(session, **kept, member_id=member.id, reason="chuyển công tác")
    assert ward.viewer("outsider").inspected == frozenset()


def test_ending_and_cancelling_take_access_away(ward_of_all: Ward) -> None:
    ward = ward_of_all
    first, second = i.at_work(ward), i.at_work(ward, "B")
    kept: dict[str, Any] = {"actor": ward.viewer("office"), "moment": i.moment(ward)}
    with ward.work() as session, pytest.raises(Invalid, match="chưa ký"):
        teams.end_team(session, **kept, inspection_id=first.inspection_id, move="end", reason="")
    with ward.work() as session, pytest.raises(Invalid) as fault:
        teams.end_team(session, **kept, inspection_id=first.inspection_id, move="cancel", reason=" ")
    assert "vì sao hủy" in said(fault)
    with ward.work() as session:
        teams.end_team(session, **kept, inspection_id=first.inspection_id, move="cancel", reason="trùng lịch")
    assert ward.viewer("outsider").inspected == {ward.units["B"]}
    assert state_of(ward, first) is VisitState.CANCELLED and state_of(ward, second) is VisitState.PLANNED
    i.step(ward, visits.notify_unit, second, "outsider")
    i.step(ward, visits.open_visit, second, "outsider")
    with ward.work() as session, pytest.raises(Invalid, match="không hủy được"):
        teams.end_team(session, **kept, inspection_id=second.inspection_id, move="cancel", reason="x")


def test_a_surprise_is_told_to_nobody_of_the_unit_before_the_door(ward_of_all: Ward) -> None:
    ward = ward_of_all
    ward.grant(
        "clerk.b", type(ward.viewer("office").grants and next(iter(ward.viewer("office").grants)).role)("auditor")
    )
    one = i.at_work(ward, surprise=True)
    with pytest.raises(NotFound):
        i.step(ward, visits.open_visit, one, "clerk.a")
    with pytest.raises(Invalid, match="không thông báo"):
        i.step(ward, visits.notify_unit, one, "outsider")
    with ward.db.reading() as session:
        assert session.scalars(select(Notice).where(Notice.person_id == ward.people["clerk.a"])).all() == []
    i.step(ward, visits.open_visit, one, "outsider")
    with ward.db.reading() as session:
        assert session.scalars(select(Notice).where(Notice.person_id == ward.people["clerk.a"])).all()


def test_steps_out_of_turn_are_refused(ward_of_all: Ward) -> None:
    ward = ward_of_all
    one = i.at_work(ward)
    with pytest.raises(Invalid, match="thông báo cho đơn vị trước"):
        i.step(ward, visits.open_visit, one, "outsider")
    with pytest.raises(Refused):
        i.find(ward, one)
    with pytest.raises(NotFound):
        i.step(ward, visits.notify_unit, one, "clerk.a")
    with pytest.raises(Refused):
        i.step(ward, visits.notify_unit, one, "auditor")
    i.step(ward, visits.notify_unit, one, "outsider")
    i.step(ward, visits.open_visit, one, "outsider")
    with pytest.raises(Invalid) as fault:
        i.step(ward, visits.compose_minutes, one, "outsider")
    assert "địa điểm" in str(fault.value) and "kết quả nào" in str(fault.value)
    with pytest.raises(Invalid, match="trạng thái"):
        i.step(ward, concluding.report_visit, one, "outsider", revision=1, text="x")


def test_the_same_finding_arrives_once_and_a_change_over_another_is_told(ward_of_all: Ward) -> None:
    ward = ward_of_all
    one = i.opened(ward)
    first = i.find(ward, one, key="may-tinh-bang-1", photographs=[i.PNG])
    assert i.find(ward, one, key="may-tinh-bang-1", photographs=[i.PNG]).id == first.id
    change: dict[str, Any] = {"actor": ward.viewer("outsider"), "now": ward.now, "finding_id": first.id}
    with ward.work() as session:
        findings.change_finding(session, **change, revision=1, written=i.written("Có sổ, chưa đủ."))
    with ward.work() as session, pytest.raises(Conflict) as fault:
        findings.change_finding(session, **change, revision=1, written=i.written("Không có sổ."))
    assert fault.value.theirs["Nội dung"] == "Có sổ, chưa đủ." and fault.value.mine["Nội dung"] == "Không có sổ."
    with ward.db.reading() as session:
        assert [one.text for one in session.scalars(select(InspectionFinding))] == ["Có sổ, chưa đủ."]


@pytest.mark.parametrize(
    ("said_", "sentence"),
    [
        ({"kind": None}, "làm được, tồn tại hay kiến nghị"),
        ({"text": "  "}, "ghi nội dung"),
        ({"criterion_id": "0" * 13}, "trong danh sách"),
        ({"documents": ["0" * 13]}, "minh chứng của đơn vị"),
    ],
)
def test_a_finding_that_cannot_be_taken(ward_of_all: Ward, said_: Any, sentence: str) -> None:
    one = i.opened(ward_of_all)
    with pytest.raises(Invalid) as fault:
        i.find(ward_of_all, one, **said_)
    assert sentence in said(fault)


def test_a_finding_holds_the_evidence_as_it_was(ward_of_all: Ward) -> None:
    ward = ward_of_all
    checklist = ward.checklist("clerk.a", "A")
    document = ward.attach("clerk.a", ward.item(checklist, "III.1.d"), "bản đầu")
    one = i.opened(ward)
    with pytest.raises(Invalid):  # a draft of the unit is not there for the team
        i.find(ward, one, documents=[document])
    with ward.work() as session:
        from webapp.models import Document, DocumentState, DocumentVersion

        session.get_one(Document, document).state = DocumentState.SUBMITTED
        sha256 = session.scalars(select(DocumentVersion.sha256).where(DocumentVersion.document_id == document)).one()
    made = i.find(ward, one, documents=[document], criterion_id=i.criterion_of(ward, "III.1.d"))
    assert [row[1:] for row in made.evidence] == [[sha256, document]]


def test_signatures_count_for_the_words_that_were_read(ward_of_all: Ward) -> None:
    ward = ward_of_all
    one = i.minuted(ward)
    before = i.digest_of(ward, one)
    i_opinion: dict[str, Any] = {"actor": ward.viewer("clerk.a"), "now": ward.now, "visit_id": one.id}
    with ward.work() as session:
        revision = session.get_one(InspectionVisit, one.id).revision
        visits.write_opinion(
            session, **i_opinion, revision=revision, opinion="Nhất trí", reservations="Sổ có từ tháng 5"
        )
    with pytest.raises(Conflict):
        i.sign(ward, one, "outsider", SignatureSide.TEAM, digest=before)
    i.sign(ward, one, "outsider", SignatureSide.TEAM)
    with pytest.raises(Refused):
        i.sign(ward, one, "clerk.a", SignatureSide.UNIT)
    # What the unit says after the team signed makes the team sign again; after its own signature it says nothing more.
    opinion: dict[str, Any] = {"opinion": "Nhất trí một phần", "reservations": ""}
    with ward.work() as session:
        revision = session.get_one(InspectionVisit, one.id).revision
        visits.write_opinion(session, **i_opinion, revision=revision, **opinion)
    i.sign(ward, one, "head.a", SignatureSide.UNIT)
    with ward.work() as session, pytest.raises(Invalid, match="đã ký"):
        revision = session.get_one(InspectionVisit, one.id).revision
        visits.write_opinion(session, **i_opinion, revision=revision, **opinion)
    with ward.work() as session:
        visits.reopen_minutes(
            session, actor=ward.viewer("outsider"), now=ward.now, visit_id=one.id, reason="đơn vị bổ sung"
        )
    with ward.db.reading() as session:
        assert [row.void_at is None for row in session.scalars(select(InspectionSignature))] == [False, False]
        assert session.get_one(InspectionVisit, one.id).opinion == ""
    assert state_of(ward, one) is VisitState.OPENED


@pytest.mark.parametrize(
    "drawing",
    [
        "",
        "x",
        "{}",
        "[]",
        "[[1]]",
        "[[1, 2, 3]]",
        "[[1, 2, 3, 201]]",
        "[[-1, 2, 3, 4]]",
        "[[1.5, 2, 3, 4]]",
        "[[true, 2, 3, 4]]",
    ],
)
def test_what_is_no_signature(drawing: str) -> None:
    with pytest.raises(Invalid):
        signing.read_drawing(drawing)


def test_the_unit_reads_what_was_found_from_the_minutes_on(ward_of_all: Ward) -> None:
    from webapp.inspections import queries

    ward = ward_of_all
    one = i.opened(ward)
    i.find(ward, one, text="Làm tốt", kind=FindingKind.GOOD)
    for username, sees in (("outsider", 1), ("office", 1), ("head.a", 0)):
        with ward.db.reading() as session:
            who = ward.viewer(username)
            found = queries.list_findings(session, queries.get_visit(session, one.id, viewer=who), viewer=who)
            assert len(found) == sees, username
    for username in ("clerk.b", "leader.1", "admin", "nobody", "inspector"):
        with ward.db.reading() as session, pytest.raises(NotFound):
            queries.get_visit(session, one.id, viewer=ward.viewer(username))
    i.minuted(ward, one)
    with ward.db.reading() as session:
        who = ward.viewer("head.a")
        assert len(queries.list_findings(session, queries.get_visit(session, one.id, viewer=who), viewer=who)) == 2
