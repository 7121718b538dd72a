"""From a year's results to honours with ten people in the browser: nominations, one returned for a missing paper, a double
found, a secret ballot at 80 % of all members with one written opinion, the Chairman strikes a line, decision,
certificates, register, handed over, paid, one revoked. Papers are read back; their numbers equal a count by SQL."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.support import commendation, initiatives
from tests.support.browser import Visitor, running_house
from tests.support.ward import NOW, PASSWORD, Ward, open_ward, people_of_every_role
from webapp.meetings.vote_rules import start_rules
from webapp.models import InitiativeState, Role
from webapp.official import check_form

pytestmark = [pytest.mark.long(80), pytest.mark.browser]

MEMBERS = ("m1", "m2", "m3", "m4")
COUNCIL = ("council", *MEMBERS)


class Story:
    """The house with its people; pages stay open for as long as somebody has something to do."""

    def __init__(self, data: Path, browser: Browser, address: str) -> None:
        self.data, self.browser, self.address = data, browser, address
        self.visitors: dict[str, Visitor] = {}

    def page(self, name: str, path: str = "") -> Page:
        if name not in self.visitors:
            self.visitors[name] = Visitor(self.browser, self.address).sign_in(name, PASSWORD)
        page = self.visitors[name].page
        if path:
            page.goto(path)
        return page

    def count(self, query: str) -> int:
        """Straight from the file of the database, by another program's eyes."""
        with sqlite3.connect(f"file:{self.data / 'kho.sqlite3'}?mode=ro", uri=True) as connection:
            found = connection.execute(query).fetchone()[0]
        connection.close()
        return int(found)

    def download(self, page: Page, name: str) -> bytes:
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name).first.click()
        return Path(waiting.value.path()).read_bytes()

    def finish(self) -> None:
        for visitor in self.visitors.values():
            # The Chairman's form is refused once, on purpose.
            faults = [one for one in visitor.faults if "422" not in one]
            assert visitor.outside == [] and faults == []
            visitor.close()


@pytest.fixture
def story(tmp_path: Path, sqlite_template: Path, browser: Browser) -> Iterator[Story]:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    people_of_every_role(ward)
    furnish(ward)
    ward.resources.close()
    with running_house(data, KHO_NOW=NOW.isoformat()) as address:
        told = Story(data, browser, address)
        yield told
        told.finish()


def furnish(ward: Ward) -> None:
    """Results of the year: initiatives recognised in two units; members of the council; catalogue and rules of votes."""
    for name in MEMBERS:
        ward.person(name, Role.COUNCIL)
    ward.person("head.c", Role.HEAD, "C")
    initiatives.bring_to(ward, InitiativeState.REPLICATED)
    commendation.titles_of(ward)
    with ward.work() as session:
        start_rules(session, actor=ward.viewer("office"), now=ward.now)


def make_round(page: Page) -> str:
    """The office writes the rules of the round and puts it in force; returns its address."""
    page.goto("/award-rounds/new")
    page.get_by_label("Nhận đề nghị từ ngày").fill("2026-11-01")
    page.locator("[name=closes_on]").fill("2026-12-15")
    for what in ("cá nhân", "hộ gia đình"):
        page.get_by_label(f"Giấy khen của Chủ tịch Ủy ban nhân dân phường, {what}", exact=True).check()
    page.get_by_label("Quy tắc bỏ phiếu").select_option("danh-hieu")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Áp dụng").click()
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.get_by_text("Đã áp dụng")).to_be_visible()
    return page.url


def add_minutes(page: Page, name: str = "bien-ban.txt", paper: str = "minutes") -> None:
    page.get_by_label("Giấy tờ", exact=True).select_option(paper)
    page.get_by_label("Tệp từ máy").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": f"Biên bản {name}".encode()}
    )
    page.get_by_role("button", name="Thêm vào hồ sơ").click()
    expect(page.get_by_text("Đã thêm vào hồ sơ")).to_be_visible()


