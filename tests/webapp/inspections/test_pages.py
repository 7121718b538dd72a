"""Pages of inspections as people meet them: the clock, who sees which, what they refuse, the papers that come out."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

import docx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.support import inspections as i
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.days import WARD_ZONE
from webapp.models import (
    ChecklistState,
    DocumentState,
    InspectionFile,
    InspectionFinding,
    InspectionProgramme,
    InspectionVisit,
    TeamPost,
)
from webapp.notices.service import open_calendar
from webapp.official import check_form

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TOMORROW = i.TODAY + timedelta(days=1)


def handed_in(ward: Ward) -> tuple[str, str]:
    """Ids of a document and a checklist that unit A handed in, indexed."""
    document = ward.document("clerk.a", "A", "hồ sơ thẩm tra đặc biệt", title="Hồ sơ thẩm tra đặc biệt")
    checklist = ward.checklist("clerk.a", "A")
    with ward.work() as session:
        session.get_one(type(document), document.id).state = DocumentState.SUBMITTED
        session.get_one(type(checklist), checklist.id).state = ChecklistState.SUBMITTED
    ward.drain()
    return document.id, checklist.id


def at(ward: Ward, day: int, hour: int, minute: int, second: int) -> None:
    """The clock on the wall of the ward, so many days from today."""
    moment = datetime.combine(i.TODAY, datetime.min.time(), WARD_ZONE) + timedelta(days=day)
    ward.later(seconds=(moment.replace(hour=hour, minute=minute, second=second) - ward.now).total_seconds())


@pytest.mark.long(20)
def test_access_begins_and_ends_by_the_clock(client: Client) -> None:
    """The same requests of one session a second before and after, on either side of the team's days."""
    ward = client.ward
    document, checklist = handed_in(ward)
    one = i.at_work(ward, first_day=TOMORROW, last_day=TOMORROW)
    with ward.work() as session:
        key = open_calendar(session, actor=ward.viewer("outsider"), now=ward.now)
    paths = (
        f"/documents/{document}",
        f"/documents/{document}/versions/1",
        f"/checklists/{checklist}",
        f"/visits/{one.id}",
        f"/visits/{one.id}/findings",
    )
    lists = ("/documents", "/search?q=tham+tra+dac+biet", "/search/suggestions?q=tham+tra")

    def seen() -> tuple[set[int], list[bool], bool]:
        statuses = {client.get(path).status_code for path in paths}
        found = ["thẩm tra đặc biệt" in re.sub("</?(mark|b)>", "", client.get(path).text) for path in lists]
        sheet = client.get("/search/results.xlsx?q=tham+tra+dac+biet")
        home = "Đơn vị A" in client.get("/").text or "Đơn vị A" in client.get("/inspections").text
        assert client.get(f"/calendar.ics?key={key}").status_code == 200
        rows = load_workbook(io.BytesIO(sheet.data)).active
        assert rows is not None
        told = any("thẩm tra" in str(cell.value) for row in rows.iter_rows(min_row=2) for cell in row)
        return statuses, [*found, told], home

    at(ward, 0, 23, 59, 59)
    client.sign_in("outsider")
    statuses, found, home = seen()
    assert statuses == {404} and found == [False] * 4 and not home
    at(ward, 1, 0, 0, 0)
    statuses, found, home = seen()
    assert statuses == {200} and found[:2] == [True, True] and found[3] and home
    at(ward, 1, 23, 59, 59)
    client.sign_in("outsider")
    assert seen()[0] == {200}
    at(ward, 2, 0, 0, 0)
    statuses, found, home = seen()
    assert statuses == {404} and found == [False] * 4 and not home


