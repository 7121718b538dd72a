"""What interrupts people: the network falls, the session ends, somebody else writes first. Nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor
from tests.support.ward import PASSWORD, Ward, people_of_every_role

pytestmark = [pytest.mark.long(45), pytest.mark.browser]


@pytest.fixture(scope="module")
def address(house: Callable[[Callable[[Ward], None]], str]) -> str:
    def prepare(ward: Ward) -> None:
        people_of_every_role(ward)
        ward.checklist("clerk.a", "A")

    return house(prepare)


def open_criterion(page: Page, code: str) -> None:
    page.goto("/checklists")
    page.locator("main table a[href^='/checklists/']").first.click()
    page.get_by_role("link", name=re.compile(f"^{code} ·")).click()


def sign_out_everywhere(browser: Browser, address: str) -> None:
    elsewhere = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    elsewhere.page.goto("/account")
    elsewhere.page.get_by_role("button", name=re.compile("mọi thiết bị")).click()
    expect(elsewhere.page.get_by_label("Mật khẩu")).to_be_visible()
    elsewhere.close()


def test_without_network_nothing_typed_is_lost(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    open_criterion(page, "III.1.d")
    bar, text = page.locator(".unsaved"), page.get_by_label("Thuyết minh")
    clerk.context.set_offline(True)
    text.fill("Viết lúc mất mạng")
    expect(bar).to_contain_text("đang thử lại")
    page.get_by_role("button", name="Lưu kết quả III.1.d").click()
    expect(text).to_have_value("Viết lúc mất mạng")  # the page is still there
    clerk.context.set_offline(False)
    expect(bar).to_be_hidden()
    expect(page.get_by_text("Đã lưu kết quả.").first).to_be_visible()
    clerk.context.set_offline(True)
    text.fill("Viết rồi tắt máy")
    expect(bar).to_contain_text("đang thử lại")
    address_of = page.url
    page.close(run_before_unload=False)
    clerk.context.set_offline(False)
    page = clerk.context.new_page()
    page.goto(address_of)
    expect(page.get_by_label("Thuyết minh")).to_have_value("Viết rồi tắt máy")
    expect(page.get_by_text("Đã lưu kết quả.").first).to_be_visible()
    page.reload()
    expect(page.get_by_label("Thuyết minh")).to_have_value("Viết rồi tắt máy")
    clerk.close()


def test_a_session_that_ends_is_taken_up_over_the_page(browser: Browser, address: str, tmp_path: Path) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    open_criterion(page, "III.1.e")
    before = page.url
    sign_out_everywhere(browser, address)
    page.get_by_label("Thuyết minh").fill("Viết lúc hết phiên")
    dialog = page.get_by_role("dialog", name="Phiên làm việc đã hết")
    dialog.get_by_label("Tên đăng nhập").fill("clerk.a")
    dialog.get_by_label("Mật khẩu").fill("sai mật khẩu")
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(dialog).to_contain_text("không đúng")
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Đã lưu kết quả.").first).to_be_visible()
    assert page.url == before
    # The same for files: the list stays, and goes on after signing in.
    sign_out_everywhere(browser, address)
    path = tmp_path / "sau-phien.txt"
    path.write_text("nội dung", encoding="utf-8")
    page.locator("input[name=files]:not([capture])").set_input_files(str(path))
    expect(page.locator(".uploads li")).to_contain_text("phiên làm việc đã hết")
    dialog.get_by_label("Tên đăng nhập").fill("clerk.a")
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator(".uploads li")).to_contain_text("Đã lưu vào kho")
    expect(page.locator("article")).to_contain_text("III.1.e-2026-001")
    clerk.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_form_sent_after_the_session_is_opened_again(browser: Browser, address: str, javascript: bool) -> None:
    clerk = Visitor(browser, address, javascript=javascript).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/difficulties/new")
    sign_out_everywhere(browser, address)
    page.get_by_label(re.compile("^Nội dung")).first.fill("Đường truyền của tổ dân phố rất chậm")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("chưa được lưu, nhưng vẫn còn nguyên")).to_be_visible()
    page.get_by_label("Tên đăng nhập").fill("clerk.a")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Đăng nhập").click()
    if not javascript:
        page.get_by_role("button", name="Mở lại biểu mẫu").click()
    expect(page.get_by_label(re.compile("^Nội dung")).first).to_have_value("Đường truyền của tổ dân phố rất chậm")
    clerk.close()
