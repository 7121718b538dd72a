"""Evidence that changes after it was judged."""

from __future__ import annotations

import io

from sqlalchemy import select

from tests.support import scores
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.documents import service as documents
from webapp.models import (
    AuditEvent,
    Document,
    DocumentVersion,
    Evidence,
    SheetState,
)
from webapp.permissions import SYSTEM
from webapp.scoring.sheets import appraising
from webapp.scoring.sheets import queries as sheet_queries


def test_changed_evidence_opens_the_item_and_names_both_digests(two_clusters: tuple[Ward, str]) -> None:
    ward, _ = two_clusters
    scores.handed_in(ward)
    scores.appraise(ward, "leader.1", "A")
    scores.deliver(ward, "leader.1", "A")
    scores.agree(ward, "head.a", "A")
    with ward.db.reading() as session:
        evidence = session.scalars(select(Evidence).where(Evidence.unit_id == ward.units["A"])).one()
        old = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == evidence.document_id)).one()
    receipt = ward.resources.store.put(io.BytesIO("Dữ liệu khác".encode()), filename="khac.txt")
    new = receipt.sha256
    with ward.work() as session:
        document = session.get_one(Document, old.document_id)
        documents.add_version(
            session,
            actor=SYSTEM,
            now=ward.now,
            document_id=document.id,
            receipt=receipt,
            reason="Bản sửa.",
            revision=document.revision,
        )
    with ward.work() as session:
        sheet = sheet_queries.get_sheet(session, scores.sheet_of(ward, "A").id, viewer=ward.viewer("leader.1"))
        zone = ward.resources.settings.timezone
        assert appraising.refresh_evidence(session, sheet, now=ward.now, timezone=zone) == ["A"]
        assert appraising.refresh_evidence(session, sheet, now=ward.now, timezone=zone) == []
    row = scores.entries_of(ward, sheet)["A"]
    assert row.reopened == [{"code": evidence.code, "was": old.sha256, "now": new}]
    assert scores.sheet_of(ward, "A").state is SheetState.EXPLAINED
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "score.reopen")).one()
        assert event.details["was"] == old.sha256 and event.details["now"] == new
    page = client_for(ward).as_user("leader.1").get(f"/scores/sheets/{sheet.id}/appraise?item={row.id}").text
    assert old.sha256[:8] in page and new[:8] in page


def test_what_stands_on_the_checklist_is_not_asked_for_again(two_clusters: tuple[Ward, str]) -> None:
    ward, _ = two_clusters
    scores.give_evidence(ward, "clerk.a", "A")
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    client = client_for(ward).sign_in("clerk.a")
    answer = {"state": "claimed", "comment": "Nối bốn cơ sở dữ liệu", "revision": str(item.revision)}
    assert client.post(f"/checklists/items/{item.id}", answer).status_code == 303
    sheet = scores.sheet_of(ward, "A")
    page = client.get(f"/scores/sheets/{sheet.id}").text
    assert ">Nối bốn cơ sở dữ liệu</textarea>" in page and "xong 1/3 tiêu chí" in page
    assert f'href="/scores/sheets/{sheet.id}"' in client.get(f"/checklists/{item.checklist_id}").text
    row = scores.entries_of(ward, sheet)["A"]
    own = {f"revision-{row.id}": str(row.revision), f"level-{row.id}": "achieved", f"comment-{row.id}": ""}
    client.post(f"/scores/sheets/{sheet.id}/entries/{row.id}", own)
    row = scores.entries_of(ward, sheet)["A"]
    assert row.self_entry is not None and row.self_comment == ""  # taken out on purpose: it stays out
    assert ">Nối bốn cơ sở dữ liệu</textarea>" not in client.get(f"/scores/sheets/{sheet.id}").text
