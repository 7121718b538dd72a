"""What the office's report is taken away as: the paper in its form, the annex, its number and day."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document as Docx
from openpyxl import load_workbook
from sqlalchemy import select

from tests.support import voices
from tests.support.initiatives import bring_to
from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.core.errors import Invalid
from webapp.models import (
    AuditEvent,
    InitiativeState,
    Signing,
    Synthesis,
)
from webapp.official import check_form

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def reported(ward: Ward) -> Ward:
    return voices.report_in_three_states(ward)


def paper_of(client: Client, synthesis: Synthesis, query: str = "") -> bytes:
    answer = client.get(f"/syntheses/{synthesis.id}/report.docx{query}")
    assert answer.status_code == 200
    return answer.data


@on_one_database
@pytest.mark.parametrize("signing", list(Signing))
def test_the_paper_keeps_the_form_and_names_the_right_units(reported: Ward, signing: Signing) -> None:
    ward = reported
    synthesis = voices.make_synthesis(ward)
    voices.leave_out(ward, synthesis, voices.paragraphs_of(ward, synthesis)["theme", "II.2.a"])
    client = client_for(ward).sign_in("office")
    draft = paper_of(client, synthesis)
    assert check_form(draft) == []
    voices.fix(ward, synthesis)
    voices.sign(ward, synthesis, signing=signing, signer="Nguyễn Văn A", number="7", issued_on=date(2026, 12, 9))
    data = paper_of(client, synthesis)
    assert check_form(data) == []
    paper = Docx(io.BytesIO(data))
    lines = [one.text for one in paper.paragraphs]
    cells = [cell.text for row in paper.tables[0].rows for cell in row.cells]
    of_committee = signing in (Signing.CHAIR, Signing.VICE_CHAIR)
    assert ("BC-UBND" if of_committee else "BC-VH") in cells[0] and "07/" in cells[0]
    assert any(one.startswith("đ) Xã hội số") for one in lines) and not any(
        one.startswith("a) Nâng cao") for one in lines
    )
    assert any(one.startswith("I. TÌNH HÌNH") for one in lines) and any(one.startswith("1. Đối với") for one in lines)
    annex = next(table for table in paper.tables if table.rows[0].cells[0].text == "STT")
    assert [(row.cells[1].text, row.cells[5].text) for row in annex.rows[1:]] == [
        ("Đơn vị B", "Muộn 4 ngày"),
        ("Đơn vị VH", "Chưa gửi"),
        ("Đơn vị C", "Chưa gửi"),
    ]
    end = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    assert ("KT. CHỦ TỊCH" in end) is (signing is Signing.VICE_CHAIR)
    assert ("TM. ỦY BAN NHÂN DÂN" in end) is of_committee
    assert ("KT. TRƯỞNG PHÒNG" in end) is (signing is Signing.OFFICE_DEPUTY)


@on_one_database
def test_the_annex_holds_units_criteria_and_initiatives(reported: Ward) -> None:
    ward = reported
    bring_to(ward, InitiativeState.RECOGNISED, title="=Chợ số", secret="mật khẩu quầy")
    synthesis = voices.make_synthesis(ward)
    client = client_for(ward).sign_in("office")
    book = load_workbook(io.BytesIO(client.get(f"/syntheses/{synthesis.id}/annex.xlsx").data))
    assert book.sheetnames == ["Đơn vị", "Tiêu chí", "Sáng kiến", "Số liệu", "Cộng số liệu"]
    units = {row[0]: (row[4], row[5]) for row in book["Đơn vị"].iter_rows(min_row=4, values_only=True)}
    assert units == {
        "Đơn vị A": (0, "Gửi đúng hạn"),
        "Đơn vị B": (4, "Gửi muộn"),
        "Đơn vị C": (units["Đơn vị C"][0], "Chưa gửi"),
        "Đơn vị VH": (units["Đơn vị VH"][0], "Chưa gửi"),
    }
    assert [row[0] for row in book["Tiêu chí"].iter_rows(min_row=4, values_only=True)] == [
        "III.1.d",
        "III.1.đ",
        "III.1.e",
        "III.2.a",
    ]
    cells = [cell for row in book["Sáng kiến"].iter_rows(min_row=4) for cell in row]
    assert cells[0].value == "=Chợ số" and cells[0].data_type == "s"
    with ward.db.reading() as session:
        exports = session.scalars(select(AuditEvent).where(AuditEvent.action == "synthesis.export")).all()
    assert len(exports) == 1 and exports[0].object_id == synthesis.id


@on_one_database
def test_number_and_day_belong_to_a_fixed_version(reported: Ward) -> None:
    ward = reported
    synthesis = voices.make_synthesis(ward)
    for faulty in ({"number": "7", "issued_on": date(2026, 12, 9)},):
        with pytest.raises(Invalid):
            voices.sign(ward, synthesis, **faulty)
    voices.fix(ward, synthesis)
    for faulty in ({"number": "7"}, {"number": "7/BC", "issued_on": date(2026, 12, 9)}):
        with pytest.raises(Invalid):
            voices.sign(ward, synthesis, **faulty)
    assert voices.sign(ward, synthesis, number="7", issued_on=date(2026, 12, 9)).state.value == "issued"


@on_one_database
def test_a_version_that_cannot_be_is_not_found(reported: Ward) -> None:
    synthesis = voices.make_synthesis(reported)
    client = client_for(reported).sign_in("office")
    for file in ("report.docx", "annex.xlsx"):
        for no in ("9" * 25, "-1", "7"):
            assert client.get(f"/syntheses/{synthesis.id}/{file}?no={no}").status_code == 404, (file, no)


@on_one_database
def test_edited_counts_that_no_longer_hold_are_marked_and_a_draft_says_so(reported: Ward) -> None:
    ward = reported
    synthesis = voices.make_synthesis(ward)
    general = voices.paragraphs_of(ward, synthesis)["general", ""]
    voices.save(ward, synthesis, general, "Văn phòng viết: Đã nhận 1 báo cáo để tổng hợp. Có 9 việc khác.")
    client = client_for(ward).sign_in("office")
    page = client.get(f"/syntheses/{synthesis.id}").text
    assert "không còn khớp nguồn" not in page and "Dự thảo lấy lúc" not in text_of(paper_of(client, synthesis, "?no=0"))
    voices.accepted_report(ward, "C", {"II.2.đ": "Tập huấn 225 người trong 3 buổi"})
    voices.renew(ward, synthesis)
    voices.settle(ward, synthesis, voices.paragraphs_of(ward, synthesis)["general", ""], take=False)
    page = client.get(f"/syntheses/{synthesis.id}").text
    assert "“nhận 1 báo cáo”: theo nguồn hiện nay là 2." in page and "9 việc" not in page.split("khớp nguồn")[1][:200]
    assert "“nhận 1 báo cáo”: theo nguồn hiện nay là 2." in client.get(f"/syntheses/{synthesis.id}/fix").text
    draft = paper_of(client, synthesis, "?no=0")
    assert "chưa phải bản cuối: 1 đoạn đã sửa có số không còn khớp nguồn" in text_of(draft).split("TÌNH HÌNH")[0]
    assert check_form(draft) == []


@on_one_database
def test_quotes_and_figures_stand_in_annexes(reported: Ward) -> None:
    ward = reported
    voices.accepted_report(ward, "C", {"II.2.đ": "Tập huấn 1.225 người; đạt 84% hộ. Tiết kiệm 1,5 tỷ đồng"})
    text = "Hướng dẫn 151 người lúc 8 giờ, đạt 70 %, chi 20 triệu đồng"
    voices.accepted_report(ward, "VH", {"II.2.đ": text}, accepting="chair")
    client = client_for(ward).sign_in("office")
    synthesis = voices.make_synthesis(ward)
    text = text_of(paper_of(client, synthesis, "?no=0"))
    body, _, annexes = text.partition("Nơi nhận")
    assert "Tập huấn 1.225 người" not in body and "Tập huấn 1.225 người" in annexes
    assert "đều nêu nội dung này (xem Phụ lục “Trích nội dung các đơn vị nêu”)" in body
    book = load_workbook(io.BytesIO(client.get(f"/syntheses/{synthesis.id}/annex.xlsx?no=0").data))
    told = {row[1]: row[2] for row in book["Cộng số liệu"].iter_rows(min_row=4, values_only=True)}
    assert told == {"người": "1.376 người", "%": "từ 70% đến 84%", "đồng": "1.520 triệu đồng"}
    assert "1.376 người" in client.get(f"/syntheses/{synthesis.id}").text


def text_of(data: bytes) -> str:
    """All words of a paper in their order, tables too."""
    return "\n".join(node.text or "" for node in Docx(io.BytesIO(data)).element.body.iter() if node.tag.endswith("}t"))
