"""The points of a plan as a tree: which label stands below which, and the codes people cite them by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.joining import Paragraph
from webapp.movement.reading.labels import Label, Style, split_label
from webapp.movement.reading.marks import is_total_row, mark_at_end, read_mark, stated_total
from webapp.movement.reading.shapes import Point, Row, Table
from webapp.movement.reading.spelling import is_capitals

_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({Style.NUMBER, Style.NUMBER_BRACKET, Style.NUMBER_BRACKETS}),
    frozenset({Style.LETTER, Style.LETTER_POINT, Style.LETTER_BRACKETS}),
)
_LETTERED = frozenset({Style.CAPITAL, Style.LETTER, Style.LETTER_POINT, Style.LETTER_BRACKETS})
BULLET_MARKS = frozenset("-–+•*")
_STEP = 3  # from e to g, with ê and f between them that lists leave out


@dataclass(slots=True, eq=False)
class Node:
    """A labelled paragraph with what follows it. Items marked by dashes are points only where something says so;
    a node that `is_whole` keeps its sub-items in its own text.

    `points` are those a plan gives for it, `total` the sum stated for all below it, both as decimal text. Rows of tables
    are nodes, too (`is_row`), and what further columns say of a row stands below it (`is_note`); with `is_unread` the last
    paragraphs are a table's whose rows could not be told apart.
    """

    label: Label
    code: str
    level: int
    paragraphs: list[str]
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    is_point: bool = True
    is_whole: bool = False
    bullets: int = 0
    points: str | None = None
    total: str | None = None
    is_row: bool = False
    is_unread: bool = False
    is_note: bool = False

    @property
    def title(self) -> str:
        """The words of the labelled line itself."""
        return self.paragraphs[0]

    @property
    def items(self) -> list[Node]:
        """What stands below it, without notes."""
        return [child for child in self.children if not child.is_note]

    @property
    def text(self) -> str:
        """Its paragraphs and those of the items that are no points of their own, labels of the latter included."""
        folded = [child.written for child in self.items if self.is_whole or not child.is_point]
        return "\n".join([*self.paragraphs, *folded])

    @property
    def written(self) -> str:
        """The whole text below this label, the label included."""
        return "\n".join(
            [f"{self.label.written} {self.title}", *self.paragraphs[1:], *(c.written for c in self.children)]
        )


@dataclass(frozen=True, slots=True)
class Outline:
    """The paragraphs before the first label, then the points of the first level."""

    preamble: tuple[str, ...]
    nodes: tuple[Node, ...]


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """All nodes in the text's order."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def points(nodes: Sequence[Node]) -> Iterator[Point]:
    """The points as people cite them."""
    for node in nodes:
        if not node.is_point:
            continue
        yield Point(code=node.code, level=node.level, text=node.text)
        yield from points([child for child in node.children if child.is_note or not node.is_whole])


def read_outline(paragraphs: Sequence[Paragraph], doubts: Doubts) -> Outline:
    """Sort a body's paragraphs into points. Labels are read as they stand; gaps are fine, repeats and steps back are not."""
    return _Builder(paragraphs, doubts).build()


