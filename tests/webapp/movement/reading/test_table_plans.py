"""Plans of other makers: criteria in tables, annexes and sentences with points; what must not be taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.webapp.movement.reading import barred_plans, table_plans
from tests.webapp.movement.reading.reading import codes, doubted, read_file
from tests.webapp.movement.reading.table_documents import write_printed, write_with_table
from webapp.movement.reading import LegalBasis, PhaseReading, PlanReading, looks_like_a_plan, read_plan

PHASES = (
    PhaseReading(name="Giai đoạn 1", first_year=2026, last_year=2027),
    PhaseReading(name="Giai đoạn 2", first_year=2027, last_year=2028),
)
# A to B of one plan, in whatever way it is written.
LETTERED = [
    ("III.A", [("III.A.1", "10"), ("III.A.2", "12.5"), ("III.A.3", "7.5")]),
    ("III.B", [("III.B.1", "40"), ("III.B.2", "30")]),
]


def scored(reading: PlanReading) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Groups with the codes and points of their criteria."""
    codes(reading)
    return [(group.code, [(one.code, one.points) for one in group.criteria]) for group in reading.criteria_groups]


def test_a_drawn_table_with_lettered_rows() -> None:
    reading = read_plan(table_plans.DRAWN)
    assert (reading.number, reading.issuer, reading.signer) == (
        "12/KH-UBND",
        "Ủy ban nhân dân xã Bến Lau",
        "Lê Văn Lau",
    )
    assert scored(reading) == LETTERED
    assert [(group.title, group.points) for group in reading.criteria_groups] == [
        ("CÔNG TÁC CHỈ ĐẠO", "30"),
        ("KẾT QUẢ THỰC HIỆN", "70"),
    ]
    assert reading.criteria_groups[1].criteria[0].text == "Hồ sơ đúng hẹn và trước hẹn"
    assert [theme.code for theme in reading.themes] == ["I.1", "I.2"]
    assert reading.phases == PHASES, "two phases told in one sentence"
    texts = {point.code: point.text for point in reading.points}
    assert texts["III.A.2.[1]"] == "Theo biên bản kiểm tra", "what a further column says is kept below its row"
    assert texts["III"] == "TIÊU CHÍ THI ĐUA\nTổng điểm: 100"
    assert doubted(reading) == ["phases"], "years alone are kept of months"
    assert [row.point for row in reading.deadlines] == ["V.1"] and looks_like_a_plan(reading) is None


def test_columns_of_spaces_below_headings_with_letters() -> None:
    reading = read_plan(table_plans.SPACED)
    assert scored(reading) == LETTERED
    assert reading.criteria_groups[0].criteria[0].text == "Ban hành kế hoạch, phân công người phụ trách"
    assert [group.points for group in reading.criteria_groups] == ["30", "70"]
    assert reading.phases == PHASES and doubted(reading) == ["phases"]


def test_points_in_sentences_of_nested_items() -> None:
    reading = read_plan(table_plans.NESTED)
    assert scored(reading) == [
        ("III.1", [("III.1.1.a", "15"), ("III.1.1.b", "5"), ("III.1.2.[1]", "25"), ("III.1.2.[2]", None)]),
        ("III.2", [("III.2.[1]", "40")]),
    ]
    assert reading.criteria_groups[0].criteria[0].text == "Có bản tin hằng tuần: 15 điểm;", "the text stays as it is"
    doubts = [(doubt.where, doubt.what) for doubt in reading.doubts]
    assert ("III.1.2.[2]", "Điểm ghi theo khoảng “từ 5 - 15 điểm”, không đọc thành một số điểm.") in doubts
    assert ("III.1", "Điểm ghi cho mục này là 60, các tiêu chí bên dưới cộng lại 45.") in doubts
    assert ("criteria", "Tổng điểm ghi trong kế hoạch là 100, các tiêu chí đọc được cộng lại 85.") in doubts


def test_criteria_that_stand_in_an_annex() -> None:
    reading = read_plan(table_plans.ANNEX)
    assert scored(reading) == [
        ("PLI.I", [("PLI.I.1", "50"), ("PLI.I.2", "50")]),
        ("PLI.II", [("PLI.II.1", "60"), ("PLI.II.2", "40")]),
    ]
    assert reading.recipients == ("Công an xã;", "Lưu: VT.") and reading.signer == "Lê Văn Lau"
    assert [row.point for row in reading.deadlines] == ["V.1"]
    # Each group comes to the hundred stated; the form in the second annex is not read.
    assert doubted(reading) == ["points", "criteria", "phases"]
    assert not any(point.code.startswith("PLII") for point in reading.points)


