"""A year in the browser with eight people: plan, duties, three in time, one late, one corrected, one never; letters in a
real mailbox; the office's synthesis names exactly the right units and its numbers equal a count in the database."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import ROOT, Visitor, running_house
from tests.support.post import Mailbox, mail_server
from tests.support.ward import PASSWORD, Ward, open_ward
from webapp.models import Person, Role, UnitKind
from webapp.official import check_form

pytestmark = pytest.mark.long(90)

UNITS = {
    "KT": ("Phòng Kinh tế", UnitKind.OFFICE),
    "VHXH": ("Phòng Văn hóa - Xã hội", UnitKind.OFFICE),
    "TYT": ("Trạm Y tế", UnitKind.SERVICE),
    "HPN": ("Hội Phụ nữ", UnitKind.FRONT),
    "HND": ("Hội Nông dân", UnitKind.FRONT),
    "DTN": ("Đoàn Thanh niên", UnitKind.FRONT),
    "MTTQ": ("Mặt trận Tổ quốc", UnitKind.FRONT),
}
# Three hand in on time (KT, HPN, HND), one late (TYT), one is given back and corrects (DTN), one never does (MTTQ).
HEADS = {"minh": "KT", "nga": "HPN", "tam": "HND", "yen": "TYT", "khoa": "DTN", "phuc": "MTTQ"}


def people(ward: Ward) -> None:
    for code, (name, kind) in UNITS.items():
        ward.unit(code, kind, name=name)
    ward.person("ha", Role.STANDING_OFFICE, "VHXH")
    ward.person("thuy", Role.LEADERSHIP)
    for name, unit in HEADS.items():
        ward.person(name, Role.HEAD, unit)
    with ward.work() as session:
        for name in HEADS:
            session.get_one(Person, ward.people[name]).email = f"{name}@phuong.vn"


class Year:
    """The house through the year: each act runs the real program at another moment."""

    def __init__(self, data: Path, browser: Browser, mailbox: Mailbox) -> None:
        self.data, self.browser, self.mailbox = data, browser, mailbox

    @contextmanager
    def at(self, moment: str) -> Iterator[str]:
        with running_house(
            self.data,
            KHO_NOW=f"{moment}+07:00",
            KHO_SMTP=self.mailbox.url,
            KHO_MAIL_FROM="kho@phuong.vn",
            KHO_PUBLIC_URL="http://kho.phuong.vn",
        ) as address:
            yield address

    @contextmanager
    def visit(self, address: str, name: str) -> Iterator[Page]:
        visitor = Visitor(self.browser, address).sign_in(name, PASSWORD)
        yield visitor.page
        assert visitor.outside == [] and visitor.faults == []
        visitor.close()

    def count(self, query: str) -> int:
        """Straight from the file of the database, by another program's eyes."""
        with sqlite3.connect(f"file:{self.data / 'kho.sqlite3'}?mode=ro", uri=True) as connection:
            found = connection.execute(query).fetchone()[0]
        connection.close()
        return int(found)

    def letters(self, page: Page, least: int) -> list[str]:
        """Who got a letter, once so many have come."""
        for _ in range(300):
            if len(self.mailbox.letters) >= least:
                break
            page.wait_for_timeout(100)
        found = sorted(letter["To"].addresses[0].addr_spec.split("@")[0] for letter in self.mailbox.letters)
        self.mailbox.letters.clear()
        return found


@pytest.fixture
def year(tmp_path: Path, sqlite_template: Path, browser: Browser) -> Iterator[Year]:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    people(ward)
    ward.resources.close()
    with mail_server() as mailbox:
        yield Year(data, browser, mailbox)


