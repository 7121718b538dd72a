"""Points at the end of a criterion's own line: highest points only, never a penalty or a range."""

from __future__ import annotations

import pytest

from webapp.movement.reading.marks import is_total_row, mark_at_end


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("Thực hiện rõ ràng (10 điểm);", "10"),
        ("Thực hiện rõ ràng: 10 điểm", "10"),
        ("Thực hiện rõ ràng - 10 điểm", "10"),
        ("Thực hiện rõ ràng – 5,5 điểm.", "5.5"),
        ("Đúng hạn (tối đa 10 điểm)", "10"),
    ],
)
def test_highest_points_are_read(text: str, points: str) -> None:
    assert mark_at_end(text) == (points, "")


@pytest.mark.parametrize(
    "text",
    [
        "Nộp báo cáo chậm hạn (-5 điểm)",
        "Vi phạm: -5 điểm",
        "Điểm trừ: 5 điểm",
        "Trừ 2 điểm",
        "chấm 5-10 điểm",
        "từ 5 – 10 điểm",
        "Có sáng kiến (+3 điểm)",
    ],
)
def test_penalties_and_ranges_are_a_doubt(text: str) -> None:
    points, doubt = mark_at_end(text)
    assert points is None and "không đọc" in doubt


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("Tổng cộng", True),
        ("Tổng số điểm", True),
        ("Tổng số:", True),
        ("Tổng điểm: 100", True),
        ("Tổng số văn bản được ký số đạt 100%", False),
        ("Tổng số hộ dùng thanh toán điện tử", False),
    ],
)
def test_a_criterion_that_begins_with_a_sum_is_one(text: str, *, sums: bool) -> None:
    assert is_total_row(text) is sums
