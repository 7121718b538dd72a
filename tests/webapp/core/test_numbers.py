from __future__ import annotations

import pytest

from webapp.core.errors import Invalid
from webapp.core.expression import doubts_in, evaluate, read_expression
from webapp.core.numbers import (
    BadNumber,
    doubt,
    money_words,
    number_words,
    read_number,
    show_number,
    stored_number,
    type_number,
)
from webapp.scoring.points.scheme import Node, NodeKind, check_entry
from webapp.scoring.sheets.forms import read_entry


@pytest.mark.parametrize(
    ("typed", "kept", "shown", "is_doubtful"),
    [
        ("1.200", "1200", "1.200", True),
        ("12.500", "12500", "12.500", True),
        ("-1.250", "-1250", "-1.250", True),
        ("1.234.567", "1234567", "1.234.567", False),
        ("1.234,5", "1234.5", "1.234,5", False),
        ("1 200", "1200", "1.200", False),
        ("1\u00a0200", "1200", "1.200", False),
        ("1200", "1200", "1.200", False),
        ("1,200", "1.2", "1,2", False),
        ("0.500", "0.5", "0,5", False),
        ("7.5", "7.5", "7,5", False),
    ],
)
def test_a_point_before_three_digits_is_thousands(typed: str, kept: str, shown: str, is_doubtful: bool) -> None:
    value = read_number(typed)
    assert value == stored_number(kept) and show_number(value) == shown
    # What a field shows again has one reading only.
    assert read_number(type_number(value)) == value and not doubt(type_number(value))
    assert bool(doubt(typed)) is is_doubtful


def test_a_number_of_two_readings_is_said_in_words() -> None:
    assert doubt("1.200") == "“1.200” được hiểu là 1 200 (một nghìn hai trăm). Nếu là 1,2 thì hãy gõ 1,2."
    assert number_words(1_005_021) == "một triệu không trăm linh năm nghìn không trăm hai mươi mốt"


@pytest.mark.parametrize("typed", ["abc", "", "1 2", "12.34.567", "1,234.5", "1,234,567", "0.200.000"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadNumber):
        read_number(typed)


def node(kind: NodeKind, **more: object) -> Node:
    return Node(code="C", title="Báo cáo", kind=kind, most=stored_number("10"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["abc", "không", "1,5", "-1"])
@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (node(NodeKind.EXPRESSION, formula="max(10 - 2 * số_lần_muộn; 0)"), "Số lần muộn"),
        (node(NodeKind.OCCURRENCE, each=stored_number("2")), "Số lần"),
    ],
)
def test_a_count_is_whole_and_says_its_own_name(asked: Node, name: str, typed: str) -> None:
    with pytest.raises(Invalid) as fault:
        read_entry({"value-k-0": typed}, asked, "k")
    assert fault.value.fields == {"value-k-0": f"{name} phải là số nguyên, ví dụ 0."}
    entry = read_entry({"value-k-0": "1.200"}, asked, "k")
    assert entry is not None and list(entry.values.values()) == [1200] and check_entry(asked, entry) == ""


def test_a_formula_in_force_keeps_its_reading_and_a_new_one_is_asked() -> None:
    assert evaluate(read_expression("1.200 * 2"), {}) == stored_number("2.4")
    assert doubts_in("1.200 * a + 2,5") == ["Công thức có “1.200”, đọc được hai cách: hãy viết 1200 hoặc 1,200."]
    assert evaluate(read_expression("1.234.567 + 0,5"), {}) == stored_number("1234567.5")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (4, "Bốn đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (101, "Một trăm linh một đồng"),
        (104, "Một trăm linh bốn đồng"),
        (111, "Một trăm mười một đồng"),
        (760_000, "Bảy trăm sáu mươi nghìn đồng"),
        (1_520_000, "Một triệu năm trăm hai mươi nghìn đồng"),
        (3_420_005, "Ba triệu bốn trăm hai mươi nghìn không trăm linh năm đồng"),
        (1_000_000_000, "Một tỷ đồng"),
        (20_000_054_001, "Hai mươi tỷ không trăm năm mươi tư nghìn không trăm linh một đồng"),
        (10**12, "Một nghìn tỷ đồng"),
    ],
)
def test_sums_in_words(amount: int, words: str) -> None:
    assert money_words(amount) == words
