"""The office enters what a unit without an account brought on paper."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.days import ward_day
from webapp.models import AuditEvent, PaperState, PaperVersion, UnitPaper

pytestmark = pytest.mark.either_database


def brought(ward: Ward, unit: str = "B", **more: object) -> dict[str, object]:
    values = {"unit_id": ward.units[unit], "kind": "annual", "year": "2026", "received_on": "20/11/2026"}
    return values | {"file": [(b"ban quet", "bao-cao.txt")]} | more


def test_it_is_handed_in_for_the_unit_and_says_so(client: Client) -> None:
    ward = client.ward
    papers.make_duties(ward)
    office = client.as_user("office")
    assert "Nhập và trình thay đơn vị" in office.get("/papers/on-paper").text
    answer = office.post("/papers/on-paper", brought(ward))
    assert answer.status_code == 303
    with ward.db.reading() as session:
        paper = session.scalars(select(UnitPaper)).one()
        version = session.scalars(select(PaperVersion)).one()
        assert paper.state is PaperState.SUBMITTED and version.submitted_by == ward.people["office"]
        assert paper.first_submitted_at is not None
        zone = ward.resources.settings.timezone
        assert ward_day(paper.first_submitted_at, zone).isoformat() == "2026-11-20"
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "paper.enter")).one()
        assert event.actor_id == ward.people["office"]
    for name in ("office", "council", "clerk.b"):
        page = client.as_user(name).get(answer.location).text
        assert "nhập thay từ bản giấy nhận ngày 20/11/2026" in page, name


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"received_on": ""}, "Hãy ghi ngày nhận"),
        ({"received_on": "31/12/2026"}, "không thể ở sau hôm nay"),
        ({"kind": "x"}, "không có trong danh sách"),
        ({"file": []}, "Hãy chọn tệp quét"),
        ({"unit_id": "khong-co"}, "Không có đơn vị này"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_entered(client: Client, more: dict[str, object], sentence: str) -> None:
    answer = client.sign_in("office").post("/papers/on-paper", brought(client.ward, **more))
    assert answer.status_code == 422 and sentence in answer.text
    with client.ward.db.reading() as session:
        assert session.scalars(select(UnitPaper)).all() == []


def test_what_the_unit_writes_itself_and_the_offices_own_unit_are_left_alone(client: Client) -> None:
    ward = client.ward
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đang viết"})
    office = client.as_user("office")
    busy = office.post("/papers/on-paper", brought(ward, "A"))
    assert busy.status_code == 422 and "đang tự soạn" in busy.text
    assert office.post("/papers/on-paper", brought(ward, "VH")).status_code == 403
    offered = re.findall(r'<option value="(\w+)"', office.get("/papers/on-paper").text)
    assert ward.units["VH"] not in offered and ward.units["B"] in offered
    for name in ("clerk.b", "chair", "council", "auditor", "admin"):
        assert client.as_user(name).post("/papers/on-paper", brought(ward)).status_code == 403, name
