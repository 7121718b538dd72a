"""Where keeping meets the rest: what was withdrawn serves nowhere, forms that came in part change nothing for ever."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from tests.support.ward import Ward, small_reading
from tests.support.web import Client
from webapp.checklists import evidence
from webapp.core.errors import Conflict, Invalid, Refused
from webapp.documents import retention
from webapp.models import (
    Document,
    DocumentKind,
    DocumentState,
    Evidence,
    EvidenceLink,
    PlanImport,
    RetentionClass,
    Role,
)
from webapp.movement import rules as movement_rules
from webapp.plans import service as movement


def reload(ward: Ward, document_id: str) -> Document:
    with ward.db.reading() as session:
        return session.get_one(Document, document_id)


def withdraw(ward: Ward, document_id: str, username: str = "clerk.a") -> None:
    with ward.work() as session:
        retention.withdraw_document(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            document_id=document_id,
            reason="nhầm",
            revision=reload(ward, document_id).revision,
        )


def test_a_withdrawn_paper_is_no_evidence_neither_by_itself_nor_by_what_it_was(client: Client) -> None:
    ward = client.ward
    checklist = ward.checklist("clerk.a", "A")
    item, other = ward.item(checklist, "III.1.đ"), ward.item(checklist, "III.1.d")
    attached = ward.attach("clerk.a", item, filename="tung-la-minh-chung.txt")
    plain = ward.document("clerk.a", "A", "khác", title="chưa từng là minh chứng").id
    with ward.work() as session:
        link = session.scalars(select(EvidenceLink)).one()
        evidence.detach(session, actor=ward.viewer("clerk.a"), now=ward.now, link_id=link.id)
        known = session.scalars(select(Evidence.id)).one()
    client.sign_in("clerk.a")
    page = client.get(f"/checklists/items/{other.id}").text
    assert "tung la minh chung" in page and "chưa từng là minh chứng" in page
    withdraw(ward, attached)
    withdraw(ward, plain)
    page = client.get(f"/checklists/items/{other.id}").text
    assert "tung la minh chung" not in page and "chưa từng là minh chứng" not in page
    for choice in (f"document:{plain}", f"document:{attached}", f"evidence:{known}"):
        refused = client.post(f"/checklists/items/{other.id}/existing", {"choice": choice})
        assert refused.status_code == 422, choice
    with ward.db.reading() as session:
        assert session.scalars(select(EvidenceLink.removed_at)).all() == [ward.now]
    client.post(f"/documents/{attached}/restore", {})
    assert client.post(f"/checklists/items/{other.id}/existing", {"choice": f"evidence:{known}"}).status_code == 303


def test_a_plan_that_was_withdrawn_before_it_was_applied_stays_so(ward: Ward) -> None:
    reading = small_reading(abstract="Phong trào “Xây dựng nông thôn mới” giai đoạn 2026-2030")
    document = ward.document(None, None, "kế hoạch", kind=DocumentKind.PLAN)
    with ward.work() as session:
        row = session.get_one(Document, document.id)
        started = movement.start_import(
            session, actor=ward.viewer("office"), now=ward.now, document=row, movement_id=None
        )
    withdraw(ward, document.id, "office")
    with pytest.raises(Invalid, match="đã được rút"), ward.work() as session:
        movement.apply_import(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            import_id=started.id,
            reading=reading,
            text=movement_rules.plan_text(reading),
        )
    assert reload(ward, document.id).state is DocumentState.DRAFT
    with ward.db.reading() as session:
        assert session.get_one(PlanImport, started.id).applied_at is None


def test_a_form_of_terms_that_came_in_part_changes_only_what_it_names(client: Client) -> None:
    """Blank means for ever, and no term is shortened again: an empty request must not mean that for all."""
    ward = client.ward
    client.sign_in("office")
    with ward.db.reading() as session:
        before = {row.kind: row.years for row in session.scalars(select(RetentionClass))}
    assert any(before.values())
    assert client.post("/archive/retention", {}).status_code == 303
    assert client.post("/archive/retention", {"minutes": "33", "khác": ""}).status_code == 303
    with ward.db.reading() as session:
        after = {row.kind: row.years for row in session.scalars(select(RetentionClass))}
    assert after == {**before, DocumentKind.MINUTES: 33}


def test_no_term_ends_before_it_begins(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A")
    client.sign_in("head.a")
    sent = {"step": "extend", "reason": "x", "until": "21/11/2026", "revision": str(document.revision)}
    refused = client.post(f"/documents/{document.id}/keeping", sent)
    assert refused.status_code == 422 and "đã qua" in refused.text
    assert client.post(f"/documents/{document.id}/keeping", {**sent, "until": "31/12/2200"}).status_code == 303
    assert reload(ward, document.id).retained_until == date(2200, 12, 31)


def test_who_may_not_is_not_told_what_changed(ward: Ward) -> None:
    document = ward.document("clerk.a", "A")
    with pytest.raises(Refused), ward.work() as session:
        retention.hold_document(
            session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=document.id, reason="x", revision=99
        )
    with pytest.raises(Conflict), ward.work() as session:
        retention.hold_document(
            session, actor=ward.viewer("head.a"), now=ward.now, document_id=document.id, reason="x", revision=99
        )


def test_long_work_tells_administrators_that_it_runs_and_not_about_what(client: Client) -> None:
    ward = client.ward
    client.sign_in("clerk.a")
    answer = client.post("/exports", {"scope": f"unit:{ward.units['A']}", "year": "2026"})
    admin = client.as_user("admin")
    for path in ("/tasks", answer.location):
        assert "Tải trọn hồ sơ" in admin.get(path).text and "Đơn vị A" not in admin.get(path).text
    assert re.search("Tải trọn hồ sơ: .*Đơn vị A", client.get(answer.location).text)
    ward.drain()
    assert "Không có văn bản nào" in client.get(answer.location).text
    assert "Không có văn bản nào" not in admin.get(answer.location).text
    ward.person("second", Role.CLERK, "A")
    assert client.as_user("second").get(answer.location).status_code == 404
