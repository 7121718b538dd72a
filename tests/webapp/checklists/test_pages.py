"""Checklists through the pages: answering, evidence, marks, handing in, returning, two people at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.checklists import service
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    ChecklistVersion,
    Document,
    DocumentState,
    Evidence,
    EvidenceLink,
    ItemState,
)

pytestmark = pytest.mark.either_database


@pytest.fixture
def checklist(ward: Ward) -> Checklist:
    return ward.checklist("clerk.a", "A")


def item(ward: Ward, checklist: Checklist, code: str = "III.1.đ") -> ChecklistItem:
    return ward.item(checklist, code)


def state_of(ward: Ward, checklist: Checklist) -> ChecklistState:
    with ward.db.reading() as session:
        return session.get_one(Checklist, checklist.id).state


def test_a_clerk_opens_the_checklist_of_the_units_group(client: Client) -> None:
    client.sign_in("clerk.a")
    page = client.get("/checklists").text
    assert "Lập phiếu" in page
    group_id = re.search(r'name="group_id" value="(\w+)"', page).group(1)  # type: ignore[union-attr]
    values = {"unit_id": client.ward.units["A"], "group_id": group_id, "year": "2026"}
    first = client.post("/checklists", values)
    assert first.status_code == 303
    shown = client.get(first.location).text
    assert [shown.index(code) for code in ("III.1.d", "III.1.đ", "III.1.e")] == sorted(
        shown.index(code) for code in ("III.1.d", "III.1.đ", "III.1.e")
    )
    assert "III.2.a" not in shown
    assert client.post("/checklists", values).location == first.location
    for year in ("2025", "2031"):
        assert client.post("/checklists", {**values, "year": year}).status_code == 422
    assert client.as_user("clerk.b").post("/checklists", values).status_code == 403


def test_a_file_becomes_evidence_with_a_code_and_dates(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    address = f"/checklists/items/{target.id}/files"
    values = {
        "period_from": "01/01/2026",
        "period_to": "2026-06-30",
        "files": [(b"mot", "mot.txt"), (b"hai", "hai.txt")],
    }
    assert client.post(address, values).status_code == 303
    with client.ward.db.reading() as session:
        rows = session.scalars(select(Evidence).order_by(Evidence.code)).all()
    assert [row.code for row in rows] == ["III.1.đ-2026-001", "III.1.đ-2026-002"]
    assert rows[0].period_to.isoformat() == "2026-06-30" and rows[0].received_on.isoformat() == "2026-11-22"  # type: ignore[union-attr]
    assert item(client.ward, checklist).state is ItemState.IN_PROGRESS
    wrong = client.post(address, {"period_from": "2026-06-30", "period_to": "2026-01-01", "files": [(b"ba", "ba.txt")]})
    assert wrong.status_code == 422 and "phải sau ngày đầu kỳ" in wrong.text
    empty = client.post(address, {"files": [(b"", "rong.txt")]})
    assert empty.status_code == 422 and "trống" in empty.text


def test_codes_count_within_the_unit_only(client: Client, checklist: Checklist) -> None:
    ward = client.ward
    ward.attach("clerk.a", item(ward, checklist))
    other = ward.checklist("clerk.b", "B")
    ward.attach("clerk.b", ward.item(other, "III.1.đ"))
    with ward.db.reading() as session:
        rows = session.execute(select(Evidence.unit_id, Evidence.code)).all()
    assert {row.code for row in rows} == {"III.1.đ-2026-001"} and len(rows) == 2


def test_a_citation_stands_without_a_file(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    address = f"/checklists/items/{target.id}/citations"
    short = client.post(address, {"cited_number": "12/QĐ-UBND", "cited_abstract": ""})
    assert short.status_code == 422 and "cần có trích yếu" in short.text and "12/QĐ-UBND" in short.text
    full = {"cited_number": "12/QĐ-UBND", "cited_abstract": "Về giao dữ liệu", "cited_on": "03/02/2026"}
    assert client.post(address, full).status_code == 303
    page = client.get(f"/checklists/items/{target.id}").text
    assert "Trích dẫn 12/QĐ-UBND ngày 03/02/2026" in page


def test_a_citation_can_carry_its_file(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    values = {"cited_number": "12/QĐ-UBND", "cited_abstract": "Về giao dữ liệu", "cited_issuer": "UBND phường"}
    content = "Số: 99/KH-KHAC\nThử, ngày 05 tháng 03 năm 2026\nNội dung".encode()
    with_file = {**values, "file": [(content, "qd.txt")]}
    address = f"/checklists/items/{target.id}/citations"
    assert client.post(address, with_file).status_code == 303
    client.ward.drain()
    with client.ward.db.reading() as session:
        evidence = session.scalars(select(Evidence)).one()
        document = session.get_one(Document, evidence.document_id)
    assert (evidence.cited_number, document.number, document.title) == ("12/QĐ-UBND", "12/QĐ-UBND", "Về giao dữ liệu")
    assert document.issued_on is not None and document.issued_on.isoformat() == "2026-03-05"
    bad = client.post(address, {**values, "file": [(b"MZ", "a.exe")]})
    assert bad.status_code == 422 and "Không nhận tệp loại .exe" in bad.text


def test_one_evidence_stands_under_many_items(client: Client, checklist: Checklist) -> None:
    ward = client.ward
    document_id = ward.attach("clerk.a", item(ward, checklist))
    second = ward.item(checklist, "III.1.d")
    client.sign_in("clerk.a")
    page = client.get(f"/checklists/items/{second.id}").text
    choice = re.search(r'value="(evidence:\w+)"', page).group(1)  # type: ignore[union-attr]
    address = f"/checklists/items/{second.id}/existing"
    assert client.post(address, {"choice": choice}).status_code == 303
    assert client.post(address, {"choice": choice}).status_code == 422
    uses = client.get(f"/documents/{document_id}").text
    assert "III.1.d</a>" in uses and "III.1.đ</a>" in uses


def test_another_units_evidence_cannot_be_attached(client: Client, checklist: Checklist) -> None:
    ward = client.ward
    other = ward.checklist("clerk.b", "B")
    document_id = ward.attach("clerk.b", ward.item(other, "III.1.đ"))
    with ward.db.reading() as session:
        evidence_id = session.scalars(select(Evidence.id)).one()
    target = item(ward, checklist)
    client.sign_in("clerk.a")
    for choice in (f"evidence:{evidence_id}", f"document:{document_id}", "evidence:", "x", ""):
        response = client.post(f"/checklists/items/{target.id}/existing", {"choice": choice})
        assert response.status_code == 422, choice
    with ward.db.reading() as session:
        assert not session.scalars(select(EvidenceLink).where(EvidenceLink.item_id == target.id)).all()


def test_changing_evidence_marks_a_claimed_item_until_it_is_confirmed(client: Client, checklist: Checklist) -> None:
    ward = client.ward
    target = item(ward, checklist)
    document_id = ward.attach("clerk.a", target, "ban mot")
    client.sign_in("clerk.a")
    address = f"/checklists/items/{target.id}"
    revision = str(item(ward, checklist).revision)
    client.post(address, {"state": "claimed", "comment": "", "revision": revision})
    with ward.db.reading() as session:
        document = session.get_one(Document, document_id)
        before = session.scalars(select(EvidenceLink.sha256)).one()
    version = {"reason": "sửa số liệu", "revision": str(document.revision), "file": [(b"ban hai", "m.txt")]}
    assert client.post(f"/documents/{document_id}/versions", version).status_code == 303
    assert "minh chứng đã thay đổi sau khi tự nhận" in client.get(f"/checklists/{checklist.id}").text
    assert "Minh chứng đã thay đổi sau khi tự nhận" in client.get(address).text
    assert "minh chứng đã thay đổi" in client.get("/").text
    assert client.post(f"{address}/confirm").status_code == 303
    assert "inh chứng đã thay đổi" not in client.get(address).text
    with ward.db.reading() as session:
        assert session.scalars(select(EvidenceLink.sha256)).one() != before


def test_taking_evidence_away_asks_first_and_keeps_the_file(client: Client, checklist: Checklist) -> None:
    ward = client.ward
    target = item(ward, checklist)
    document_id = ward.attach("clerk.a", target)
    with ward.db.reading() as session:
        link_id = session.scalars(select(EvidenceLink.id)).one()
    client.sign_in("clerk.a")
    address = f"/checklists/items/{target.id}/links/{link_id}"
    assert "Gỡ III.1.đ-2026-001" in client.get(address).text
    assert client.post(address).status_code == 303
    assert client.get(f"/documents/{document_id}").status_code == 200
    with ward.db.reading() as session:
        assert session.scalars(select(EvidenceLink.removed_at)).one() is not None
    assert client.post(address).status_code == 404


def test_handing_in_shows_checklist_and_evidence_to_the_right_people(client: Client, checklist: Checklist) -> None:
    ward = client.ward
    document_id = ward.attach("clerk.a", item(ward, checklist))
    address, paper = f"/checklists/{checklist.id}", f"/documents/{document_id}"
    assert client.as_user("leader.1").get(address).status_code == 404
    assert client.as_user("clerk.a").post(f"{address}/submit").status_code == 403
    head = client.as_user("head.a")
    assert "chưa ghi kết quả" in head.get(f"{address}/submit").text
    assert head.post(f"{address}/submit").status_code == 303
    for name in ("leader.1", "council", "office", "chair", "inspector", "auditor"):
        other = client.as_user(name)
        assert other.get(address).status_code == other.get(paper).status_code == 200, name
    for name in ("clerk.b", "clerk.c", "deputy.2", "council.2", "admin", "nobody"):
        other = client.as_user(name)
        assert other.get(address).status_code == other.get(paper).status_code == 404, name
    target = item(ward, checklist)
    locked = head.post(f"/checklists/items/{target.id}", {"state": "claimed", "revision": str(target.revision)})
    assert locked.status_code == 403


def test_the_office_returns_with_a_reason_but_not_its_own(client: Client, checklist: Checklist) -> None:
    ward = client.ward
    document_id = ward.attach("clerk.a", item(ward, checklist))
    address = f"/checklists/{checklist.id}"
    client.as_user("head.a").post(f"{address}/submit")
    office = client.as_user("office")
    assert office.post(f"{address}/return", {"reason": " "}).status_code == 422
    assert state_of(ward, checklist) is ChecklistState.SUBMITTED
    for name in ("leader.1", "auditor", "chair", "inspector"):
        assert client.as_user(name).post(f"{address}/return", {"reason": "x"}).status_code == 403, name
    assert office.post(f"{address}/return", {"reason": "thiếu chữ ký"}).status_code == 303
    assert "thiếu chữ ký" in client.as_user("clerk.a").get(address).text
    with ward.db.reading() as session:
        assert session.get_one(Document, document_id).state is DocumentState.RETURNED
    # The office's own unit
    ward.person("head.vh")
    from webapp.models import Role

    ward.grant("head.vh", Role.HEAD, "VH")
    own = ward.checklist("head.vh", "VH")
    client.as_user("head.vh").post(f"/checklists/{own.id}/submit")
    refused = office.post(f"/checklists/{own.id}/return", {"reason": "x"})
    assert refused.status_code == 403 and "không phải phiếu của đơn vị mình" in refused.text


def test_moves_out_of_turn_are_refused(client: Client, checklist: Checklist) -> None:
    address = f"/checklists/{checklist.id}"
    office = client.as_user("office")
    assert office.post(f"{address}/return", {"reason": "x"}).status_code == 404
    head = client.as_user("head.a")
    head.post(f"{address}/submit")
    assert head.post(f"{address}/submit").status_code == 403
    office.post(f"{address}/return", {"reason": "bổ sung"})
    again = office.post(f"{address}/return", {"reason": "x"})
    assert again.status_code == 422 and "Trả lại để bổ sung" in again.text
    assert head.post(f"{address}/submit").status_code == 303


def test_every_address_of_a_hidden_checklist_is_not_found(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    stranger = client.as_user("clerk.b")
    for path in (f"/checklists/{checklist.id}", f"/checklists/items/{target.id}", f"/checklists/{checklist.id}/submit"):
        assert stranger.get(path).status_code == 404, path
    for path in ("", "/sub-items", "/files", "/citations", "/existing", "/confirm"):
        assert stranger.post(f"/checklists/items/{target.id}{path}").status_code == 404, path


def test_an_amended_plan_adds_its_new_criteria_to_the_checklist(client: Client, checklist: Checklist) -> None:
    from dataclasses import replace

    from tests.support.ward import small_reading
    from webapp.movement.reading import CodedText

    ward = client.ward
    reading = small_reading()
    first, *others = reading.criteria_groups
    kept = tuple(c for c in first.criteria if c.code != "III.1.e")
    grown = replace(first, criteria=(*kept, CodedText(code="III.1.g", text="Có nhiều sáng kiến")))
    ward.plan(replace(reading, criteria_groups=(grown, *others)), movement_id=ward.movement_id)
    client.sign_in("clerk.a")
    page = client.get(f"/checklists/{checklist.id}").text
    assert "1 tiêu chí chưa có trong phiếu" in page and "III.1.e" in page
    values = {"unit_id": ward.units["A"], "group_id": checklist.group_id, "year": "2026"}
    client.post("/checklists", values)
    assert "III.1.g" in client.get(f"/checklists/{checklist.id}").text


def test_returning_leaves_a_report_handed_in_for_itself(client: Client, checklist: Checklist) -> None:
    from webapp.models import DocumentKind

    ward = client.ward
    report = ward.document("clerk.a", "A", "báo cáo năm", kind=DocumentKind.REPORT)
    target = item(ward, checklist)
    client.as_user("clerk.a").post(f"/checklists/items/{target.id}/existing", {"choice": f"document:{report.id}"})
    evidence_only = ward.attach("clerk.a", target, "minh chứng riêng")
    head = client.as_user("head.a")
    head.post(f"/documents/{report.id}/submit")
    head.post(f"/checklists/{checklist.id}/submit")
    client.as_user("office").post(f"/checklists/{checklist.id}/return", {"reason": "bổ sung"})
    with ward.db.reading() as session:
        assert session.get_one(Document, report.id).state is DocumentState.SUBMITTED
        assert session.get_one(Document, evidence_only).state is DocumentState.RETURNED


def test_what_was_given_back_is_read_by_others_as_it_was_handed_in(ward: Ward) -> None:
    """Corrections are the unit's own until they are handed in again."""
    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.d")
    ward.attach("clerk.a", item, "bằng chứng đầu", "dau.txt")

    def answer(comment: str) -> None:
        fresh = ward.item(checklist, "III.1.d")
        with ward.work() as session:
            service.answer_item(
                session,
                actor=ward.viewer("clerk.a"),
                now=ward.now,
                item_id=fresh.id,
                revision=fresh.revision,
                state=ItemState.CLAIMED,
                reason="",
                comment=comment,
            )

    def move(verb: str, username: str, **more: Any) -> None:
        with ward.work() as session:
            getattr(service, verb)(
                session, actor=ward.viewer(username), now=ward.now, checklist_id=checklist.id, **more
            )

    answer("lời thuyết minh ban đầu")
    move("submit_checklist", "head.a")
    zone = ward.resources.settings.timezone
    move("return_checklist", "office", reason="thiếu số liệu", timezone=zone)
    answer("lời thuyết minh đang sửa")
    client = client_for(ward).sign_in("office")
    page = client.get(f"/checklists/{checklist.id}").text
    assert "ban đầu" in page and "đang sửa" not in page and "thiếu số liệu" in page and "III.1.d-2026-001" in page
    assert client.get(f"/checklists/items/{item.id}").status_code == 303
    own = client.as_user("clerk.a")
    assert "đang sửa" in own.get(f"/checklists/{checklist.id}/preview").text
    move("submit_checklist", "head.a")
    assert "đang sửa" in client.get(f"/checklists/{checklist.id}").text
    with ward.db.reading() as session:
        versions = session.scalars(select(ChecklistVersion).order_by(ChecklistVersion.no)).all()
    said = [next(one for one in version.content if one["criterion"] == "III.1.d") for version in versions]
    assert [one["comment"] for one in said] == ["lời thuyết minh ban đầu", "lời thuyết minh đang sửa"]
    assert all(one["evidence"][0]["sha256"] for one in said)
