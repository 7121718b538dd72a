"""Points are the same by the program, by fractions written anew, and by LibreOffice working out the exported sheet."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.shares import share
from tests.webapp.scoring.libreoffice import needs_libreoffice, worked_out
from tests.webapp.scoring.strategies import again, entries_of, schemes
from webapp.core.numbers import rounded, show_number
from webapp.scoring.points.reckoning import reckon
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme
from webapp.scoring.points.score_sheet import add_score_sheet
from webapp.ui.filters import number as number_filter


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_program_equals_plain_fractions(data: st.DataObject) -> None:
    scheme = data.draw(schemes())
    entries, best = data.draw(entries_of(scheme))
    result = reckon(scheme, entries, best)
    expected = again(scheme, entries, best)
    assert {line.node.code: line.points for line in result.lines} == expected
    assert result.total == expected["T"]
    assert set(result.missing) == {leaf.code for leaf in scheme.leaves()} - set(entries)


RUBRICS = share(60, 200)


@needs_libreoffice
def test_libreoffice_comes_to_the_same_points(tmp_path: Path) -> None:
    """Rubrics, 200 of them when there is time, each a sheet of one workbook, worked out by another program, to the last digit."""
    cases: list[tuple[Scheme, dict[str, Entry], dict[str, Decimal]]] = []

    @settings(
        max_examples=RUBRICS,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        scheme = data.draw(schemes())
        cases.append((scheme, *data.draw(entries_of(scheme))))

    collect()
    assert len(cases) >= RUBRICS
    book = openpyxl.Workbook()
    places = []
    for number, (scheme, entries, best) in enumerate(cases):
        sheet = book.create_sheet(f"s{number}")
        places.append(add_score_sheet(sheet, scheme, entries, best, title=f"Thang {number}"))
    book.remove(book.worksheets[0])
    path = tmp_path / "diem.xlsx"
    book.save(path)
    (data,) = worked_out(tmp_path, [path])
    done = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    differ = []
    for number, (scheme, entries, best) in enumerate(cases):
        for line in reckon(scheme, entries, best).lines:
            found = done[f"s{number}"][places[number][line.node.code]].value
            ours = line.points
            theirs = None if found in (None, "") else rounded(Decimal(repr(float(found))), 6)
            if (None if ours is None else rounded(ours, 6)) != theirs:
                differ.append((number, line.node.code, ours, found))
    assert differ == []


def leaf(kind: NodeKind, **more: object) -> Scheme:
    node = Node(code="a", title="A", kind=kind, **{"most": Decimal(10), **more})  # type: ignore[arg-type]
    return Scheme(Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(100), children=(node,)), 2)


def total(scheme: Scheme, entry: Entry, best: str = "") -> str:
    return str(reckon(scheme, {"a": entry}, {"a": Decimal(best)} if best else None).total)


def value(text: str) -> Entry:
    return Entry({"value": Decimal(text)})


def test_each_kind_by_hand() -> None:
    quantity = leaf(NodeKind.QUANTITY, target=Decimal(8))
    assert [total(quantity, value(n)) for n in ("0", "1", "6", "8", "20")] == ["0.00", "1.25", "7.50", "10.00", "10.00"]
    over = leaf(NodeKind.QUANTITY, target=Decimal(8), over=Decimal(2))
    assert [total(over, value(n), "12") for n in ("8", "10", "12")] == ["10.00", "11.00", "12.00"]
    level = leaf(NodeKind.LEVEL)
    assert [total(level, Entry(level=one)) for one in Level] == ["10.00", "5.00", "0.00"]
    each = leaf(NodeKind.OCCURRENCE, each=Decimal("0.5"))
    assert [total(each, value(n)) for n in ("0", "3", "40")] == ["0.00", "1.50", "10.00"]
    minus = leaf(NodeKind.PLUS_MINUS, most=Decimal(5), least=Decimal(-5), each=Decimal(-2))
    scheme = Scheme(
        Node(
            code="T", title="T", kind=NodeKind.SUM, most=Decimal(100), least=Decimal(-100), children=minus.root.children
        ),
        2,
    )
    assert [total(scheme, value(n)) for n in ("1", "9")] == ["-2.00", "-5.00"]


def test_halves_go_up_and_zero_is_a_score() -> None:
    scheme = leaf(NodeKind.QUANTITY, target=Decimal(800), most=Decimal(1))
    assert total(scheme, value("1")) == "0.00" and total(scheme, value("4")) == "0.01"
    assert reckon(scheme, {}).missing == ("a",) and reckon(scheme, {"a": value("0")}).missing == ()
    away = reckon(scheme, {"a": Entry(applies=False)})
    assert away.missing == () and away.lines[1].points is None and away.lines[1].words == "không áp dụng"


def test_every_total_unfolds_into_words() -> None:
    scheme = leaf(NodeKind.QUANTITY, target=Decimal(8))
    lines = reckon(scheme, {"a": value("6")}).lines
    assert lines[1].words == "6 / 8 × 10 = 7,50" and lines[0].words == "7,50"


def test_pages_round_as_the_reckoning_does() -> None:
    for text in ("33.325", "33.335", "-0.005", "7", "0.1"):
        assert number_filter(Decimal(text), 2) == show_number(Decimal(text), 2)