def test_an_annex_that_is_not_there_gives_no_criteria() -> None:
    reading = read_plan(table_plans.ANNEX.partition("PHỤ LỤC I\n")[0])
    assert reading.criteria_groups == ()
    assert any("không đọc được phụ lục" in doubt.what for doubt in reading.doubts if doubt.where == "criteria")


def test_targets_are_no_themes_and_awards_no_criteria() -> None:
    reading = read_plan(table_plans.TARGETS)
    assert [theme.code for theme in reading.themes] == ["I.1", "I.4"]
    assert scored(reading) == [("III.1", [("III.1.a", None), ("III.1.b", None)])]
    assert reading.phases == (PhaseReading(name="Năm 2026", first_year=2026, last_year=2026),)
    doubts = {doubt.where: doubt.what for doubt in reading.doubts}
    assert "I.2, I.3" in doubts["themes"] and "khen thưởng" in doubts["III.2"] and "mục II " in doubts["phases"]


def test_a_citys_plan_with_a_table_of_points_in_its_annex() -> None:
    reading = read_plan(barred_plans.CITY)
    assert (reading.number, reading.date, reading.place) == ("31/KH-UBND", "2026-03-04", "Sông Hồ")
    assert (reading.issuer, reading.signer) == ("Ủy ban nhân dân thành phố Sông Hồ", "Trần Thị Hồ")
    assert [(one.kind, one.number) for one in reading.legal_bases] == [
        ("Chỉ thị", "09/CT-TTg"),
        ("Hướng dẫn", "77/HD-BYT"),
        ("Công văn", "15/UBND-YT"),
    ]
    assert reading.phases == (
        PhaseReading(name="Đợt 01", first_year=2026, last_year=2026),
        PhaseReading(name="Đợt 02", first_year=2026, last_year=2026),
    )
    assert [theme.code for theme in reading.themes] == ["II.1.[1]"]
    assert reading.themes[0].text.startswith("Giúp người dân hiểu lợi ích của sổ sức khỏe điện tử và tự nguyện cài đặt")
    assert scored(reading) == [
        ("PL.I", [("PL.I.1", "60"), ("PL.I.2", "40"), ("PL.I.3.1", "5"), ("PL.I.3.2", "5")]),
        ("PL.II", [("PL.II.[1]", None)]),
    ]
    assert (reading.criteria_groups[0].title, reading.criteria_groups[0].points) == ("NHÓM XÃ, PHƯỜNG", "110")
    assert reading.criteria_groups[0].criteria[0].text == "Tỷ lệ % người dân được giải thích"
    texts = {point.code: point.text for point in reading.points}
    assert texts["PL.I.1.[1]"] == (
        "Kiểm tra ngẫu nhiên 50 người, mỗi người 1,2 điểm;\n- Không có danh sách thì không chấm."
    )
    where = ["themes", "themes", "PL.II.[1]", "PL.II", "criteria", "phases", "deadlines", "milestones"]
    assert doubted(reading) == where


def test_a_provinces_plan_without_criteria() -> None:
    reading = read_plan(barred_plans.PROVINCE)
    assert (reading.number, reading.date, reading.issuer) == (
        "021/KH-UBND",
        "2026-02-09",
        "Ủy ban nhân dân tỉnh Rừng Xanh",
    )
    assert [one.number for one in reading.legal_bases] == ["06-CT/TW", "28/CT-TTg"]
    assert [theme.code for theme in reading.themes] == ["I.2.a", "I.2.b"]
    assert reading.criteria_groups == ()
    # The years of the office in the title are not those of the movement.
    assert reading.phases == (PhaseReading(name="Giai đoạn 2026-2027", first_year=2026, last_year=2027),)
    assert doubted(reading) == ["criteria", "II", "phases", "deadlines", "milestones"]


MERGED = [
    ["TT", "Nội dung tiêu chí", "Điểm\ntối đa", "Ghi chú"],
    ["A. CÔNG TÁC CHỈ ĐẠO>", ">", ">", ""],
    ["1", "Ban hành kế hoạch", "10", ""],
    ["2", "Kiểm tra:\n- hằng quý;\n- đột xuất", "12,5", "Theo biên bản"],
    ["3", "Sơ kết", "7,5", ""],
    ["B. KẾT QUẢ>", ">", ">", ""],
    ["1", "Đúng hẹn", "40", ""],
    ["2", "Trực tuyến", "30", ""],
    ["Tổng điểm>", "", "100", ""],
]
DEEP = [
    ["STT", "Tiêu chí", "Điểm chuẩn"],
    ["I", "Công tác chỉ đạo", "30"],
    ["1", "Kế hoạch", "10"],
    ["1.1", "Ban hành", "6"],
    ["1.2", "Đúng hạn", "4"],
    ["2", "Kiểm tra", "20"],
    ["a", "Hằng quý", "15"],
    ["b", "Đột xuất", "5"],
    ["II", "Kết quả", "60"],
    ["1", "Đúng hẹn", "60"],
    ["III", "Điểm trừ", ""],
    ["1", "Báo cáo chậm", "-5"],
    ["2", "Có vi phạm", "từ 5 đến 10"],
    ["", "Tổng cộng", "100"],
]


