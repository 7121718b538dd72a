"""Looking at documents in a browser: page images with and without JavaScript, originals in its own viewer."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.archive.extract.office_samples import make_docx, make_pdf
from tests.support.browser import ARGUMENTS, Visitor, chromium_path
from tests.support.house import until
from tests.support.ward import PASSWORD, Ward, people_of_every_role

pytestmark = pytest.mark.long(40)

IDS: dict[str, str] = {}


@pytest.fixture(scope="module")
def address(house: Callable[[Callable[[Ward], None]], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("papers")
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 30, 30)).save(picture, "PNG")

    def prepare(ward: Ward) -> None:
        people_of_every_role(ward)
        for name, content in (
            ("long.pdf", make_pdf(folder / "a.pdf", pages=13).read_bytes()),
            ("a.docx", make_docx(folder / "a.docx").read_bytes()),
            ("a.png", picture.getvalue()),
        ):
            IDS[name] = ward.document("clerk.a", "A", content, filename=name, title=f"Văn bản {name}").id
        ward.drain()

    return house(prepare)


def is_drawn(page: Page) -> bool:
    return bool(page.locator("img.page-image").evaluate("image => image.complete && image.naturalWidth > 100"))


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_pages_are_leafed_through(browser: Browser, address: str, javascript: bool) -> None:
    clerk = Visitor(browser, address, javascript=javascript).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto("/documents")
    expect(page.locator("img.thumb")).to_have_count(3)
    thumb = page.locator("img.thumb").first
    until(lambda: thumb.evaluate("image => image.naturalWidth") >= 300, "the thumbnail")
    page.goto(f"/documents/{IDS['long.pdf']}")
    expect(page.get_by_text("Trang 1 / 13")).to_be_visible()
    expect(page.get_by_alt_text("Hình trang 1 của văn bản")).to_be_visible()
    assert is_drawn(page)
    page.get_by_role("link", name="Trang sau").click()
    expect(page.get_by_text("Trang 2 / 13")).to_be_visible()
    assert page.url.endswith("?page=2")
    page.get_by_role("link", name="Trang trước").click()
    expect(page.get_by_text("Trang 1 / 13")).to_be_visible()
    page.locator("summary", has_text="Chữ đọc được").click()
    expect(page.locator(".text-page").get_by_text("đã tiếp nhận 1.234 hồ sơ")).to_be_visible()
    assert clerk.outside == [] and clerk.faults == []
    clerk.close()


@pytest.mark.browser
def test_a_page_not_drawn_yet_comes_by_itself(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto(f"/documents/{IDS['long.pdf']}?page=12&q=trang")
    expect(page.get_by_text("Trang 12 / 13")).to_be_visible()
    expect(page.get_by_alt_text("Hình trang 12 của văn bản")).to_be_visible(timeout=20_000)
    expect(page.locator(".text-page mark").first).to_have_text("Trang")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert clerk.faults == []
    clerk.close()


@pytest.mark.browser
def test_nothing_moves_when_thumbnails_come(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    clerk.page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) "
        "window.moved += entry.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    for path in ("/documents", f"/documents/{IDS['a.docx']}"):
        clerk.page.goto(path, wait_until="networkidle")
        assert clerk.page.evaluate("window.moved") < 0.05, path
    clerk.close()


# The browser people have: by default tests run one without its viewer of PDFs, which saves them.
LEFT_OUT = (
    "--headless",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
)


@pytest.mark.browser
def test_a_pdf_opens_in_the_browsers_own_viewer(browser: Browser, address: str, tmp_path: Path) -> None:
    full = browser.browser_type.launch(
        executable_path=chromium_path(), args=[*ARGUMENTS, "--headless=new"], ignore_default_args=LEFT_OUT
    )
    clerk = Visitor(full, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    page.goto(f"/documents/{IDS['long.pdf']}")
    page.get_by_role("link", name="Xem bản gốc").click()
    page.wait_for_url("**/inline")

    def white() -> float:
        """The share of the screen that is paper: without it the viewer is dark, or blank as a whole."""
        image = Image.open(io.BytesIO(page.screenshot())).convert("L")
        return image.histogram()[255] / (image.width * image.height)

    for _ in range(60):
        if 0.2 < white() < 0.8:
            break
        page.wait_for_timeout(250)
    assert 0.2 < white() < 0.8
    assert any(frame.url.startswith("chrome-extension://") for frame in page.frames)
    assert [url for url in clerk.outside if not url.startswith(("chrome-extension://", "chrome://"))] == []
    full.close()


@pytest.mark.browser
def test_a_picture_opens_by_itself_and_an_office_file_does_not(browser: Browser, address: str) -> None:
    clerk = Visitor(browser, address).sign_in("clerk.a", PASSWORD)
    page = clerk.page
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(f"/documents/{IDS['a.png']}")
    page.get_by_role("link", name="Xem bản gốc").click()
    page.wait_for_url("**/inline")
    assert page.locator("img").evaluate("image => image.naturalWidth") == 300
    page.goto(f"/documents/{IDS['a.docx']}")
    expect(page.get_by_role("link", name="Tải bản gốc")).to_be_visible()
    assert page.get_by_role("link", name="Xem bản gốc").count() == 0
    # In a sandbox the browser may not even fetch the site's small picture.
    assert {url.rpartition("/")[2] for url in failed} <= {"favicon.ico"}, failed
    clerk.close()


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_a_long_list_of_choices_is_searched_while_typing(browser: Browser, address: str, javascript: bool) -> None:
    """Without accents, by keyboard; the address stays until the form is sent. Without script it is the plain list."""
    auditor = Visitor(browser, address, javascript=javascript).sign_in("auditor", PASSWORD)
    page = auditor.page
    page.goto("/ledger")
    choices = page.locator("#f-action option")
    whole = choices.count()
    field = page.locator("#f-action-find")
    assert whole > 12 and field.count() == javascript
    if javascript:
        field.fill("tai van ban")
        assert 1 < choices.count() < whole and page.locator("#f-action").get_attribute("size") not in (None, "0")
        field.press("ArrowDown")
        expect(page.locator("#f-action")).to_be_focused()
        expect(page.locator("#f-action")).to_have_value("document.upload")
        page.keyboard.press("Enter")
        expect(page.locator("#f-action")).to_have_value("document.upload")
        assert choices.count() == whole and page.url.endswith("/ledger")
        field.fill("khong co viec nay")
        field.press("Enter")
        field.press("Escape")
        expect(page.locator("#f-action")).to_have_value("document.upload")
    page.select_option("#f-action", label="trình văn bản")
    expect(page.locator("#f-action")).to_have_value("document.submit")
    assert auditor.outside == [] and auditor.faults == []
    auditor.close()
