"""A cluster comes to the same points and ranks by the program, by fractions written anew, and by LibreOffice."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.bounded import bounded
from tests.support.shares import share
from tests.webapp.scoring.libreoffice import needs_libreoffice, worked_out
from tests.webapp.scoring.strategies import cluster_again, clusters
from webapp.core.numbers import rounded
from webapp.scoring.points.cluster import Member, rank_members
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme, walk
from webapp.scoring.rounds.workbook import MOST_MEMBERS, SUMMARY, cluster_book, sheet_names
from webapp.scoring.rubrics.examples import Example, example

pytestmark = pytest.mark.long(30)

BOOKS = share(25, 200)


@settings(max_examples=200, deadline=None)
@given(clusters())
def test_the_program_equals_plain_fractions(members: list[Member]) -> None:
    outcome = rank_members(members, RubricRules())
    points, ranks = cluster_again(members)
    assert [{line.node.code: line.points for line in result.lines} for result in outcome.results] == points
    assert [one.rank for one in outcome.ranked] == ranks


@needs_libreoffice
def test_libreoffice_comes_to_the_same_points_and_ranks(tmp_path: Path) -> None:
    """Clusters, 200 of them when there is time, each a workbook of its own, worked out by another program, to the last digit."""
    cases: list[list[Member]] = []

    @settings(
        max_examples=BOOKS,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(clusters())
    def collect(members: list[Member]) -> None:
        cases.append(members)

    collect()
    assert len(cases) >= BOOKS and any(len({id(one.scheme) for one in members}) > 1 for members in cases)
    paths = []
    for number, members in enumerate(cases):
        paths.append(tmp_path / f"cum{number}.xlsx")
        paths[-1].write_bytes(cluster_book(f"Cụm {number}", members, RubricRules()))
    differ, numbers, relative = [], 0, 0
    for number, data in enumerate(worked_out(tmp_path, paths)):
        members, (points, ranks) = cases[number], cluster_again(cases[number])
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        sheets, results = book.worksheets, rank_members(members, RubricRules()).results
        for place, member in enumerate(members):
            summary = [cell.value for cell in sheets[0][place + 4]]
            expected = [(f"B{place + 4}", points[place]["T"], summary[1]), ("rank", Decimal(ranks[place]), summary[2])]
            for row, (node, _) in enumerate(walk(member.scheme.root), start=4):
                expected.append(
                    (f"{member.name} {node.code}", points[place][node.code], sheets[place + 1][f"G{row}"].value)
                )
            relative += sum(" + vượt " in line.words for line in results[place].lines)
            for what, ours, found in expected:
                numbers += ours is not None
                theirs = None if found in (None, "") else rounded(Decimal(repr(float(str(found)))), 6)
                if (None if ours is None else rounded(ours, 6)) != theirs:
                    differ.append((number, what, ours, found))
    assert differ == [] and numbers > 15 * BOOKS and relative > BOOKS // 2


def quantity(most: int = 10, title: str = "Lớp học số") -> Scheme:
    leaf = Node(code="a", title=title, kind=NodeKind.QUANTITY, most=Decimal(most), target=Decimal(8), over=Decimal(2))
    return Scheme(Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(100), children=(leaf,)))


def value(number: int) -> dict[str, Entry]:
    return {"a": Entry({"value": Decimal(number)})}


def opened(*members: Member, title: str = "Cụm 1", rules: RubricRules | None = None) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(cluster_book(title, members, rules or RubricRules())))


def test_the_best_of_the_cluster_is_live_and_only_of_those_measured() -> None:
    scheme, other = quantity(), quantity(20)
    book = opened(
        Member("Tổ 1", scheme, value(10)),
        Member("Tổ 'hai'", scheme, value(12)),
        Member("Tổ 3", scheme, {"a": Entry({"value": Decimal(50)}, points=Decimal(3), words="Hội đồng ấn định")}),
        Member("Tổ 4", scheme, {"a": Entry(applies=False)}),
        Member("Tổ 5", scheme, {}),
        Member("Tổ 6", other, value(40)),
    )
    assert book.sheetnames == [SUMMARY, "Tổ 1", "Tổ 'hai", "Tổ 3", "Tổ 4", "Tổ 5", "Tổ 6"]
    both = "=MAX('Tổ 1'!D5,'Tổ ''hai'!D5)"
    assert [book[name]["E5"].value for name in book.sheetnames[1:]] == [both, both, None, None, None, "=MAX('Tổ 6'!D5)"]
    fixed = book["Tổ 3"]
    assert (fixed["D5"].value, fixed["G5"].value) == (3, "=ROUND(MIN(MAX(D5,0),12),2)")
    assert fixed["H5"].value == "Hội đồng ấn định" and book["Tổ 4"]["G5"].value is None
    page = book[SUMMARY]
    assert page["B5"].value == "=ROUND('Tổ ''hai'!G4,8)" and page["C5"].value == "=RANK(B5,B$4:B$9)"


def test_how_equals_were_parted_is_said() -> None:
    scheme = example(Example.HUNDRED, [("III.1.a", "Tiêu chí a")])

    def member(name: str, times: int, late: int, order: int | None = None) -> Member:
        return Member(
            name,
            scheme,
            {
                "A.III.1.a": Entry(level=Level.ACHIEVED),
                "B": Entry({"value": Decimal(times)}),
                "C": Entry(points=Decimal(late)),
            },
            order,
        )

    rules = RubricRules(ties=("B",))
    page = opened(member("Một", 2, 5), member("Hai", 1, 10), member("Ba", 0, 0), rules=rules)[SUMMARY]
    assert [page[f"D{row}"].value for row in (4, 5, 6)] == ["hạng 1 sau khi so mục B", "hạng 2 sau khi so mục B", None]
    titles = [page[f"E{row}"].value for row in (4, 5, 6)]
    assert titles == ["Hoàn thành xuất sắc nhiệm vụ", "Hoàn thành tốt", "Hoàn thành tốt"]
    page = opened(member("Một", 2, 5), member("Hai", 2, 5), rules=rules)[SUMMARY]
    assert page["D4"].value == "đồng hạng 1 với Hai" and page["D5"].value == "đồng hạng 1 với Một"
    page = opened(member("Một", 2, 5, 2), member("Hai", 2, 5, 1), rules=rules)[SUMMARY]
    assert page["D4"].value == "hạng 2 theo thứ tự Hội đồng quyết định"


def test_names_of_worksheets_are_legal_and_unique() -> None:
    hostile = ["a[b]:*?/\\c", "", "'", "HISTORY", "tổng hợp", "Tổ 1", "TỔ 1", "Tổ 1 (2)", "😀" * 20, "x" * 40, "x" * 41]
    names = sheet_names([*hostile, "Ủy ban nhân dân phường Long Mỹ, tỉnh Cần Thơ", "=1+1", "\x00\x07"])
    assert len({name.casefold() for name in names} | {SUMMARY.casefold()}) == len(names) + 1
    for name in names:
        assert name.strip() and len(name.encode("utf-16-le")) <= 62 and not set("[]:*?/\\") & set(name)
        assert not name.startswith("'") and not name.endswith("'") and name.casefold() != "history"
    assert names[11] == "Ủy ban nhân dân phường Long Mỹ,"


@given(st.lists(st.text(max_size=50), max_size=12))
def test_any_names_make_a_workbook(names: list[str]) -> None:
    found = sheet_names(names)
    assert len({name.casefold() for name in found}) == len(names)
    book = openpyxl.Workbook()
    for name in found:
        assert book.create_sheet(name).title == name


def test_texts_are_never_formulas() -> None:
    bad = [f"{sign}cmd|'/c calc'!A1" for sign in "=+-@"]
    book = opened(*(Member(text, quantity(title=text), value(9)) for text in bad), title=bad[0])
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert str(cell.value).startswith(("=ROUND(", "=RANK(", "=MAX(", "=MIN(MAX(SUM("))


def test_thirty_units_of_sixty_criteria_fit_a_book() -> None:
    leaves = tuple(
        Node(
            code=f"a{number}",
            title=f"Tiêu chí {number}",
            kind=NodeKind.QUANTITY,
            most=Decimal(1),
            target=Decimal(8),
            over=Decimal(1),
        )
        for number in range(60)
    )
    root = Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(120), children=leaves)
    entries = {leaf.code: Entry({"value": Decimal(9)}) for leaf in leaves}
    members = [Member(f"Đơn vị số {number}", Scheme(root), entries) for number in range(30)]
    with bounded():
        data = cluster_book("Cụm", members, RubricRules())
    assert len(data) < 2**20
    with pytest.raises(ValueError, match="too many"):
        cluster_book("Cụm", members * 4, RubricRules())
    assert len(members) * 4 > MOST_MEMBERS