def nominate_by_hand(page: Page, address: str, side: str, line: str, name: str, *, honorific: str = "") -> str:
    page.goto(f"{address}/nominations/new?side={side}")
    page.get_by_label("Danh hiệu, hình thức").select_option(label=line)
    if honorific:
        page.get_by_label("Cách xưng").select_option(honorific)
    page.get_by_label("Họ tên, tên tập thể").fill(name)
    page.get_by_label("Nơi công tác hoặc địa chỉ").fill("Khu vực 3, phường Thử")
    page.get_by_label("Lý do đề nghị").fill(f"{name} đã giúp 214 người học kỹ năng số.")
    page.get_by_label("Thành tích ghi trên giấy khen").fill(f"Đã có đóng góp cho phong trào, theo cách của {name}")
    page.get_by_role("button", name="Lưu").click()
    add_minutes(page, f"{len(name)}.txt")
    return page.url


def hand_in(page: Page, address: str) -> None:
    page.goto(f"{address}/submit")
    page.get_by_role("button", name="Trình").click()
    expect(page.get_by_text("Đã trình. Cơ quan thường trực kiểm tra")).to_be_visible()


def receive(page: Page, address: str) -> None:
    page.goto(address)
    while page.get_by_role("link", name="Ghi ý kiến").count():
        page.get_by_role("link", name="Ghi ý kiến").first.click()
        page.get_by_label("Vì sao vẫn xét").fill("Hai người trùng tên, khác đơn vị.")
        page.get_by_role("button", name="Vẫn xét").click()
        expect(page.get_by_text("Đã ghi ý kiến; lý do được lưu")).to_be_visible()
    page.get_by_role("link", name="Tiếp nhận").click()
    page.get_by_role("button", name="Tiếp nhận").click()
    expect(page.get_by_text("Đã tiếp nhận")).to_be_visible()


PERSON = "Giấy khen của Chủ tịch Ủy ban nhân dân phường, cá nhân"
HOUSEHOLD = "Giấy khen của Chủ tịch Ủy ban nhân dân phường, hộ gia đình"


def put_forward(story: Story, address: str) -> list[str]:
    """Four dossiers: an author from results, a household, a double of the author's name, an outsider; all received."""
    clerk = story.page("clerk.a", "/")
    clerk.get_by_role("link", name="chọn người, tập thể đề nghị").click()
    clerk.get_by_label("Người clerk.a").check()
    clerk.get_by_role("button", name="Lập đề nghị").click()
    author = clerk.url
    expect(clerk.get_by_text("Thiếu: Biên bản bình xét")).to_be_visible()
    clerk.get_by_role("link", name="Soạn tiếp").click()
    clerk.get_by_label("Cách xưng").select_option("Bà")
    clerk.get_by_role("button", name="Lưu").click()
    add_minutes(clerk)
    clerk.get_by_role("button", name="Báo lãnh đạo đã xong").click()
    head = story.page("head.a", "/")
    head.get_by_role("link", name="báo đã xong").first.click()
    hand_in(head, author)
    # The office asks for what is missing, once; the unit brings it.
    office = story.page("office", author)
    office.get_by_role("link", name="Yêu cầu bổ sung").click()
    office.get_by_label("Cần bổ sung gì").fill("Biên bản thiếu chữ ký của thư ký.")
    office.get_by_role("button", name="Gửi yêu cầu").click()
    clerk.goto("/")
    clerk.get_by_role("link", name="Đề nghị khen thưởng: Bà Người clerk.a").click()
    expect(clerk.get_by_text("Biên bản thiếu chữ ký")).to_be_visible()
    add_minutes(clerk, "bien-ban-du-chu-ky.txt")
    hand_in(head, author)
    household = nominate_by_hand(clerk, address, "unit", HOUSEHOLD, "Hộ ông Lê Văn Sáu")
    hand_in(head, household)
    # Another unit puts forward somebody of the same name, without accents: the check finds it.
    double = nominate_by_hand(story.page("head.c"), address, "unit", PERSON, "NGUOI CLERK.A", honorific="Ông")
    hand_in(story.page("head.c"), double)
    outsider = nominate_by_hand(office, address, "office", PERSON, "Phạm Quốc Huy", honorific="Ông")
    hand_in(office, outsider)
    office.goto(double)
    expect(office.get_by_text("Cũng đang được đề nghị").first).to_be_visible()
    for one in (author, household, double, outsider):
        receive(office, one)
    return [author, household, double, outsider]


