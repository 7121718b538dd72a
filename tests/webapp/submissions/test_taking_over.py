"""A report takes over what the unit wrote elsewhere: shown first, nothing typed is overwritten without a choice."""

from __future__ import annotations

import re

import pytest

from tests.support import papers, voices
from tests.support.ward import Ward
from tests.support.web import client_for, tight
from webapp.checklists import service as checklists
from webapp.models import DifficultyState, ItemState, PaperKind

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def filled(ward: Ward) -> Ward:
    voices.accepted_report(ward, "A", {"II.2.đ": "Tập huấn 225 người. Không có số"}, year=2026)
    checklist = ward.checklist("clerk.a", "A", year=2027)
    item = ward.item(checklist, "III.1.đ")
    ward.attach("clerk.a", item)
    with ward.work() as session:
        checklists.answer_item(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            item_id=item.id,
            revision=ward.item(checklist, "III.1.đ").revision,
            state=ItemState.CLAIMED,
            reason="",
            comment="Liên thông 3 cơ sở dữ liệu",
        )
    voices.raise_one(ward, state=DifficultyState.RAISED, text="Thiếu máy quét", proposal="Đề nghị cấp máy", year=2027)
    return ward


def test_it_shows_what_it_takes_and_keeps_what_was_typed(filled: Ward) -> None:
    ward = filled
    paper = papers.open_paper(ward, "clerk.a", "A", PaperKind.ANNUAL, 2027)
    papers.write(ward, "clerk.a", paper, {"III.1.đ": "Đã viết tay"})
    client = client_for(ward).sign_in("clerk.a")
    assert "Lấy nội dung đã có…" in client.get(f"/papers/{paper.id}").text
    page = client.get(f"/papers/{paper.id}/take-over").text
    for words in (
        "- Dữ liệu liên thông, chia sẻ (chưa xong)",
        "Liên thông 3 cơ sở dữ liệu",
        "Minh chứng: III.1.đ-2027-001.",
        "Thiếu máy quét",
        "Đề nghị cấp máy",
    ):
        assert words in page, words
    assert "Năm 2026: Tập huấn 225 người." in page and "Không có số" not in page
    fields = dict(re.findall(r'name="((?:revision|mark)-\w+)" value="(\w+)"', tight(page)))
    fields |= dict(re.findall(r'name="(how-\w+)" value="(fill)"', tight(page)))
    kept = re.search(r'name="(how-\w+)" value="keep" checked', tight(page))
    assert kept and client.post(f"/papers/{paper.id}/take-over", fields | {kept[1]: "keep"}).status_code == 303
    texts = {part.code or part.kind.value: part.text for part in papers.parts_of(ward, paper)}
    assert texts["III.1.đ"] == "Đã viết tay" and "225 người" in texts["II.2.đ"] and "máy quét" in texts["difficulty"]
    # An old page does not overwrite; a chosen addition stands behind what was typed.
    old = client.post(f"/papers/{paper.id}/take-over", fields | {kept[1]: "keep"})
    assert old.status_code == 409 and "vừa được sửa ở nơi khác" in old.text and "Lấy các mục đã chọn" in old.text
    part = kept[1].removeprefix("how-")
    mine = {name: value for name, value in fields.items() if name.endswith(part)} | {kept[1]: "append"}
    assert client.post(f"/papers/{paper.id}/take-over", mine).status_code == 303
    added = {one.code: one.text for one in papers.parts_of(ward, paper)}["III.1.đ"]
    assert added.startswith("Đã viết tay\nTự đánh giá: ") and "Liên thông 3" in added
    for who in ("clerk.b", "office", "auditor"):
        assert client_for(ward).sign_in(who).get(f"/papers/{paper.id}/take-over").status_code in (403, 404), who