def test_a_word_table_with_merged_cells_and_cells_of_several_lines(tmp_path: Path) -> None:
    reading = read_file(write_with_table(tmp_path / "merged.docx", MERGED))
    assert reading.issuer == "Ủy ban nhân dân xã Bến Lau", "the motto beside it is broken over lines"
    assert scored(reading) == LETTERED
    assert reading.criteria_groups[0].criteria[1].text == "Kiểm tra:\n- hằng quý;\n- đột xuất"
    assert doubted(reading) == ["phases"]


def test_a_word_table_with_rows_in_rows(tmp_path: Path) -> None:
    reading = read_file(write_with_table(tmp_path / "deep.docx", DEEP))
    assert scored(reading) == [
        ("III.I", [("III.I.1.1", "6"), ("III.I.1.2", "4"), ("III.I.2.a", "15"), ("III.I.2.b", "5")]),
        ("III.II", [("III.II.1", "60")]),
        ("III.III", [("III.III.1", None), ("III.III.2", None)]),
    ]
    # Points to be taken off and spans are not read as most points; the sum does not come to what is stated.
    assert doubted(reading) == ["III.III.1", "III.III.2", "criteria", "phases"]


def test_a_word_table_without_a_column_of_numbers(tmp_path: Path) -> None:
    rows = [
        ["Nội dung tiêu chí", "Điểm tối đa"],
        ["1. Ban hành kế hoạch", "10"],
        ["2. Kiểm tra hằng quý", "20"],
        ["- Đủ biên bản", "15"],
        ["- Có kết luận", "5"],
        ["3. Kết quả", "70"],
    ]
    reading = read_file(write_with_table(tmp_path / "two.docx", rows, after="Tổng điểm: 100"))
    assert scored(reading) == [("III", [("III.1", "10"), ("III.2.[1]", "15"), ("III.2.[2]", "5"), ("III.3", "70")])]
    assert doubted(reading) == ["III", "III", "phases"]


def test_a_printed_table(tmp_path: Path) -> None:
    rows = [row[:3] for row in MERGED[2:5]]
    printed = [["TT", "Nội dung tiêu chí", "Điểm tối đa"], ["A", "Chỉ đạo", "30"], rows[0], ["2", "Kiểm tra", "20"]]
    text = f"{table_plans.HEAD}{table_plans.THEMES}III. TIÊU CHÍ THI ĐUA"
    reading = read_file(write_printed(tmp_path / "printed.pdf", text, printed, table_plans.END))
    assert scored(reading) == [("III.A", [("III.A.1", "10"), ("III.A.2", "20")])]
    assert reading.signer == "Lê Văn Lau" and reading.phases == PHASES


def test_a_table_whose_rows_are_lost_is_a_doubt() -> None:
    text = f"{table_plans.HEAD}III. TIÊU CHÍ THI ĐUA\nTT\nNội dung tiêu chí\nĐiểm\n1\n2\nBan hành\nKiểm tra\n10\n20\n"
    reading = read_plan(text + table_plans.END)
    assert reading.criteria_groups == ()
    assert any("không tách được thành từng hàng" in doubt.what for doubt in reading.doubts)
    assert "Ban hành" in reading.points[0].text, "the words stay in the text"
    assert reading.signer == "Lê Văn Lau" and "V.1" in codes(reading)


TABLE = "TT|Nội dung tiêu chí|Điểm\n---|:---|---\nI|Chỉ đạo|30\n1|Kế hoạch|30\nII|Kết quả|70\n1|Đúng hẹn|70\n"
ROWS = [line.split("|") for line in TABLE.splitlines() if "---" not in line]


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        "".join(f"|{line}|\n" for line in TABLE.splitlines()),
        "\n".join("\t".join(row) for row in ROWS),
        "\n".join("\t" + "\t".join(row) for row in ROWS),
        "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in ROWS),
        "\n".join(f"{row[0]:6}{row[1]:30}{row[2]}" for row in ROWS),
        "|\n" + "\n|\n|\n".join("\n|\n".join(row) for row in ROWS) + "\n|\n",
        f"| **{'** | **'.join(ROWS[0])}** |\n" + "".join(f"| {' | '.join(row)} |\n" for row in ROWS[1:]),
    ],
    ids=["no outer bars", "bars", "tabs", "first cell empty", "cell by cell", "spaces", "bars on lines", "no rule"],
)
def test_one_table_in_every_form(table: str) -> None:
    reading = read_plan(f"{table_plans.HEAD}III. TIÊU CHÍ THI ĐUA\n{table}\n{table_plans.END}")
    assert scored(reading) == [("III.I", [("III.I.1", "30")]), ("III.II", [("III.II.1", "70")])]
    assert [group.points for group in reading.criteria_groups] == ["30", "70"] and reading.signer == "Lê Văn Lau"