def vote(story: Story) -> str:
    """Six members; the last is away and answers in writing. One line gets two votes against it. Returns the meeting."""
    office = story.page("office", "/meetings/new?year=2026&cluster=")
    office.get_by_label("Tên cuộc họp").fill("Xét khen thưởng năm 2026")
    office.get_by_label("Ngày họp").fill("2026-11-23")
    office.get_by_label("Giờ họp").fill("8 giờ")
    office.get_by_label("Địa điểm").fill("Phòng họp số 1")
    office.get_by_label("Chủ trì").select_option(label="Người chair")
    office.get_by_text("Mời thêm người khác").click()
    for label in office.locator("label.choice", has=office.locator("[name=people]")).all():
        label.locator("input").set_checked(
            label.inner_text().split("·")[0].strip() in {f"Người {one}" for one in COUNCIL}
        )
    office.get_by_role("button", name="Lên lịch").click()
    expect(office.get_by_text("Xét khen thưởng năm 2026").first).to_be_visible()
    meeting = office.url
    chair = story.page("chair", meeting)
    chair.get_by_role("button", name="Bắt đầu cuộc họp").click()
    chair.goto(f"{meeting}/attendance")
    for member in chair.locator("fieldset").all():
        absent = "Người m4" in member.inner_text()
        member.get_by_label("Vắng" if absent else "Có mặt").first.check()
        if absent:
            member.get_by_label("Lý do vắng").fill("Đi công tác")
    chair.get_by_role("button", name="Lưu điểm danh").click()
    chair.goto(f"{meeting}/nominations")
    chair.get_by_role("button", name="Chuẩn bị phiếu").click()
    expect(chair.get_by_text("Đã chuẩn bị 4 phiếu")).to_be_visible()
    chair.get_by_role("button", name="Bắt đầu lấy mọi phiếu").click()
    for place, name in enumerate(("chair", *COUNCIL)):
        page = story.page(name, f"{meeting}/vote")
        for number, line in enumerate(page.locator("form fieldset").all()):
            against = "NGUOI CLERK.A" in line.inner_text() and place in (1, 2)
            line.get_by_label("Không đồng ý" if against else "Đồng ý", exact=True).check()
            assert number < 4
        page.get_by_role("button", name="Gửi 4 phiếu").click()
        expect(page.get_by_text("Đã nhận 4 phiếu")).to_be_visible()
    chair.goto(meeting)
    found = {link.get_attribute("href") or "" for link in chair.locator("a[href*='/ballots/']").all()}
    for address in sorted(one for one in found if re.fullmatch(r"/ballots/\w+", one)):
        chair.goto(address)
        chair.get_by_text("Kiểm phiếu…").click()
        chair.get_by_role("button", name="Kiểm phiếu", exact=True).click()
        expect(chair.get_by_text("Đã kiểm phiếu").first).to_be_visible()
    return meeting


def decide(story: Story, address: str) -> str:
    """The proposal, the Chairman's word line by line, the decision; returns its address."""
    office = story.page("office", f"{address}/proposal")
    for box in office.get_by_role("checkbox").all():
        box.check()
    office.get_by_label("Số, ký hiệu của tờ trình").fill("45/TTr-VHXH")
    office.get_by_role("button", name="Lập tờ trình").click()
    proposal = office.url
    paper = story.download(office, "Tờ trình (.docx)")
    assert check_form(paper) == []
    chair = story.page("chair", proposal)
    for line in chair.locator("fieldset").all():
        if "NGUOI CLERK.A" in line.locator("legend").inner_text():
            line.get_by_role("radio", name="Không khen thưởng").check()
    chair.get_by_role("button", name="Đồng ý tất cả").click()
    # Nothing is struck without a reason, and nothing else of the form is lost.
    expect(chair.get_by_text("phải ghi lý do").first).to_be_visible()
    for line in chair.locator("fieldset").all():
        if "NGUOI CLERK.A" in line.locator("legend").inner_text():
            line.get_by_label("Lý do về").fill("Thống nhất với kết quả bỏ phiếu.")
    chair.get_by_role("button", name="Đồng ý tất cả").click()
    assert story.count("SELECT count(*) FROM nomination WHERE state = 'approved'") == 3
    assert story.count("SELECT count(*) FROM nomination WHERE state = 'struck' AND verdict_reason <> ''") == 1
    chair.goto(f"{address}/decisions/new")
    chair.get_by_label("Ngày của quyết định").fill("2026-11-22")
    chair.get_by_label("Họ tên người ký").fill("Nguyễn Văn Chủ")
    chair.get_by_label("Chức vụ người ký").fill("Chủ tịch")
    chair.get_by_role("button", name="Lưu").click()
    chair.get_by_role("link", name="Ban hành").click()
    chair.get_by_label("Số, ký hiệu").fill("77/QĐ-UBND")
    chair.get_by_role("button", name="Ban hành").click()
    expect(chair.get_by_text("Đã ban hành").first).to_be_visible()
    return chair.url


