"""Inspectors in a unit with a telephone: the network falls in the middle, nothing is lost, nothing is there twice; the
minutes are signed with a finger by both sides."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import inspections
from tests.support.browser import Visitor
from tests.support.ward import PASSWORD, Ward, people_of_every_role
from webapp.models import TeamPost

pytestmark = [pytest.mark.long(30), pytest.mark.browser]
TEAM = (("outsider", TeamPost.HEAD), ("second", TeamPost.MEMBER))


@pytest.fixture(scope="module")
def address(house: Callable[[Callable[[Ward], None]], str]) -> str:
    def prepare(ward: Ward) -> None:
        people_of_every_role(ward)
        inspections.opened(ward, people=TEAM)
        inspections.opened(ward, "B", people=(("outsider", TeamPost.HEAD), ("third", TeamPost.MEMBER)))

    return house(prepare)


def to_findings(page: Page) -> None:
    page.goto("/")
    page.locator("li", has_text="Đơn vị A").get_by_role("link", name="Ghi nhận kết quả").click()
    page.get_by_role("link", name="Ghi nhận kết quả").click()


def write(page: Page, text: str, kind: str = "Tồn tại, hạn chế") -> None:
    page.get_by_label(kind).check()
    page.get_by_label("Nội dung").fill(text)
    page.get_by_role("button", name="Lưu ghi nhận").click()


def drawn(page: Page) -> None:
    page.locator("[data-signature]").scroll_into_view_if_needed()
    box = page.locator("[data-signature]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 20, steps=8)
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=8)
    page.mouse.up()
    expect(page.get_by_text("Đã có chữ ký.")).to_be_visible()


def test_findings_survive_a_fallen_network_and_the_minutes_are_signed(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    photograph = tmp_path / "bang-tin.png"
    photograph.write_bytes(inspections.PNG)
    head = Visitor(browser, address, width=360).sign_in("outsider", PASSWORD)
    page = head.page
    to_findings(page)
    page.get_by_role("link", name="Ghi nhận về III.1.d").click()
    write(page, "Ghi khi còn mạng", "Làm được")
    expect(page.get_by_text("Ghi khi còn mạng", exact=True)).to_be_visible()
    # Two in a row without a network, one with a photograph; the page says how many wait, and the form is free again.
    page.get_by_role("link", name="Ghi nhận ngoài tiêu chí").click()
    head.context.set_offline(True)
    page.locator("input[name=files]").set_input_files(str(photograph))
    write(page, "Bảng tin chưa cập nhật")
    expect(page.locator("[data-field-waiting]")).to_contain_text("1 ghi nhận đang giữ trên máy này")
    expect(page.get_by_label("Nội dung")).to_have_value("")
    write(page, "Chưa có sổ theo dõi")
    expect(page.locator("[data-field-waiting]")).to_contain_text("2 ghi nhận đang giữ trên máy này")
    expect(page.locator("[data-field-waiting]")).to_contain_text("Bảng tin chưa cập nhật (1 ảnh, tệp)")
    # The telephone is switched off and on again, now with a network.
    where = page.url
    page.close(run_before_unload=False)
    head.context.set_offline(False)
    page = head.context.new_page()
    page.goto(where)
    expect(page.locator("[data-field-waiting]")).to_contain_text("Đã gửi 2 ghi nhận giữ trên máy")
    page.goto(where.rpartition("/")[0])
    expect(page.get_by_text("Bảng tin chưa cập nhật", exact=True)).to_have_count(1)
    expect(page.get_by_text("Chưa có sổ theo dõi", exact=True)).to_have_count(1)
    expect(page.get_by_role("link", name="bang-tin.png")).to_be_visible()
    # A change made without a network over one that somebody else of the team has changed meanwhile: both are shown.
    page.get_by_role("link", name=re.compile("^Sửa.*Chưa có sổ theo dõi")).click()
    head.context.set_offline(True)
    page.get_by_label("Nội dung").fill("Không có sổ nào")
    page.get_by_role("button", name="Lưu ghi nhận").click()
    expect(page.locator("[data-field-waiting]")).to_contain_text("1 ghi nhận đang giữ")
    second = Visitor(browser, address).sign_in("second", PASSWORD)
    second.page.goto(page.url)
    second.page.get_by_label("Nội dung").fill("Có sổ, ghi chưa đủ")
    second.page.get_by_role("button", name="Lưu ghi nhận").click()
    expect(second.page.get_by_text("Có sổ, ghi chưa đủ", exact=True)).to_be_visible()
    head.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-field-waiting]")).to_contain_text("Chưa nhận được")
    page.get_by_role("link", name="Mở để xem cả hai nội dung").click()
    expect(page.get_by_label("Nội dung")).to_have_value("Không có sổ nào")
    page.get_by_role("button", name="Lưu ghi nhận").click()
    expect(page.locator("main .pairs, main .notice-bad").first).to_contain_text("Có sổ, ghi chưa đủ")
    # The minutes: their opening, composed, signed by either side with a finger.
    visit = where.rpartition("/findings")[0]
    page.goto(f"{visit}/record")
    page.get_by_label("Địa điểm làm việc").fill("Trụ sở Đơn vị A")
    page.get_by_label("Người của đơn vị có mặt").fill("Người head.a, lãnh đạo")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.locator("details.sure summary").click()
    page.locator("details.sure button").click()
    for visitor, name, post in (
        (Visitor(browser, address, width=360).sign_in("head.a", PASSWORD), "Người head.a", "Lãnh đạo"),
        (head, "Người outsider", "Trưởng đoàn"),
    ):
        own = page if visitor is head else visitor.page
        own.goto(f"{visit}/sign")
        expect(own.get_by_text("Bảng tin chưa cập nhật.")).to_be_visible()
        own.get_by_label("Họ và tên người ký").fill(name)
        own.get_by_label("Chức vụ").fill(post)
        drawn(own)
        own.get_by_role("button", name="Ký biên bản").click()
        expect(own.get_by_text("Đã ký biên bản.")).to_be_visible()
        assert own.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator("h1 + span, .row-between .tag").first).to_have_text("Đã ký biên bản")
    assert head.outside == [] and [one for one in head.faults if "ERR_INTERNET_DISCONNECTED" not in one] == []
    head.close()
    second.close()


def test_a_finding_sent_after_the_session_is_kept_until_it_is_taken(browser: Browser, address: str) -> None:
    team = Visitor(browser, address, width=360).sign_in("third", PASSWORD)
    page = team.page
    page.goto("/")
    page.get_by_role("link", name="Ghi nhận kết quả").click()
    page.get_by_role("link", name="Ghi nhận kết quả").click()
    page.get_by_role("link", name="Ghi nhận ngoài tiêu chí").click()
    elsewhere = Visitor(browser, address).sign_in("third", PASSWORD)
    elsewhere.page.goto("/account")
    elsewhere.page.get_by_role("button", name=re.compile("mọi thiết bị")).click()
    expect(elsewhere.page.get_by_label("Mật khẩu")).to_be_visible()
    elsewhere.close()
    write(page, "Ghi khi phiên đã hết")
    dialog = page.get_by_role("dialog", name="Phiên làm việc đã hết")
    expect(dialog).to_be_visible()
    expect(page.locator("[data-field-waiting]")).not_to_contain_text("Đã gửi")
    dialog.get_by_label("Tên đăng nhập").fill("third")
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("[data-field-waiting]")).to_contain_text("Đã gửi 1 ghi nhận")
    page.goto(page.url.rpartition("/")[0])
    expect(page.get_by_text("Ghi khi phiên đã hết", exact=True)).to_have_count(1)
    team.close()
