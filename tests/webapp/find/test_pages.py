"""Filters that combine, order, people and units, the palette, saved searches, tables of results, documents alike."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from tests.support.prepared import prepared
from tests.support.ward import Ward
from tests.support.web import Client, tight
from webapp.checklists import evidence
from webapp.checklists import service as checklists
from webapp.documents import service as documents
from webapp.find.asking import Asked, asked_in, day_in
from webapp.models import AuditEvent, Document, DocumentKind, RoleGrant, SavedSearch
from webapp.people import service as people
from webapp.permissions import SYSTEM
from webapp.permissions.scopes import viewer_keys

pytestmark = pytest.mark.either_database


def describe(ward: Ward, document: Document, *, issued_on: date | None, number: str | None = None) -> None:
    with ward.work() as session:
        documents.describe_document(
            session,
            actor=SYSTEM if document.unit_id is None else ward.viewer("clerk.a"),
            now=ward.now,
            document_id=document.id,
            revision=session.get_one(Document, document.id).revision,
            described=documents.Description(
                title=document.title,
                number=number,
                issued_on=issued_on,
                issuer=None,
                signer=None,
                theme_id=None,
            ),
        )


@prepared
def papers(ward: Ward) -> None:
    """Papers of unit A that differ in every filter, found by the word `chung`."""
    old = ward.document("clerk.a", "A", "chung cũ", filename="cu.txt", title="Chung cũ", year=2025)
    new = ward.document("clerk.a", "A", "chung mới", filename="moi.csv", title="Chung mới", kind=DocumentKind.REPORT)
    ward.document("clerk.b", "B", "chung của B", filename="b.txt", title="Chung của B")
    ward.drain()
    describe(ward, old, issued_on=date(2025, 3, 1))
    describe(ward, new, issued_on=date(2026, 5, 1))
    ward.drain()


@pytest.fixture
def furnished(papers: Ward, client: Client) -> Client:
    return client.sign_in("clerk.a")


def titles(client: Client, query: str) -> list[str]:
    page = client.get(f"/search?{query}").text
    assert "Chương trình gặp lỗi" not in page
    found = re.findall(r'<h2> ?<a href="[^"]*">(.*?)</a> ?</h2>', page)
    return [re.sub(r"<[^>]+>", "", title).split(" · ")[-1].strip() for title in found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=chung", {"Chung cũ", "Chung mới"}),
        ("q=chung&year=2025", {"Chung cũ"}),
        ("q=chung&kind=report", {"Chung mới"}),
        ("q=chung&file_type=sheet", {"Chung mới"}),
        ("q=chung&file_type=text", {"Chung cũ"}),
        ("q=chung&from=2026-01-01", {"Chung mới"}),
        ("q=chung&to=01/01/2026", {"Chung cũ"}),
        ("q=chung&from=2025-03-01&to=2025-03-01", {"Chung cũ"}),
        ("q=chung&state=draft&year=2026&file_type=sheet", {"Chung mới"}),
        ("q=chung&state=submitted", set()),
        ("q=chung&year=2025&file_type=sheet", set()),
        ("year=2025", {"Chung cũ"}),
        ("q=chung&from=không-phải-ngày&page=99999999999", {"Chung cũ", "Chung mới"}),
    ],
)
def test_filters_combine(furnished: Client, query: str, expected: set[str]) -> None:
    if "page=" in query:
        assert furnished.get(f"/search?{query}").status_code == 200
    else:
        assert set(titles(furnished, query)) == expected


def test_clusters_and_phases_filter_and_are_counted(furnished: Client) -> None:
    ward = furnished.ward
    first, second = ward.clusters["K1"], ward.clusters["K2"]
    assert set(titles(furnished, f"q=chung&cluster={first}")) == {"Chung cũ", "Chung mới"}
    assert titles(furnished, f"q=chung&cluster={second}") == []
    assert titles(furnished, f"q=chung&cluster={first}&unit={ward.units['C']}") == []
    page = furnished.get("/search?q=chung").text
    phase = re.search(r"phase=(\w+)\">Giai đoạn 1 <span class=\"soft\">1<", page)
    assert phase is not None, page
    assert titles(furnished, f"q=chung&phase={phase[1]}") == ["Chung mới"]
    assert re.search(r'cluster=\w+">Cụm K1 <span class="soft">2<', page)
    assert "Đang lọc" in furnished.get(f"/search?q=chung&cluster={first}").text


def test_newest_first_when_asked(furnished: Client) -> None:
    assert titles(furnished, "q=chung&sort=date") == ["Chung mới", "Chung cũ"]
    assert furnished.get("/search?q=chung&sort=lạ").status_code == 200


def test_units_and_people_are_found_and_lead_to_the_directory(client: Client) -> None:
    ward = client.ward
    ward.drain()
    client.sign_in("nobody")
    page = client.get("/search?q=Đơn+vị+B").text
    assert f"/directory#u-{ward.units['B']}" in page
    page = client.get("/search?q=nguoi+clerk.b").text
    assert f"/directory#n-{ward.people['clerk.b']}" in page
    directory = client.get("/directory").text
    assert "Người clerk.b" in directory and "@" not in directory
    with ward.work() as session:
        people.set_disabled(session, actor=SYSTEM, now=ward.now, person_id=ward.people["clerk.b"], disabled=True)
    assert ward.people["clerk.b"] not in client.get("/search?q=nguoi+clerk.b").text
    assert "Người clerk.b" not in client.get("/directory").text


def test_the_palette_offers_pages_and_what_is_being_typed(furnished: Client) -> None:
    page = re.sub(r"</?mark>", "", furnished.get("/search/palette?q=chu").text)
    assert "Chung mới" in page and "Chung của B" not in page
    assert "/account/password" in furnished.get("/search/palette?q=mat+khau").text
    assert "/admin/people" not in furnished.get("/search/palette?q=tai+khoan").text
    assert "/admin/people" in furnished.as_user("admin").get("/search/palette?q=tai+khoan").text
    assert furnished.get("/search/palette?q=").status_code == 200


def test_typing_finds_by_the_beginning_of_the_last_word(furnished: Client) -> None:
    typing = {"HX-Request": "true", "HX-Trigger": "q"}
    assert "Chung mới" in re.sub(r"</?mark>", "", furnished.get("/search?q=chu", headers=typing).text)


def test_a_saved_search_tells_what_is_new(furnished: Client) -> None:
    ward = furnished.ward
    assert furnished.post("/search/saved", {"q": "chung", "year": "2026", "name": "Việc chung"}).status_code == 303
    listed = furnished.get("/search/saved").text
    assert "Việc chung" in listed and " mới<" not in listed
    ward.document("clerk.a", "A", "chung vừa đến", filename="vua.txt", title="Chung vừa đến")
    ward.document("clerk.b", "B", "chung kín", filename="kin.txt", title="Chung kín")
    ward.drain()
    listed = furnished.get("/search/saved").text
    assert "1 mới" in listed
    address = re.search(r'href="(/search/saved/\w+)"', listed)
    assert address is not None
    first = re.sub(r"</?mark>", "", furnished.get(address[1]).text)
    assert "Chung vừa đến" in first and "Chung mới" not in first and "Chung kín" not in first
    assert "Không có gì mới" in furnished.get(address[1]).text
    other = furnished.as_user("head.a")
    assert "Việc chung" not in other.get("/search/saved").text
    assert other.get(address[1]).status_code == 404
    assert other.post(f"{address[1]}/remove", {}).status_code == 404
    assert furnished.post(f"{address[1]}/remove", {}).status_code == 303
    assert furnished.get(address[1]).status_code == 404


def test_saving_needs_a_name_and_a_question(furnished: Client) -> None:
    for values in ({"q": "chung", "name": ""}, {"q": "", "name": "Trống"}, {"q": "chung", "name": "x" * 101}):
        answer = furnished.post("/search/saved", values)
        assert answer.status_code == 422, values
    furnished.post("/search/saved", {"q": "chung", "name": "Một"})
    furnished.post("/search/saved", {"q": "khác", "name": "Một"})
    with furnished.ward.db.reading() as session:
        (saved,) = session.scalars(select(SavedSearch)).all()
    assert saved.parameters["q"] == "khác"


def test_results_as_a_table_are_an_event_and_hold_no_formula(furnished: Client) -> None:
    ward = furnished.ward
    ward.document("clerk.a", "A", "chung công thức", filename="ct.txt", title='=HYPERLINK("http://xau")&chung')
    ward.drain()
    answer = furnished.get("/search/results.xlsx?q=chung")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4))
    assert {row[2].value for row in rows} == {"Chung cũ", "Chung mới", '=HYPERLINK("http://xau")&chung'}
    assert all(cell.data_type != "f" for row in rows for cell in row)
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "search.export")).one()
    assert event.details["total"] == 3 and event.actor_id == ward.people["clerk.a"]
    assert "chung" not in str(event.details)  # what somebody looks for is theirs
    for odd in ("chung\x0c", "chung \ufffe\uffff", "=chung\x1f", "chung\x7f\u2028"):
        answer = furnished.get("/search/results.xlsx", query_string={"q": odd})
        assert answer.status_code == 200 and openpyxl.load_workbook(io.BytesIO(answer.data)).active is not None, odd
    other = furnished.as_user("clerk.b").get("/search/results.xlsx?q=chung")
    sheet = openpyxl.load_workbook(io.BytesIO(other.data)).active
    assert sheet is not None and [row[2].value for row in sheet.iter_rows(min_row=4)] == ["Chung của B"]


def test_documents_alike_are_those_the_viewer_may_see(client: Client) -> None:
    ward = client.ward
    one = ward.document("clerk.a", "A", "kết quả số hóa hồ sơ đất đai năm nay của phòng", title="Một")
    ward.document("clerk.a", "A", "báo cáo số hóa hồ sơ đất đai quý trước", title="Hai")
    ward.document("clerk.a", "A", "văn nghệ quần chúng", title="Ba")
    ward.document("clerk.b", "B", "số hóa hồ sơ đất đai của B", title="Kín")
    ward.drain()
    client.sign_in("clerk.a")
    page = tight(re.sub(r"</?mark>", "", client.get(f"/search/like/{one.id}").text))
    assert ">Hai<" in page and ">Ba<" not in page and "Kín" not in page
    assert page.count('<ol class="hits"') == 1 and ">Một</a></h2>" not in page
    assert client.as_user("clerk.b").get(f"/search/like/{one.id}").status_code == 404


def test_a_withdrawn_grant_is_gone_from_the_next_answer(furnished: Client) -> None:
    ward = furnished.ward
    assert titles(furnished, "q=chung")
    with ward.work() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == ward.people["clerk.a"])).one()
        people.revoke_grant(session, actor=SYSTEM, now=ward.now, grant_id=grant.id)
    assert titles(furnished, "q=chung") == []
    for path in ("/search/palette?q=chung", "/search/suggestions?q=chu", "/search/saved"):
        assert "Chung" not in furnished.get(path).text, path


def test_what_is_asked_survives_the_address() -> None:
    asked = asked_in(
        {"kind": "report", "from": "05/12/2026", "to": "2026-12-31", "sort": "date", "page": "3"}, "dữ liệu"
    )
    again = asked_in({name: str(value) for name, value in asked.parameters().items()}, asked.text)
    assert again == asked and asked.first_day == date(2026, 12, 5)
    assert Asked().is_empty and not Asked(filters={"year": "2026"}).is_empty
    assert asked_in({"page": "-1", "sort": "x", "from": "31/02/2026", "lạ": "1"}, "") == Asked()
    assert day_in("2026-13-01") is None and day_in("") is None


def test_what_a_paper_is_evidence_for_is_counted_only_for_those_who_read_the_checklist(ward: Ward) -> None:
    """A report handed in stands under a criterion of a checklist that is still being written."""
    report = ward.document("clerk.a", "A", "đồng lúa vàng ươm", kind=DocumentKind.REPORT)
    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.đ")
    with ward.work() as session:
        evidence.attach_existing(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            item_id=item.id,
            choice=f"document:{report.id}",
        )
    with ward.work() as session:
        documents.submit_document(session, actor=ward.viewer("head.a"), now=ward.now, document_id=report.id)
    ward.drain()

    def counted(username: str) -> object:
        page = ward.resources.index.search(
            "đồng lúa vàng ươm", viewer_keys=viewer_keys(ward.viewer(username)), facets=("criterion",)
        )
        assert page.total == 1
        return page.facets.get("criterion")

    assert not counted("office") and not counted("clerk.a")
    with ward.work() as session:
        checklists.submit_checklist(session, actor=ward.viewer("head.a"), now=ward.now, checklist_id=checklist.id)
    ward.drain()
    assert counted("office")