def test_principles_and_ranks_beside_a_table_are_no_criteria() -> None:
    rows = "| TT | Nội dung | Điểm | |\n|---|---|---|---|\n| | | Tối đa | Tự chấm |\n| I | Chỉ đạo | 40 | |\n| 1 | Kế hoạch | 40 | |\n"
    more = "| II | Kết quả | 55 | |\n| 1 | Đúng hẹn | 55 | |\n"
    reading = read_plan(
        f"{table_plans.HEAD}III. TIÊU CHÍ, CHẤM ĐIỂM THI ĐUA\n1. Nguyên tắc\na) Công khai.\n2. Bảng điểm (100 điểm)\n{rows}{more}"
        f"3. Xếp loại\na) Xuất sắc: từ 90 đến 100 điểm.\n{table_plans.END}"
    )
    assert scored(reading) == [("III.2.I", [("III.2.I.1", "40")]), ("III.2.II", [("III.2.II.1", "55")])]
    assert {"III.1", "III.3"} <= set(doubted(reading))
    assert any("100, các tiêu chí bên dưới cộng lại 95" in doubt.what for doubt in reading.doubts)


def test_a_group_without_points_among_others_stays() -> None:
    rows = "| TT | Tiêu chí | Điểm |\n|---|---|---|\n| a | Đúng hạn | 100 |\n"
    text = f"III. TIÊU CHÍ\n1. Đối với tập thể\n{rows}2. Đối với cá nhân\na) Tận tụy.\n"
    reading = read_plan(table_plans.HEAD + text + table_plans.END)
    assert scored(reading) == [("III.1", [("III.1.a", "100")]), ("III.2", [("III.2.a", None)])]
    assert "III.2" in doubted(reading)


@pytest.mark.parametrize(
    ("cell", "points"),
    [("10", "10"), ("05", "5"), ("5,5", "5.5"), ("5.50", "5.5"), ("10 điểm", "10"), ("10đ", "10"), ("Tối đa 10", "10")],
)
def test_points_are_exact_decimals(cell: str, points: str) -> None:
    reading = read_plan(
        f"{table_plans.HEAD}III. TIÊU CHÍ\n| TT | Tiêu chí | Điểm |\n|---|---|---|\n| 1 | Việc | {cell} |\n"
    )
    assert scored(reading) == [("III", [("III.1", points)])]


@pytest.mark.parametrize("cell", ["5-10", "từ 5 đến 10 điểm", "-5", "+5", "cộng 5", "Đạt", "10%", "1.000"])
def test_what_is_no_one_number_is_a_doubt(cell: str) -> None:
    rows = f"| TT | Tiêu chí | Điểm |\n|---|---|---|\n| 1 | Việc | {cell} |\n| 2 | Khác | 10 |\n"
    reading = read_plan(f"{table_plans.HEAD}III. TIÊU CHÍ\n{rows}")
    assert scored(reading) == [("III", [("III.1", None), ("III.2", "10")])]
    assert any(doubt.where == "III.1" and cell in doubt.what for doubt in reading.doubts)


def test_a_basis_in_a_list_keeps_its_title() -> None:
    reading = read_plan(barred_plans.CITY)
    assert reading.legal_bases[1] == LegalBasis(
        number="77/HD-BYT", date="2026-01-20", issuer="Bộ Y tế", kind="Hướng dẫn", title="về cài đặt sổ sức khỏe"
    )


def test_each_annex_with_criteria_is_read_and_that_on_awards_is_not() -> None:
    rows = "| Số TT | Lĩnh vực, nội dung | Thang điểm |\n|---|---|---|\n| 1 | Việc chung | 100 |\n"
    annexes = (
        f"Phụ lục 1\nTiêu chí thi đua, khen thưởng đối với các ấp\n{rows}\n"
        f"Phụ lục 2\nTiêu chí đối với các trường\n{rows}\nPhụ lục 3\nTiêu chuẩn xét khen thưởng\n1. Bằng khen: 5 năm liền.\n"
    )
    reading = read_plan(table_plans.HEAD + table_plans.THEMES + table_plans.END + annexes)
    assert scored(reading) == [("PL1", [("PL1.1", "100")]), ("PL2", [("PL2.1", "100")])]
    assert "points" in doubted(reading), "the third is not read"
