"""Answering a criterion: saved while it is given, by two people at once, with its parts and the preview of all."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.models import Checklist, ChecklistItem, ChecklistVersion, ItemState, SubItem

pytestmark = pytest.mark.either_database


@pytest.fixture
def checklist(ward: Ward) -> Checklist:
    return ward.checklist("clerk.a", "A")


def item(ward: Ward, checklist: Checklist, code: str = "III.1.đ") -> ChecklistItem:
    return ward.item(checklist, code)


def test_sub_items_come_from_the_criterions_clauses_and_can_be_changed(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    page = client.get(f"/checklists/items/{target.id}").text
    assert "Dữ liệu liên thông, chia sẻ" in page and "Ứng dụng trí tuệ nhân tạo dựa trên dữ liệu lớn" in page
    with client.ward.db.reading() as session:
        ids = session.scalars(select(SubItem.id).where(SubItem.item_id == target.id).order_by(SubItem.position)).all()
    values = {"done": ids[0], "removed": ids[1], "added": "Họp với cơ quan thuế"}
    assert client.post(f"/checklists/items/{target.id}/sub-items", values).status_code == 303
    with client.ward.db.reading() as session:
        rows = session.scalars(select(SubItem).where(SubItem.item_id == target.id).order_by(SubItem.position)).all()
    assert [(row.text, row.done) for row in rows] == [
        ("Dữ liệu liên thông, chia sẻ", True),
        ("Họp với cơ quan thuế", False),
    ]


def test_not_applicable_needs_a_reason_and_keeps_what_was_typed(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    address = f"/checklists/items/{target.id}"
    values = {"state": "not_applicable", "reason": " ", "comment": "đang viết dở", "revision": str(target.revision)}
    response = client.post(address, values)
    assert response.status_code == 422
    assert "cần có lý do" in response.text and "đang viết dở" in response.text
    assert re.search(r'value="not_applicable" checked', response.text)
    assert item(client.ward, checklist).state is ItemState.NOT_STARTED
    assert client.post(address, {**values, "reason": "không có một cửa"}).status_code == 303
    assert item(client.ward, checklist).state is ItemState.NOT_APPLICABLE


def test_the_same_answer_sent_twice_is_no_clash(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    values = {"state": "claimed", "reason": "", "comment": "hai\r\ndòng", "revision": str(target.revision)}
    for _ in range(2):
        assert client.post(f"/checklists/items/{target.id}", values).status_code == 303
    assert client.post(f"/checklists/items/{target.id}", values | {"comment": "khác"}).status_code == 409
    assert item(client.ward, checklist).comment == "hai\ndòng"


def test_the_second_of_two_writers_sees_both_values(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    address = f"/checklists/items/{target.id}"
    values = {"state": "claimed", "reason": "", "revision": str(target.revision)}
    client.sign_in("clerk.a")
    assert client.post(address, {**values, "comment": "của cán bộ"}).status_code == 303
    late = client.as_user("head.a").post(address, {**values, "comment": "của lãnh đạo"})
    assert late.status_code == 409
    assert "của cán bộ" in late.text and "của lãnh đạo" in late.text
    assert item(client.ward, checklist).comment == "của cán bộ"


def test_an_answer_is_saved_while_it_is_given_and_the_list_follows(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    address, alone = f"/checklists/items/{target.id}", {"HX-Request": "true"}
    values = {"state": "claimed", "comment": "xong", "revision": str(target.revision)}
    response = client.post(address, values, headers=alone)
    assert response.status_code == 200 and "HX-Request" in response.headers["Vary"]
    assert response.text.strip().startswith(f'<div id="s-{target.id}"') and "Đã lưu kết quả" in response.text
    assert "<html" not in response.text and f'name="revision" value="{target.revision + 1}"' in response.text
    assert 'hx-swap-oob="true"' in response.text and "Đã xong 1/3 tiêu chí" in response.text
    assert "còn 2 mục con chưa xong" in response.text
    whole = client.get(address, headers=alone).text
    assert whole.strip().startswith('<article class="item"') and "<html" not in whole
    restored = client.get(address, headers={**alone, "HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_a_newer_answer_is_replaced_only_by_choice(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    address, values = f"/checklists/items/{target.id}", {"state": "claimed", "revision": str(target.revision)}
    clerk, head = client.as_user("clerk.a"), client.as_user("head.a")
    assert head.post(address, {**values, "comment": "của lãnh đạo"}).status_code == 303
    for _ in range(2):  # pressing again is no choice
        late = clerk.post(address, {**values, "comment": "của cán bộ"})
        assert late.status_code == 409 and f'name="revision" value="{target.revision}"' in late.text
    chosen = re.search(r'name="revision-chosen" value="(\d+)"', late.text).group(1)  # type: ignore[union-attr]
    assert clerk.post(address, {**values, "comment": "của cán bộ", "revision-chosen": chosen}).status_code == 303
    assert item(client.ward, checklist).comment == "của cán bộ"
    assert clerk.post(address, {**values, "comment": "x", "revision-chosen": chosen}).status_code == 409


def test_ticks_of_two_windows_are_both_kept(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    with client.ward.db.reading() as session:
        ids = session.scalars(select(SubItem.id).where(SubItem.item_id == target.id).order_by(SubItem.position)).all()
    for name, tick in (("clerk.a", ids[0]), ("head.a", ids[1])):
        client.as_user(name).post(f"/checklists/items/{target.id}/sub-items", {"done": tick})
    with client.ward.db.reading() as session:
        assert all(session.scalars(select(SubItem.done).where(SubItem.item_id == target.id)))


def test_the_preview_is_what_others_read_after_handing_in(client: Client, checklist: Checklist) -> None:
    target = item(client.ward, checklist)
    client.sign_in("clerk.a")
    client.post(
        f"/checklists/items/{target.id}",
        {"state": "claimed", "comment": "mở sáu lớp", "revision": str(target.revision)},
    )
    client.ward.attach("clerk.a", target)
    seen = client.get(f"/checklists/{checklist.id}/preview").text
    head = client.as_user("head.a")
    before = head.get(f"/checklists/{checklist.id}/submit").text
    assert f'href="/checklists/items/{target.id}"' in before and "còn 2 mục con chưa xong" in before
    head.post(f"/checklists/{checklist.id}/submit")
    read = client.as_user("leader.1").get(f"/checklists/{checklist.id}").text
    for page in (seen, before, read):
        assert all(words in page for words in ("mở sáu lớp", "III.1.đ-2026-001", "— chưa xong")), page


def test_a_submission_of_an_earlier_build_is_still_read(client: Client, checklist: Checklist) -> None:
    """It was kept without the days of its evidence."""
    ward = client.ward
    ward.attach("clerk.a", item(ward, checklist))
    client.as_user("head.a").post(f"/checklists/{checklist.id}/submit")
    with ward.work() as session:
        version = session.scalars(select(ChecklistVersion)).one()
        version.content = [
            {**said, "evidence": [{name: one[name] for name in one if name != "dates"} for one in said["evidence"]]}
            for said in version.content
        ]
    office = client.as_user("office")
    office.post(f"/checklists/{checklist.id}/return", {"reason": "thiếu chữ ký"})
    page = office.get(f"/checklists/{checklist.id}")
    assert page.status_code == 200 and "III.1.đ-2026-001" in page.text
