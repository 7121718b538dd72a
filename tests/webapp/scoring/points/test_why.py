"""Why a title came out so, in words that fit what the ranking did."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.scoring.points.ranking import Standing, Title, give_titles, rank
from webapp.scoring.points.why import Given, explain_ranks, explain_titles, room_in_words

BEST = Title("Xuất sắc", Decimal(90), Decimal(20))
TITLES = (BEST, Title("Tốt", Decimal(70)), Title("Hoàn thành", Decimal(0)))


def why(*totals: int, best: Title = BEST) -> list[str]:
    ranked = rank(Standing(f"{place}", Decimal(total)) for place, total in enumerate(totals))
    titles = (best, *TITLES[1:])
    given = give_titles(ranked, titles)
    units = [Given(one.key, one.rank, one.total, given[one.key]) for one in ranked]
    said = explain_titles(units, titles)
    return [said[f"{place}"] for place in range(len(totals))]


@pytest.mark.parametrize(
    ("quota", "count", "words"),
    [
        (20, 1, "20% của 1 đơn vị là 0,2, làm tròn xuống: không có suất"),
        (20, 4, "20% của 4 đơn vị là 0,8, làm tròn xuống không còn suất nào; từ hai đơn vị trở lên có ít nhất 1 suất"),
        (20, 7, "20% của 7 đơn vị là 1,4, làm tròn xuống: 1 suất"),
        (20, 10, "20% của 10 đơn vị: 2 suất"),
        (0, 10, "giới hạn 0%: không có suất"),
    ],
)
def test_a_quota_says_how_its_room_comes_about(quota: int, count: int, words: str) -> None:
    assert room_in_words(Title("Xuất sắc", Decimal(90), Decimal(quota)), count) == words


def test_each_unit_is_told_why_it_has_not_the_better_title() -> None:
    first, second, third, _ = why(95, 93, 80, 10)
    assert first.startswith("Từ 90 điểm; 20% của 4 đơn vị là 0,8")
    assert "1 suất “Xuất sắc” đã dành cho đơn vị xếp trên" in second and "Chưa đủ 90 điểm" in third
    assert "2 đơn vị cùng hạng 1 mà “Xuất sắc” còn 1 suất" in why(95, 95, 80, 10)[0]
    assert "“Xuất sắc” không có suất: 20% của 1 đơn vị" in why(95)[0]


def test_equal_totals_say_what_parted_them() -> None:
    units = [Given("a", 1, Decimal(9), ""), Given("b", 2, Decimal(9), ""), Given("c", 3, Decimal(8), "")]
    said = explain_ranks(units, ("II.1",))
    assert "xếp theo điểm mục II.1" in said["a"] and said["c"] == ""
    assert (
        explain_ranks([Given("a", 1, Decimal(9), ""), Given("b", 1, Decimal(9), "")], ())["b"]
        == "Bằng điểm nên cùng hạng."
    )
