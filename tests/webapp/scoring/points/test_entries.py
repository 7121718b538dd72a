"""What is said of a criterion: checked, kept, brought back; points fixed by people; what waits for the cluster."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webapp.scoring.strategies import entries_of, schemes
from webapp.scoring.points.reckoning import best_of, reckon
from webapp.scoring.points.scheme import (
    BadRubric,
    Entry,
    Level,
    Node,
    NodeKind,
    Scheme,
    check_entry,
    entry_as_plain,
    entry_from_plain,
)


def node(kind: NodeKind, **more: Any) -> Node:
    return Node(code="a", title="A", kind=kind, **{"most": Decimal(10), **more})


def scheme_of(child: Node) -> Scheme:
    return Scheme(Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(100), children=(child,)))


def value(text: str) -> Entry:
    return Entry({"value": Decimal(text)})


LEVEL = node(NodeKind.LEVEL)
QUANTITY = node(NodeKind.QUANTITY, target=Decimal(8), over=Decimal(2))
TIMES = node(NodeKind.OCCURRENCE, each=Decimal(1))
PLUS_MINUS = node(NodeKind.PLUS_MINUS, each=Decimal(1), least=Decimal(-5))
FORMULA = node(NodeKind.EXPRESSION, formula="10 / lớp + trò")


@given(st.data())
def test_entries_come_back(data: st.DataObject) -> None:
    scheme = data.draw(schemes())
    for code, entry in data.draw(entries_of(scheme))[0].items():
        assert entry_from_plain(entry_as_plain(entry)) == entry
        leaf = next(leaf for leaf in scheme.leaves() if leaf.code == code)
        if leaf.kind is not NodeKind.OCCURRENCE and entry.points is None:
            assert check_entry(leaf, entry) == ""


PLAIN = entry_as_plain(Entry())


@pytest.mark.parametrize(
    "plain",
    [
        None,
        "x",
        [],
        {},
        {**PLAIN, "more": 1},
        {**PLAIN, "values": []},
        {**PLAIN, "values": {"value": 7.5}},
        {**PLAIN, "values": {"value": "NaN"}},
        {**PLAIN, "values": {1: "7"}},
        {**PLAIN, "level": "best"},
        {**PLAIN, "level": ["achieved"]},
        {**PLAIN, "applies": 1},
        {**PLAIN, "applies": None},
        {**PLAIN, "points": 7},
        {**PLAIN, "points": "1e3"},
        {**PLAIN, "words": None},
        {**PLAIN, "words": "x" * 201},
    ],
)
def test_nothing_else_is_taken(plain: object) -> None:
    with pytest.raises(BadRubric) as fault:
        entry_from_plain(plain)
    assert len(str(fault.value)) > 10


@pytest.mark.parametrize(
    ("leaf", "entry", "words"),
    [
        (LEVEL, Entry(level=Level.NOT), ""),
        (LEVEL, Entry(), "chọn mức"),
        (LEVEL, value("1"), "không dùng số liệu"),
        (QUANTITY, value("7.5"), ""),
        (QUANTITY, value("-1"), "không được âm"),
        (QUANTITY, Entry(), "ghi số liệu"),
        (QUANTITY, Entry(level=Level.NOT), "không theo mức"),
        (QUANTITY, Entry({"value": Decimal(1), "x": Decimal(1)}), "“x”"),
        (TIMES, value("3"), ""),
        (TIMES, value("3.00"), ""),
        (TIMES, value("2.5"), "số nguyên"),
        (TIMES, value("-1"), "số nguyên"),
        (PLUS_MINUS, value("-1.5"), ""),
        (FORMULA, Entry({"lớp": Decimal(2), "trò": Decimal(1)}), ""),
        (FORMULA, Entry({"lớp": Decimal(2), "trò": Decimal(-1)}), "Số liệu “trò” không được âm."),
        (FORMULA, Entry({"lớp": Decimal(2)}), "“trò”"),
        (FORMULA, Entry({"lớp": Decimal(0), "trò": Decimal(1)}), "chia cho 0"),
        (FORMULA, Entry({"lớp": Decimal(2), "trò": Decimal(1), "os": Decimal(1)}), "“os”"),
        (QUANTITY, Entry(points=Decimal(12)), ""),
        (QUANTITY, Entry(points=Decimal("12.1")), "từ 0 đến 12"),
        (PLUS_MINUS, Entry(points=Decimal(-5)), ""),
        (PLUS_MINUS, Entry(points=Decimal(-6)), "từ -5 đến 10"),
        (LEVEL, Entry(applies=False), ""),
        (LEVEL, Entry(applies=False, points=Decimal(1)), "không có điểm"),
        (scheme_of(LEVEL).root, Entry(), "không chấm trực tiếp"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said(leaf: Node, entry: Entry, words: str) -> None:
    said = check_entry(leaf, entry)
    assert (said == "") if not words else (words in said)


@pytest.mark.parametrize("leaf", [LEVEL, QUANTITY, TIMES, PLUS_MINUS, FORMULA])
def test_fixed_points_hold_whatever_the_values_say(leaf: Node) -> None:
    def line(entry: Entry) -> tuple[str, str]:
        done = reckon(scheme_of(leaf), {"a": entry}).lines[1]
        return str(done.points), done.words

    fixed = Entry({"value": Decimal(3)}, points=Decimal("7.5"), words="Hội đồng ấn định")
    assert line(fixed) == ("7.50", "Hội đồng ấn định 7,5 = 7,50")
    assert line(Entry(points=Decimal("7.125"))) == ("7.13", "ấn định 7,125 = 7,13")
    most, least = leaf.reach, leaf.least
    assert line(Entry(points=Decimal(99)))[0] == f"{most}.00" and line(Entry(points=Decimal(-99)))[0] == f"{least}.00"
    assert reckon(scheme_of(leaf), {"a": Entry(applies=False, points=Decimal(9))}).lines[1].points is None


def test_what_depends_on_the_cluster_waits() -> None:
    scheme = scheme_of(QUANTITY)
    waiting = reckon(scheme, {"a": value("10")}, {"a": Decimal(12)}, relative=False).lines[1]
    assert (str(waiting.points), waiting.words) == (
        "10.00",
        "10 đạt chỉ tiêu 8: 10, phần vượt chỉ tiêu tính khi cụm chốt = 10,00",
    )
    assert str(reckon(scheme, {"a": value("10")}, {"a": Decimal(12)}).total) == "11.00"
    for text in ("8", "4"):
        assert reckon(scheme, {"a": value(text)}, relative=False) == reckon(scheme, {"a": value(text)})


def test_the_best_is_of_those_who_are_measured() -> None:
    scheme = scheme_of(QUANTITY)
    entries = [
        {"a": value("10")},
        {"a": value("9")},
        {"a": Entry({"value": Decimal(50)}, applies=False)},
        {"a": Entry({"value": Decimal(50)}, points=Decimal(3))},
        {"a": Entry()},
        {},
    ]
    assert best_of(scheme, entries) == {"a": Decimal(10)} == best_of(scheme, reversed(entries))
    assert best_of(scheme, entries[2:]) == {}
    assert best_of(scheme_of(node(NodeKind.QUANTITY, target=Decimal(8))), entries) == {}
    assert best_of(scheme_of(TIMES), entries) == {}


@pytest.mark.parametrize(
    ("leaf", "entry", "points"),
    [
        (node(NodeKind.QUANTITY, most=Decimal("1.5"), target=Decimal(3)), value("1"), "1"),
        (node(NodeKind.QUANTITY, most=Decimal(1), target=Decimal(1), over=Decimal("1.5")), value("2"), "2"),
        (node(NodeKind.EXPRESSION, formula="x / 3 * 1,5"), Entry({"x": Decimal(1)}), "1"),
        (node(NodeKind.EXPRESSION, formula="if(x / 3 * 3 = x; 1; 0)"), Entry({"x": Decimal(1)}), "1"),
    ],
)
def test_a_half_that_comes_of_thirds_goes_up(leaf: Node, entry: Entry, points: str) -> None:
    scheme = Scheme(scheme_of(leaf).root, 0)
    assert str(reckon(scheme, {"a": entry}, {"a": Decimal(4)}).total) == points
