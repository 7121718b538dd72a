"""The office says whose a point is; it stays when the plan is told anew; the state is that of the records."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from dataclasses import replace

import docx
import pytest
from sqlalchemy import select

from tests.support import papers
from tests.support.ward import Ward, small_reading
from tests.support.web import Client, client_for
from tests.webapp.obligations.test_reading import OTHER
from webapp.commands.coverage import coverage
from webapp.models import AuditEvent, Movement, PaperKind
from webapp.movement.reading import PlanReading, Point, read_plan
from webapp.obligations.queries import PointRow, list_rows
from webapp.permissions import SYSTEM

pytestmark = pytest.mark.either_database


def reading(change: tuple[str, str] = ("", "")) -> PlanReading:
    return read_plan(
        OTHER.read_text(encoding="utf-8").replace(*change) if change[0] else OTHER.read_text(encoding="utf-8")
    )


def rows(ward: Ward, year: int = 2026) -> dict[tuple[str, int], PointRow]:
    with ward.db.reading() as session:
        movement = session.get_one(Movement, ward.movement_id)
        found = list_rows(session, movement, viewer=SYSTEM, year=year)
        return {(row.duty.code, row.duty.part): row for row in found}


def say(client: Client, point: str, **changes: object) -> int:
    address = f"/plan-points/assign?of={client.ward.movement_id}&point={point}&part=1"
    sent = {
        "owners": ["council"],
        "places": ["meetings"],
        "due": "Quý IV hằng năm",
        "note": "Đã họp bàn",
        "revision": "0",
    }
    return client.post(address, {**sent, **changes}).status_code


def test_what_the_office_says_stands_and_goes_over_to_the_next_wording(ward: Ward) -> None:
    ward.plan(reading())
    client = client_for(ward).sign_in("office")
    assert rows(ward)["VII.5", 1].is_suggested
    page = client.get(f"/plan-points?movement={ward.movement_id}")
    assert page.status_code == 200 and "gợi ý" in page.text and "chưa được xác nhận" in page.text
    assert client_for(ward).sign_in("clerk.a").get("/plan-points").status_code == 403
    assert say(client_for(ward).sign_in("council"), "VII.5") == 403
    assert say(client, "VII.5", owners=[]) == 422
    assert say(client, "VII.5") == 303
    # Two who say it at once: the second is told.
    assert say(client, "VII.5", owners=["office"]) == 409
    said = rows(ward)["VII.5", 1]
    assert (said.owners, said.places, said.when, said.carried) == (
        ("council",),
        ("meetings",),
        "Quý IV hằng năm",
        False,
    )
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "coverage.assign")).one()
    assert event.details["owners"] == "Hội đồng Thi đua - Khen thưởng" and event.details["point"] == "VII.5 (1)"
    # Another number, a word more: it is the same duty. Quite other words are not.
    ward.plan(reading(("5. Hội đồng thi đua", "5. Thường trực Hội đồng thi đua")), movement_id=ward.movement_id)
    assert rows(ward)["VII.5", 1].carried and rows(ward)["VII.5", 1].owners == ("council",)
    other = (
        "5. Hội đồng thi đua khen thưởng xã kiểm tra việc thực hiện phong trào mỗi năm ít nhất một lần",
        "5. Tổ giúp việc lo hậu cần",
    )
    ward.plan(reading(other), movement_id=ward.movement_id)
    assert rows(ward)["VII.5", 1].is_suggested
    paper = docx.Document(io.BytesIO(client.get(f"/plan-points.docx?movement={ward.movement_id}").data))
    table = [cell.text for row in paper.tables[-1].rows for cell in row.cells]
    assert "VII.7" in table and any("(gợi ý)" in text for text in table)


def test_the_state_of_a_point_is_what_was_handed_in(ward: Ward, capsys: pytest.CaptureFixture[str]) -> None:
    known = ("Trước ngày 05 tháng 12 hàng năm báo cáo", "Trước ngày 05 tháng 12 hàng năm, các đơn vị báo cáo")
    told = [replace(one, text=one.text.replace(*known)) for one in small_reading().points]
    heading = Point(code="V", level=1, text="TRÁCH NHIỆM THỰC HIỆN")
    ward.plan(small_reading(points=(*told[:-1], heading, told[-1])), movement_id=ward.movement_id)
    papers.make_duties(ward)
    before = rows(ward)["V.5", 1].standing.shown["papers"]
    paper = papers.open_paper(ward, "clerk.a", "A", PaperKind.ANNUAL)
    papers.write(ward, "clerk.a", paper, {0: "đã làm"})
    assert rows(ward)["V.5", 1].standing.shown["papers"] == before  # a draft is nobody's
    papers.submit(ward, "head.a", paper)
    after = rows(ward)["V.5", 1].standing.shown["papers"]
    assert (after.done, after.of) == (before.done + 1, before.of) and after.of is not None
    assert coverage(ward.resources.settings, Namespace(year=2026, json=True)) == 0
    said = json.loads(capsys.readouterr().out)
    assert all(set(one) == {"point", "who", "what", "when", "where", "state"} for one in said)
    assert any(one["point"] == "V.5" and after.text in one["state"] for one in said)
