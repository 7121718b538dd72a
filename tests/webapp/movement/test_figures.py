"""Figures of units: what is added up, what is told as a span, and which words belong to a number."""

from __future__ import annotations

import pytest

from webapp.movement.figures import figures_in, totals
from webapp.synthesis.outdated import find_outdated


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Số hóa {} hồ sơ", "110 hồ sơ"),
        ("hồ sơ đúng hạn đạt {}%", "từ 30% đến 80%"),
        ("Thời gian tra cứu giảm còn {} phút", "từ 30 phút đến 80 phút"),
        ("bình quân khoảng {} hồ sơ mỗi ngày", "từ 30 hồ sơ đến 80 hồ sơ"),
        ("còn lại, đã tập huấn {} người", "110 người"),
    ],
)
def test_what_something_is_by_now_is_not_added_up(words: str, said: str) -> None:
    lines = [
        line for unit, n in (("A", 30), ("B", 80)) for line in figures_in(words.format(n), code="II.2.a", unit=unit)
    ]
    assert [one.said for one in totals(lines)] == [said]


def test_an_outdated_number_is_told_with_the_words_of_its_own_clause() -> None:
    text = "Không có đơn vị gửi muộn, 16 đơn vị chưa gửi báo cáo. Đã nhận 3 báo cáo để tổng hợp."
    counted = "Không có đơn vị gửi muộn, 15 đơn vị chưa gửi báo cáo. Đã nhận 4 báo cáo để tổng hợp."
    assert [one.words for one in find_outdated(text, counted)] == ["16 đơn vị", "nhận 3 báo cáo"]
