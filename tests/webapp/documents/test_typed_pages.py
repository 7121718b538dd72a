"""What people type of a page that was read badly: shown, searched and kept beside what the machine read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update

from tests.support.prepared import prepared
from tests.support.records import catalogue_of, empty_database, wrong
from tests.support.ward import NOW, Ward
from tests.support.web import Client
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.documents import service, typed_pages
from webapp.models import AuditEvent, Document, DocumentVersion, TextReading, TypedPage
from webapp.records.rebuild import rebuild_catalogue

pytestmark = pytest.mark.either_database

SAYS = "Danh sách hộ khuyến học của khu phố Bình Minh\nSố hộ: 112"


def fax(pages: int = 2) -> bytes:
    frames = [Image.new("1", (300, 200), 1) for _ in range(pages)]
    stream = io.BytesIO()
    frames[0].save(stream, "TIFF", save_all=True, append_images=frames[1:])
    return stream.getvalue()


def typed(
    ward: Ward, document: Document, page: int, text: str, *, seen: str = "", who: str = "clerk.a", version: int = 0
) -> str:
    with ward.work() as session:
        no = version or session.get_one(Document, document.id).current_no
        row = typed_pages.type_page(
            session,
            actor=ward.viewer(who),
            now=ward.now,
            document_id=document.id,
            page=page,
            typed=typed_pages.Typed(text, no, seen),
        )
        return row.id


@prepared
def scan_id(ward: Ward) -> str:
    document = ward.document("clerk.a", "A", fax(), filename="quet.tif", title="Bản quét")
    ward.drain()
    return document.id


@pytest.fixture
def scan(ward: Ward, scan_id: str) -> Document:
    with ward.db.reading() as session:
        return session.get_one(Document, scan_id)


def test_a_page_is_typed_shown_and_found(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", fax(), filename="quet.tif", title="Bản quét")
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{document.id}?page=2").text
    assert "Gõ lại nội dung trang 2" in page and "Trang 2: " in page
    answer = client.post(f"/documents/{document.id}/pages/2", {"text": SAYS, "seen": "", "version": "1"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/documents/{document.id}?page=2")
    shown = client.get(f"/documents/{document.id}?page=2").text
    assert "Người xem gõ lại trang 2" in shown and "khuyến học" in shown
    ward.drain()
    found = client.get("/search", query_string={"q": "khuyến học"}).text
    assert "Bản quét" in found
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "document.type-page")).one()
        assert event.object_id == document.id and event.details == {"version": 1, "page": 2}


def test_it_outlives_reading_anew_and_keeps_what_was_typed_before(ward: Ward, scan: Document) -> None:
    first = typed(ward, scan, 1, "bản gõ đầu")
    ward.later(minutes=1)
    second = typed(ward, scan, 1, SAYS, seen=first)
    with ward.work() as session:
        service.retry_reading(session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=scan.id)
    ward.drain()
    with ward.db.reading() as session:
        version = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == scan.id)).one()
        assert [row.text for row in typed_pages.list_typed(session, version, 1)] == [SAYS, "bản gõ đầu"]
        assert typed_pages.latest(session, [version.id]) == {version.id: {1: SAYS}}
    ward.later(minutes=1)
    typed(ward, scan, 1, "  \n", seen=second)  # taken back
    with ward.db.reading() as session:
        assert typed_pages.latest(session, [version.id]) == {version.id: {}}
        assert len(typed_pages.list_typed(session, version, 1)) == 3


def test_it_is_rebuilt_from_the_manifests(ward: Ward, scan: Document, tmp_path: Path) -> None:
    typed(ward, scan, 2, SAYS)
    assert wrong(ward) == []
    with empty_database(tmp_path / "second.sqlite3") as second:
        found = rebuild_catalogue(second, ward.resources.store, now=NOW)
        assert (found.damaged, found.missing_rows) == ([], [])
        assert catalogue_of(second) == catalogue_of(ward.db)
        with second.reading() as session:
            assert [(row.page, row.text) for row in session.scalars(select(TypedPage))] == [(2, SAYS)]


def test_refusals(ward: Ward, scan: Document) -> None:
    first = typed(ward, scan, 1, SAYS)
    text = ward.document("clerk.a", "A", "một tệp văn bản", filename="a.txt")
    for document, page, said, seen in (
        (scan, 0, "x", ""),
        (scan, 501, "x", ""),
        (scan, 2, "  ", ""),
        (scan, 1, SAYS, first),
        (scan, 1, "x" * (typed_pages.LONGEST + 1), first),
        (text, 1, "x", ""),
    ):
        with pytest.raises(Invalid) as fault:
            typed(ward, document, page, said, seen=seen)
        assert fault.value.fields["text"].endswith(".")
    with pytest.raises(Conflict) as conflict:
        typed(ward, scan, 1, "của tôi")
    assert conflict.value.theirs == {"Nội dung trang": SAYS} and conflict.value.mine == {"Nội dung trang": "của tôi"}
    with pytest.raises(NotFound):
        typed(ward, scan, 2, "x", who="clerk.b")
    with ward.db.reading() as session:
        assert len(session.scalars(select(TypedPage)).all()) == 1


def test_who_may_not_change_a_document_sees_no_form(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", fax(), filename="quet.tif", title="Bản quét")
    ward.drain()
    other = client.as_user("clerk.b")
    assert other.post(f"/documents/{document.id}/pages/1", {"text": "x", "seen": "", "version": "1"}).status_code == 404
    client.sign_in("clerk.a")
    answer = client.post(f"/documents/{document.id}/pages/1", {"text": " ", "seen": "", "version": "1"})
    assert answer.status_code == 422 and "Hãy gõ hoặc sửa nội dung" in answer.text
    assert (
        client.post(f"/documents/{document.id}/pages/1", {"text": SAYS, "seen": "", "version": "1"}).status_code == 303
    )
    assert (
        client.post(f"/documents/{document.id}/pages/1", {"text": "khác", "seen": "", "version": "1"}).status_code
        == 409
    )


def test_the_receipt_and_the_page_tell_how_each_page_was_read(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", fax(), filename="quet.tif", title="Bản quét")
    ward.drain()
    sentence = "Đọc được 1 trong 2 trang; trang 2 là ảnh chụp có độ tin cậy thấp."
    with ward.work() as session:
        version = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == document.id)).one()
        details = {"media_type": "image/tiff", "page_states": {"2": ["recognised", 61]}}
        session.execute(
            update(TextReading)
            .where(TextReading.version_id == version.id)
            .values(sentence=sentence, text="một\fhai", details=details)
        )
    client.sign_in("clerk.a")
    assert "Trang 2: nhận dạng từ ảnh, độ tin cậy 61%" in client.get(f"/documents/{document.id}").text
    assert sentence in client.get(f"/documents/receipts/{version.batch_id}").text


@pytest.mark.parametrize(
    ("text", "typed", "whole"),
    [("", {}, ""), ("a\fb", {}, "a\fb"), ("a\fb", {2: "x"}, "a\fb\nx"), ("", {2: "x"}, "\fx"), ("a", {1: "x", 3: "z"}, "a\nx\f\fz")],
)  # fmt: skip
def test_typed_words_stand_after_those_of_their_page(text: str, typed: dict[int, str], whole: str) -> None:
    assert typed_pages.with_typed(text, typed) == whole


def test_a_refused_page_is_shown_again_not_another_one(client: Client, scan: Document) -> None:
    client.sign_in("clerk.a")
    answer = client.post(f"/documents/{scan.id}/pages/2", {"text": " ", "seen": "", "version": "1"})
    assert answer.status_code == 422 and "Gõ lại nội dung trang 2" in answer.text
    assert f'action="/documents/{scan.id}/pages/2"' in answer.text


def test_what_was_typed_of_an_older_version_is_not_taken_for_the_new_one(ward: Ward, scan: Document) -> None:
    with pytest.raises(Conflict) as fault:
        typed(ward, scan, 1, SAYS, version=7)
    assert "phiên bản mới" in fault.value.sentence
    with ward.work() as session:
        assert session.scalars(select(TypedPage.id)).all() == []
