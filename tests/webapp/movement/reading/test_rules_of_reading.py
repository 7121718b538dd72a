"""The reader's rules one by one, on a few lines each."""

from __future__ import annotations

import pytest

from tests.webapp.movement.reading.reading import codes, criteria, doubted
from webapp.movement.reading import PlanReading, looks_like_a_plan, read_plan

HEAD = "UBND PHƯỜNG THỬ\nSố: 1/KH-UBND\nThử, ngày 02 tháng 01 năm 2026\nKẾ HOẠCH\nPhong trào thi đua thử\n\n"


def points(body: str) -> dict[str, str]:
    reading = read_plan(HEAD + body)
    codes(reading)
    return {point.code: point.text for point in reading.points}


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("công tác phổ", "biến, tuyên truyền.", "công tác phổ biến, tuyên truyền."),
        ("ngày 01 tháng", "4 năm 2026.", "ngày 01 tháng 4 năm 2026."),
        ("các tổ chức chính trị -", "xã hội.", "các tổ chức chính trị - xã hội."),
        ("Nghị quyết số 57-NQ/", "TW của Bộ Chính trị.", "Nghị quyết số 57-NQ/TW của Bộ Chính trị."),
        ("theo Nghị quyết số", "57-NQ/TW của Bộ Chính trị.", "theo Nghị quyết số 57-NQ/TW của Bộ Chính trị."),
        ("giai đoạn 2026 -", "2030 trên địa bàn.", "giai đoạn 2026 - 2030 trên địa bàn."),
        ("trước ngày 05 tháng", "12. Các đơn vị gửi.", "trước ngày 05 tháng 12. Các đơn vị gửi."),
        ("các ban, ngành,", "Mặt trận phường.", "các ban, ngành, Mặt trận phường."),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n7\n\f"])
def test_a_line_that_is_not_ended_goes_on(before: str, after: str, joined: str, gap: str) -> None:
    reading = read_plan(f"{HEAD}I. MỤC ĐÍCH\n1. Thực hiện {before}{gap}{after}\n2. Hết.")
    assert [point.text for point in reading.points] == ["MỤC ĐÍCH", f"Thực hiện {joined}", "Hết."]
    assert not any("nối lại" in doubt.what for doubt in reading.doubts)


def test_a_capital_behind_a_cut_sentence_is_joined_with_a_doubt() -> None:
    cut = "Các đơn vị xét chọn tập thể, cá nhân tiêu biểu; lập hồ sơ theo quy định, nộp đúng hạn và đề nghị Chủ tịch"
    reading = read_plan(f"{HEAD}I. KHEN THƯỞNG\n{cut}\n\nỦy ban nhân dân phường khen thưởng.\n")
    assert reading.points[0].text == f"KHEN THƯỞNG\n{cut} Ủy ban nhân dân phường khen thưởng."
    assert "I" in doubted(reading)


def test_a_title_is_not_joined_to_what_follows() -> None:
    assert points("I. MỤC ĐÍCH\n1. Khen thưởng sơ kết năm 2027\nCác đơn vị xét chọn.") == {
        "I": "MỤC ĐÍCH",
        "I.1": "Khen thưởng sơ kết năm 2027\nCác đơn vị xét chọn.",
    }


def test_a_title_in_capitals_over_two_lines_is_one() -> None:
    assert points("II. ĐỐI TƯỢNG, NỘI DUNG, GIẢI PHÁP VÀ\nTHỜI GIAN THỰC HIỆN\n1. Đối tượng")["II"] == (
        "ĐỐI TƯỢNG, NỘI DUNG, GIẢI PHÁP VÀ THỜI GIAN THỰC HIỆN"
    )


def test_letters_may_leave_gaps_but_not_repeat_or_go_back() -> None:
    fine = read_plan(HEAD + "I. A\na) một\nd) hai\nđ) ba\ng) bốn\n")
    assert codes(fine) == ["I", "I.a", "I.d", "I.đ", "I.g"]
    assert not any(where.startswith("I") for where in doubted(fine))
    bad = read_plan(HEAD + "I. A\na) một\nb) hai\nb) ba\na) bốn\n")
    assert codes(bad) == ["I", "I.a", "I.b", "I.b[2]", "I.a[2]"]
    assert {"I.b[2]", "I.a[2]"} <= set(doubted(bad))


