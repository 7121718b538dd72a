"""Amounts and days are found however they are written; parts stay words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from search.values import find_values
from tests.search.searching import EVERYONE, Fill, find, record

AMOUNTS = ("1250000", "1.250.000", "1 250 000", "1\u00a0250\u00a0000", "1,250,000")
DAYS = ("2/11/2026", "02-11-2026", "2.11.2026", "2026-11-02", "ngày 02 tháng 11 năm 2026", "ngay 2 thang 11 nam 2026")


@pytest.mark.parametrize("asked", AMOUNTS)
@pytest.mark.parametrize("written", AMOUNTS)
def test_an_amount_is_one_number(filled: Fill, asked: str, written: str) -> None:
    index = filled(f"quyên góp {written} đồng", "quyên góp 1.250 đồng", "quyên góp 250.000 đồng")
    assert find(index, asked) == ["a"]
    assert find(index, f"quyên góp {asked} đồng")[0] == "a"


@pytest.mark.parametrize("asked", ["92,5%", "92.5 %", "92,5", "92,50 %"])
def test_a_share_is_found_with_either_decimal_sign(filled: Fill, asked: str) -> None:
    index = filled("đạt 92,5% hồ sơ", "đạt 92.5 % hồ sơ", "đạt 9,25% hồ sơ", "đạt 95% hồ sơ")
    assert sorted(find(index, asked)) == ["a", "b"]


@pytest.mark.parametrize("asked", DAYS)
@pytest.mark.parametrize("written", DAYS)
def test_a_day_is_one_day(filled: Fill, asked: str, written: str) -> None:
    index = filled(f"họp vào {written}.", "họp vào 11/2/2026", "họp vào 2/11/2025", "họp 2 lần, 11 người, năm 2026")
    assert find(index, asked) == ["a"]


@pytest.mark.parametrize("asked", ["11/2026", "tháng 11/2026", "tháng 11 năm 2026", "thang 11 nam 2026"])
def test_a_month_finds_its_days(filled: Fill, asked: str) -> None:
    index = filled("họp ngày 2/11/2026", "báo cáo tháng 11 năm 2026", "họp ngày 2/12/2026", "họp ngày 11/10/2026")
    assert sorted(find(index, asked)) == ["a", "b"]


def test_the_day_of_a_record_counts(filled: Fill) -> None:
    index = filled(record("a", "không ghi ngày", date="2026-11-02"))
    assert find(index, "2/11/2026") == ["a"] and find(index, "3/11/2026") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("46/2024/NĐ-CP", []),
        ("57-NQ/TW ngày 22/12/2024", ["@20241222"]),
        ("31/2/2026", []),
        ("mục 1.2.3", []),
        ("năm 2026 100 người", []),
        ("từ 5/10/2026 đến 5/12/2026", ["@20261005", "@20261205"]),
        ("2.500 đồng", ["2500"]),
        ("0.125", ["0,125"]),
        ("1.250.000,50", ["1250000,5"]),
        ("8,30", ["8,3"]),
        ("100.000.000đ", ["100000000"]),
        ("tháng 9, năm 2026", ["@202609"]),
    ],
)
def test_what_is_an_amount_or_a_day(text: str, found: list[str]) -> None:
    assert [value.joined for value in find_values(text)] == found


@given(some.text(alphabet="0123456789.,/- \u00a0ngàythánăm", max_size=60))
def test_no_text_is_refused_and_places_are_true(text: str) -> None:
    last = 0
    for value in find_values(text):
        assert last <= value.start < value.end <= len(text)
        last = value.end


def test_what_was_asked_for_is_marked_however_it_is_written(filled: Fill) -> None:
    index = filled("đã thu 1.250.000 đồng trong ngày 02 tháng 11 năm 2026")
    for asked, marked in (("1250000", "1.250.000"), ("2/11/2026", "ngày 02 tháng 11 năm 2026")):
        (hit,) = index.search(asked, viewer_keys=EVERYONE).hits
        assert (marked, True) in hit.passages[0]


def test_a_number_and_its_year_may_be_a_paper(filled: Fill) -> None:
    index = filled("Thông tư 05/2024/TT-BTTTT về nền tảng số", "báo cáo tháng 5 năm 2024", "Luật số 12/2023/QH15")
    assert set(find(index, "05/2024")) == {"a", "b"} and find(index, "12/2023") == ["c"]
    assert find(index, "thông tư 05/2024")[0] == "a"