class _Builder:
    """Puts paragraphs in their places; with `base` all of them below that node."""

    def __init__(
        self,
        paragraphs: Sequence[Paragraph],
        doubts: Doubts,
        base: Node | None = None,
        used: dict[str, int] | None = None,
    ) -> None:
        self._doubts = doubts
        self._split = [(paragraph, *split_label(paragraph.text)) for paragraph in paragraphs]
        self._base = base
        self._roots: list[Node] = base.children if base else []
        self._stack: list[tuple[str, Node]] = []
        self._used: dict[str, int] = {} if used is None else used
        self._sections_are_numbers = self._has_numbered_sections()

    def build(self) -> Outline:
        preamble: list[str] = []
        for paragraph, label, rest in self._split:
            if paragraph.table is not None:
                self._add_table(paragraph.table)
            elif label is None or (label.is_bullet and not self._stack):
                if here := self._here():
                    here.paragraphs.append(paragraph.text)
                else:
                    preamble.append(paragraph.text)
            else:
                self._add(label, rest)
            where = self._here()
            while where is not None and where.label.is_bullet:
                where = where.parent
            for doubt in paragraph.doubts:
                self._doubts.add(where.code if where else "preamble", doubt)
        return Outline(tuple(preamble), tuple(self._roots))

    def _here(self) -> Node | None:
        return self._stack[-1][1] if self._stack else self._base

    def _add_table(self, table: Table) -> None:
        """A table's rows below the point it stands in."""
        while self._stack and self._stack[-1][1].label.is_bullet:
            self._stack.pop()
        if (here := self._here()) is not None and table.unread:
            here.is_unread = True
            here.paragraphs += table.unread
        rows = _Builder((), self._doubts, self._here(), self._used)
        for row in table.rows:
            rows.add_row(row)
        if self._base is None and not self._stack:
            self._roots += [node for node in rows._roots if node not in self._roots]

    def add_row(self, row: Row) -> None:
        """One row of a table: a point of its own, or more words of the row above."""
        if is_total_row(row.text) or is_total_row(row.number):
            self._add_total(row)
            return
        label, text = label_of_row(row, [node.label for node in self._roots])
        if not text.strip():
            said = " ".join(filter(None, (row.number, row.points)))
            where = self._base.code if self._base else "points"
            self._doubts.add(where, f"Một hàng của bảng không có nội dung (chỉ có “{said[:40]}”), không được đọc.")
            return
        if label is None:
            last = self._here()
            if last is not None and last.is_row and not row.points and not _is_heading(last):
                last.paragraphs.append(text)
                return
            while self._stack and not _is_heading(self._stack[-1][1]):
                self._stack.pop()
            label = Label(Style.DASH, "", "-")
        self._add(label, text)
        node = self._stack[-1][1]
        node.is_row = node.is_point = True
        node.points, doubt = read_mark(row.points)
        if not row.points:
            node.points, doubt = mark_at_end(text)
        if doubt:
            self._doubts.add(node.code, doubt)
        for note in row.notes:
            self._add_note(node, note)

    def _add_total(self, row: Row) -> None:
        total = read_mark(row.points)[0] or stated_total(row.text)
        if self._base is not None:
            self._base.total = self._base.total or total
            self._base.paragraphs.append(f"{row.text}: {row.points}" if row.points else row.text)

    def _add_note(self, node: Node, text: str) -> None:
        label = Label(Style.DASH, "", "-")
        code = self._unique(self._code(label, node))
        first, *others = text.split("\n")
        node.children.append(Node(label, code, node.level + 1, [first.removeprefix("- "), *others], node, is_note=True))

    def _has_numbered_sections(self) -> bool:
        """Whether sections are "1. MỤC ĐÍCH", "2. NỘI DUNG": then capitals tell a section from a point under it."""
        styles = [label.style for _, label, _ in self._split if label is not None]
        capitals = sum(
            label is not None and label.style is Style.NUMBER and is_capitals(_before_colon(rest))
            for _, label, rest in self._split
        )
        return capitals >= 2 and Style.ROMAN not in styles

    def _key(self, label: Label, rest: str) -> str:
        """Labels with one key belong to one list."""
        if label.style is Style.NUMBER and self._sections_are_numbers and is_capitals(_before_colon(rest)):
            return "SECTION"
        if label.style is Style.DOTTED:
            return f"{label.style}{label.value.count('.')}"
        return label.style

    def _list_key(self, label: Label, rest: str) -> str:
        """The key, or that of the open list which this label goes on in another dress ("a)", then "b.")."""
        key = self._key(label, rest)
        family = next((family for family in _FAMILIES if label.style in family), frozenset())
        if label.rank in (None, 1) or key not in family or any(open_key == key for open_key, _ in self._stack):
            return key
        for open_key, node in reversed(self._stack):
            rank = node.label.rank
            if open_key in family and rank is not None and label.rank is not None and 0 < label.rank - rank <= _STEP:
                return open_key
        return key

    def _add(self, label: Label, rest: str) -> None:
        key = self._list_key(label, rest)
        self._unwind(label, key)
        parent = self._here()
        siblings = parent.children if parent else self._roots
        code = self._code(label, parent)
        self._check_order(label, siblings, code)
        unique = self._unique(code)
        level = len(self._stack) + 1 + (self._base.level if self._base else 0)
        node = Node(label, unique, level, [rest], parent, is_point=not label.is_bullet)
        siblings.append(node)
        self._stack.append((key, node))

    def _unwind(self, label: Label, key: str) -> None:
        """Leave the lists that this label ends."""
        keys = [open_key for open_key, _ in self._stack]
        if key in keys:
            del self._stack[keys.index(key) :]
        elif label.style is Style.PART or key == "SECTION":
            self._stack.clear()
        elif label.style in (Style.ROMAN, Style.CAPITAL):
            above: tuple[str, ...] = (Style.PART, Style.CAPITAL)
            if label.style is Style.CAPITAL:
                # "A." stands above "I.", unless the sections of this text are "I.", "II.".
                above = (Style.PART, Style.ROMAN) if self._begins_with_roman() else (Style.PART,)
            self._stack = [entry for entry in self._stack if entry[0] in above]
        if label.style is Style.DOTTED:
            self._unwind_to_prefix(label)
        elif not label.is_bullet:
            while self._stack and self._stack[-1][1].label.is_bullet:
                self._stack.pop()

    def _begins_with_roman(self) -> bool:
        return bool(self._roots) and self._base is None and self._roots[0].label.style is Style.ROMAN

    def _unwind_to_prefix(self, label: Label) -> None:
        """ "2.1" stands below "2", wherever that is; without it, below the section."""
        prefix = label.value.rpartition(".")[0]
        for depth in range(len(self._stack), 0, -1):
            if self._stack[depth - 1][1].label.value == prefix:
                del self._stack[depth:]
                return
        while self._stack and self._stack[-1][0] not in (Style.PART, Style.CAPITAL, Style.ROMAN, "SECTION"):
            self._stack.pop()

    def _code(self, label: Label, parent: Node | None) -> str:
        value = label.value
        if parent is not None and label.is_bullet:
            parent.bullets += 1
            value = f"[{parent.bullets}]"
        if parent is None:
            return value
        if label.style is Style.DOTTED and parent.label.value == value.rpartition(".")[0]:
            value = value.rpartition(".")[2]
        return f"{parent.code}.{value}"

    def _check_order(self, label: Label, siblings: Sequence[Node], code: str) -> None:
        before = next((node for node in siblings[-1:] if not node.label.is_bullet), None)
        if label.is_bullet or before is None or label.rank is None or before.label.rank is None:
            return
        if before.label.value == label.value:
            return  # said when the code is made unique
        if label.rank < before.label.rank:
            self._doubts.add(code, f"Nhãn “{label.written}” đứng sau “{before.label.written}”: không theo thứ tự.")
        elif label.style not in _LETTERED and label.rank > before.label.rank + 1:
            self._doubts.add(
                code, f"Nhãn “{label.written}” đứng ngay sau “{before.label.written}”: có thể sót điểm ở giữa."
            )

    def _unique(self, code: str) -> str:
        count = self._used.get(code, 0) + 1
        self._used[code] = count
        if count == 1:
            return code
        unique = f"{code}[{count}]"
        self._used[unique] = 1
        self._doubts.add(unique, f"Mã {code} xuất hiện lần thứ {count}; lần này được ghi là {unique}.")
        return unique