def read_papers(story: Story, decision: str, folder: Path) -> None:
    """The decision passes the form's check, opens in LibreOffice, and says what the database counts."""
    office = story.page("office", decision)
    paper = story.download(office, "Quyết định (.docx)")
    assert check_form(paper) == []
    document = docx.Document(io.BytesIO(paper))
    text = "\n".join(
        [*(line.text for line in document.paragraphs)]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    total = story.count("SELECT sum(amount) FROM award")
    people = story.count("SELECT count(*) FROM award WHERE subject = 'person'")
    assert f"{total:,}".replace(",", ".") in text and f"{people:02d} cá nhân" in text.replace(
        f" {people} ", f" {people:02d} "
    )
    assert "NGUOI CLERK.A" not in text and "Hộ ông Lê Văn Sáu" in text and "Phạm Quốc Huy" in text
    path = folder / "quyet-dinh.docx"
    path.write_bytes(paper)
    soffice = shutil.which("soffice")
    if soffice is not None:
        home = f"-env:UserInstallation=file://{folder / 'office'}"
        command = [soffice, home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert (folder / "quyet-dinh.pdf").read_bytes().startswith(b"%PDF")
    sheet = load_workbook(io.BytesIO(story.download(office, "Sổ theo dõi (.xlsx)"))).worksheets[0]
    rows = [[str(cell.value) for cell in row if cell.value] for row in sheet.iter_rows()]
    assert sum(any("Phạm Quốc Huy" in value for value in row) for row in rows) == 1


def afterwards(story: Story, decision: str) -> None:
    """Handed over and paid; one is revoked: its line stays, its money is to be recovered."""
    office = story.page("office", decision)
    addresses = [
        link.get_attribute("href") or "" for link in office.locator("main table a[href*='/honours/awards/']").all()
    ]
    assert len(addresses) == 3
    for address in addresses:
        office.goto(address)
        office.get_by_role("link", name="Ghi trao").click()
        office.get_by_role("button", name="Ghi trao").click()
        office.get_by_role("link", name="Ghi chi thưởng").click()
        office.get_by_role("button", name="Ghi chi thưởng").click()
        expect(office.get_by_text("Đã ghi chi thưởng")).to_be_visible()
    chair = story.page("chair", f"{addresses[-1]}/revoke")
    chair.get_by_label("Số, ký hiệu của quyết định thu hồi").fill("90/QĐ-UBND")
    chair.get_by_label("Ngày của quyết định thu hồi").fill("2026-11-22")
    chair.get_by_label("Lý do thu hồi").fill("Khai không đúng sự thật.")
    chair.get_by_role("button", name="Ghi thu hồi").click()
    assert story.count("SELECT count(*) FROM award WHERE handed_on IS NOT NULL AND paid_amount = amount") == 3
    assert story.count("SELECT count(*) FROM award WHERE revoked_on IS NOT NULL AND to_recover = paid_amount") == 1
    everybody = story.page("clerk.b", "/honours")
    assert everybody.locator("main tbody tr").count() == story.count("SELECT count(*) FROM award")
    expect(everybody.get_by_text(re.compile("thu hồi", re.IGNORECASE)).first).to_be_visible()


def test_from_results_to_honours(story: Story, tmp_path: Path) -> None:
    address = make_round(story.page("office"))
    put_forward(story, address)
    vote(story)
    assert story.count("SELECT count(*) FROM ballot WHERE state = 'closed' AND electors = 6 AND base = 'all'") == 4
    assert story.count("SELECT count(*) FROM ballot WHERE chosen = 0") == 3
    decision = decide(story, address)
    read_papers(story, decision, tmp_path)
    afterwards(story, decision)
