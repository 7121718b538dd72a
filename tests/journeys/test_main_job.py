"""The thing the program exists for, in a real browser against real processes, with JavaScript and without.

The office reads the ward's plan in; a clerk puts a PDF under III.1.đ; it is found; another unit learns nothing; the
auditor sees upload, read and refusal.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import fpdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import ROOT, Visitor
from tests.support.ward import PASSWORD, Ward
from webapp.models import Role, UnitKind

pytestmark = pytest.mark.long(60)

REAL_PLAN = ROOT.parent / "shared" / "plan" / "ke-hoach-long-my.md"
FONT = ROOT / "webapp/ui/static/vendor/tinos/Tinos-Regular.ttf"


def ward_without_plan(ward: Ward) -> None:
    ward.unit("KT", name="Phòng Kinh tế")
    ward.unit("HPN", UnitKind.FRONT, name="Hội Phụ nữ")
    ward.unit("VHXH", name="Phòng Văn hóa - Xã hội")
    ward.person("office", Role.STANDING_OFFICE, "VHXH")
    ward.person("lan", Role.CLERK, "KT")
    ward.person("hoa", Role.CLERK, "HPN")
    ward.person("auditor", Role.AUDITOR)


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ward's real plan where it is at hand; else the demonstration's, which has the same structure."""
    if REAL_PLAN.exists():
        return REAL_PLAN
    text = (ROOT / "webapp/demo/plan.txt").read_text(encoding="utf-8").format(y=2026, y1=2027, y2=2028, y4=2030)
    path = tmp_path_factory.mktemp("plan") / "ke-hoach.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def evidence_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pdf = fpdf.FPDF()
    pdf.add_font("Tinos", "", str(FONT))
    for lines in (
        ("UBND PHƯỜNG LONG MỸ", "PHÒNG KINH TẾ", "Số: 31/BC-KT", "Long Mỹ, ngày 02 tháng 11 năm 2026", "BÁO CÁO"),
        ("Kết quả xây dựng cơ sở dữ liệu đất đai, liên thông với cơ quan thuế.",),
    ):
        pdf.add_page()
        pdf.set_font("Tinos", size=13)
        for line in lines:
            pdf.multi_cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    path = tmp_path_factory.mktemp("evidence") / "Bao-cao-CSDL-dat-dai.pdf"
    pdf.output(str(path))
    return path


def until(page: Page, path: str, words: str | re.Pattern[str], *, seconds: float = 30) -> float:
    """Open a page again and again until it shows the words; returns how long that took."""
    started = time.monotonic()
    while True:
        page.goto(path)
        if page.get_by_text(words).count():
            return time.monotonic() - started
        assert time.monotonic() - started < seconds, (words, page.inner_text("main"))
        page.wait_for_timeout(100)


def import_the_plan(office: Visitor, plan_file: Path) -> None:
    page = office.page
    page.goto("/")
    page.get_by_role("link", name="Nhập kế hoạch").click()
    page.get_by_label("Tệp kế hoạch").set_input_files(str(plan_file))
    page.get_by_role("button", name="Tải lên và đọc").click()
    until(page, page.url, "Kiểm tra kế hoạch đã đọc")
    codes = page.locator('input[name^="criterion-"][name$="-code"]').evaluate_all(
        "all => all.map(e => e.value).filter(v => v)"
    )
    assert codes == [
        *(f"III.1.{letter}" for letter in "abcdđegh"),
        *(f"III.2.{letter}" for letter in "ab"),
        *(f"III.3.{letter}" for letter in "abc"),
        *(f"III.4.{letter}" for letter in "ab"),
    ]
    if plan_file == REAL_PLAN:
        expect(page.locator("#f-number")).to_have_value("")
        expect(page.get_by_text("Số còn để trống")).to_be_visible()
    page.get_by_role("button", name="Tiếp tục áp dụng").click()
    page.get_by_role("button", name="Áp dụng kế hoạch").click()
    expect(page.get_by_text("Đã áp dụng kế hoạch")).to_be_visible()
    expect(page.get_by_text("3 đơn vị chưa có nhóm tiêu chí")).to_be_visible()
    page.get_by_label("Phòng Kinh tế theo nhóm III.1").check()
    page.get_by_label("Hội Phụ nữ theo nhóm III.2").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu nhóm tiêu chí của 2 đơn vị")).to_be_visible()