def test_what_each_sees_of_a_visit_at_work(client: Client) -> None:
    ward = client.ward
    one = i.opened(ward)
    i.find(ward, one, text="Chưa có sổ theo dõi.", photographs=[i.PNG])
    with ward.db.reading() as session:
        file = session.scalars(select(InspectionFile)).one()
        finding = session.scalars(select(InspectionFinding)).one()
    page, photograph = f"/visits/{one.id}", f"/visits/{one.id}/files/{file.id}"
    expected = {
        "outsider": (200, True, 200),
        "office": (200, True, 200),
        "chair": (200, True, 200),
        "auditor": (200, True, 200),
        "council": (200, True, 200),
        "clerk.a": (200, False, 404),
        "head.a": (200, False, 404),
        "clerk.b": (404, False, 404),
        "leader.1": (404, False, 404),
        "inspector": (404, False, 404),
        "admin": (404, False, 404),
        "nobody": (404, False, 404),
    }
    for username, (status, told, got) in expected.items():
        client = client.as_user(username)
        answer = client.get(page)
        assert (answer.status_code, "Chưa có sổ theo dõi." in answer.text) == (status, told), username
        assert client.get(photograph).status_code == got, username
        # Nobody gets the team's photograph as a document of the archive.
        assert client.get(f"/documents/{file.document_id}").status_code == 404, username
        assert client.get(f"/visits/findings/{finding.id}").status_code == (
            200 if username == "outsider" else 403 if told else 404
        )
    client = client.as_user("clerk.a")
    assert "Người outsider" not in client.get("/ledger?action=inspection-visit.find").text


def test_the_office_founds_a_team_step_by_step(client: Client) -> None:
    ward = client.ward
    ward.person("outsider")
    client.sign_in("office")
    days = {
        "period_from": "2026-01-01",
        "period_until": "2026-10-31",
        "first_day": "2026-11-22",
        "last_day": "2026-12-01",
    }
    values = {"name": "Đoàn số 1", "notice": "3", "self_report": "3", "report": "10", "conclusion": "15", **days}
    assert client.post("/inspections/new", {**values, "last_day": "2026-11-01"}).status_code == 422
    made = client.post("/inspections/new", values)
    assert made.status_code == 303
    team = made.location
    missing = client.post(f"{team}/issue", {"number": "31/QĐ", "decided_on": "2026-11-20"})
    assert missing.status_code == 422 and "chưa có trưởng đoàn" in missing.text and "chưa có đơn vị" in missing.text
    person = {"person_id": ward.people["outsider"], "post": TeamPost.HEAD.value}
    assert client.post(f"{team}/members", person).status_code == 303
    again = client.post(f"{team}/members", person)
    assert again.status_code == 422 and "đã ở trong đoàn" in again.text
    unit = {"unit_id": ward.units["A"], "visit_from": "2026-11-22", "visit_until": "2026-11-23"}
    assert "thời gian của đoàn" in client.post(f"{team}/units", {**unit, "visit_until": "2027-01-01"}).text
    assert client.post(f"{team}/units", unit).status_code == 303
    assert client.post(f"{team}/issue", {"number": "31/QĐ", "decided_on": "2026-11-20"}).status_code == 303
    assert ward.viewer("outsider").inspected == {ward.units["A"]}
    assert "Đang kiểm tra" in client.get(team).text
    assert client.post(f"{team}/cancel", {"reason": ""}).status_code == 422
    assert client.post(f"{team}/cancel", {"reason": "hoãn"}).status_code == 303
    assert ward.viewer("outsider").inspected == frozenset()