def import_plan(page: Page, folder: Path) -> None:
    text = (ROOT / "webapp/demo/plan.txt").read_text(encoding="utf-8").format(y=2026, y1=2027, y2=2028, y4=2030)
    path = folder / "ke-hoach.txt"
    path.write_text(text, encoding="utf-8")
    page.goto("/movements/imports/new")
    page.get_by_label("Tệp kế hoạch").set_input_files(str(path))
    page.get_by_role("button", name="Tải lên và đọc").click()
    expect(page.get_by_role("heading", name="Kiểm tra kế hoạch đã đọc")).to_be_visible()
    page.get_by_role("button", name="Tiếp tục áp dụng").click()
    page.get_by_role("button", name="Áp dụng kế hoạch").click()
    for code, (name, _) in UNITS.items():
        page.get_by_label(f"{name} theo nhóm {'III.1' if code in ('KT', 'VHXH', 'TYT') else 'III.2'}").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu nhóm tiêu chí của 7 đơn vị")).to_be_visible()


def make_duties(page: Page) -> None:
    page.goto("/duties")
    page.get_by_role("link", name="Việc phải nộp và thời hạn").click()
    page.get_by_role("button", name="Lập danh mục từ kế hoạch").click()
    page.get_by_role("button", name=re.compile("Lập việc năm 2026")).click()
    expect(page.get_by_text("việc được lập hoặc cập nhật")).to_be_visible()


def deliver(page: Page, text: str) -> None:
    """From home: begin, write one part that is saved by itself, look through, hand in."""
    page.goto("/")
    page.get_by_role("link", name="Báo cáo năm 2026", exact=True).first.click()
    page.get_by_role("button", name=re.compile("Bắt đầu viết Báo cáo năm 2026")).click()
    field = page.get_by_label("Công tác lãnh đạo, chỉ đạo, triển khai")
    field.fill(text)
    expect(page.get_by_text("Đã lưu").first).to_be_visible()
    page.get_by_role("link", name="Xem trước khi trình").click()
    expect(page.get_by_text(text)).to_be_visible()
    page.get_by_role("button", name="Trình", exact=True).click()
    expect(page.get_by_text("Đã trình Báo cáo năm 2026")).to_be_visible()


def receive(page: Page, unit: str, *, back: str = "") -> None:
    page.goto("/papers?state=submitted")
    page.get_by_role("link", name=f"Báo cáo năm 2026 của {unit}").click()
    if back:
        page.get_by_role("link", name="Trả lại để sửa").click()
        page.get_by_label("Lý do trả lại").fill(back)
        page.get_by_label("Trình lại chậm nhất hết ngày").fill("2026-12-10")
        page.get_by_role("button", name="Trả lại để sửa").click()
    else:
        page.locator("summary", has_text="Tiếp nhận").click()
        page.get_by_role("button", name=re.compile("^Tiếp nhận")).click()
    expect(page.get_by_text("Đã trả lại" if back else "Đã nhận Báo cáo năm 2026")).to_be_visible()


