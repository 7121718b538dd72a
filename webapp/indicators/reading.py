"""A set of indicators out of the lines of a sheet, as offices keep it: what each row was understood as. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from search.vietnamese import fold
from webapp.core.numbers import BadNumber, show_number
from webapp.indicators import scheme
from webapp.indicators.scheme import Item
from webapp.indicators.sheet_words import code_of, columns_of, number_in, read_method
from webapp.models import IndicatorMethod as M

Line = tuple[int, list[str]]
MOST_TITLES = 30  # lines above the head
TOTAL = ("tong", "tong cong", "tong diem", "cong")


@dataclass(frozen=True, slots=True)
class RowReport:
    """What a row of the sheet was understood as, by the sheet's own number; `fault` says why it could not be."""

    number: int
    code: str
    text: str
    outcome: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet that was read: `title` stands above the head. `items` are complete only where no row has a fault."""

    items: list[Item]
    rows: list[RowReport]
    title: str = ""

    @property
    def faults(self) -> list[RowReport]:
        return [row for row in self.rows if row.fault]

    @property
    def ok(self) -> bool:
        return bool(self.items) and not self.faults


@dataclass(slots=True)
class _Block:
    """Rows that speak of one indicator."""

    number: int
    last: int
    cells: dict[str, str]
    how: list[str] = field(default_factory=list)
    more: dict[str, list[str]] = field(default_factory=dict)


def read_lines(sheets: Sequence[tuple[str, list[Line]]], unit_of: Callable[[str], str | None]) -> Reading | None:
    """The first sheet with a head that has STT, chỉ số and điểm tối đa; None where there is none.

    `unit_of` gives the id of the unit of the ward that a text names, or None.
    """
    for _, lines in sheets:
        for place, (_, cells) in enumerate(lines[:MOST_TITLES]):
            if columns := columns_of(cells):
                above = [cell.strip() for _, line in lines[:place] for cell in line if cell.strip()]
                title = next((cell for cell in above if "chi so" in fold(cell)), above[0] if above else "")
                run = _Run(unit_of)
                run.read(_blocks(lines[place + 1 :], columns))
                return Reading(run.items, sorted(run.rows, key=lambda row: row.number), title[:200])
    return None


def _blocks(lines: Sequence[Line], columns: dict[str, int]) -> list[_Block]:
    blocks: list[_Block] = []
    for number, line in lines:
        cells = {name: line[place].strip() if place < len(line) else "" for name, place in columns.items()}
        if not any(cells.values()) or columns_of(line):
            continue
        above = blocks[-1] if blocks else None
        goes_on = above is not None and number == above.last + 1
        same = (
            above is not None and cells["code"] == above.cells["code"] and _is_part(cells["text"], above.cells["text"])
        )
        if above is not None and goes_on and (not cells["code"] or same) and not _is_total(cells):
            _add(above, cells, number)
        elif cells["code"] or _is_total(cells) or (cells["text"] and cells["most"]):
            blocks.append(_Block(number, number, cells))
            _add(blocks[-1], cells, number)
        # Whatever stands alone below the table (place, day, signatures) is none of it.
    return blocks


def _add(block: _Block, cells: dict[str, str], number: int) -> None:
    """One more row of an indicator: a, b, the ratio, the points … each in a line of its own."""
    block.last = number
    part = cells["text"] if cells["text"] != block.cells["text"] else ""
    for said in (part, cells.get("how", "")):
        if said and said not in block.how:
            block.how.append(said)
    for name in ("evidence", "source", "verifier"):
        kept = block.more.setdefault(name, [])
        if cells.get(name) and cells[name] not in kept:
            kept.append(cells[name])
    if not block.cells["most"] and cells["most"]:
        block.cells["most"] = cells["most"]


def _is_part(text: str, whole: str) -> bool:
    """Whether a row under the same code says more of the same indicator: its text again, or a, b, the ratio, the points."""
    return text in ("", whole) or bool(re.match(r"(a|b|ty le|ti le|diem|trong do|-)(?![a-z])", fold(text).strip()))


def _is_total(cells: dict[str, str]) -> bool:
    words = re.sub(r"[^a-z ]", "", fold(cells["text"] or cells["code"])).strip()
    return words in TOTAL or words.startswith(("tong cong", "tong diem", "tong so diem"))


class _Run:
    """One reading: where each code stands is told by those above it."""

    def __init__(self, unit_of: Callable[[str], str | None]) -> None:
        self.unit_of = unit_of
        self.items: list[Item] = []
        self.rows: list[RowReport] = []
        self.open: list[tuple[tuple[str, int], str, str]] = []  # (kind, code as written, code as kept)
        self.at: dict[str, int] = {}  # row of each code as kept
        self.roots: dict[str, str] = {}  # the pillar each of them stands in

    def read(self, blocks: Sequence[_Block]) -> None:
        total: tuple[_Block, Decimal] | None = None
        before = ""
        placed: list[tuple[_Block, str, str, list[str]]] = []
        for block in blocks:
            if _is_total(block.cells):
                try:
                    total = (block, number_in(block.cells["most"]))
                except BadNumber:
                    self.rows.append(RowReport(block.number, "", block.cells["text"], "dòng tổng, bỏ qua"))
                continue
            code, remark = code_of(block.cells["code"], before)
            before = code or before
            remarks = [remark] if remark else []
            fault = scheme.bad_code(code) if code else "Thiếu STT của chỉ số."
            if fault:
                self._fault(block, code, fault)
                continue
            kept, parent, fault = self._place(code)
            if fault:
                self._fault(block, code, fault)
                continue
            self.at[kept] = block.number
            placed.append((block, kept, parent, remarks))
        parents = {parent for _, _, parent, _ in placed}
        for block, code, parent, remarks in placed:
            self._take(block, code, parent, remarks, is_sum=code in parents)
        self._add_up()
        if total is not None:
            self._check_total(*total)

    def _place(self, code: str) -> tuple[str, str, str]:
        """(code as kept, parent, fault)."""
        kind = _kind_of(code, {one[0][0] for one in self.open})
        stem = code.rpartition(".")[0]
        if stem and (depth := next((n for n, one in enumerate(self.open) if one[1] == stem), None)) is not None:
            del self.open[depth + 1 :]
            kept = f"{self.open[depth][2]}{code[len(stem) :]}"
        else:
            kept = code
            same = next((n for n, one in enumerate(self.open) if one[0] == kind), None)
            if same is not None:
                del self.open[same:]
            elif kind[0] == "number":
                while self.open and self.open[-1][0][0] == "number" and self.open[-1][0][1] >= kind[1]:
                    self.open.pop()
        parent = self.open[-1][2] if self.open else ""
        root = self.open[0][2] if self.open else ""
        if root and self.roots.get(kept, root) != root:
            # Numbers that begin anew in each part: the part goes before them.
            kept = f"{root}.{code}"
        if kept in self.at:
            return kept, parent, f"Ký hiệu “{code}” trùng với dòng {self.at[kept]}."
        self.roots[kept] = root
        self.open.append((kind, code, kept))
        return kept, parent, ""

    def _take(self, block: _Block, code: str, parent: str, remarks: list[str], *, is_sum: bool) -> None:
        cells, how = block.cells, "; ".join(block.how)
        if not cells["text"]:
            self._fault(block, code, "Thiếu tên chỉ số.")
            return
        try:
            most = number_in(cells["most"]) if cells["most"].strip(" -–") else None
        except BadNumber as error:
            self._fault(block, code, f"Điểm tối đa: {error}")
            return
        method, rule, remark = (M.SUM, scheme.Rule(), "") if is_sum else read_method(how, most or Decimal(0))
        if not is_sum and not most and (most == 0 or method is M.INFO):
            method, rule, remark = M.INFO, scheme.Rule(), "" if method is M.INFO else "0 điểm: chỉ để lấy thông tin"
        if most is None and method not in (M.SUM, M.INFO):
            self._fault(block, code, "Thiếu điểm tối đa.")
            return
        if most is None and is_sum:
            remarks.append("không ghi điểm tối đa, lấy tổng các chỉ số con")
        verifier = "; ".join(block.more["verifier"])
        item = Item(
            code=code,
            text=cells["text"],
            method=method,
            most=most if most is not None else Decimal(-1 if is_sum else 0),
            parent=parent,
            rule=rule,
            evidence="; ".join(block.more["evidence"]),
            source="; ".join(block.more["source"]),
            verifier=verifier,
            verifier_unit_id=self.unit_of(verifier) if verifier else None,
        )
        if not is_sum and (wrong := scheme.check_rule(item)):
            self._fault(block, code, " ".join(wrong))
            return
        self.items.append(item)
        remarks += [remark] if remark else []
        self.rows.append(RowReport(block.number, code, item.text, "; ".join([understood(item), *remarks])))

    def _add_up(self) -> None:
        """Heads without points of their own get those of what stands below them."""
        for place in reversed(range(len(self.items))):
            item = self.items[place]
            if item.most == -1:
                below = [one.most for one in self.items if one.parent == item.code and one.counts]
                self.items[place] = replace(item, most=sum(below, Decimal(0)))

    def _check_total(self, block: _Block, written: Decimal) -> None:
        found = sum((item.most for item in self.items if not item.parent and item.counts), Decimal(0))
        said = f"dòng tổng ghi {show_number(written)}, các mục cộng lại {show_number(found)}"
        outcome = "dòng tổng, khớp" if found == written else f"{said}; hãy xem lại"
        self.rows.append(RowReport(block.number, "", block.cells["text"], outcome))

    def _fault(self, block: _Block, code: str, fault: str) -> None:
        self.rows.append(RowReport(block.number, code, block.cells["text"], fault=fault))


def understood(item: Item) -> str:
    """An item in words: "Tỷ lệ a/b …, tối đa 10 điểm"."""
    if item.method is M.SUM:
        return "mục gồm các chỉ số con"
    if item.method is M.INFO:
        return item.method.label.lower()
    return f"{item.method.label}: {scheme.how_words(item)}; tối đa {show_number(item.most)} điểm"


def _kind_of(code: str, seen: set[str]) -> tuple[str, int]:
    """Of what sort a code is, and how deep within it: I, A, 1, 1.1, a."""
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)*", code):
        return "number", code.count(".")
    if re.fullmatch(r"[IVXLC]+", code) and not (len(code) == 1 and code not in "IVX" and "upper" in seen):
        return "roman", 0
    if len(code) == 1 and code.isupper():
        return "upper", 0
    return ("lower", 0) if len(code) == 1 else ("other", code.count("."))
