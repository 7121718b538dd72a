"""What a plan obliges to is found point by point, with who owes it and where it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.ward import small_reading
from webapp.movement.reading import read_plan
from webapp.movement.reading.obligations import Obligation, read_obligations
from webapp.obligations.rules import suggest

REAL = Path(__file__).parents[4] / "shared" / "plan" / "ke-hoach-long-my.md"
DEMONSTRATION = Path(__file__).parents[3] / "webapp" / "demo" / "plan.txt"
OTHER = Path(__file__).parent / "other_ward.txt"

# Point, whose duty, one of the places it is done, words of it: what a reader of the plan finds in it.
ALL, UNITS, OFFICE, UBND, FRONT, FIRMS = "all", "units", "office", "committee", "kind:front", "kind:enterprise"
DUTIES = (
    ("I.2.a", ALL, "papers", "gắn với nhiệm vụ chính trị"),
    ("I.2.b", ALL, "papers", "chủ động xây dựng các chương trình, kế hoạch"),
    ("I.2.c", ALL, "awards", "kịp thời phát hiện, biểu dương"),
    ("II.2", ALL, "checklists", "chủ đề, nội dung phù hợp"),
    ("II.2.a", ALL, "evidence", "nâng cao nhận thức"),
    ("II.2.b", ALL, "evidence", "phát triển hạ tầng"),
    ("II.2.c", ALL, "checklists", "trí tuệ nhân tạo"),
    ("II.2.d", ALL, "evidence", "kinh tế số"),
    ("II.2.đ", ALL, "evidence", "Bình dân học vụ số"),
    ("II.2.e", ALL, "initiatives", "đề xuất các sáng kiến, giải pháp"),
    ("II.3.a", ALL, "papers", "trách nhiệm của người đứng đầu"),
    ("II.3.b", ALL, "evidence", "truyền thông"),
    ("II.3.c", ALL, "awards", "khen thưởng kịp thời"),
    ("II.3.d", "council", None, "các đoàn kiểm tra, giám sát"),
    ("II.4.a", UNITS, "papers", "ban hành Kế hoạch triển khai"),
    ("II.4.a", UNITS, "papers", "tiến hành sơ kết"),
    ("II.4.b", UNITS, None, "tiếp tục triển khai giai đoạn 2"),
    ("II.4.b", UNITS, "papers", "tổng kết vào năm 2030"),
    *(("III.1." + letter, UBND, "checklists", "") for letter in "abcdđegh"),
    ("III.1.g", UBND, "initiatives", "Có nhiều sáng kiến"),
    ("III.2.a", FRONT, "checklists", "hoạt động cụ thể"),
    ("III.2.b", FRONT, "initiatives", "phong trào học tập số"),
    *(("III.3." + letter, FIRMS, "checklists", "") for letter in "abc"),
    ("III.4.a", "people", "initiatives", "Cán bộ, công chức"),
    ("III.4.b", "people", None, "Đối tượng khác"),
    ("IV.1", UNITS, "awards", "khen thưởng theo thẩm quyền"),
    ("IV.1", UNITS, "awards", "đề nghị Chủ tịch Ủy ban nhân dân phường khen thưởng vào dịp sơ kết"),
    ("IV.2", UNITS, "awards", "khen thưởng vào dịp tổng kết"),
    ("IV.2", UNITS, "award_rules", "theo quy định của pháp luật"),
    ("V.1.a", OFFICE, "evidence", "nhân rộng những cách làm mới"),
    ("V.1.b", OFFICE, None, "nội dung chuyên môn"),
    ("V.1.c", OFFICE, None, "bộ chỉ số"),
    ("V.1.d", OFFICE, "initiatives", "đề xuất mô hình, sáng kiến"),
    ("V.1.e", OFFICE, "awards", "Tham mưu Chủ tịch"),
    ("V.1.f", OFFICE, "duties", "đôn đốc, đánh giá"),
    ("V.1.f", OFFICE, "award_rules", "hướng dẫn khen thưởng"),
    ("V.1.f", OFFICE, "papers", "báo cáo sơ kết, tổng kết"),
    ("V.2.a", FRONT, "evidence", "tuyên truyền, vận động đoàn viên"),
    ("V.2.b", FRONT, "papers", "Lồng ghép nội dung phong trào"),
    ("V.2.b", FRONT, "initiatives", "đề xuất sáng kiến, giải pháp"),
    ("V.3", FIRMS, "papers", "xây dựng kế hoạch"),
    ("V.4", "council", "council", "phân công rõ trách nhiệm các thành viên"),
    ("V.4", "clusters", "scores", "tiêu chí chấm điểm hàng năm"),
    ("V.5", UNITS, "papers", "báo cáo tình hình tổ chức"),
    ("V.5", OFFICE, "synthesis", "tổng hợp, báo cáo Ủy ban nhân dân phường"),
    ("V.5", UNITS, "difficulties", "phát sinh khó khăn, vướng mắc"),
    ("V.5", OFFICE, None, "kịp thời báo cáo Ủy ban nhân dân phường xem xét, quyết định"),
    ("closing", UNITS, None, "tổ chức triển khai thực hiện"),
)


def obligations(path: Path) -> tuple[Obligation, ...]:
    text = path.read_text(encoding="utf-8")
    if path == DEMONSTRATION:
        text = text.format(y=2026, y1=2027, y2=2028, y4=2030)
    return read_obligations(read_plan(text))


@pytest.mark.skipif(not REAL.exists(), reason=f"the real plan is not beside the repository ({REAL})")
def test_every_duty_of_the_real_plan_is_found_with_owner_and_place() -> None:
    found = obligations(REAL)
    for code, owner, place, words in DUTIES:
        fitting = [one for one in found if one.code == code and words in one.what]
        assert fitting, (code, words)
        assert any(owner in suggest(one).owners for one in fitting), (code, words)
        assert place is None or any(place in suggest(one).places for one in fitting), (code, words)
    assert all(suggest(one).places and suggest(one).owners and suggest(one).when for one in found)
    # Whom the movement is for and what it is for obliges nobody.
    assert not {one.code for one in found} & {"I.1.a", "II.1.a", "II.1.b", "II.4"}
    assert {one.when for one in found if one.code == "V.5"} >= {"Định kỳ trước ngày 05 tháng 12 hàng năm"}


@pytest.mark.parametrize(("path", "least"), [(OTHER, 24), (DEMONSTRATION, 36)], ids=["another", "demonstration"])
def test_other_plans_need_little_help(path: Path, least: int) -> None:
    found = obligations(path)
    placed = [one for one in found if suggest(one).owners and suggest(one).places]
    assert len(found) >= least and len(placed) >= 0.8 * len(found)


def test_several_duties_of_one_point_stand_apart_with_whoever_owes_each() -> None:
    found = [(one.part, one.who, one.what) for one in obligations(OTHER) if one.code == "VII.6"]
    assert found == [
        (
            1,
            "Các trường học, trạm y tế",
            "Các trường học, trạm y tế xây dựng kế hoạch của đơn vị và báo cáo kết quả trước ngày 15 tháng 11 hằng năm về "
            "Văn phòng HĐND và UBND xã",
        ),
        (2, "Văn phòng HĐND và UBND xã", "tổng hợp."),
    ]


def test_a_theme_or_criterion_as_short_as_a_title_is_owed_too() -> None:
    found = {one.code for one in read_obligations(small_reading())}
    assert found == {"II.2.a", "II.2.đ", "III.1.d", "III.1.đ", "III.1.e", "III.2.a", "V.5"}