@pytest.mark.browser
def test_a_year_from_the_plan_to_the_synthesis(year: Year, tmp_path: Path) -> None:
    with year.at("2026-11-02T08:00:00") as address, year.visit(address, "ha") as office:
        import_plan(office, tmp_path)
        make_duties(office)
    assert year.count("SELECT count(*) FROM duty WHERE paper = 'annual' AND year = 2026") == 7

    with year.at("2026-11-20T08:00:00") as address, year.visit(address, "minh") as page:
        assert year.letters(page, len(HEADS)) == sorted(HEADS)
        deliver(page, "Phòng Kinh tế đã triển khai đủ sáu nội dung.")
    for moment, name, text in (
        ("2026-12-04T10:00:00", "nga", "Hội Phụ nữ mở 6 lớp."),
        ("2026-12-04T23:59:59", "tam", "Hội Nông dân mở 4 lớp."),
        ("2026-12-04T16:00:00", "khoa", "Đoàn Thanh niên đã làm."),
        ("2026-12-05T00:00:00", "yen", "Trạm Y tế nộp muộn."),
    ):
        with year.at(moment) as address, year.visit(address, name) as page:
            deliver(page, text)

    with year.at("2026-12-07T09:00:00") as address:
        with year.visit(address, "ha") as office:
            year.mailbox.letters.clear()
            for unit in ("Phòng Kinh tế", "Hội Phụ nữ", "Hội Nông dân", "Trạm Y tế"):
                receive(office, unit)
            receive(office, "Đoàn Thanh niên", back="Chưa có số liệu cụ thể.")
        with year.visit(address, "khoa") as page:
            page.goto("/")
            expect(page.get_by_text("Chưa có số liệu cụ thể.").first).to_be_visible()
            page.get_by_role("link", name="Báo cáo năm 2026", exact=True).first.click()
            page.get_by_label("Công tác lãnh đạo, chỉ đạo, triển khai").fill("Đoàn Thanh niên lập 3 tổ công nghệ số.")
            expect(page.get_by_text("Đã lưu").first).to_be_visible()
            page.get_by_role("link", name="Xem trước khi trình").click()
            page.get_by_role("button", name="Trình", exact=True).click()
            expect(page.get_by_text("Đã trình Báo cáo năm 2026")).to_be_visible()
        with year.visit(address, "ha") as office:
            receive(office, "Đoàn Thanh niên")
            office.goto("/duties?paper=annual&show=all")
            expect(office.get_by_text("7 việc: 4 nộp đúng hạn, 1 nộp muộn, 2 chưa nộp.")).to_be_visible()
            row = office.get_by_role("row", name=re.compile("Trạm Y tế"))
            expect(row.get_by_text("muộn 1 ngày")).to_be_visible()
            office.goto("/duties?paper=annual")
            year.mailbox.letters.clear()
            office.get_by_role("checkbox").first.check()
            office.get_by_role("button", name="Nhắc các đơn vị đã đánh dấu (1)").click()
            expect(office.get_by_text("Đã nhắc 1 việc, 1 người nhận được lời nhắc.")).to_be_visible()
            assert year.letters(office, 1) == ["phuc"]
            file = synthesis(office)
    assert check_form(file) == []
    paper = docx.Document(io.BytesIO(file))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    for query, words in (
        (OWED.format("first_submitted_at < '2026-12-04 17:00'"), "{} đơn vị gửi đúng hạn"),
        (OWED.format("first_submitted_at >= '2026-12-04 17:00'"), "{} đơn vị gửi muộn"),
        (OWED.format("p.id IS NULL OR first_submitted_at IS NULL"), "{} đơn vị chưa gửi"),
    ):
        assert words.format(year.count(query)) in text, (query, words, text)
    said = {row.cells[1].text for table in paper.tables for row in table.rows if len(row.cells) > 3}
    named = {name for name, _ in UNITS.values() if any(name in cell for cell in said)}
    assert named == {"Trạm Y tế", "Mặt trận Tổ quốc", "Phòng Văn hóa - Xã hội"}
    for kept in ("mở 6 lớp", "mở 4 lớp", "lập 3 tổ công nghệ số", "đủ sáu nội dung", "Trạm Y tế nộp muộn"):
        assert kept in text
    assert "đã làm." not in text.replace("Đoàn Thanh niên lập", ""), "what was given back is not quoted"


# The ward's midnight between 04/12 and 05/12 is 17:00 UTC; the database keeps UTC.
OWED = (
    "SELECT count(*) FROM duty d LEFT JOIN unit_paper p ON p.unit_id = d.unit_id AND p.kind = d.paper AND p.year = d.year "
    "WHERE d.paper = 'annual' AND d.year = 2026 AND ({})"
)


def synthesis(page: Page) -> bytes:
    """Make the first draft and take the paper home."""
    page.goto("/syntheses?year=2026")
    page.get_by_role("button", name="Báo cáo năm 2026").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Dự thảo .docx").click()
    return Path(download.value.path()).read_bytes()
