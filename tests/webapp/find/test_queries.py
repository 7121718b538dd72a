"""Search through the page: what is found, and that nothing hidden leaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.shares import share
from tests.support.ward import Ward, open_ward, people_of_every_role
from tests.support.web import Client, client_for
from webapp.models import AuditEvent, Document


def results(client: Client, query: str, **values: str) -> str:
    response = client.get("/search", query_string={"q": query, **values})
    assert response.status_code == 200
    return response.text


def hits(page: str) -> list[str]:
    """Titles of hits in order, without marks."""
    return [re.sub(r"<[^>]+>", "", title) for title in re.findall(r"<h2><a[^>]*>(.*?)</a></h2>", page, re.DOTALL)]


def test_evidence_is_found_with_and_without_accents(client: Client) -> None:
    ward = client.ward
    checklist = ward.checklist("clerk.a", "A")
    ward.attach("clerk.a", ward.item(checklist, "III.1.đ"), "Dữ liệu đất đai đã liên thông", "bao-cao-dat.txt")
    ward.drain()
    client.sign_in("clerk.a")
    for query in ("dữ liệu đất đai", "du lieu dat dai", "DỮ LIỆU ĐẤT ĐAI", "du lieu đất đai"):
        page = results(client, query)
        assert "bao cao dat" in hits(page)[0], query
        assert "<mark>Dữ liệu đất đai</mark>" in page, query
    assert "bao cao dat" not in results(client.as_user("clerk.b"), "du lieu dat dai")


def test_filters_stand_in_the_address_and_in_the_question(client: Client) -> None:
    ward = client.ward
    checklist = ward.checklist("clerk.a", "A")
    ward.attach("clerk.a", ward.item(checklist, "III.1.đ"), "chuyên đề alpha", "mot.txt")
    ward.attach("clerk.a", ward.item(checklist, "III.1.d"), "chuyên đề alpha", "hai.txt")
    ward.document("clerk.a", "A", "chuyên đề alpha", filename="ba.txt", year=2027)
    ward.drain()
    client.sign_in("clerk.a")
    assert len(hits(results(client, "alpha"))) == 3
    assert hits(results(client, "alpha", criterion="III.1.đ")) == ["mot"]
    assert hits(results(client, "alpha tiêu chí:III.1.đ")) == ["mot"]
    assert hits(results(client, "alpha", year="2027")) == ["ba"]
    assert hits(results(client, "alpha năm:2027")) == ["ba"]
    assert len(hits(results(client, "alpha đơn vị:A"))) == 3
    assert "Không có “ZZZ” để lọc" in results(client, "alpha đơn vị:ZZZ")
    assert len(hits(results(client, "alpha", kind="evidence", unit=ward.units["A"]))) == 3


def test_plan_points_and_citations_are_found(client: Client) -> None:
    ward = client.ward
    ward.drain()
    client.sign_in("clerk.a")
    page = results(client, "trí tuệ nhân tạo")
    assert f"/movements/{ward.movement_id}#III.1.đ" in page
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    values = {"cited_number": "77/QĐ-UBND", "cited_abstract": "Giao chỉ tiêu hộ tịch số"}
    client.post(f"/checklists/items/{item.id}/citations", values)
    ward.drain()
    assert "77/QĐ-UBND" in results(client, "77 qd ubnd")
    assert "77/QĐ-UBND" not in results(client.as_user("auditor"), "chỉ tiêu hộ tịch số")
    assert "77/QĐ-UBND" not in results(client.as_user("clerk.b"), "chỉ tiêu hộ tịch số")


def test_handing_in_makes_it_found_and_a_stale_index_shows_too_little(client: Client) -> None:
    ward = client.ward
    checklist = ward.checklist("clerk.a", "A")
    document_id = ward.attach("clerk.a", ward.item(checklist, "III.1.đ"), "omega omega", "omega.txt")
    ward.drain()
    auditor = client.as_user("auditor")
    assert not hits(results(auditor, "omega"))
    client.as_user("head.a").post(f"/checklists/{checklist.id}/submit")
    ward.drain()
    assert len(hits(results(auditor, "omega"))) == 1
    with ward.work() as session:  # behind the index's back
        session.get_one(Document, document_id).state = "draft"  # type: ignore[assignment]
    page = results(auditor, "omega")
    assert not hits(page) and "Không tìm thấy gì" in page


def test_searches_by_auditors_are_events(client: Client) -> None:
    client.as_user("clerk.a").get("/search?q=alpha")
    client.as_user("auditor").get("/search?q=beta")
    with client.ward.db.reading() as session:
        details = session.scalars(select(AuditEvent.details).where(AuditEvent.action == "search.run")).all()
    assert [row["query"] for row in details] == ["beta"]


@pytest.mark.parametrize(
    "query",
    ['"', "(", "57-NQ/TW)", '"mở ngoặc', "-", "AND OR NOT", "a" * 5000, "\x00", "số:", "đơn vị:", "🎉", "*", "^~:"],
)
def test_every_text_is_a_question(client: Client, query: str) -> None:
    client.sign_in("clerk.a")
    results(client, query)


def test_odd_filters_and_pages_are_answered(client: Client) -> None:
    client.sign_in("clerk.a")
    for odd in ("?year=abc&q=x", "?kind=%27&q=x", "?page=9999999&q=x", "?unit=%00", "?criterion=III.1.%C4%91"):
        assert client.get(f"/search{odd}").status_code == 200, odd


# --- two worlds that differ only in what the viewer may not see -------------------------------------------------------

WORDS = st.sampled_from(
    ["dữ", "liệu", "số", "hóa", "đất", "đai", "học", "vụ", "bình", "dân", "sáng", "kiến", "alpha", "beta", "57-NQ/TW"]
)
HIDDEN = st.lists(
    st.tuples(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), st.sampled_from([2025, 2026])),
    min_size=1,
    max_size=4,
)
QUESTIONS = ["du lieu", "dữ liệu số", '"số hóa"', "alpha", "betta", "57-NQ/TW", "hoc vu -alpha", "", "đơn vị:A alpha"]
VISITORS = ["clerk.b", "auditor", "leader.1", "nobody", "admin", "office"]


@pytest.fixture(scope="module")
def two_worlds(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> list[Ward]:
    import shutil

    wards = []
    template = tmp_path_factory.mktemp("worlds")
    first = open_ward(template / "a", f"sqlite:///{template / 'a' / 'kho.sqlite3'}")
    first.resources.close()
    shutil.copyfile(sqlite_template, template / "a" / "kho.sqlite3")
    first = open_ward(template / "a", f"sqlite:///{template / 'a' / 'kho.sqlite3'}")
    people_of_every_role(first)
    theirs = first.document("clerk.b", "B", "dữ liệu của B alpha", filename="b.txt")
    first.document("clerk.b", "B", "dữ liệu của B alpha beta", filename="b2.txt")
    first.drain()
    checkpoint(first)
    shutil.copytree(template / "a", template / "b")
    second = open_ward(template / "b", f"sqlite:///{template / 'b' / 'kho.sqlite3'}")
    second.units, second.people, second.movement_id = first.units, first.people, first.movement_id
    second.clusters = first.clusters
    first.theirs = theirs.id
    wards = [first, second]
    yield wards  # type: ignore[misc]
    for ward in wards:
        ward.resources.close()


def checkpoint(ward: Ward) -> None:
    """Everything into the main file, so that it can be copied."""
    with ward.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def answer(client: Client, path: str) -> str:
    """A page without what differs by nature: request id, tokens, seconds taken."""
    page = client.get(path).text
    page = re.sub(r'name="csrf[-_]token" (content|value)="[^"]+"', "", page)
    page = re.sub(r"mã yêu cầu \w+", "", page)
    page = re.sub(r'name="batch" value="\w+"|/receipts/\w+', "", page)
    return re.sub(r"\d+,\d\d giây", "", page)


@settings(max_examples=share(2, 40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hidden=HIDDEN)
def test_hidden_documents_change_no_answer(two_worlds: list[Ward], hidden: list[tuple[str, int]]) -> None:
    plain, richer = two_worlds
    for text, year in hidden:
        richer.document("clerk.a", "A", text, filename="kin.txt", year=year, title=text)
    richer.drain()
    clients = [client_for(plain), client_for(richer)]
    for visitor in VISITORS:
        sessions = [client.as_user(visitor) for client in clients]
        paths = [f"/search?q={question}" for question in QUESTIONS] + [
            "/documents",
            "/checklists",
            "/",
            "/search?year=2026",
            "/search?state=draft&sort=date",
            "/search?cluster=" + plain.clusters["K1"],
            "/search?file_type=text&from=2026-01-01",
            "/search/palette?q=alpha",
            "/search/palette?q=du",
            "/search/suggestions?q=al",
            "/search/suggestions?q=d%E1%BB%AF+li",
            "/search/saved",
            "/directory",
            "/documents?year=2026",
        ]
        if visitor == "clerk.b":
            paths += [f"/search/like/{plain.theirs}", "/ledger"]
        for path in paths:
            assert answer(sessions[0], path) == answer(sessions[1], path), (visitor, path)
