"""Terms, holds and withdrawal: each rule with its refusal, through the pages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from tests.support.keeping import reload, submit, withdraw
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Conflict, Invalid, Refused
from webapp.documents import retention
from webapp.jobs.index import all_keys
from webapp.models import (
    FOR_EVER,
    AuditEvent,
    Document,
    DocumentKind,
    DocumentState,
    RetentionClass,
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
        retention.withdraw_document(
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
        retention.hold_document(
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
        retention.release_document(
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
            retention.extend_term(
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


def test_a_state_that_is_not_draft_has_a_term(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", kind=DocumentKind.EVIDENCE)
    submit(ward, document.id)
    assert reload(ward, document.id).state is DocumentState.SUBMITTED
    assert reload(ward, document.id).retained_until == date(2036, 12, 31)
