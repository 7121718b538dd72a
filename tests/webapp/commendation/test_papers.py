"""Papers of commendation, read back: their form, and every number in them against a count of the database."""

from __future__ import annotations

import io
import re
from collections import Counter

import pytest
from docx import Document as open_docx
from openpyxl import load_workbook
from pypdfium2 import PdfDocument
from sqlalchemy import func, select

from tests.support import commendation as c
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.commendation.decisions.outputs import merged
from webapp.core.numbers import money_words, show_number
from webapp.models import Award, AwardSubject, Nomination
from webapp.official import check_form

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def text_of(data: bytes) -> str:
    document = open_docx(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


@on_one_database
def test_every_number_in_the_papers_is_a_count_of_the_database(client: Client) -> None:
    ward = client.ward
    round_ = c.open_round(ward)
    rows = [c.received(ward, round_, subject=subject) for subject in AwardSubject]
    c.voted(ward, *rows)
    proposal = c.propose(ward, round_, *rows)
    office = client.sign_in("office")
    asked = office.get(f"/award-proposals/{proposal.id}/proposal.docx").data
    assert check_form(asked) == []
    text = text_of(asked)
    assert "1 tập thể, 1 hộ gia đình, 1 cá nhân" in text and text.count("8/10 đồng ý, 1 không đồng ý") == 3
    assert "Số: 45/TTr-VHXH" in text and "Điều 75 Luật Thi đua, khen thưởng" in text
    for one in rows:
        c.judge(ward, one)
    made = c.draft(ward, round_)
    place = f"/award-decisions/{made.id}"
    draft = office.get(f"{place}/decision.docx").data
    c.issue(ward, made)
    issued = office.get(f"{place}/decision.docx").data
    with ward.db.reading() as session:
        total = session.scalar(select(func.sum(Award.amount))) or 0
        counted = Counter(session.scalars(select(Award.subject)))
        amounts = list(session.scalars(select(Award.amount).order_by(Award.ordinal)))
        nominated = session.scalar(select(func.count()).select_from(Nomination))
    assert nominated == sum(counted.values()) == 3
    for data, number in ((draft, "Số:      /QĐ-UBND"), (issued, "Số: 77/QĐ-UBND")):
        assert check_form(data) == []
        text = text_of(data)
        assert number in text and f"{show_number(total)} đồng (bằng chữ: {money_words(total)})" in text
        assert Counter(re.findall(r"(Tập thể|Hộ gia đình|Cá nhân): (\d+)", text)) == Counter(
            {(one.label, str(n)): 1 for one, n in counted.items()}
        )
        assert [amount for amount in map(show_number, amounts) if amount not in text] == []
        assert "Căn cứ Nghị định số 161/2026/NĐ-CP" in text and "73/2024" not in text
        assert "Tờ trình số 45/TTr-VHXH ngày 22 tháng 11 năm 2026" in text
    book = load_workbook(io.BytesIO(office.get(f"{place}/register.xlsx").data))
    lines = list(book.worksheets[0].iter_rows(min_row=4, values_only=True))
    assert [line[14] for line in lines] == amounts and [line[1] for line in lines] == [1, 2, 3]
    assert {line[8] for line in lines} == {"45/TTr-VHXH"}
    sheets = load_workbook(io.BytesIO(office.get("/honours/statistics.xlsx").data))
    assert [row[0].value for row in sheets["Đối tượng"].iter_rows(min_row=4)] == [
        "Cá nhân",
        "Tập thể",
        "Hộ gia đình",
        "Cộng",
    ]
    assert sheets["Tiền thưởng"]["B4"].value == total


@on_one_database
def test_certificates_are_a_page_each_and_blanks_hold_only_what_differs(client: Client) -> None:
    ward = client.ward
    made, awards = c.three_honoured(ward)
    c.note(ward, "revoke", awards[0])
    office = client.sign_in("office")
    place = f"/award-decisions/{made.id}/certificates"
    document = open_docx(io.BytesIO(office.get(f"{place}.docx").data))
    section = document.sections[0]
    assert section.page_width is not None and section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    said = [one.text for one in document.paragraphs]
    assert said.count("GIẤY KHEN") == 2 and said.count("TẶNG") == 2 and "Bà Trần Thị Mẫu" in said
    # A revoked one is printed no more.
    assert "Tập thể Đơn vị A" not in said
    whole, blank = (PdfDocument(office.get(f"{place}.pdf?on={on}&x=2,5&y=-1").data) for on in ("plain", "blank"))
    texts = [[page.get_textpage().get_text_range() for page in pdf] for pdf in (whole, blank)]
    assert [len(one) for one in texts] == [2, 2] and whole[0].get_size() == pytest.approx((842, 595), abs=1)
    for page, bare, ordinal in zip(*texts, (2, 3), strict=True):
        for common in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "GIẤY KHEN", "TẶNG"):
            assert common in page and common not in bare
        for own in (f"Số sổ vàng: {ordinal}", "số 77/QĐ-UBND, ngày 22 tháng 11 năm 2026", "Nguyễn Văn Chủ"):
            assert own in page and own in bare


@on_one_database
def test_a_correction_is_a_paper_of_its_own(client: Client) -> None:
    from tests.webapp.commendation.test_decisions import correct

    ward: Ward = client.ward
    _, awards = c.three_honoured(ward)
    new = correct(ward, awards[2], name="Trần Thị Mẫn")
    data = client.sign_in("office").get(f"/award-decisions/{new.decision_id}/decision.docx").data
    assert check_form(data) == []
    text = text_of(data)
    assert "Bà Trần Thị Mẫu" in text and "Bà Trần Thị Mẫn" in text and "Ghi sai tên" in text
    # The line that was put right is printed no more, nor handed over.
    place = f"/award-decisions/{awards[2].decision_id}"
    office = client.as_user("office")
    assert "Trần Thị Mẫu" not in text_of(office.get(f"{place}/certificates.docx").data)
    assert "đã đính chính" in office.get(place).text
    page = client.as_user("clerk.c").get(f"/honours/awards/{awards[2].id}").text
    assert "Đã đính chính bằng Quyết định số 95/QĐ-UBND" in page


def test_each_law_is_cited_once_with_its_articles_in_order() -> None:
    law, decree = "Luật Thi đua, khen thưởng số 06/2022/QH15", "Nghị định số 152/2025/NĐ-CP"
    cited = [
        f"Điều 75, Điều 80 {law}",
        f"Điều 75 {law}",
        f"Điều 54 {decree}",
        f"Điều 49 {decree}",
        "Nghị định số 161/2026/NĐ-CP",
    ]
    assert merged(cited) == [
        f"Điều 75, Điều 80 {law}", f"Điều 49, Điều 54 {decree}", "Nghị định số 161/2026/NĐ-CP",
    ]  # fmt: skip