def read_annex(root: Node, paragraphs: Sequence[Paragraph], doubts: Doubts) -> None:
    """Sort an annex's paragraphs into points below its own node."""
    _Builder(paragraphs, doubts, root).build()


def label_of_row(row: Row, before: Sequence[Label]) -> tuple[Label | None, str]:
    """A row's label and text; the label may stand in a cell of its own or begin the text."""
    number = row.number.strip().rstrip(".)")
    if number in BULLET_MARKS:
        return Label(Style.DASH, "", "-"), row.text
    if number:
        style = _style_of(number, before)
        if style is not None:
            return Label(style, number, row.number.strip()), row.text
    return split_label(row.text)


def _style_of(number: str, before: Sequence[Label]) -> Style | None:
    if number.isdecimal():
        return Style.NUMBER
    if re.fullmatch(r"(?:[IVX]{1,5}|\d{1,2})(?:\.\d{1,2}){1,3}", number):
        return Style.DOTTED
    # After H, I is a letter; else it is a numeral.
    goes_on = bool(before) and before[-1].style is Style.CAPITAL and before[-1].value in ("H", "U", "K")
    if re.fullmatch(r"[IVX]{1,5}", number) and not goes_on:
        return Style.ROMAN
    if len(number) == 1 and number.isalpha():
        return Style.CAPITAL if number.isupper() else Style.LETTER
    return None


def _is_heading(node: Node) -> bool:
    return node.label.style in (Style.CAPITAL, Style.ROMAN)


def _before_colon(text: str) -> str:
    return text.partition(":")[0]
