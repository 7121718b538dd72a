from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.scoring.points.reckoning import reckon
from webapp.scoring.points.scheme import Entry, Node, NodeKind, Scheme
from webapp.scoring.points.wording import former_words, formula_words


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("max(10 - 2 * số_lần_nộp_muộn; 0)", "10 điểm, trừ 2 điểm mỗi lần nộp muộn, không dưới 0"),
        ("max(0; 10 - 0,5 * số_lần)", "10 điểm, trừ 0,5 điểm mỗi lần, không dưới 0"),
        ("min(5 + số_sáng_kiến * 2; 10)", "5 điểm, cộng 2 điểm mỗi sáng kiến, không quá 10"),
        ("10 * số_đúng_hạn / (số_hồ_sơ + 1)", "10 × số đúng hạn chia (số hồ sơ + 1)"),
        ("if(tỷ_lệ >= 95; 10; 0)", "nếu tỷ lệ từ 95 thì 10 điểm, nếu không thì 0 điểm"),
        ("a - (b - c)", "a − (b − c)"),
        ("a - b - c", "a − b − c"),
        ("a / b / c", "a chia b chia c"),
        ("a / (b * c)", "a chia (b × c)"),
        ("-(a + b)", "−(a + b)"),
        ("10 - * 2", "10 - * 2"),
    ],
)
def test_a_formula_is_said_in_a_sentence(formula: str, words: str) -> None:
    assert formula_words(formula) == words


def test_what_was_published_with_the_formula_itself_is_still_recognised() -> None:
    node = Node(
        code="C", title="Báo cáo", kind=NodeKind.EXPRESSION, most=Decimal(10), formula="max(10 - 2 * số_lần; 0)"
    )
    root = Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(10), children=(node,))
    line = reckon(Scheme(root), {"C": Entry(values={"số_lần": Decimal(1200)})}).lines[1]
    assert line.words == "10 điểm, trừ 2 điểm mỗi lần, không dưới 0, với số lần là 1.200 = 0,00"
    assert former_words(line.words, node.formula) == "max(10 - 2 × số lần; 0) với số lần = 1200 = 0,00"