def put_evidence(clerk: Visitor, evidence_file: Path, *, javascript: bool) -> str:
    """Home, checklist, file; returns the document's address."""
    page = clerk.page
    page.goto("/")
    page.get_by_role("link", name="Lập phiếu tự kiểm 2026").click()
    page.get_by_role("button", name=re.compile("Lập phiếu")).click()
    page.get_by_role("link", name=re.compile("^III.1.đ ·")).click()
    item = page.locator("article", has_text="Kết quả của III.1.đ")
    item.get_by_label(re.compile("Thêm minh chứng từ tệp cho III.1.đ")).set_input_files(str(evidence_file))
    if not javascript:
        item.get_by_role("button", name="Gửi tệp").click()
    expect(page.locator("article", has_text="III.1.đ-2026-001")).to_be_visible()
    item.get_by_label("Đã tự nhận đạt").check()
    if not javascript:
        item.get_by_role("button", name="Lưu kết quả III.1.đ").click()
    expect(page.get_by_text("Đã lưu kết quả.").first).to_be_visible()
    expect(page.locator("#criteria")).to_contain_text("Đã xong 1/8 tiêu chí")
    address = item.get_by_role("link", name="Bao cao CSDL dat dai").get_attribute("href")
    assert address
    return address


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_the_plan_to_the_auditors_story(
    browser: Browser,
    house: Callable[[Callable[[Ward], None]], str],
    plan_file: Path,
    evidence_file: Path,
    javascript: bool,
) -> None:
    address = house(ward_without_plan)
    people = {}
    for name in ("office", "lan", "hoa", "auditor"):
        people[name] = Visitor(browser, address, javascript=javascript).sign_in(name, PASSWORD)
    import_the_plan(people["office"], plan_file)
    document = put_evidence(people["lan"], evidence_file, javascript=javascript)

    for query in ("du+lieu+dat+dai", "dữ liệu đất đai"):
        taken = until(people["lan"].page, f"/search?q={query}", "Bao cao CSDL dat dai")
        print(f"found {query!r} after {taken:.2f} s")
        expect(people["lan"].page.locator("mark", has_text="dữ liệu đất đai").first).to_be_visible()
        expect(people["lan"].page.get_by_text("trang 2")).to_be_visible()
    assert people["lan"].page.goto(document).status == 200  # type: ignore[union-attr]

    stranger = people["hoa"].page
    stranger.goto("/search?q=du+lieu+dat+dai&kind=evidence")
    expect(stranger.get_by_text("Không tìm thấy gì")).to_be_visible()
    assert "Bao cao CSDL" not in stranger.content() and "Minh chứng 1" not in stranger.content()
    assert stranger.goto(document).status == 404  # type: ignore[union-attr]
    people["hoa"].faults.clear()  # the browser itself notes the 404

    auditor = people["auditor"].page
    auditor.goto(f"/ledger?object={document.rpartition('/')[2]}")
    table = auditor.locator("table")
    expect(table.get_by_role("row", name=re.compile("Người lan.*tải văn bản lên"))).to_have_count(1)
    expect(table.get_by_role("row", name=re.compile("Người lan.*xem văn bản"))).to_have_count(1)
    expect(table.get_by_role("row", name=re.compile("Người hoa.*xem văn bản.*bị từ chối"))).to_have_count(1)
    assert "Bao cao CSDL" not in auditor.content(), "a draft's title is not in the auditor's log"

    for visitor in people.values():
        assert visitor.outside == [] and visitor.faults == []
        visitor.close()
