"""A movement ends by a decision, is withdrawn while unused, or goes on by an amendment; groups as in the one before."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support import papers
from tests.support.ward import small_reading
from tests.support.web import Client
from webapp.duties import service as duties
from webapp.models import Movement, Notice
from webapp.permissions import Permission, Subject, can

pytestmark = pytest.mark.either_database


def test_after_its_end_everything_is_read_and_nothing_handed_in_until_it_goes_on(client: Client) -> None:
    ward = client.ward
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đã làm"})
    office, head, address = client.as_user("office"), client.as_user("head.a"), f"/movements/{ward.movement_id}/end"
    ended = {"ended_on": "21/11/2026", "basis": "Quyết định số 15/QĐ-UBND"}
    assert head.post(address, ended).status_code == 403
    assert office.post(address, ended | {"basis": ""}).status_code == 422
    assert office.post(address, ended | {"ended_on": "22/11/2026"}).status_code == 303
    assert can(ward.viewer("head.a"), Permission.PAPER_SUBMIT, paper)  # its last day
    assert office.post(address, ended).status_code == 303
    refused = head.post(f"/papers/{paper.id}/submit")
    assert refused.status_code == 403 and "Phong trào đã kết thúc" in refused.text
    assert head.get(f"/papers/{paper.id}").status_code == 200
    assert "đã kết thúc" in head.get(f"/movements/{ward.movement_id}").text
    for what in (
        Permission.PAPER_OPEN,
        Permission.CHECKLIST_OPEN,
        Permission.INITIATIVE_ADD,
        Permission.DIFFICULTY_ADD,
    ):
        subject = Subject(kind="unit", id="x", unit_id=ward.units["A"], movement_id=ward.movement_id)
        assert not can(ward.viewer("clerk.a"), what, subject), what
    zone = ward.resources.settings.timezone
    with ward.work() as session:
        assert duties.remind_of_deadlines(session, now=ward.now, timezone=zone) == 0
        assert session.scalars(select(Notice)).all() == []
    ward.plan(small_reading(signer="Trần Văn B"), movement_id=ward.movement_id)
    assert head.post(f"/papers/{paper.id}/submit").status_code == 303


def test_one_read_in_by_mistake_is_withdrawn_with_a_reason_and_its_name_is_free(client: Client) -> None:
    ward = client.ward
    name = "Phong trào nhập nhầm"
    reading = small_reading(abstract=f"Triển khai Phong trào thi đua “{name}” giai đoạn 2026-2030")
    wrong = ward.plan(reading)
    office = client.as_user("office")
    assert office.post(f"/movements/{wrong}/withdraw", {"reason": ""}).status_code == 422
    assert office.post(f"/movements/{wrong}/withdraw", {"reason": "Nhập hai lần"}).status_code == 303
    assert name not in office.get("/movements").text
    assert "Nhập hai lần" in office.get(f"/movements/{wrong}").text
    ward.later(minutes=1)
    again = ward.plan(reading)
    with ward.db.reading() as session:
        assert session.get_one(Movement, again).name == name
    ward.movement_id = again
    papers.open_paper(ward, "clerk.a", "A")
    refused = office.post(f"/movements/{again}/withdraw", {"reason": "Nhập nhầm"})
    assert refused.status_code == 422 and "không rút được" in refused.text


def test_units_are_marked_with_the_groups_they_had_before_and_saved_by_one_press(client: Client) -> None:
    ward = client.ward
    first = ward.movement_id
    ward.later(minutes=1)
    second = ward.plan(small_reading(abstract="Triển khai Phong trào thi đua “Sau” giai đoạn 2026-2030"))
    office = client.as_user("office")
    page = office.get(f"/movements/{second}/coverage").text
    assert "Lấy nhóm như phong trào trước" in page and "checked" not in page
    page = office.get(f"/movements/{second}/coverage?before={first}").text
    assert page.count("checked") == 4 and "4 đơn vị theo phong trào trước; chưa lưu" in " ".join(page.split())
