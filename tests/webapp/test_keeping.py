"""Terms, holds, withdrawal, links and citations: each rule with its refusal, through the pages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Conflict, Invalid, Refused
from webapp.documents import keeping
from webapp.documents import service as documents
from webapp.documents.comparing import compare_texts
from webapp.jobs.index import all_keys
from webapp.models import (
    FOR_EVER,
    AuditEvent,
    Document,
    DocumentCitation,
    DocumentKind,
    DocumentState,
    RetentionClass,
    number_key,
)
from webapp.permissions import SYSTEM

LETTER = """ỦY BAN NHÂN DÂN
Số: 31/BC-KT
Long Mỹ, ngày 02 tháng 11 năm 2026

BÁO CÁO

Căn cứ Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị về đột phá phát triển khoa học;
Căn cứ Quyết định số 12/QĐ-UBND ngày 05/01/2026 của Ủy ban nhân dân phường;
Nội dung.
"""


def reload(ward: Ward, document_id: str) -> Document:
    with ward.db.reading() as session:
        return session.get_one(Document, document_id)


def submit(ward: Ward, document_id: str) -> Document:
    with ward.work() as session:
        return documents.submit_document(session, actor=ward.viewer("head.a"), now=ward.now, document_id=document_id)


def withdraw(ward: Ward, document: Document, username: str = "clerk.a", reason: str = "tải nhầm") -> Document:
    with ward.work() as session:
        return keeping.withdraw_document(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            document_id=document.id,
            reason=reason,
            revision=reload(ward, document.id).revision,
        )


# Withdrawal


def test_a_withdrawn_document_is_there_for_nobody_until_it_is_restored(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", "chữ rất riêng biệt", title="Tải nhầm")
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{document.id}/withdraw").text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    done = client.post(f"/documents/{document.id}/withdraw", {"reason": "nhầm tệp", "revision": revision[1]})
    assert done.status_code == 303
    ward.drain()
    client.app.extensions["kho"].forget_index()
    assert "Tải nhầm" not in client.get("/documents").text
    for path in ("", "/versions/1", "/keeping", "/compare", "/withdraw"):
        assert client.get(f"/documents/{document.id}{path}").status_code == 404, path
    assert "chữ rất riêng biệt" not in client.get("/search?q=riêng+biệt").text
    with ward.db.reading() as session:
        assert f"document:{document.id}" not in all_keys(session)
    listed = client.get("/documents/withdrawn").text
    assert "Tải nhầm" in listed and "nhầm tệp" in listed
    assert client.post(f"/documents/{document.id}/restore", {}).status_code == 303
    ward.drain()
    client.app.extensions["kho"].forget_index()
    assert client.get(f"/documents/{document.id}/versions/1").data == "chữ rất riêng biệt".encode()
    assert "Tải nhầm" in client.get("/search?q=riêng+biệt").text


def test_another_unit_sees_neither_the_withdrawn_paper_nor_how_to_restore_it(client: Client) -> None:
    document = withdraw(client.ward, client.ward.document("clerk.a", "A", title="Của đơn vị A"))
    for name in ("clerk.b", "office", "auditor", "admin", "council"):
        client = client.as_user(name)
        assert "Của đơn vị A" not in client.get("/documents/withdrawn").text
        assert client.post(f"/documents/{document.id}/restore", {}).status_code == 404
    assert reload(client.ward, document.id).withdrawn_at is not None


def test_a_withdrawal_needs_a_reason_and_the_revision_that_was_seen(ward: Ward) -> None:
    document = ward.document("clerk.a", "A")
    with pytest.raises(Invalid, match="lý do"):
        withdraw(ward, document, reason="  ")
    with pytest.raises(Conflict), ward.work() as session:
        keeping.withdraw_document(
            session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=document.id, reason="x", revision=77
        )
    assert reload(ward, document.id).withdrawn_at is None


def test_what_was_handed_in_stays(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", kind=DocumentKind.REPORT)
    submit(ward, document.id)
    with pytest.raises(Refused, match="chưa trình"):
        withdraw(ward, document)


def test_evidence_in_use_and_an_applied_plan_are_not_withdrawn(client: Client) -> None:
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    evidence = reload(ward, ward.attach("clerk.a", item))
    with pytest.raises(Invalid, match="minh chứng"):
        withdraw(ward, evidence)
    client.sign_in("clerk.a")
    assert "gỡ khỏi phiếu" in client.get(f"/documents/{evidence.id}/withdraw").text
    with ward.db.reading() as session:
        plan = session.scalars(select(Document).where(Document.kind == DocumentKind.PLAN)).one()
    with pytest.raises(Invalid):
        withdraw(ward, plan, "office")


def test_a_document_under_hold_or_term_is_not_withdrawn(ward: Ward) -> None:
    held = ward.document("clerk.a", "A")
    with ward.work() as session:
        keeping.hold_document(
            session,
            actor=ward.viewer("head.a"),
            now=ward.now,
            document_id=held.id,
            reason="đơn thư",
            revision=held.revision,
        )
    with pytest.raises(Invalid, match="giữ lại"):
        withdraw(ward, held)
    with ward.work() as session:
        keeping.release_document(
            session,
            actor=ward.viewer("head.a"),
            now=ward.now,
            document_id=held.id,
            reason="xong",
            revision=reload(ward, held.id).revision,
        )
    assert withdraw(ward, held).withdrawn_at is not None
    termed = ward.document(None, None, kind=DocumentKind.GUIDANCE)
    assert termed.retained_until == date(2046, 12, 31)
    with pytest.raises(Invalid, match="thời hạn lưu trữ"):
        withdraw(ward, termed, "office")


# Terms and holds


def test_a_term_begins_when_the_draft_ends_and_only_grows(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", kind=DocumentKind.MINUTES)
    assert reload(ward, document.id).retained_until is None
    assert submit(ward, document.id).retained_until == date(2046, 12, 31)

    def extend(until: date, who: str = "head.a") -> None:
        with ward.work() as session:
            keeping.extend_term(
                session,
                actor=ward.viewer(who),
                now=ward.now,
                document_id=document.id,
                until=until,
                reason="theo yêu cầu",
                revision=reload(ward, document.id).revision,
            )

    for until in (date(2046, 12, 30), date(2046, 12, 31), date(2027, 1, 1)):
        with pytest.raises(Invalid, match="không được rút ngắn"):
            extend(until)
    extend(date(2050, 1, 1))
    extend(FOR_EVER, "office")
    assert reload(ward, document.id).retained_until == FOR_EVER
    with pytest.raises(Refused):
        extend(FOR_EVER, "clerk.a")


def test_a_class_changes_running_terms_only_upwards(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", kind=DocumentKind.MINUTES)
    submit(ward, document.id)
    draft = ward.document("clerk.a", "A", kind=DocumentKind.MINUTES)
    client.sign_in("office")
    years = {
        "plan": "",
        "unit_plan": "",
        "report": "",
        "evidence": "10",
        "decision": "20",
        "guidance": "20",
        "other": "5",
    }
    assert client.post("/archive/retention", {**years, "minutes": "5"}).status_code == 303
    assert reload(ward, document.id).retained_until == date(2046, 12, 31)
    assert client.post("/archive/retention", {**years, "minutes": "30"}).status_code == 303
    assert reload(ward, document.id).retained_until == date(2056, 12, 31)
    assert client.post("/archive/retention", {**years, "minutes": ""}).status_code == 303
    assert reload(ward, document.id).retained_until == FOR_EVER
    assert reload(ward, draft.id).retained_until is None
    with ward.db.reading() as session:
        before = {row.kind: row.years for row in session.scalars(select(RetentionClass))}
    for bad in ("0", "101", "mười", "-3"):
        answer = client.post("/archive/retention", {**years, "minutes": bad})
        assert answer.status_code == 422 and "từ 1 đến 100" in answer.text
    with ward.db.reading() as session:
        assert {row.kind: row.years for row in session.scalars(select(RetentionClass))} == before
    client = client.as_user("admin")
    assert client.post("/archive/retention", {**years, "minutes": "30"}).status_code == 403


def test_holds_through_the_page(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A")
    address = f"/documents/{document.id}/keeping"
    client.sign_in("clerk.a")
    assert client.post(address, {"step": "hold", "reason": "x", "revision": document.revision}).status_code == 403
    client = client.as_user("head.a")
    assert client.post(address, {"step": "hold", "reason": "", "revision": document.revision}).status_code == 422
    assert client.post(address, {"step": "khác", "reason": "x", "revision": document.revision}).status_code == 422
    assert client.post(address, {"step": "extend", "reason": "x", "revision": document.revision}).status_code == 422
    assert (
        client.post(address, {"step": "hold", "reason": "khiếu nại", "revision": document.revision}).status_code == 303
    )
    assert "khiếu nại" in client.get(address).text
    row = reload(ward, document.id)
    assert client.post(address, {"step": "hold", "reason": "lần hai", "revision": row.revision}).status_code == 422
    assert client.post(address, {"step": "release", "reason": "xong", "revision": row.revision}).status_code == 303
    assert reload(ward, document.id).held_at is None
    with ward.db.reading() as session:
        actions = list(session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == document.id)))
    assert actions.count("document.hold") == actions.count("document.release") == 1


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
            signer=None,
            theme_id=None,
            **{**values, **changes},  # type: ignore[arg-type]
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


def test_a_state_that_is_not_draft_has_a_term(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", kind=DocumentKind.EVIDENCE)
    submit(ward, document.id)
    assert reload(ward, document.id).state is DocumentState.SUBMITTED
    assert reload(ward, document.id).retained_until == date(2036, 12, 31)
