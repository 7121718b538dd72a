"""An index that has not followed yet: what the viewer may not see any more is not counted in the very next answer."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.ward import Ward, open_ward, people_of_every_role
from tests.support.web import Client, client_for
from webapp.checklists import evidence
from webapp.documents import retention
from webapp.find.lagging import keys_out_of_sight
from webapp.jobs.index import all_keys
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import Document, EvidenceLink, JobKind, Role, new_id
from webapp.people import service as people
from webapp.permissions import SYSTEM


@pytest.fixture(params=["tantivy", "whoosh"])
def searched(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[Ward]:
    """A ward whose search runs on either engine."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "kho.sqlite3")
    ward = open_ward(folder, f"sqlite:///{folder / 'kho.sqlite3'}", KHO_SEARCH=request.param)
    people_of_every_role(ward)
    yield ward
    ward.resources.close()


def withdraw(ward: Ward, document: Document) -> None:
    with ward.work() as session:
        retention.withdraw_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=document.id,
            reason="gửi nhầm",
            revision=session.get_one(Document, document.id).revision,
        )


def answers(client: Client, document: Document) -> dict[str, str]:
    """Everything that counts or completes, without what differs by nature."""
    found = {}
    for path in (
        "/search?q=chung",
        "/search?q=chung&kind=evidence",
        "/search?q=omegga",
        "/search?q=chung+omega+sigma+tau",
        "/search",
        "/search?year=2026",
        "/search/palette?q=ome",
        "/search/suggestions?q=ome",
        f"/search/like/{document.id}",
    ):
        page = client.get(path).text
        page = re.sub(r'name="csrf[-_]token" (content|value)="[^"]+"', "", page)
        found[path] = re.sub(r"\d+,\d\d giây", "", page)
    return found


def test_a_withdrawn_paper_is_not_counted_before_the_index_has_followed(searched: Ward) -> None:
    ward = searched
    kept = ward.document("clerk.a", "A", "chung một việc chung", filename="mot.txt", title="Chung một")
    ward.document("clerk.a", "A", "chung hai việc chung", filename="hai.csv", title="Chung hai")
    gone = ward.document("clerk.a", "A", "chung một việc chung omega", filename="ba.txt", title="Omega", year=2025)
    ward.drain()
    client = client_for(ward).sign_in("clerk.a")
    before = answers(client, kept)
    withdraw(ward, gone)
    lagging = answers(client, kept)
    assert search_key("document", gone.id) in set(ward.resources.index.keys())
    ward.drain()
    followed = answers(client, kept)
    assert search_key("document", gone.id) not in set(ward.resources.index.keys())
    for path in before:
        assert lagging[path] == followed[path], path
        # Each of these pages did show or count it, so the comparison says something.
        assert before[path] != followed[path] or path in ("/search", "/search?year=2026"), path


def test_an_open_reader_counts_nothing_the_worker_has_just_taken_out(searched: Ward) -> None:
    """The job is gone with the commit: from then on the index itself must be the newest one."""
    ward = searched
    gone = ward.document("clerk.a", "A", "chung omega", filename="ba.txt", title="Omega")
    ward.drain()
    client = client_for(ward).sign_in("clerk.a")
    assert "Omega" in client.get("/search?q=chung").text
    reader = ward.resources.index
    withdraw(ward, gone)
    ward.drain()
    ward.resources._index = reader
    assert "Không tìm thấy gì" in client.get("/search?q=chung").text


def test_only_what_may_not_be_seen_is_left_out_however_much_waits(searched: Ward) -> None:
    ward = searched
    kept = ward.document("clerk.a", "A", "chung một", filename="mot.txt", title="Chung một")
    gone = ward.document("clerk.a", "A", "chung hai", filename="hai.txt", title="Chung hai")
    ward.drain()
    withdraw(ward, gone)
    with ward.work() as session:
        enqueue(session, JobKind.INDEX, [search_key("document", kept.id)], now=ward.now)
        enqueue(session, JobKind.INDEX, [search_key("document", new_id()) for _ in range(3000)], now=ward.now)
        person = ward.people["clerk.b"]
        people.set_disabled(session, actor=SYSTEM, now=ward.now, person_id=person, disabled=True)
    with ward.db.reading() as session:
        away = keys_out_of_sight(session, viewer=ward.viewer("clerk.a"))
    assert search_key("document", kept.id) not in away
    assert {search_key("document", gone.id), f"person:{person}"} < away and len(away) == 3002
    client = client_for(ward).sign_in("clerk.a")
    page = re.sub(r"</?mark>", "", client.get("/search?q=chung").text)
    assert "Chung một" in page and "Chung hai" not in page
    assert re.search(r"Minh chứng <span class=\"soft\">1<", page), page


def test_a_cited_paper_taken_off_a_checklist_is_not_counted(searched: Ward) -> None:
    ward = searched
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    client = client_for(ward).sign_in("clerk.a")
    for number in ("77/QĐ-UBND", "78/QĐ-UBND"):
        values = {"cited_number": number, "cited_abstract": f"Giao chỉ tiêu omega {number}"}
        client.post(f"/checklists/items/{item.id}/citations", values)
    ward.drain()
    assert 'Trích dẫn <span class="soft">2<' in client.get("/search?q=omega").text
    with ward.work() as session:
        link = session.scalars(select(EvidenceLink).order_by(EvidenceLink.linked_at)).first()
        evidence.detach(session, actor=ward.viewer("clerk.a"), now=ward.now, link_id=link.id)  # type: ignore[union-attr]
    assert 'Trích dẫn <span class="soft">1<' in client.get("/search?q=omega").text


def test_a_new_grant_counts_at_once_and_a_revoked_one_no_more(searched: Ward) -> None:
    ward = searched
    ward.document("clerk.a", "A", "chung omega", filename="mot.txt", title="Chung một")
    ward.drain()
    client = client_for(ward).sign_in("clerk.b")
    assert "Không tìm thấy gì" in client.get("/search?q=omega").text
    ward.grant("clerk.b", Role.CLERK, "A")
    page = client.get("/search?q=omega").text
    assert re.search(r"Minh chứng <span class=\"soft\">1<", page), page
    assert "omega" in client.get("/search/suggestions?q=ome").text


def test_that_something_waits_changes_no_answer(searched: Ward) -> None:
    """Of every kind: documents, points of the plan, units, people."""
    ward = searched
    document = ward.document("clerk.a", "A", "chung omega của đơn vị", filename="mot.txt", title="Chung một")
    ward.drain()
    client = client_for(ward).sign_in("clerk.a")
    before = answers(client, document)
    with ward.work() as session:
        enqueue(session, JobKind.INDEX, sorted(all_keys(session)), now=ward.now)
    assert answers(client, document) == before