def test_the_programme_is_everybodys_once_it_is_approved(client: Client) -> None:
    ward = client.ward
    client.sign_in("office")
    assert client.post("/inspections/programme/new", {"goal": "0"}).status_code == 422
    assert client.post("/inspections/programme/new", {"goal": "50"}).status_code == 303
    again = client.post("/inspections/programme/new", {"goal": "50"})
    assert again.status_code == 422 and "đã có chương trình" in again.text
    with ward.db.reading() as session:
        one = session.scalars(select(InspectionProgramme.id)).one()
    base = f"/inspections/programme/{one}"
    empty = client.post(f"{base}/approve", {"number": "1/CTr", "approved_on": "2026-11-20"})
    assert empty.status_code == 422 and "chưa có đơn vị" in empty.text
    assert client.post(f"{base}/units", {"unit_id": ward.units["A"], "month": "13"}).status_code == 422
    assert client.post(f"{base}/units", {"unit_id": ward.units["A"], "month": "3"}).status_code == 303
    client = client.as_user("clerk.a")
    assert client.get("/inspections/programme").status_code == 404
    client = client.as_user("office")
    assert client.post(f"{base}/approve", {"number": "1/CTr", "approved_on": "2026-11-20"}).status_code == 303
    client = client.as_user("clerk.a")
    page = client.get("/inspections/programme").text
    assert "Đơn vị A" in page and "Thêm đơn vị" not in page
    assert client.get(f"{base}/units?year=2026").status_code == 403


def test_minutes_and_the_report_keep_the_form(client: Client) -> None:
    ward = client.ward
    one = i.concluded(ward)
    client.sign_in("head.a")
    minutes = client.get(f"/visits/{one.id}/minutes.docx").data
    assert check_form(minutes) == []
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(minutes)).paragraphs)
    for words in (
        "Trụ sở Đơn vị A",
        "Chưa có sổ theo dõi.",
        "Đơn vị không có ý kiến khác.",
        "đã ký trên màn hình: Người head.a",
    ):
        assert words in text, words
    client = client.as_user("office")
    report = client.get("/inspections/report.docx").data
    assert check_form(report) == []
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(report)).paragraphs)
    assert "đã kiểm tra 1/4 đơn vị" in text and "1 tồn tại, hạn chế" in text and "1 việc phải khắc phục" in text


def test_a_remedy_stands_on_the_units_home_until_it_is_closed(client: Client) -> None:
    ward = client.ward
    one = i.concluded(ward)
    remedy = i.remedy_of(ward, one)
    client.sign_in("clerk.a")
    assert "Khắc phục sau kiểm tra" in client.get("/").text
    path = f"/visits/remedies/{remedy.id}/answer"
    assert client.post(path, {"answer": " ", "revision": "1"}).status_code == 422
    assert client.post(path, {"answer": "Đã lập sổ.", "revision": "7"}).status_code == 409
    assert (
        client.post(path, {"answer": "Đã lập sổ.", "revision": "1", "files": [(b"so theo doi", "so.txt")]}).status_code
        == 303
    )
    assert "Khắc phục sau kiểm tra" not in client.get("/").text
    assert client.get(f"/visits/remedies/{remedy.id}/close").status_code == 403
    client = client.as_user("office")
    assert "Xác nhận khắc phục" in client.get("/").text and "so.txt" in client.get(f"/visits/{one.id}").text
    close = f"/visits/remedies/{remedy.id}/close"
    unsaid = client.post(close, {"verdict": "again", "revision": "2", "note": ""})
    assert unsaid.status_code == 422 and "vì sao chưa đạt" in unsaid.text
    assert client.post(close, {"verdict": "closed", "revision": "2"}).status_code == 303
    with ward.db.reading() as session:
        assert session.get_one(InspectionVisit, one.id).state == "closed"
    assert "Xác nhận khắc phục" not in client.get("/").text


def test_a_conclusion_is_found_by_those_who_may_read_it(client: Client) -> None:
    ward = client.ward
    i.concluded(ward)
    ward.drain()
    for username, finds in (
        ("head.a", True),
        ("leader.1", True),
        ("auditor", True),
        ("clerk.c", False),
        ("admin", False),
    ):
        client = client.as_user(username)
        found = "Kiểm tra Đơn vị A" in client.get("/search?q=nghi%C3%AAm+t%C3%BAc").text.replace("<mark>", "").replace(
            "</mark>", ""
        )
        assert found is finds, username
