"""What an attack on inspections found: surprises that were told elsewhere, steps that went round the rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import inspections as i
from tests.support.prepared import prepared
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.inspections import concluding, signing, teams, visits
from webapp.models import AuditEvent, InspectionVisit, Movement, Notice, Person, Role, SignatureSide, TeamPost, Unit
from webapp.people.queries import list_grants
from webapp.permissions.scopes import readable_events

pytestmark = pytest.mark.either_database


@prepared
def in_two_worlds(ward: Ward) -> None:
    """An administrator and an auditor who belong to unit A."""
    for username, role in (("admin.a", Role.ADMINISTRATOR), ("auditor.a", Role.AUDITOR)):
        ward.person(username, role)
        ward.grant(username, Role.CLERK, "A")
        with ward.work() as session:
            session.get_one(Person, ward.people[username]).unit_id = ward.units["A"]


def log_of(ward: Ward, username: str) -> set[str]:
    with ward.db.reading() as session:
        return set(session.scalars(select(AuditEvent.action).where(readable_events(ward.viewer(username)))))


def test_a_surprise_stands_in_no_log_and_on_no_page_of_roles(in_two_worlds: Ward) -> None:
    ward = in_two_worlds
    before = {name: log_of(ward, name) for name in ("clerk.a", "admin.a", "auditor.a")}
    one = i.at_work(ward, surprise=True)
    for name, actions in before.items():
        added = {action for action in log_of(ward, name) - actions if action.startswith(("inspection", "grant"))}
        assert added == set(), name
    with ward.db.reading() as session:
        roles = [row.role for row in list_grants(session, viewer=ward.viewer("admin.a"))]
    assert Role.INSPECTOR in roles  # the one given long ago by table
    assert len([role for role in roles if role is Role.INSPECTOR]) == 1
    i.step(ward, visits.cancel_visit, one, "office", reason="chuyển sang tuần sau")
    assert not {action for action in log_of(ward, "clerk.a") if action.startswith("inspection")}
    with ward.db.reading() as session:
        assert not session.scalars(select(Notice).where(Notice.person_id == ward.people["clerk.a"])).all()


def test_a_cancelled_team_tells_the_units_that_knew(ward: Ward) -> None:
    one = i.at_work(ward)
    i.step(ward, visits.notify_unit, one, "outsider")
    with ward.work() as session:
        teams.end_team(
            session,
            actor=ward.viewer("office"),
            moment=i.moment(ward),
            inspection_id=one.inspection_id,
            move="cancel",
            reason="trùng lịch",
        )
    with ward.db.reading() as session:
        told = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
        events = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == one.id)).all()
    assert any("không đến đơn vị nữa: trùng lịch" in text for text in told)
    assert "inspection-visit.cancel" in events


def test_another_team_is_no_way_into_one_that_ended(ward: Ward) -> None:
    one = i.signed(ward)
    with ward.work() as session:
        teams.end_team(
            session,
            actor=ward.viewer("office"),
            moment=i.moment(ward),
            inspection_id=one.inspection_id,
            move="end",
            reason="",
        )
    i.at_work(ward)  # the same people, the same unit, another team
    with ward.db.reading() as session:
        revision = session.get_one(InspectionVisit, one.id).revision
    named: dict[str, Any] = {"revision": revision, "text": "Đơn vị làm tốt."}
    with pytest.raises(NotFound):
        i.step(ward, concluding.report_visit, one, "outsider", **named)
    # Its report is not lost with it: the office enters it.
    i.step(ward, concluding.report_visit, one, "office", **named)


def test_two_sides_sign_the_same_words(ward: Ward) -> None:
    one = i.minuted(ward)
    i.sign(ward, one, "outsider", SignatureSide.TEAM)
    with ward.work() as session:
        session.get_one(Unit, ward.units["A"]).name = "Đơn vị đổi tên"
    i.sign(ward, one, "head.a", SignatureSide.UNIT)
    with ward.work() as session:
        shown = signing.load_minutes(session, visits.load_visit(session, one.id), i.moment(ward))
        assert shown.unit == "Đơn vị A"
    other = i.minuted(ward, i.opened(ward, "B"))
    i.sign(ward, other, "outsider", SignatureSide.TEAM)
    with ward.work() as session:
        session.get_one(InspectionVisit, other.id).place = "nơi khác"
    ward.grant("clerk.b", Role.HEAD, "B")
    with pytest.raises(Conflict):
        i.sign(ward, other, "clerk.b", SignatureSide.UNIT)


def test_nothing_new_begins_in_a_movement_that_ended(ward: Ward) -> None:
    begun = i.opened(ward)
    waiting = i.at_work(ward, "B")
    with ward.work() as session:
        session.get_one(Movement, ward.movement_id).ended_on = date(2026, 11, 1)
    with pytest.raises(Invalid, match="đã kết thúc"):
        i.draft(ward)
    with pytest.raises(Invalid, match="đã kết thúc"):
        i.step(ward, visits.notify_unit, waiting, "outsider")
    i.minuted(ward, begun)


def test_strokes_within_strokes_are_no_signature() -> None:
    with pytest.raises(Invalid):
        signing.read_drawing("[" * 60_000)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_units_page_keeps_the_teams_report_to_the_team(client: Client) -> None:
    ward = client.ward
    one = i.signed(ward)
    with ward.db.reading() as session:
        revision = session.get_one(InspectionVisit, one.id).revision
    i.step(ward, concluding.report_visit, one, "outsider", revision=revision, text="Nhận xét nội bộ của đoàn")
    with ward.work() as session:
        session.get_one(Movement, ward.movement_id).ended_on = date(2026, 11, 1)
    assert "Nhận xét nội bộ" not in client.sign_in("head.a").get(f"/visits/{one.id}").text
    office = client.as_user("office")
    assert "Nhận xét nội bộ" in office.get(f"/visits/{one.id}").text
    assert client.as_user("clerk.a").get("/inspections/report.docx").status_code == 403
    assert TeamPost.HEAD.label in office.get(f"/inspections/{one.inspection_id}").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_unit_put_into_a_draft_by_mistake_is_taken_out_again(client: Client) -> None:
    ward = client.ward
    one = i.visit(ward, i.draft(ward), "A")
    office = client.sign_in("office")
    path = f"/visits/{one.id}/cancel"
    assert path in office.get(f"/inspections/{one.inspection_id}").text
    assert office.post(path, {"reason": "ghi nhầm"}).status_code == 303
    assert client.as_user("clerk.a").get(path).status_code == 404
    assert "ghi nhầm" in office.get(f"/inspections/{one.inspection_id}").text
