"""The ward's name on its papers is that of the paper's own day."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document as Docx

from tests.support.voices import make_synthesis
from tests.support.web import Client
from webapp.handover.letterhead import issuer_on

pytestmark = pytest.mark.either_database

HEAD = {
    "superior": "Ủy ban nhân dân tỉnh Hậu Giang",
    "name": "Ủy ban nhân dân phường Vĩnh Tường",
    "short": "phường Vĩnh Tường",
    "place": "Vĩnh Tường",
    "authority": "TM. Ủy ban nhân dân",
    "title": "Chủ tịch",
    "decision": "Nghị quyết số 12/NQ-HĐND",
    "from_day": "01/11/2026",
}


def test_papers_carry_the_name_of_their_own_day_and_only_the_house_says_it(client: Client) -> None:
    ward = client.ward
    office = client.as_user("office")
    assert client.as_user("clerk.a").post("/admin/letterhead", HEAD).status_code == 403
    assert office.post("/admin/letterhead", HEAD | {"decision": ""}).status_code == 422
    with ward.db.reading() as session:
        # Before anything is set: what the first plan says of who issued it.
        assert issuer_on(session, date(2026, 11, 5)).name == "Ủy ban nhân dân phường Thử"
    assert office.post("/admin/letterhead", HEAD).status_code == 303
    new = HEAD | {"from_day": "20/11/2026", "name": "Ủy ban nhân dân phường Mới", "place": "Mới"}
    assert office.post("/admin/letterhead", new).status_code == 303
    with ward.db.reading() as session:
        names = [issuer_on(session, date(2026, month, day)).name for month, day in ((10, 1), (11, 19), (11, 20))]
    assert names == [HEAD["name"], HEAD["name"], new["name"]]
    report = make_synthesis(ward)
    paper = Docx(io.BytesIO(office.get(f"/syntheses/{report.id}/report.docx").data))
    text = " ".join(cell.text for row in paper.tables[0].rows for cell in row.cells)
    assert "PHƯỜNG MỚI" in text and "Mới, ngày" in text and "PHƯỜNG THỬ" not in text
    assert "phường Mới" in office.get("/admin/letterhead").text
