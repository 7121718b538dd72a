"""A wrong kind, year or unit is put right after upload and after handing in, or refused in words."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.models import AuditEvent, Document, DocumentKind, EvidenceLink

pytestmark = pytest.mark.either_database


def now_is(ward: Ward, document_id: str) -> Document:
    with ward.db.reading() as session:
        return session.get_one(Document, document_id)


def sent(document: Document, **more: str) -> dict[str, str]:
    values = {"kind": document.kind.value, "year": str(document.year), "unit_id": document.unit_id or ""}
    return values | {"revision": str(document.revision), "reason": "chọn nhầm khi tải lên"} | more


def test_the_unit_before_and_the_office_after_handing_in(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", kind=DocumentKind.REPORT)
    address = f"/documents/{document.id}/correct"
    clerk, office = client.as_user("clerk.a"), client.as_user("office")
    assert f'href="{address}"' in clerk.get(f"/documents/{document.id}").text
    assert clerk.post(address, sent(document, kind="minutes", year="2027")).status_code == 303
    document = now_is(ward, document.id)
    assert (document.kind, document.year) == (DocumentKind.MINUTES, 2027)
    client.as_user("head.a").post(f"/documents/{document.id}/submit")
    document = now_is(ward, document.id)
    assert clerk.post(address, sent(document, kind="report")).status_code == 403
    assert office.post(address, sent(document, unit_id=ward.units["B"])).status_code == 303
    assert now_is(ward, document.id).unit_id == ward.units["B"]
    assert clerk.get(f"/documents/{document.id}").status_code == 404
    with ward.db.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "document.correct")).all()
        assert [event.reason for event in events] == ["chọn nhầm khi tải lên"] * 3  # the unit that it left has it too


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"reason": " "}, "Hãy ghi lý do"),
        ({"kind": "plan"}, "không chọn ở đây được"),
        ({"year": "2040"}, "Phong trào kéo dài"),
        ({"unit_id": "B"}, "đơn vị mà bạn soạn"),
        ({}, "Chưa có gì thay đổi"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(client: Client, more: dict[str, str], sentence: str) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A")
    if more.get("unit_id"):
        more = {"unit_id": ward.units["B"]}
    answer = client.sign_in("clerk.a").post(f"/documents/{document.id}/correct", sent(document, **more))
    assert answer.status_code == 422 and sentence in answer.text
    assert now_is(ward, document.id).revision == document.revision


def test_evidence_is_taken_off_its_criterion_first(client: Client) -> None:
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    document = now_is(ward, ward.attach("clerk.a", item))
    clerk = client.sign_in("clerk.a")
    address, values = f"/documents/{document.id}/correct", sent(document, year="2027")
    refused = clerk.post(address, values)
    assert refused.status_code == 422 and "minh chứng III.1.đ-2026-001" in refused.text
    with ward.db.reading() as session:
        link = session.scalars(select(EvidenceLink.id)).one()
    clerk.post(f"/checklists/items/{item.id}/links/{link}")
    fresh = now_is(ward, document.id)
    assert clerk.post(address, sent(fresh, year="2027")).status_code == 303
    assert clerk.post(address, sent(fresh, year="2028")).status_code == 409  # an older page


def test_the_term_counts_from_the_papers_own_day_and_only_grows(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", kind=DocumentKind.DECISION)
    clerk = client.as_user("clerk.a")
    described = {"title": "Quyết định", "issued_on": "28/12/2025", "revision": str(document.revision)}
    assert clerk.post(f"/documents/{document.id}/describe", described).status_code == 303
    client.as_user("head.a").post(f"/documents/{document.id}/submit")
    first = now_is(ward, document.id).retained_until
    assert first is not None and (first == date.max or first.year != 9998) and first.month == 12
    office = client.as_user("office")
    fresh = now_is(ward, document.id)
    assert office.post(f"/documents/{document.id}/correct", sent(fresh, kind="other")).status_code == 303
    after = now_is(ward, document.id).retained_until
    assert after is not None and after >= first


def test_the_office_learns_nothing_of_a_draft_that_the_document_rests_in(client: Client) -> None:
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    document = ward.document("clerk.a", "A", kind=DocumentKind.REPORT)
    client.as_user("clerk.a").post(f"/checklists/items/{item.id}/existing", {"choice": f"document:{document.id}"})
    client.as_user("head.a").post(f"/documents/{document.id}/submit")
    address = f"/documents/{document.id}/correct"
    for name, seen in (("office", False), ("head.a", None)):
        page = client.as_user(name).get(address)
        if seen is None:
            assert page.status_code == 403
            continue
        refused = client.as_user(name).post(address, sent(now_is(ward, document.id), kind="other"))
        assert refused.status_code == 422
        for answer in (page, refused):
            assert "mà bạn không được xem" in answer.text and "III.1.đ-2026-001" not in answer.text
