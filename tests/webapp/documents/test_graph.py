"""Links and citations between documents, and their versions compared: each rule with its refusal, through the pages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from tests.support.keeping import LETTER, reload
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.documents import service as documents
from webapp.documents.comparing import compare_texts
from webapp.models import (
    Document,
    DocumentCitation,
    DocumentKind,
    number_key,
)
from webapp.permissions import SYSTEM

# Citations and links


def test_citations_link_to_papers_of_that_number_and_say_when_there_is_none(client: Client) -> None:
    ward = client.ward
    cited = ward.document(
        "office", None, "Quyết định", kind=DocumentKind.DECISION, title="Quyết định về tổ công nghệ số"
    )
    describe(ward, "office", cited, number="12/QĐ-UBND", issued_on=date(2026, 1, 5))
    citing = ward.document("clerk.a", "A", LETTER, title="Báo cáo có căn cứ")
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{citing.id}").text
    assert "57-NQ/TW" in page and "chưa thấy trong kho" in page
    assert f'href="/documents/{cited.id}"' in page
    there = client.get(f"/documents/{cited.id}").text
    assert "Được nhắc đến trong" in there and "Báo cáo có căn cứ" in there
    client = client.as_user("clerk.b")
    assert "Báo cáo có căn cứ" not in client.get(f"/documents/{cited.id}").text


def test_a_hidden_paper_reads_like_a_missing_one(client: Client) -> None:
    """Whether another unit holds the cited paper must not show."""
    ward = client.ward
    citing = ward.document("clerk.a", "A", LETTER, title="Báo cáo")
    ward.drain()
    client.sign_in("clerk.a")
    before = client.get(f"/documents/{citing.id}").text
    hidden = ward.document("clerk.b", "B", "riêng", title="Của B")
    describe(ward, "clerk.b", hidden, number="12/QĐ-UBND", issued_on=date(2026, 1, 5))
    ward.drain()
    assert without_tokens(client.get(f"/documents/{citing.id}").text) == without_tokens(before)


def without_tokens(page: str) -> str:
    return re.sub(r'(csrf_token" value|csrf-token" content)="[^"]*"', "", page)


def describe(ward: Ward, who: str, document: Document, **changes: object) -> None:
    values: dict[str, object] = {"title": document.title, "number": None, "issued_on": None, "issuer": None}
    with ward.work() as session:
        documents.describe_document(
            session,
            actor=ward.viewer(who) if who else SYSTEM,
            now=ward.now,
            document_id=document.id,
            revision=session.get_one(Document, document.id).revision,
            described=documents.Description(signer=None, theme_id=None, **{**values, **changes}),
        )


def test_a_citation_that_a_person_dismissed_stays_away_at_the_next_reading(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", LETTER)
    ward.drain()
    with ward.db.reading() as session:
        rows = {row.number: row.id for row in session.scalars(select(DocumentCitation))}
    assert set(rows) == {"57-NQ/TW", "12/QĐ-UBND"}
    client.sign_in("clerk.a")
    answer = client.post(
        f"/documents/{document.id}/describe",
        {
            "title": "Báo cáo",
            "revision": reload(ward, document.id).revision,
            "cited": list(rows.values()),
            "keep_cited": [rows["57-NQ/TW"]],
        },
    )
    assert answer.status_code == 303
    with ward.work() as session:
        documents.retry_reading(session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=document.id)
    ward.drain()
    with ward.db.reading() as session:
        left = {row.number: row.dismissed_at is None for row in session.scalars(select(DocumentCitation))}
    assert left == {"57-NQ/TW": True, "12/QĐ-UBND": False}
    assert "12/QĐ-UBND" not in client.get(f"/documents/{document.id}").text.split("Văn bản liên quan")[1]


def test_links_between_documents_show_on_both_and_can_be_taken_back(client: Client) -> None:
    ward = client.ward
    old = ward.document("clerk.a", "A", "cũ", title="Bản cũ")
    new = ward.document("clerk.a", "A", "mới", title="Bản mới")
    hidden = ward.document("clerk.b", "B", "kín", title="Bản kín")
    client.sign_in("clerk.a")
    for other in (hidden.id, "khong-co", new.id, ""):
        client.post(f"/documents/{new.id}/relations", {"relation": "replaces", "other": other})
        assert "Bản kín" not in client.get(f"/documents/{new.id}").text
    client.post(f"/documents/{new.id}/relations", {"relation": "replaces", "other": old.id})
    client.post(f"/documents/{new.id}/relations", {"relation": "replaces", "other": old.id})
    page = client.get(f"/documents/{new.id}").text
    assert page.count("Thay thế: <a") == 1
    assert "Được thay thế bởi" in client.get(f"/documents/{old.id}").text
    remove = re.search(r'action="(/documents/[^"]+/relations/[^"]+/remove)"', page)
    assert remove is not None
    assert client.post(remove[1], {}).status_code == 303
    assert "Thay thế: <a" not in client.get(f"/documents/{new.id}").text
    client = client.as_user("clerk.b")
    assert client.post(remove[1], {}).status_code == 404


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("57-NQ/TW", "Số: 57 - NQ/TW", True),
        ("05/QĐ-UBND", "5/qđ-ubnd", True),
        ("12/QĐ-UBND", "12\u2013QĐ/UBND", False),
        ("57\u2011NQ/TW", "57-NQ/TW", True),
        ("1/KH", "11/KH", False),
    ],
)
def test_numbers_are_compared_by_what_tells_them_apart(left: str, right: str, same: bool) -> None:
    assert (number_key(left) == number_key(right)) is same


# Versions


def test_versions_are_compared_by_line_and_word(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", "Dòng một\nĐạt 45 phần trăm\nDòng ba")
    receipt = ward.resources.store.put(
        __import__("io").BytesIO("Dòng một\nĐạt 67 phần trăm\nDòng ba\nDòng bốn".encode()), filename="b.txt"
    )
    with ward.work() as session:
        documents.add_version(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=document.id,
            receipt=receipt,
            reason="sửa số liệu",
            revision=document.revision,
        )
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{document.id}/compare").text
    assert "<del>45</del>" in page and "<ins>67</ins>" in page and "<ins>Dòng bốn</ins>" in page
    assert "sửa số liệu" in page and "Người clerk.a" in page
    assert client.get(f"/documents/{document.id}/compare?old=9&new=x").status_code == 200
    client = client.as_user("clerk.b")
    assert client.get(f"/documents/{document.id}/compare").status_code == 404


def test_a_comparison_rebuilds_both_texts() -> None:
    from hypothesis import given
    from hypothesis import strategies as st

    line = st.text(alphabet="ab cđ.1", max_size=12)

    @given(st.lists(line, max_size=12), st.lists(line, max_size=12))
    def check(old: list[str], new: list[str]) -> None:
        found = compare_texts("\n".join(old), "\n".join(new))
        clean = [[text for raw in side if (text := " ".join(raw.split()))] for side in (old, new)]
        assert found.is_same == (clean[0] == clean[1])
        for side, numbers, kinds in ((0, "old", ("same", "removed")), (1, "new", ("same", "added"))):
            told = {
                getattr(one, numbers): "".join(piece.text for piece in one.pieces)
                for one in found.lines
                if one.change in kinds and not one.gap
            }
            assert all(clean[side][no - 1] == text for no, text in told.items())
            gaps = sum(one.gap for one in found.lines)
            assert len(told) + gaps == len(clean[side])

    check()
