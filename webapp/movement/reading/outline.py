"""The points of a plan as a tree: which label stands below which, and the codes people cite them by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.joining import Paragraph
from webapp.movement.reading.labels import Label, Style, split_label
from webapp.movement.reading.shapes import Point
from webapp.movement.reading.spelling import is_capitals

_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({Style.NUMBER, Style.NUMBER_BRACKET, Style.NUMBER_BRACKETS}),
    frozenset({Style.LETTER, Style.LETTER_POINT, Style.LETTER_BRACKETS}),
)
_LETTERED = frozenset({Style.CAPITAL, Style.LETTER, Style.LETTER_POINT, Style.LETTER_BRACKETS})
_STEP = 3  # from e to g, with ê and f between them that lists leave out


@dataclass(slots=True, eq=False)
class Node:
    """A labelled paragraph with what follows it. Items marked by dashes are points only where something says so;
    a node that `is_whole` keeps its sub-items in its own text."""

    label: Label
    code: str
    level: int
    paragraphs: list[str]
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    is_point: bool = True
    is_whole: bool = False
    bullets: int = 0

    @property
    def title(self) -> str:
        """The words of the labelled line itself."""
        return self.paragraphs[0]

    @property
    def text(self) -> str:
        """Its paragraphs and those of the items that are no points of their own, labels of the latter included."""
        folded = [child.written for child in self.children if self.is_whole or not child.is_point]
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
        if not node.is_whole:
            yield from points(node.children)


def read_outline(paragraphs: Sequence[Paragraph], doubts: Doubts) -> Outline:
    """Sort a body's paragraphs into points. Labels are read as they stand; gaps are fine, repeats and steps back are not."""
    return _Builder(paragraphs, doubts).build()


class _Builder:
    def __init__(self, paragraphs: Sequence[Paragraph], doubts: Doubts) -> None:
        self._doubts = doubts
        self._split = [(paragraph, *split_label(paragraph.text)) for paragraph in paragraphs]
        self._roots: list[Node] = []
        self._stack: list[tuple[str, Node]] = []
        self._used: dict[str, int] = {}
        self._sections_are_numbers = self._has_numbered_sections()

    def build(self) -> Outline:
        preamble: list[str] = []
        for paragraph, label, rest in self._split:
            if label is None or (label.is_bullet and not self._stack):
                if self._stack:
                    self._stack[-1][1].paragraphs.append(paragraph.text)
                else:
                    preamble.append(paragraph.text)
            else:
                self._add(label, rest)
            where = self._stack[-1][1] if self._stack else None
            while where is not None and where.label.is_bullet:
                where = where.parent
            for doubt in paragraph.doubts:
                self._doubts.add(where.code if where else "preamble", doubt)
        return Outline(tuple(preamble), tuple(self._roots))

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
        parent = self._stack[-1][1] if self._stack else None
        siblings = parent.children if parent else self._roots
        code = self._code(label, parent)
        self._check_order(label, siblings, code)
        unique = self._unique(code)
        node = Node(label, unique, len(self._stack) + 1, [rest], parent, is_point=not label.is_bullet)
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
            above = (Style.PART,) if label.style is Style.CAPITAL else (Style.PART, Style.CAPITAL)
            self._stack = [entry for entry in self._stack if entry[0] in above]
        if label.style is Style.DOTTED:
            self._unwind_to_prefix(label)
        elif not label.is_bullet:
            while self._stack and self._stack[-1][1].label.is_bullet:
                self._stack.pop()

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
        before = next((node for node in reversed(siblings[-1:]) if not node.label.is_bullet), None)
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


def _before_colon(text: str) -> str:
    return text.partition(":")[0]