def test_a_missing_number_is_doubtful() -> None:
    reading = read_plan(HEAD + "I. A\n1. một\n3. ba\nIII. B\n")
    assert {"I.3", "III"} <= set(doubted(reading))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("I. A\n1. x\n1.1. y\n1.2. z\n2. t", ["I", "I.1", "I.1.1", "I.1.2", "I.2"]),
        ("I. A\n1.1. y\n1.2. z\nII. B\n2.1. t", ["I", "I.1.1", "I.1.2", "II", "II.2.1"]),
        ("I. A\n1) x\na. y\nb. z\n2) t", ["I", "I.1", "I.1.a", "I.1.b", "I.2"]),
        ("I. A\na) x\n(1) y\n(2) z\nb. t", ["I", "I.a", "I.a.1", "I.a.2", "I.b"]),
        ("I- NỘI DUNG\n1- Việc\n2/ Khác", ["I", "I.1", "I.2"]),
        ("A. MỘT\nI. x\n1. y\nB. HAI\nI. z\nC. BA\nI. t", ["A", "A.I", "A.I.1", "B", "B.I", "C", "C.I"]),
        ("Phần I. MỘT\nI. x\n1. y\nPhần II. HAI\nI. z", ["Phần I", "Phần I.I", "Phần I.I.1", "Phần II", "Phần II.I"]),
        ("1. MỤC ĐÍCH\n1. Một\n2. Hai\n2. NỘI DUNG\na) Ba", ["1", "1.1", "1.2", "2", "2.a"]),
        ("1. MỤC ĐÍCH\n1.1. Một\n2. ĐỐI TƯỢNG\n2.1. Ba\na) bốn\n2.2. năm", ["1", "1.1", "2", "2.1", "2.1.a", "2.2"]),
        ("I. A\n57-NQ/TW là nghị quyết.\n30/11 là ngày.\n2.500 hồ sơ.", ["I"]),
    ],
)
def test_codes_follow_the_labels(body: str, expected: list[str]) -> None:
    assert codes(read_plan(HEAD + body)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Báo cáo trước ngày 05 tháng 12 hàng năm.", (12, 5, True)),
        ("Báo cáo trước ngày 5/12 hằng năm.", (12, 5, True)),
        ("Báo cáo chậm nhất ngày 30/11.", (11, 30, False)),
        ("Báo cáo chậm nhất là ngày 15 tháng 6 hằng năm.", (6, 15, False)),
        ("Báo cáo chậm nhất trước ngày 15 tháng 6 hằng năm.", (6, 15, True)),
        ("Báo cáo muộn nhất vào ngày 1 tháng 7 hằng năm.", (7, 1, False)),
        ("Báo cáo trước 30/6.", (6, 30, True)),
    ],
)
def test_days_by_which_something_is_due(sentence: str, expected: tuple[int, int, bool]) -> None:
    (deadline,) = read_plan(f"{HEAD}I. TỔ CHỨC THỰC HIỆN\n1. {sentence}").deadlines
    assert (deadline.month, deadline.day, deadline.exclusive) == expected
    assert deadline.point == "I.1" and deadline.what == sentence


@pytest.mark.parametrize(
    "sentence",
    ["Báo cáo trước ngày 31/02 hằng năm.", "Báo cáo trước ngày 12 tháng 13.", "Báo cáo trong tháng 11 hằng năm."],
)
def test_a_day_that_cannot_be_told_is_doubtful(sentence: str) -> None:
    reading = read_plan(f"{HEAD}I. TỔ CHỨC THỰC HIỆN\n1. {sentence}")
    assert reading.deadlines == () and {"I.1", "deadlines"} <= set(doubted(reading))


def test_one_word_may_go_for_several_days() -> None:
    reading = read_plan(f"{HEAD}I. TỔ CHỨC THỰC HIỆN\n1. Báo cáo trước ngày 10/6 và ngày 10/12 hằng năm.")
    assert [(row.month, row.day, row.exclusive) for row in reading.deadlines] == [(6, 10, True), (12, 10, True)]


def test_a_last_paragraph_with_a_day_stays_in_its_point() -> None:
    last = "Các đơn vị báo cáo trước ngày 05 tháng 12 hằng năm./."
    reading = read_plan(f"{HEAD}I. TỔ CHỨC THỰC HIỆN\n1. Việc chung.\n{last}")
    assert reading.closing == "" and reading.deadlines[0].point == "I.1"


def test_criteria_without_groups_are_one_group() -> None:
    reading = read_plan(f"{HEAD}I. TIÊU CHÍ THI ĐUA\n1. Hoàn thành nhiệm vụ.\n2. Có sáng kiến.")
    assert criteria(reading) == {"I": ["I.1", "I.2"]} and "I" in doubted(reading)


def test_commendation_standards_are_not_criteria() -> None:
    reading = read_plan(
        f"{HEAD}I. TIÊU CHUẨN KHEN THƯỞNG\n1. Tập thể\na) Xuất sắc.\nII. TIÊU CHÍ PHONG TRÀO\n1. Tập thể\na) Đúng hạn."
    )
    assert criteria(reading) == {"II.1": ["II.1.a"]}


