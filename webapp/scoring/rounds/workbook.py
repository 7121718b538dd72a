"""A whole cluster as one workbook that anyone can work out again: totals, ranks, and a score sheet for each unit. Pure."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from webapp.official.tables import clean
from webapp.scoring.points.cluster import Member, Ranking, alike, rank_members
from webapp.scoring.points.cluster_rules import RubricRules, rules_in_words
from webapp.scoring.points.scheme import Entry, Node, NodeKind, Scheme, walk
from webapp.scoring.points.score_sheet import FIRST_ROW, GIVEN, POINTS, add_score_sheet

SUMMARY = "Tổng hợp"
# A formula that names every sheet must stay within the 8,192 characters and 255 parts a spreadsheet takes.
MOST_MEMBERS = 100
LONGEST_NAME = 31
_UNFIT = re.compile(r"[\[\]:*?/\\\t\n]")
_HEADS = ("Đơn vị", "Tổng điểm", "Hạng theo tổng điểm", "Khi bằng điểm", "Danh hiệu", "Trang tính")
_WIDTHS = (44, 12, 12, 44, 30, 32)


def cluster_book(title: str, members: Sequence[Member], rules: RubricRules) -> bytes:
    """The workbook as .xlsx. Raises ValueError for more than MOST_MEMBERS, BadExpression like `reckon`.

    Points, totals, the best of the cluster and ranks by total are formulas; how equal totals were parted and titles are
    texts, since people may have decided on them.
    """
    if len(members) > MOST_MEMBERS:
        raise ValueError("too many members for one workbook")
    outcome = rank_members(members, rules)
    names = sheet_names([member.name for member in members])
    tops = _tops(members, names)
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)
    summary.title = SUMMARY
    for place, member in enumerate(members):
        sheet = book.create_sheet(names[place])
        add_score_sheet(sheet, member.scheme, member.entries, tops[place], title=f"{title} · {member.name}")
    _summary(summary, title, members, rules, outcome, names)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_names(names: Sequence[str]) -> list[str]:
    """Names that worksheets may have: up to 31 characters, none that is forbidden, each only once whatever its case."""
    found: list[str] = []
    taken = {SUMMARY.casefold()}
    for name in names:
        plain = _UNFIT.sub(" ", clean(unicodedata.normalize("NFC", name)))
        # Spreadsheets count in UTF-16, and keep “History” for themselves.
        plain = _cut(" ".join(plain.split()), LONGEST_NAME).strip(" '") or "Đơn vị"
        plain = f"{plain} 1" if plain.casefold() == "history" else plain
        wanted, number = plain, 1
        while wanted.casefold() in taken:
            number += 1
            mark = f" ({number})"
            wanted = _cut(plain, LONGEST_NAME - len(mark)).rstrip(" '") + mark
        taken.add(wanted.casefold())
        found.append(wanted)
    return found


def _cut(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", errors="ignore")


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _measured(entry: Entry | None) -> bool:
    return entry is not None and entry.applies and entry.points is None and "value" in entry.values


def _tops(members: Sequence[Member], names: Sequence[str]) -> list[dict[str, Decimal | str]]:
    """For each member and quantity with points above the target: the formula of the cluster's best.

    It names the cells of those who are measured by the same rubric; other cells hold fixed points or words.
    """
    found: list[dict[str, Decimal | str]] = [{} for _ in members]
    for group in alike(members):
        for leaf, row in _over_rows(members[group[0]].scheme):
            measured = [place for place in group if _measured(members[place].entries.get(leaf.code))]
            cells = [f"{_quoted(names[place])}!{GIVEN}{row}" for place in measured]
            formula = f"=MAX({','.join(cells)})"
            for place in measured:
                found[place][leaf.code] = formula
    return found


def _over_rows(scheme: Scheme) -> list[tuple[Node, int]]:
    rows = enumerate(walk(scheme.root), start=FIRST_ROW)
    return [(node, row) for row, (node, _) in rows if node.kind is NodeKind.QUANTITY and node.over]


def _summary(
    sheet: Worksheet,
    title: str,
    members: Sequence[Member],
    rules: RubricRules,
    outcome: Ranking,
    names: Sequence[str],
) -> None:
    _put(sheet, 1, 1, title, bold=True)
    for column, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True), start=1):
        _put(sheet, 3, column, head, bold=True)
        sheet.column_dimensions["ABCDEF"[column - 1]].width = width
    last = FIRST_ROW + len(members) - 1
    for place, member in enumerate(members):
        row = FIRST_ROW + place
        _put(sheet, row, 1, member.name)
        # Sums of binary fractions differ in the last bits: equal totals must be equal to rank the same.
        sheet.cell(row, 2, f"=ROUND({_quoted(names[place])}!{POINTS}{FIRST_ROW},8)")
        decimals = member.scheme.decimals
        sheet.cell(row, 2).number_format = "0" + ("." + "0" * decimals if decimals else "")
        sheet.cell(row, 3, f"=RANK(B{row},B${FIRST_ROW}:B${last})")
        _put(sheet, row, 4, tie_words(outcome, place, rules))
        _put(sheet, row, 5, outcome.titles[place])
        _put(sheet, row, 6, names[place])
    for place, sentence in enumerate(rules_in_words(rules), start=last + 2):
        _put(sheet, place, 1, sentence, wrap=False)
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def tie_words(outcome: Ranking, place: int, rules: RubricRules) -> str:
    """How a unit came to its rank among equal totals; empty when nobody has its total."""
    mine = outcome.ranked[place]
    equals = [one for one in outcome.ranked if one.total == mine.total and one.key != mine.key]
    if not equals:
        return ""
    if shared := outcome.equals_of(place):
        return f"đồng hạng {mine.rank} với {', '.join(shared)}"
    if any(one.tie == mine.tie for one in equals):
        return f"hạng {mine.rank} theo thứ tự Hội đồng quyết định"
    return f"hạng {mine.rank} sau khi so {', '.join(f'mục {code}' for code in rules.ties)}"


def _put(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False, wrap: bool = True) -> None:
    """Text that is never read as a formula."""
    cell = sheet.cell(row, column)
    cell.value = clean(text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=wrap and row > 1, vertical="top")
    if bold:
        cell.font = Font(bold=True)
