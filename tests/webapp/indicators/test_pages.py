"""The pages of the digital index: filled in without script, saved cell by cell, both values, a workbook, results."""

from __future__ import annotations

import re

import pytest

from tests.support import indicators as i
from tests.support.web import Client

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_one_database
def test_the_office_makes_a_set_from_a_workbook_and_publishes_what_comes_of_it(client: Client) -> None:
    office = client.sign_in("office")
    wrong = office.post("/indicators/new", {"year": "2026", "name": ""})
    assert wrong.status_code == 422 and "đặt tên" in wrong.text and "ít nhất một loại" in wrong.text
    made = office.post(
        "/indicators/new",
        {"year": "2026", "name": "Bộ chỉ số thử", "unit_kinds": ["office"], "decimals": "2", "rescales": "1"},
    )
    assert made.status_code == 303, made.text
    page = made.location
    faulty, rows = i.office_book(faulty=True)
    for apply in ({}, {"apply": "1"}):
        tried = office.post(f"{page}/import", {"file": [(faulty, "bo.xlsx")], "revision": "1", **apply})
        assert tried.status_code == 422 and all(f">{row}<" in tried.text for row in rows)
    assert "Chưa có chỉ số nào" in office.get(page).text
    read = office.post(f"{page}/import", {"file": [(i.office_book()[0], "bo.xlsx")], "revision": "1"})
    assert read.status_code == 200 and "là ngày, hiểu là 1.2" in read.text
    done = office.post(f"{page}/import", {"file": [(i.office_book()[0], "bo.xlsx")], "revision": "1", "apply": "1"})
    assert done.status_code == 303
    revision = re.search(r'name="revision" value="(\d+)"', office.get(f"{page}/indicator?code=1.4").text)
    assert revision is not None
    field = {
        "code": "1.4",
        "parent": "I",
        "text": "Hồ sơ trực tuyến",
        "most": "12,5",
        "how": "Tỷ lệ a/b, từ 80% thì được điểm tối đa",
        "revision": revision[1],
    }
    assert office.post(f"{page}/indicator?code=1.4", field | {"how": "thế nào cũng được"}).status_code == 422
    assert office.post(f"{page}/indicator?code=1.4", field).status_code == 303
    told = office.get(page).text
    assert "Điểm tối đa ghi là 100, các chỉ số con cộng lại 102,5" in told
    assert office.post(f"{page}/moves/apply", {}).status_code == 422
    book = office.get(f"{page}.xlsx")
    assert book.status_code == 200 and book.data[:2] == b"PK"
    assert client.as_user("clerk.a").get(page).status_code == 404


@on_one_database
def test_a_unit_fills_in_its_sheet_and_is_told_both_values(client: Client) -> None:
    ward = client.ward
    set_id = i.set_in_force(ward, verifier=ward.units["B"])
    sheet = i.sheet_of(ward, set_id, "A")
    clerk = client.sign_in("clerk.a")
    address = f"/indicator-sheets/{sheet}"
    key = i.spoken(ward, sheet, "2.1", None).indicator_id
    ladder = i.spoken(ward, sheet, "1.1", None).indicator_id
    whole = {f"value-{key}-0": "12", f"value-{key}-1": "10", f"revision-{key}": "0", f"choice-{ladder}": "full"}
    saved = clerk.post(address, {**whole, f"revision-{ladder}": "0"})
    assert saved.status_code == 303
    page = clerk.get(address).text
    assert "a lớn hơn b" in page and "Không áp dụng" in page
    cell = f"{address}/indicators/{key}"
    zero = clerk.post(
        cell, {f"value-{key}-0": "1", f"value-{key}-1": "0", f"revision-{key}": "1"}, headers={"HX-Request": "true"}
    )
    assert zero.status_code == 422 and "b = 0" in zero.text
    stale = clerk.post(
        cell, {f"value-{key}-0": "7,5", f"value-{key}-1": "10", f"revision-{key}": "0"}, headers={"HX-Request": "true"}
    )
    assert stale.status_code == 409 and "a = 12" in stale.text and "a = 7,5" in stale.text
    fine = clerk.post(
        cell, {f"value-{key}-0": "7,5", f"value-{key}-1": "10", f"revision-{key}": "1"}, headers={"HX-Request": "true"}
    )
    assert fine.status_code == 200 and "Đã lưu" in fine.text and "7,50 điểm" in fine.text
    assert "a = 12" in clerk.get(f"{cell}/history").text
    assert clerk.get(f"{cell}/documents").status_code == 200
    assert client.as_user("clerk.b").get(address).status_code == 404
    assert client.as_user("clerk.b").post(address, whole).status_code == 404


@on_one_database
def test_a_form_refused_for_one_cell_is_no_conflict_with_itself(client: Client) -> None:
    """Sent whole, as without script: what was saved the first time comes back on its new revision."""
    ward = client.ward
    set_id = i.set_in_force(ward)
    sheet = i.sheet_of(ward, set_id, "A")
    clerk = client.sign_in("clerk.a")
    address = f"/indicator-sheets/{sheet}"
    key, ladder = (i.spoken(ward, sheet, code, None).indicator_id for code in ("2.1", "1.1"))
    page = clerk.get(address).text

    def sent(text: str) -> dict[str, str]:
        return dict(re.findall(r'name="(revision-[0-9a-z]+)"\s+value="(\d+)"', text))

    first = sent(page) | {f"value-{key}-0": "ba", f"value-{key}-1": "10", f"choice-{ladder}": "full"}
    refused = clerk.post(address, first)
    assert refused.status_code == 422
    second = sent(refused.text) | {f"value-{key}-0": "3", f"value-{key}-1": "10", f"choice-{ladder}": "half"}
    assert clerk.post(address, second).status_code == 303


@on_one_database
def test_results_are_a_table_with_pictures_beside_and_a_live_workbook(client: Client) -> None:
    ward = client.ward
    set_id = i.set_in_force(ward)
    sheet = i.sheet_of(ward, set_id, "A")
    nobody = client.sign_in("nobody")
    page = f"/indicators/{set_id}/results"
    assert "Chưa có kết quả" in nobody.get(page).text
    i.publish(ward, set_id, sheet, "clerk.a", "head.a")
    text = nobody.get(page).text
    # 5 of 10, 8 of 10, 15 of 20
    assert "70,00%" in text and "<svg" in text and "Năm 2026: 70,00%" in text and "I · Nhận thức số" in text
    for address in (f"{page}.xlsx", f"/indicator-sheets/{sheet}.xlsx"):
        assert nobody.get(address).data[:2] == b"PK"
    read = nobody.get(f"/indicator-sheets/{sheet}").text
    assert "Điểm được tính" in read and "Lưu</button>" not in read
    office = client.as_user("office")
    assert office.post(f"/indicators/{set_id}/withdraw", {"reason": ""}).status_code == 422
    assert office.post(f"/indicators/{set_id}/withdraw", {"reason": "Sai"}).status_code == 303
    assert client.as_user("nobody").get(f"/indicator-sheets/{sheet}").status_code == 404
