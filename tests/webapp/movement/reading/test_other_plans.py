"""Plans of other makers, as Word files: other numbering, other titles, other ways of listing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.webapp.movement.reading import plan_texts
from tests.webapp.movement.reading.plan_documents import write_docx
from tests.webapp.movement.reading.reading import codes, criteria, doubted, read_file
from webapp.movement.reading import (
    DeadlineReading,
    Duty,
    LegalBasis,
    Milestone,
    PhaseReading,
    PlanReading,
    looks_like_a_plan,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans")


@pytest.fixture(scope="module")
def ward(folder: Path) -> PlanReading:
    return read_file(write_docx(plan_texts.WARD, folder / "ward.docx"))


def test_a_wards_draft(ward: PlanReading) -> None:
    assert (ward.number, ward.date, ward.place) == (None, None, "Bình Minh")
    assert (ward.issuer, ward.kind, ward.signer) == (
        "Ủy ban nhân dân phường Bình Minh",
        "Kế hoạch",
        "Trần Thị Ngọc Ánh",
    )
    assert ward.abstract == plan_texts.WARD.abstract
    assert ward.legal_bases == (
        LegalBasis(number="", date="2022-06-15", kind="Luật", title="Thi đua, khen thưởng"),
        LegalBasis(
            number="152/2025/NĐ-CP",
            date="2025-06-14",
            issuer="Chính phủ",
            kind="Nghị định",
            title="quy định về phân cấp, phân quyền trong lĩnh vực thi đua, khen thưởng",
        ),
        LegalBasis(
            number="77/QĐ-UBND",
            date="2026-03-03",
            issuer="Ủy ban nhân dân thành phố Hoa Sen",
            kind="Quyết định",
            title="sửa đổi, bổ sung một số điều của Quy chế thi đua",
            relation="amends",
            abbreviation="Quyết định số 77/QĐ-UBND",
        ),
    )
    assert ward.phases == (
        PhaseReading(name="Giai đoạn 1", first_year=2026, last_year=2027),
        PhaseReading(name="Giai đoạn 2", first_year=2028, last_year=2029),
    )
    assert [theme.code for theme in ward.themes] == ["II.1.a", "II.1.b", "II.1.c"]
    assert ward.themes[2].text == "Thi đua giữ an toàn dữ liệu cá nhân."
    assert [(group.code, group.title) for group in ward.criteria_groups] == [
        ("III.1", "Đối với tập thể"),
        ("III.2", "Đối với cá nhân"),
    ]
    assert criteria(ward) == {
        "III.1": ["III.1.a", "III.1.b", "III.1.c", "III.1.d", "III.1.đ"],
        "III.2": ["III.2.a", "III.2.b"],
    }
    assert ward.duties == (
        Duty(code="V.1.a", who="Phòng Văn hóa - Xã hội", text="Tham mưu tổ chức lễ phát động;"),
        Duty(code="V.1.b", who="Phòng Văn hóa - Xã hội", text="Tổng hợp báo cáo của các đơn vị."),
        Duty(code="V.2", who="Công an phường", text="Công an phường hướng dẫn người dân nhận biết lừa đảo trên mạng."),
        Duty(code="V.3", who="các đơn vị", text=ward.points[-1].text),
    )
    assert [(row.point, row.month, row.day, row.exclusive) for row in ward.deadlines] == [("V.3", 11, 20, True)]
    assert ward.milestones == (
        Milestone(point="IV.1", what="Khen thưởng sơ kết năm 2027", year=2027),
        Milestone(point="IV.2", what="Khen thưởng tổng kết năm 2029", year=2029),
    )
    assert ward.recipients == plan_texts.WARD.recipients
    assert ward.closing == plan_texts.WARD.body[-1]
    assert ward.preamble == "\n".join(plan_texts.WARD.bases)
    assert codes(ward)[3:8] == ["I.1.b", "I.2", "II", "II.1", "II.1.a"] and len(ward.points) == 32
    assert doubted(ward) == ["date", "number", "legal_bases"]  # the law is cited without its number
    assert looks_like_a_plan(ward) is None


def test_the_same_plan_amended(folder: Path, ward: PlanReading) -> None:
    amended = read_file(write_docx(plan_texts.WARD_AMENDED, folder / "amended.docx"))
    assert (amended.number, amended.date, amended.signer) == ("18/KH-UBND", "2027-02-09", "Lê Văn Bảy")
    assert criteria(amended)["III.1"] == [*criteria(ward)["III.1"], "III.1.e"]
    assert [(row.month, row.day, row.exclusive) for row in amended.deadlines] == [(11, 30, False)]
    assert amended.themes == ward.themes and amended.phases == ward.phases
    assert amended.abstract == ward.abstract and amended.legal_bases == ward.legal_bases
    assert doubted(amended) == ["legal_bases"]


def test_letters_counted_by_word_are_the_ones_read(folder: Path, ward: PlanReading) -> None:
    counted = read_file(write_docx(plan_texts.WARD, folder / "counted.docx", word_letters=True))
    # Word knows no đ: its fifth letter is e, and that is what stands on paper.
    assert criteria(counted)["III.1"] == ["III.1.a", "III.1.b", "III.1.c", "III.1.d", "III.1.e"]
    assert counted.criteria_groups[0].criteria[4].text == ward.criteria_groups[0].criteria[4].text
    assert counted.themes == ward.themes and counted.duties == ward.duties and counted.doubts == ward.doubts


@pytest.mark.parametrize("columns", [1, 2])
def test_a_communes_plan_with_arabic_sections(folder: Path, columns: int) -> None:
    reading = read_file(write_docx(plan_texts.COMMUNE, folder / f"commune{columns}.docx", recipient_columns=columns))
    assert (reading.number, reading.date, reading.place) == ("45/KH-UBND", "2026-01-12", "Tân Phú")
    assert (reading.issuer, reading.kind, reading.signer) == ("UBND xã Tân Phú", "Kế hoạch", "Phạm Văn Út")
    assert reading.abstract == plan_texts.COMMUNE.abstract
    (basis,) = reading.legal_bases
    assert (basis.number, basis.date, basis.issuer) == ("301/KH-UBND", "2025-12-20", "Ủy ban nhân dân tỉnh")
    assert basis.title == "về tổ chức Phong trào thi đua “Làng quê số, cuộc sống mới”"
    assert [theme.code for theme in reading.themes] == ["2.1", "2.2", "2.3", "2.4"]
    assert criteria(reading) == {"3.1": ["3.1.a", "3.1.b"], "3.2": ["3.2.a", "3.2.b", "3.2.c"]}
    assert [group.title for group in reading.criteria_groups] == [
        "Đối với các ấp",
        "Đối với các trường học trên địa bàn xã",
    ]
    assert reading.phases == (
        PhaseReading(name="Giai đoạn 2026 - 2028", first_year=2026, last_year=2028),
        PhaseReading(name="Giai đoạn 2029 - 2030", first_year=2029, last_year=2030),
    )
    several = "Các ấp gửi báo cáo 6 tháng trước 30/6 và báo cáo năm trước ngày 15 tháng 12 hằng năm."
    assert reading.deadlines == (
        DeadlineReading(point="6.2", what=several, month=6, day=30, exclusive=True),
        DeadlineReading(point="6.2", what=several, month=12, day=15, exclusive=True),
        DeadlineReading(
            point="6.3",
            what="Các trường học gửi báo cáo năm chậm nhất ngày 30/11.",
            month=11,
            day=30,
            exclusive=False,
        ),
    )
    assert [(row.point, row.year) for row in reading.milestones] == [("5", 2028), ("5", 2030)]
    assert [(duty.code, duty.who) for duty in reading.duties] == [
        ("6.1", "Công chức Văn hóa - Xã hội"),
        ("6.2", "Các ấp"),
        ("6.3", "Các trường học"),
    ]
    assert reading.duties[0].text == "theo dõi, tổng hợp, tham mưu khen thưởng."
    assert reading.recipients == plan_texts.COMMUNE.recipients
    assert codes(reading)[:4] == ["1", "1.1", "1.2", "2"] and [point.level for point in reading.points[:4]] == [
        1,
        2,
        2,
        1,
    ]
    assert reading.doubts == () and looks_like_a_plan(reading) is None


def test_a_national_plan_issued_with_a_decision(folder: Path) -> None:
    reading = read_file(write_docx(plan_texts.NATIONAL, folder / "national.docx"))
    assert (reading.number, reading.date, reading.place) == ("4321/QĐ-TTg", "2025-09-02", "Hà Nội")
    assert (reading.issuer, reading.kind, reading.signer) == ("Thủ tướng Chính phủ", "Kế hoạch", "Hoàng Minh Đức")
    assert reading.abstract == "Triển khai Phong trào thi đua “Toàn dân học tập số”"
    assert [(basis.kind, basis.number) for basis in reading.legal_bases] == [("Luật", ""), ("Nghị quyết", "99-NQ/TW")]
    assert [theme.code for theme in reading.themes] == [f"II.{number}" for number in range(1, 8)]
    assert {group: len(found) for group, found in criteria(reading).items()} == {
        "III.1": 3,
        "III.2": 2,
        "III.3": 2,
        "III.4": 1,
        "III.5": 2,
    }
    assert criteria(reading)["III.5"] == ["III.5.1", "III.5.2"]
    assert reading.phases == (
        PhaseReading(name="Giai đoạn 1", first_year=2025, last_year=2027),
        PhaseReading(name="Giai đoạn 2", first_year=2028, last_year=2030),
    )
    assert [(row.point, row.year) for row in reading.milestones] == [("V.2", 2027), ("V.2", 2030)]
    assert [(duty.code, duty.who) for duty in reading.duties] == [
        ("VI.1", "Bộ Nội vụ"),
        ("VI.2", "Ủy ban Trung ương Mặt trận Tổ quốc Việt Nam"),
        ("VI.3", "Các bộ, ngành, địa phương"),
    ]
    assert [(row.month, row.day) for row in reading.deadlines] == [(12, 31)]
    assert len(reading.recipients) == 3
    assert doubted(reading) == ["kind", "legal_bases"] and looks_like_a_plan(reading) is None


def test_lists_of_dashes_have_positions_for_letters(folder: Path) -> None:
    reading = read_file(write_docx(plan_texts.DASHES, folder / "dashes.docx"))
    assert (reading.number, reading.date, reading.issuer) == (
        "07/KH-UBND",
        "2026-01-05",
        "Ủy ban nhân dân xã Đồng Xanh",
    )
    assert [theme.code for theme in reading.themes] == ["II.[1]", "II.[2]", "II.[3]"]
    assert criteria(reading) == {
        "III.1": ["III.1.[1]", "III.1.[2]"],
        "III.2": ["III.2.[1]", "III.2.[2]", "III.2.[3]"],
        "III.3": ["III.3.[1]"],
    }
    group = reading.criteria_groups[1]
    assert (
        group.criteria[0].text
        == "Hoàn thành tốt nhiệm vụ, gồm:\n+ Không có hồ sơ trễ hẹn;\n+ Cập nhật dữ liệu hằng ngày;"
    )
    assert reading.criteria_groups[2].title == "Đối với người dân"
    assert {"II", "III.1", "III.2", "III.3"} <= set(doubted(reading))
    assert [(duty.code, duty.who) for duty in reading.duties] == [
        ("V.[1]", "Văn phòng HĐND và UBND xã"),
        ("V.[2]", "Các ban, ngành, đoàn thể"),
    ]
    # One year's plan: its day for reports carries the year, which is said.
    (deadline,) = reading.deadlines
    assert (deadline.point, deadline.month, deadline.day) == ("V.[2]", 12, 10) and "V.[2]" in doubted(reading)
    assert reading.phases == (PhaseReading(name="Năm 2026", first_year=2026, last_year=2026),)
    assert reading.milestones == (Milestone(point="IV", what="Tổng kết và khen thưởng vào cuối năm 2026.", year=2026),)
    assert reading.recipients == ("Như mục V;", "Lưu: VT.")
    assert reading.closing == "Yêu cầu các bộ phận nghiêm túc thực hiện./."
    assert looks_like_a_plan(reading) is None


def test_an_official_letter_is_no_plan(folder: Path) -> None:
    reading = read_file(write_docx(plan_texts.LETTER, folder / "letter.docx"))
    assert (reading.number, reading.kind) == ("112/VHXH-TĐKT", "Công văn")
    assert reading.abstract == "báo cáo kết quả phong trào thi đua năm 2026"
    assert not reading.themes and not reading.criteria_groups
    assert looks_like_a_plan(reading) == "Văn bản này là công văn, không phải kế hoạch phong trào thi đua."
