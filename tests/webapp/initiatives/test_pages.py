"""Initiatives on their pages: writing, search, gallery, register and certificate, and what leaks nowhere."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from docx import Document as open_docx
from openpyxl import load_workbook
from sqlalchemy import event, select

from tests.support.initiatives import add, bring_to, do, whole
from tests.support.ward import Ward
from tests.support.web import Client, tight
from webapp.initiatives.service import AuthorLine
from webapp.models import AuditEvent, Initiative, InitiativeState, Role
from webapp.official import check_form

# What the program itself decides is the same on both databases, so the long ones run on one.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "mật mã két sắt 4711"


def typed(ward: Ward, **changes: str) -> dict[str, Any]:
    values = {
        "unit_id": ward.units["A"],
        "year": "2026",
        "kind": "solution",
        "field": "digital",
        "scope": "ward",
        "title": "Nhắc hạn tự động",
        "problem": "Chậm",
        "solution": "Nhắc trước hai ngày",
        "effect": "Từ 5 ngày còn 2 ngày",
        "secret": SECRET,
        "first_applied_on": "01/03/2026",
        "author-0": "Người clerk.a",
        "share-0": "60",
        "author-2": "Bà Ngoài",
        "workplace-2": "Trường Đại học Thử",
        "share-2": "40",
    }
    return {**values, **changes}


def test_a_draft_is_kept_as_far_as_it_is_and_nothing_typed_is_lost(client: Client) -> None:
    ward = client.ward
    person = client.sign_in("clerk.a")
    assert "Đăng ký sáng kiến" in person.get("/initiatives").text
    wrong = person.post("/initiatives/new", typed(ward, **{"share-0": "sáu mươi", "first_applied_on": "31/02/2026"}))
    assert wrong.status_code == 422
    for words in ("sáu mươi", "31/02/2026", "không phải là ngày", "Nhắc trước hai ngày", "Trường Đại học Thử", SECRET):
        assert words in wrong.text
    empty = person.post("/initiatives/new", {"unit_id": ward.units["A"], "year": "2026"})
    assert empty.status_code == 303
    page = person.get(empty.location).text
    assert "(chưa đặt tên)" in page and "Soạn tiếp" in page and "lãnh đạo đơn vị ký trình" in page
    edit = f"{empty.location}/edit"
    assert person.post(edit, typed(ward, revision=revision_in(person.get(edit).text))).status_code == 303
    page = person.get(empty.location).text
    assert "Bà Ngoài · Trường Đại học Thử · 40%" in page and SECRET in page and "còn 99 ngày" in page
    assert person.post("/initiatives/new", typed(ward, unit_id=ward.units["B"])).status_code == 403
    assert client.as_user("nobody").get("/initiatives/new").status_code == 403
    assert client.as_user("clerk.b").get(empty.location).status_code == 404


def revision_in(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found.group(1)


def test_the_second_writer_sees_both_values_and_can_go_on(client: Client) -> None:
    ward = client.ward
    one = add(ward)
    edit = f"/initiatives/{one.id}/edit"
    first, second = client.sign_in("clerk.a"), client.as_user("head.a")
    revision = revision_in(first.get(edit).text)
    assert first.post(edit, typed(ward, title="Tên thứ nhất", revision=revision)).status_code == 303
    late = second.post(edit, typed(ward, title="Tên thứ hai", solution="Cách khác", revision=revision))
    assert late.status_code == 409
    both = '<td class="prewrap">Tên thứ nhất</td><td class="prewrap">Tên thứ hai</td>'
    assert both in tight(late.text) and "Cách khác" in late.text
    again = second.post(edit, typed(ward, title="Tên thứ hai", revision=revision_in(late.text)))
    assert again.status_code == 303 and "Tên thứ hai" in first.get(f"/initiatives/{one.id}").text


def test_from_draft_to_honour_on_the_pages(client: Client) -> None:
    ward = client.ward
    clerk, head = client.sign_in("clerk.a"), client.as_user("head.a")
    path = clerk.post("/initiatives/new", typed(ward, effect="tốt hơn")).location
    assert clerk.post(f"{path}/files", {"files": [(b"so lieu", "so-lieu.txt")]}).status_code == 303
    assert clerk.post(f"{path}/files", {"files": [(b"x", "x.exe")]}).status_code == 422
    assert clerk.post(f"{path}/submit").status_code == 403
    assert "ít nhất một số liệu" in head.get(f"{path}/submit").text
    assert head.post(f"{path}/submit").status_code == 422
    edit = f"{path}/edit"
    assert clerk.post(edit, typed(ward, revision=revision_in(clerk.get(edit).text))).status_code == 303
    assert head.post(f"{path}/submit").status_code == 303
    assert clerk.get(edit).status_code == 403
    council, chair, other = client.as_user("council"), client.as_user("chair"), client.as_user("clerk.b")
    assert "còn 92 ngày để công nhận" in council.get(path).text and SECRET in council.get(path).text
    assert other.get(path).status_code == 404
    review = {"submission": "1", "novelty": "7", "effect": "12", "spread": "9", "comment": "Nhận xét dài"}
    refused = council.post(f"{path}/review", review)
    assert refused.status_code == 422 and "từ 0 đến 10" in refused.text and "Nhận xét dài" in refused.text
    assert council.post(f"{path}/review", {**review, "effect": "8"}).status_code == 303
    assert council.post(f"{path}/decide", {"decision": "recognise", "submission": "1"}).status_code == 403
    assert chair.post(f"{path}/decide", {"submission": "1"}).status_code == 422
    assert chair.post(f"{path}/decide", {"decision": "decline", "submission": "1"}).status_code == 422
    assert chair.post(f"{path}/decide", {"decision": "recognise", "submission": "7"}).status_code == 409
    decision = {"decision": "recognise", "submission": "1", "number": "12/QĐ-UBND", "decided_on": "20/11/2026"}
    assert chair.post(f"{path}/decide", decision).status_code == 303
    again = chair.post(f"{path}/decide", decision)
    assert again.status_code == 422 and "Đã công nhận" in again.text
    seen = other.get(path).text
    assert "Đơn vị tôi áp dụng" in seen and SECRET not in seen and "Nhận xét dài" not in seen and "so lieu" not in seen
    adoption = {"unit_id": ward.units["B"], "adopted_on": "21/11/2026", "result": "Giảm 1 ngày"}
    assert other.post(f"{path}/adopt", adoption).status_code == 303
    assert client.as_user("office").post(f"{path}/honour", {"note": "Giấy khen"}).status_code == 303
    last = client.as_user("nobody").get(path).text
    assert "Đã biểu dương" in last and "Giảm 1 ngày" in last and SECRET not in last
    log = clerk.get(f"/ledger?object={path.rpartition('/')[2]}").text
    for words in ("ký", "nhận xét sáng kiến", "công nhận sáng kiến", "ghi việc áp dụng", "ghi biểu dương"):
        assert words in log
    assert SECRET not in log


@on_one_database
def test_what_is_secret_is_shown_nowhere_else(client: Client) -> None:
    ward = client.ward
    bring_to(ward, InitiativeState.SUBMITTED, secret=SECRET, title="Đã trình kín")
    shown = bring_to(ward, InitiativeState.REPLICATED, secret=SECRET, title="Đã nhân rộng kín")
    ward.drain()
    for role in "clerk.a clerk.b leader.1 council office chair auditor admin nobody".split():
        person = client.as_user(role)
        pages = ["/initiatives", "/initiatives/gallery", "/initiatives/search", "/initiatives/search?q=kin", "/ledger"]
        pages += [f"/search{at}?q=4711" for at in ("", "/palette", "/suggestions")]
        pages += ["/search?q=kin", "/initiatives/search?q=4711"]
        if role not in ("clerk.a", "council", "office"):
            pages.append(f"/initiatives/{shown}")
        for page in pages:
            assert SECRET not in person.get(page).text, (role, page)
        assert not re.search(r'href="/initiatives/\w{13}"', person.get("/initiatives/search?q=4711").text), role
        for address in ("/initiatives/register.xlsx", "/search/results.xlsx?q=kin"):
            assert SECRET not in cells(person.get(address).data), (role, address)
    paper = client.as_user("office").get(f"/initiatives/{shown}/certificate.docx").data
    assert SECRET not in " ".join(p.text for p in open_docx(io.BytesIO(paper)).paragraphs)
    assert "Đã trình kín" not in client.as_user("clerk.b").get("/initiatives/search").text
    assert "Đã trình kín" not in cells(client.as_user("clerk.b").get("/initiatives/register.xlsx").data)


def cells(sheet: bytes) -> str:
    book = load_workbook(io.BytesIO(sheet))
    return "\n".join(
        str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None
    )


@on_one_database
def test_the_register_and_the_certificate_read_back(client: Client) -> None:
    ward = client.ward
    person = client.sign_in("office")
    formula = "=HYPERLINK(A1)"
    one = bring_to(ward, InitiativeState.REPLICATED, title=formula, authors=(AuthorLine("+Người ta", "@X", 10_000),))
    book = load_workbook(io.BytesIO(person.get("/initiatives/register.xlsx").data))
    (sheet,) = book.worksheets
    assert sheet.freeze_panes == "C4"
    row = [cell.value for cell in sheet[4]]
    assert row[1] == f"'{formula}" and row[8] == "'+Người ta (100%)" and row[14] == 1
    assert sheet["B4"].data_type == "s" and sheet["K4"].number_format == "dd/mm/yyyy"
    assert row[12] == "Đã nhân rộng" and row[13] == "12/QĐ-UBND ngày 20/11/2026"
    assert person.get("/initiatives/register.xlsx?year=2020").status_code == 200
    answer = person.get(f"/initiatives/{one}/certificate.docx")
    assert answer.status_code == 200 and check_form(answer.data) == []
    paper = open_docx(io.BytesIO(answer.data))
    lines = [paragraph.text for paragraph in paper.paragraphs]
    assert "GIẤY CHỨNG NHẬN" in lines and f"“{formula}”" in lines and "+Người ta" in lines
    assert paper.tables[0].cell(0, 0).paragraphs[0].text == "ỦY BAN NHÂN DÂN\nPHƯỜNG THỬ"
    assert client.as_user("clerk.a").get(f"/initiatives/{one}/certificate.docx").status_code == 403
    handed = bring_to(ward, InitiativeState.SUBMITTED)
    assert person.get(f"/initiatives/{handed}/certificate.docx").status_code == 403
    with ward.db.reading() as session:
        made = session.scalars(select(AuditEvent.action).where(AuditEvent.actor_name == "Người office")).all()
        assert made.count("initiative.export") == 2 and made.count("initiative.certify") == 1


def test_search_has_filters_with_counts_and_finds_from_everywhere(client: Client) -> None:
    ward = client.ward
    shown = bring_to(ward, InitiativeState.REPLICATED)
    add(ward, "clerk.b", "B", title="Số hóa hồ sơ của B", field=None)
    ward.drain()
    person = client.sign_in("clerk.a")
    page = person.get("/initiatives/search?q=so+hoa+ho+so").text
    assert f"/initiatives/{shown}" in page and "1 sáng kiến" in page and "Số hóa hồ sơ của B" not in page
    for words in ("Đã công nhận", "Chuyển đổi số, dữ liệu", "Bà Ngoài", "Đơn vị A", "Trong phường", "Đã nhân rộng"):
        assert words in page
    for filters in ("author=Bà Ngoài", "field=digital", "recognised=yes", "replicated=yes", "year=2026", "scope=ward"):
        assert "1 sáng kiến" in person.get(f"/initiatives/search?{filters}").text, filters
    for filters in ("author=Ai", "recognised=no", "year=2025", "year=x", "unit=x", "q=khongcogi", "page=99999"):
        assert person.get(f"/initiatives/search?{filters}").status_code == 200
    assert "Không tìm thấy sáng kiến nào" in person.get("/initiatives/search?recognised=no").text
    assert "Sáng kiến" in person.get("/search?q=so+hoa+ho+so").text
    assert f"/initiatives/{shown}" in person.get("/search/palette?q=so+hoa").text
    block = person.get("/initiatives/search?q=so", headers={"HX-Request": "true"}).text
    assert block.lstrip().startswith('<div id="initiative_results"')
    assert f"/initiatives/{shown}" in client.as_user("nobody").get("/initiatives/gallery?field=digital").text


@on_one_database
def test_what_is_alike_is_shown_when_writing_and_when_judging(client: Client) -> None:
    ward = client.ward
    bring_to(ward, InitiativeState.RECOGNISED, title="Số hóa hồ sơ đất đai và nhắc hạn trả kết quả")
    mine = add(ward, "clerk.b", "B", title="Số hóa hồ sơ đất đai, nhắc hạn trả kết quả cho dân")
    ward.person("head.b", Role.HEAD, "B")
    ward.drain()
    assert "giống khoảng" in client.sign_in("clerk.b").get(f"/initiatives/{mine.id}").text
    with ward.work() as session:
        do(ward, session, "submit", mine.id, "head.b")
    ward.drain()
    assert "giống khoảng" in client.as_user("council").get(f"/initiatives/{mine.id}/review").text
    assert "giống khoảng" not in client.as_user("auditor").get(f"/initiatives/{mine.id}").text


@on_one_database
def test_lists_ask_the_database_a_fixed_number_of_questions(client: Client) -> None:
    ward = client.ward
    person = client.sign_in("clerk.a")
    counted: list[str] = []

    @event.listens_for(ward.db.engine, "before_cursor_execute")
    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    def questions(path: str) -> int:
        counted.clear()
        assert person.get(path).status_code == 200
        return len(counted)

    bring_to(ward, InitiativeState.REPLICATED)
    ward.drain()
    paths = ("/initiatives", "/initiatives/gallery", "/initiatives/search?q=so")
    before = {path: questions(path) for path in paths}
    for number in range(4):
        bring_to(ward, InitiativeState.REPLICATED, title=f"Số hóa lần {number}")
    ward.drain()
    assert {path: questions(path) for path in paths} == before
    assert max(before.values()) <= 12, before


@on_one_database
def test_the_drafts_words_are_never_lost_by_a_stale_form(client: Client) -> None:
    """An edit of something already handed in is refused; the row stays as it was."""
    ward = client.ward
    initiative_id = bring_to(ward, InitiativeState.SUBMITTED)
    person = client.sign_in("clerk.a")
    assert person.post(f"/initiatives/{initiative_id}/edit", typed(ward, revision="1")).status_code == 403
    with ward.db.reading() as session:
        assert session.get_one(Initiative, initiative_id).title == whole().title
