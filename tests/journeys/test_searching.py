"""Search in a browser: results while typing, filters, the palette by keyboard alone, saved searches, a phone, no script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor
from tests.support.ward import PASSWORD, Ward, people_of_every_role
from webapp.models import DocumentKind

pytestmark = pytest.mark.long(40)


def furnished(ward: Ward) -> None:
    people_of_every_role(ward)
    ward.document(
        "clerk.a", "A", "Tâm trụ hồ sơ đất đai quý ba\nđạt 45 phần trăm", filename="q3.txt", title="Số hóa đất đai"
    )
    ward.document(
        "clerk.a", "A", "Báo cáo tâm trụ cả năm", filename="nam.csv", title="Báo cáo năm", kind=DocumentKind.REPORT
    )
    ward.document("clerk.b", "B", "Tâm trụ của đơn vị khác", filename="kin.txt", title="Bản kín")
    ward.drain()


@pytest.fixture(scope="module")
def address(house: Callable[[Callable[[Ward], None]], str]) -> str:
    return house(furnished)


def no_fault(page: Page) -> None:
    found = Axe().run(
        page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
    )
    assert [violation["id"] for violation in found.response["violations"]] == []


@pytest.mark.browser
def test_results_follow_what_is_typed_and_the_address_follows_too(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/search")
    page.get_by_label("Từ cần tìm").press_sequentially("tam tr", delay=30)
    expect(page.locator("#search_results")).to_contain_text("2 kết quả")
    expect(page.get_by_label("Từ cần tìm")).to_be_focused()
    expect(page).to_have_url(re.compile(r"q=tam(\+|%20)tr"))
    page.get_by_label("Từ cần tìm").press_sequentially("u dat dai quy", delay=30)
    expect(page.locator("#search_results")).to_contain_text("1 kết quả")
    expect(page.locator("mark").first).to_be_visible()
    no_fault(page)
    page.reload()
    expect(page.locator(".hits li")).to_have_count(1)
    assert "Bản kín" not in page.content()
    assert clerk.outside == [] and clerk.faults == []
    clerk.close()


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_filters_and_a_saved_search(browser: Browser, address: str, javascript: bool) -> None:
    clerk = Visitor(browser, address, javascript=javascript).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/search")
    page.get_by_label("Từ cần tìm").fill("tâm trụ")
    page.get_by_role("button", name="Tìm", exact=True).last.click()
    expect(page.locator(".hits > li")).to_have_count(2)
    page.locator(".facets").filter(has_text="Loại tệp:").get_by_role("link", name="Bảng tính").click()
    expect(page.locator(".hits > li")).to_have_count(1)
    expect(page.get_by_text("Đang lọc:")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bảng (.xlsx)").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert sheet is not None and [row[2].value for row in sheet.iter_rows(min_row=4)] == ["Báo cáo năm"]
    page.get_by_role("link", name="Loại tệp: Bảng tính · bỏ").click()
    expect(page.locator(".hits > li")).to_have_count(2)
    name = f"Số hóa {javascript}"
    page.get_by_text("Lưu tìm kiếm này").click()
    page.get_by_label("Đặt tên").fill(name)
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu tìm kiếm.")).to_be_visible()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("Không có gì mới.")).to_be_visible()
    page.get_by_role("link", name="Xem tất cả 2 kết quả").click()
    expect(page.locator(".hits > li")).to_have_count(2)
    clerk.close()


@pytest.mark.browser
def test_the_palette_works_by_keyboard_alone(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/checklists")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.type("mat khau", delay=20)
    expect(page.locator(".palette-list a").first).to_contain_text("Đổi mật khẩu")
    no_fault(page)
    page.keyboard.press("Escape")
    expect(page.locator("#palette-q")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("dat dai", delay=20)
    expect(page.locator(".palette-list a").first).to_contain_text("Số hóa đất đai")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".palette-list a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Số hóa đất đai")
    assert clerk.outside == [] and clerk.faults == []
    clerk.close()


@pytest.mark.browser
def test_a_phone_shows_results_without_scrolling_sideways(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address, width=360).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    for path in ("/search?q=so+hoa", "/search/saved", "/directory", "/search/palette?q=so"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        no_fault(page)
    clerk.close()
