"""One document for several criteria: suggested by its words, chosen by the person; last year's checklist as a start;
the history of one item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.checklists import evidence
from webapp.checklists import service as checklists
from webapp.checklists.suggesting import suggest
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.models import EvidenceLink, ItemState
from webapp.models.movement import CriteriaGroup

pytestmark = pytest.mark.either_database

CRITERIA = [
    ("III.1.d", "Chuyển đổi số trong hoạt động của đơn vị; nâng cao hiệu quả quản lý"),
    ("III.1.đ", "Dữ liệu liên thông, chia sẻ. Ứng dụng trí tuệ nhân tạo dựa trên dữ liệu lớn"),
    ("III.1.e", "Tinh gọn bộ máy, một cửa"),
]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Báo cáo kết nối, dữ liệu liên thông giữa địa chính và thuế", "III.1.đ"),
        ("ĐỀ ÁN TINH GỌN BỘ MÁY BỘ PHẬN MỘT CỬA", "III.1.e"),
        ("Kế hoạch chuyển đổi số trong hoạt động của Phòng", "III.1.d"),
        ("Thư viện dùng trí tuệ nhân tạo để gợi ý sách", "III.1.đ"),
    ],
)
def test_the_closest_criterion_comes_first(text: str, first: str) -> None:
    found = suggest(text, CRITERIA)
    assert found[0].code == first and found[0].words and 0 < found[0].share <= 1


@pytest.mark.parametrize("text", ["", "   ", "Danh sách khách mời dự hội nghị", "lien thong", "\x00\x00", "," * 5000])
def test_nothing_is_suggested_without_reason(text: str) -> None:
    assert suggest(text, CRITERIA) == [] and suggest(text, []) == []


@given(st.text(max_size=300))
def test_any_text_is_taken_and_a_criterions_own_text_is_its_closest(text: str) -> None:
    for code, own in CRITERIA:
        found = suggest(f"{own}\n{text}", CRITERIA)
        assert found[0].share == max(one.share for one in found) == 1.0 and code in {one.code for one in found}


def attach(ward: Ward, username: str, document_id: str, *items: str) -> int:
    with ward.work() as session:
        return evidence.attach_to_several(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            document_id=document_id,
            item_ids=items,
        )


def links(ward: Ward) -> int:
    with ward.db.reading() as session:
        query = select(func.count()).select_from(EvidenceLink).where(EvidenceLink.removed_at.is_(None))
        return session.scalar(query) or 0


def test_all_items_or_none(ward: Ward) -> None:
    checklist = ward.checklist("clerk.a", "A")
    theirs = ward.item(ward.checklist("clerk.b", "B"), "III.1.d")
    d, e = ward.item(checklist, "III.1.d"), ward.item(checklist, "III.1.e")
    document = ward.document("clerk.a", "A", "chuyển đổi số")
    with pytest.raises((Refused, NotFound)):
        attach(ward, "clerk.a", document.id, d.id, theirs.id)
    assert links(ward) == 0
    assert attach(ward, "clerk.a", document.id, d.id, e.id, d.id) == 2 and links(ward) == 2
    for chosen in ((), (d.id,), (d.id, e.id)):
        with pytest.raises(Invalid):
            attach(ward, "clerk.a", document.id, *chosen)
    other = ward.document("clerk.b", "B", "của B")
    with pytest.raises(Invalid):
        attach(ward, "clerk.a", other.id, d.id)
    assert links(ward) == 2


def test_from_a_file_to_its_criteria_as_a_clerk_does_it(ward: Ward) -> None:
    checklist = ward.checklist("clerk.a", "A")
    client = client_for(ward).sign_in("clerk.a")
    client.get(f"/checklists/{checklist.id}/several")
    assert client.post(f"/checklists/{checklist.id}/several", {}).status_code == 422
    content = "Báo cáo tinh gọn bộ máy, một cửa và dữ liệu liên thông, chia sẻ".encode()
    answer = client.post(f"/checklists/{checklist.id}/several", {"file": [(content, "bc.txt")]})
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "Đang đọc chữ" in client.get(address).text
    ward.drain()
    page = client.get(address).text
    assert page.count("Gợi ý") == 2 and page.index("III.1.e ·") < page.index("III.1.d ·")
    assert "cùng nói đến: tinh gọn" in page
    items = [ward.item(checklist, code).id for code in ("III.1.e", "III.1.đ")]
    assert client.post(address, {"items": items}).status_code == 303
    assert links(ward) == 2 and client.post(address, {"items": items}).status_code == 422
    for username in ("clerk.b", "office", "auditor"):
        assert client.as_user(username).get(address).status_code == 404


def test_last_year_is_a_start_without_its_claims_and_evidence(ward: Ward) -> None:
    old = ward.checklist("clerk.a", "A")
    for code, state, reason, comment in (
        ("III.1.d", ItemState.CLAIMED, "", "đã làm tốt"),
        ("III.1.e", ItemState.NOT_APPLICABLE, "không có một cửa", ""),
    ):
        item = ward.item(old, code)
        with ward.work() as session:
            checklists.answer_item(
                session,
                actor=ward.viewer("clerk.a"),
                now=ward.now,
                item_id=item.id,
                revision=item.revision,
                state=state,
                reason=reason,
                comment=comment,
            )
    ward.attach("clerk.a", ward.item(old, "III.1.d"), "năm cũ")
    with ward.db.reading() as session:
        group = session.scalars(select(CriteriaGroup.id).where(CriteriaGroup.code == "III.1")).one()
    with ward.work() as session:
        new = checklists.open_checklist(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            unit_id=ward.units["A"],
            group_id=group,
            year=2027,
            from_last_year=True,
        )
    d, e = ward.item(new, "III.1.d"), ward.item(new, "III.1.e")
    assert (d.state, d.comment) == (ItemState.NOT_STARTED, "đã làm tốt")
    assert (e.state, e.reason) == (ItemState.NOT_APPLICABLE, "không có một cửa")
    assert links(ward) == 1


def test_the_history_of_one_item_leaves_out_the_others(ward: Ward) -> None:
    checklist = ward.checklist("clerk.a", "A")
    d, e = ward.item(checklist, "III.1.d"), ward.item(checklist, "III.1.e")
    ward.attach("clerk.a", d, "cho d")
    ward.attach("clerk.a", e, "cho e")
    client = client_for(ward).sign_in("clerk.a")
    assert f"object={checklist.id}&amp;item={d.id}" in client.get(f"/checklists/items/{d.id}").text
    page = client.get(f"/ledger?object={checklist.id}&item={d.id}").text
    assert "III.1.d-2026-001" in page and "III.1.e-2026-001" not in page and "lập phiếu" in page
    assert "III.1.d" not in client.as_user("clerk.b").get(f"/ledger?object={checklist.id}&item={d.id}").text