def test_a_section_on_several_topics_gives_its_point() -> None:
    reading = read_plan(
        f"{HEAD}I. NỘI DUNG VÀ TIÊU CHÍ THI ĐUA\n1. Nội dung thi đua\na) Một;\nb) Hai.\n"
        "2. Tiêu chí thi đua\na) Đối với tập thể\n- Đúng hạn;\n- Công khai.\nb) Đối với cá nhân\n- Tận tụy."
    )
    assert [theme.code for theme in reading.themes] == ["I.1.a", "I.1.b"]
    assert criteria(reading) == {"I.2.a": ["I.2.a.[1]", "I.2.a.[2]"], "I.2.b": ["I.2.b.[1]"]}


@pytest.mark.parametrize(
    ("end", "recipients", "signer"),
    [
        ("Nơi nhận:\tCHỦ TỊCH\n- Như trên;\n- Lưu: VT.\tLê Văn An", ("Như trên;", "Lưu: VT."), "Lê Văn An"),
        ("Nơi nhận:\n- Sở A;\t- Sở B;\n- Lưu: VT.\nQ. CHỦ TỊCH\nLê An", ("Sở A;", "Sở B;", "Lưu: VT."), "Lê An"),
        ("TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n(Đã ký)\nLê Văn An\nNơi nhận:\n- Sở A;", ("Sở A;",), "Lê Văn An"),
        (
            "Nơi nhận: Như trên;\nLưu: VT.\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLÊ VĂN AN",
            ("Như trên;", "Lưu: VT."),
            "LÊ VĂN AN",
        ),
        ("Nơi nhận:\n- Các phòng, ban của\nphường;\nCHỦ TỊCH\n\nTS. Lê An", ("Các phòng, ban của phường;",), "Lê An"),
    ],
)
def test_the_end_in_one_column_or_two(end: str, recipients: tuple[str, ...], signer: str) -> None:
    reading = read_plan(f"{HEAD}I. MỤC ĐÍCH\n1. Một.\n{end}")
    assert (reading.recipients, reading.signer) == (recipients, signer)
    assert [point.text for point in reading.points] == ["MỤC ĐÍCH", "Một."]


@pytest.mark.parametrize(
    ("head", "number", "date", "place"),
    [
        ("Số: 45/KH-UBND\tX Y, ngày 03 tháng 4 năm 2026", "45/KH-UBND", "2026-04-03", "X Y"),
        ("Số: 45 /KH-UBND Tân Phú, ngày 3 tháng 4 năm 2026", "45/KH-UBND", "2026-04-03", "Tân Phú"),
        ("Số:\n/KH-UBND\nTân Phú, ngày\ntháng\nnăm 2026", None, None, "Tân Phú"),
        ("Số: ……/KH-UBND\nTân Phú, ngày … tháng … năm 2026", None, None, "Tân Phú"),
        ("Số: 5/KH-UBND\nTân Phú, ngày 31 tháng 4 năm 2026", "5/KH-UBND", None, "Tân Phú"),
        ("| Số: 45/KH-UBND | Tân Phú, ngày 03 tháng 4 năm 2026 |", "45/KH-UBND", "2026-04-03", "Tân Phú"),
    ],
)
def test_number_and_date(head: str, number: str | None, date: str | None, place: str) -> None:
    reading = read_plan(f"UBND XÃ TÂN PHÚ\n{head}\nKẾ HOẠCH\nPhong trào thi đua\n\nI. MỤC ĐÍCH\n1. Một.")
    assert (reading.number, reading.date, reading.place) == (number, date, place)
    assert reading.issuer == "UBND xã Tân Phú" and reading.abstract == "Phong trào thi đua"
    assert ("number" in doubted(reading), "date" in doubted(reading)) == (number is None, date is None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "không có nội dung"),
        ("BÁO CÁO\nKết quả\n1. Một\n2. Hai", "báo cáo"),
        (HEAD + "I. MỤC ĐÍCH\n1. Một.", "Không thấy nội dung thi đua"),
        ("KẾ HOẠCH\nDiễn tập\n\nI. TIÊU CHÍ ĐÁNH GIÁ\n1. Đối với đội\na) Nhanh.", "không nói đến thi đua"),
    ],
)
def test_what_is_no_plan_is_told_why(text: str, reason: str) -> None:
    verdict = looks_like_a_plan(read_plan(text))
    assert verdict is not None and reason in verdict


def test_nothing_read_is_all_doubts() -> None:
    reading = read_plan("")
    assert reading == PlanReading(doubts=reading.doubts)
    assert {"number", "date", "issuer", "kind", "abstract", "themes", "criteria", "recipients"} <= set(doubted(reading))
