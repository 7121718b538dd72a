"""Uploading in a browser: many files with a bar each, refusals, cancelling, trying again, keyboard alone, a phone."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browser import Visitor
from tests.support.shares import share
from tests.support.ward import PASSWORD, Ward, people_of_every_role

pytestmark = pytest.mark.long(40)

FILES = share(50, 500)


@pytest.fixture(scope="module")
def address(house: Callable[[Callable[[Ward], None]], str]) -> str:
    return house(people_of_every_role)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = []
    for name, content in (("mot.txt", "một"), ("hai.txt", "hai"), ("rong.txt", ""), ("ba.exe", "MZ")):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        paths.append(str(path))
    return paths


@pytest.mark.browser
def test_each_file_has_its_own_outcome_and_the_receipt_counts_them(
    browser: Browser, address: str, files: list[str]
) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/documents/new")
    page.locator("#f-files").set_input_files(files)
    lines = page.locator(".uploads li")
    expect(lines).to_have_count(4)
    expect(lines.filter(has_text="mot.txt")).to_contain_text("Đã lưu vào kho")
    expect(lines.filter(has_text="hai.txt")).to_contain_text("Đã lưu vào kho")
    expect(lines.filter(has_text="rong.txt")).to_contain_text("trống (0 byte)")
    expect(lines.filter(has_text="ba.exe")).to_contain_text("Không nhận tệp loại .exe")
    expect(page.locator(".count")).to_have_text("Đã lưu 2 tệp, 2 tệp chưa lưu.")
    page.get_by_role("link", name="Xem biên nhận").click()
    expect(page.get_by_text("2 tệp nằm trong kho")).to_be_visible()
    expect(page.get_by_text("Đã đọc chữ")).to_have_count(2, timeout=20_000)
    assert clerk.outside == []
    clerk.close()


@pytest.mark.browser
def test_dropped_files_are_taken_and_a_lost_connection_can_be_tried_again(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/documents/new")
    broken = True

    def sometimes(route: Route) -> None:
        route.abort() if broken else route.continue_()

    page.route("**/documents", sometimes)
    transfer = page.evaluate_handle(
        """() => { const data = new DataTransfer();
        data.items.add(new File(['kéo thả'], 'tha.txt', {type: 'text/plain'})); return data; }"""
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})
    line = page.locator(".uploads li")
    expect(line).to_contain_text("mất kết nối")
    broken = False
    line.get_by_role("button", name="Thử lại").click()
    expect(line).to_contain_text("Đã lưu vào kho")
    clerk.close()


@pytest.mark.browser
def test_an_upload_can_be_cancelled(browser: Browser, address: str, tmp_path: Path) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/documents/new")
    held: list[Route] = []
    page.route("**/documents", lambda route: held.append(route))
    path = tmp_path / "cham.txt"
    path.write_text("chậm", encoding="utf-8")
    page.locator("#f-files").set_input_files(str(path))
    line = page.locator(".uploads li")
    line.get_by_role("button", name="Hủy").click()
    expect(line).to_contain_text("Đã hủy, tệp chưa được lưu")
    page.unroute("**/documents")
    page.goto("/documents?kind=evidence")
    assert not page.get_by_role("link", name="cham").count()
    clerk.close()


@pytest.mark.browser
def test_evidence_is_attached_and_answered_with_the_keyboard_alone(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    clerk = Visitor(browser, address).sign_in("head.a", PASSWORD)
    page = clerk.page
    page.keyboard.press("/")
    expect(page.locator("#top-q")).to_be_focused()
    page.goto("/checklists")
    page.get_by_role("button", name=re.compile("Lập phiếu")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/checklists/*")
    page.get_by_role("link", name=re.compile("^III.1.d ·")).focus()
    page.keyboard.press("Enter")
    choice = page.locator("article", has_text="Kết quả của III.1.d").get_by_label("Chưa bắt đầu")
    choice.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("article", has_text="Kết quả của III.1.d").get_by_label("Đã tự nhận đạt")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Đã làm xong")
    item = page.locator("article", has_text="Kết quả của III.1.d")
    expect(item.get_by_text("Đã lưu kết quả.")).to_be_visible()
    expect(item.get_by_label("Thuyết minh")).to_be_focused()  # saving by itself takes nobody out of the sentence
    # The reason is asked for only where it is needed.
    item.get_by_label("Không áp dụng", exact=True).check()
    expect(item.get_by_text("cần có lý do").first).to_be_visible()
    expect(item.get_by_label(re.compile("Lý do không áp dụng"))).to_be_visible()
    expect(item.get_by_label("Thuyết minh")).to_have_value("Đã làm xong")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("heading", name="Tiêu chí III.1.đ")).to_be_visible()
    assert clerk.faults == [] or all("422" in fault for fault in clerk.faults)
    clerk.close()


@pytest.mark.browser
def test_the_top_tasks_work_at_phone_width(browser: Browser, address: str, tmp_path: Path) -> None:
    clerk = Visitor(browser, address, width=360).sign_in("clerk.b", PASSWORD)
    page = clerk.page
    page.goto("/checklists")
    page.get_by_role("button", name=re.compile("Lập phiếu")).click()
    path = tmp_path / "dien-thoai.txt"
    path.write_text("chụp từ điện thoại", encoding="utf-8")
    page.get_by_role("link", name=re.compile("^III.1.e ·")).click()
    item = page.locator("article", has_text="Kết quả của III.1.e")
    folds = [fold.evaluate("fold => fold.open") for fold in item.locator("details").all()]
    item.get_by_label(re.compile("Thêm minh chứng từ tệp")).set_input_files(str(path))
    expect(page.locator("article", has_text="III.1.e-2026-001")).to_be_visible()
    # What became of the file stays before the eyes, and folds stay as they were.
    expect(item.get_by_text("Đã lưu 1 tệp.")).to_be_in_viewport()
    assert [fold.evaluate("fold => fold.open") for fold in item.locator("details").all()] == folds
    page.locator("#top-q").fill("dien thoai")
    page.locator("#top-q").press("Enter")
    expect(page.get_by_role("heading", name="Tìm kiếm")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    clerk.close()


@pytest.mark.browser
def test_naughty_names_are_shown_as_text(browser: Browser, address: str, tmp_path: Path) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.c", PASSWORD)
    page = clerk.page
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto("/documents/new")
    for number, name in enumerate(
        ("<img src=x onerror=alert(1)>.txt", "'\"><script>alert(2)<\\script>.txt", "{{7*7}}.txt")
    ):
        page.locator("#f-files").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": f"nội dung {number} <script>alert(3)</script>".encode()}
        )
        expect(page.locator(".uploads li")).to_have_count(number + 1)
        expect(page.locator(".uploads li").nth(number)).to_contain_text("Đã lưu vào kho")
    page.get_by_role("link", name="Xem biên nhận").click()
    expect(page.get_by_text("{{7*7}}.txt")).to_be_visible()
    expect(page.get_by_text("Đã đọc chữ")).to_have_count(3, timeout=20_000)
    page.get_by_role("link", name="{{7*7}}.txt").click()
    expect(page.locator(".text-page")).to_contain_text("<script>alert(3)</script>")
    page.goto("/documents")
    page.goto("/search?q=nội+dung")
    expect(page.locator(".hits")).to_contain_text("<script>alert(3)</script>")
    assert alerts == [] and "49.txt" not in page.content()
    clerk.close()


@pytest.mark.browser
def test_hundreds_of_files_have_as_many_outcomes_and_one_receipt(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """None is lost on the way: the receipt's digests are those of the files at home."""
    paths = []
    for number in range(FILES):
        path = tmp_path / f"tep-{number:03}.txt"
        path.write_text(f"nội dung thứ {number}", encoding="utf-8")
        paths.append(str(path))
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/documents/new")
    page.locator("#f-files").set_input_files(paths)
    expect(page.locator(".count")).to_have_text(f"Đã lưu {FILES} tệp.", timeout=240_000)
    page.get_by_role("link", name="Xem biên nhận").click()
    expect(page.get_by_text(f"{FILES} tệp nằm trong kho")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải danh sách mã băm").click()
    (tmp_path / "list").write_bytes(download.value.path().read_bytes())
    done = subprocess.run(
        ["sha256sum", "--quiet", "-c", "list"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-500:]
    assert len((tmp_path / "list").read_text(encoding="utf-8").splitlines()) == FILES
    clerk.close()
