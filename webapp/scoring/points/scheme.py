"""A rubric as a tree of criteria, and what is wrong with one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from webapp.core.expression import BadExpression, doubts_in, evaluate, names_in, read_expression
from webapp.core.numbers import BadNumber, not_whole, read_number, read_whole, show_number, stored_number, write_number

MOST_NODES = 300
DEEPEST = 5
MOST_DECIMALS = 4


class NodeKind(StrEnum):
    """How a node comes to its points."""

    SUM = "sum"
    QUANTITY = "quantity"
    LEVEL = "level"
    OCCURRENCE = "occurrence"
    PLUS_MINUS = "plus_minus"
    EXPRESSION = "expression"

    @property
    def label(self) -> str:
        return {
            "sum": "Tổng các mục con",
            "quantity": "Số lượng so với chỉ tiêu",
            "level": "Đạt, đạt một phần, không đạt",
            "occurrence": "Điểm mỗi lần, có trần",
            "plus_minus": "Cộng, trừ điểm",
            "expression": "Công thức",
        }[self.value]


class Level(StrEnum):
    """What a level criterion can be."""

    ACHIEVED = "achieved"
    PARTLY = "partly"
    NOT = "not"

    @property
    def label(self) -> str:
        return {"achieved": "Đạt", "partly": "Đạt một phần", "not": "Không đạt"}[self.value]


class BadRubric(ValueError):
    """A rubric that cannot be read; the message says where and why in Vietnamese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One criterion. `most` is the most points it can give (of a sum: its ceiling); `least` the fewest.

    `target` and `over` belong to quantities (`over`: further points shared out above the target, relative to the best of
    the cluster), `partly` to levels (share of `most`), `each` to occurrences and plus-minus (points each time), `formula`
    to expressions. `criterion` is the plan's code it rests on.
    """

    code: str
    title: str
    kind: NodeKind
    most: Decimal
    least: Decimal = Decimal(0)
    target: Decimal | None = None
    over: Decimal = Decimal(0)
    partly: Decimal = Decimal("0.5")
    each: Decimal | None = None
    formula: str = ""
    criterion: str = ""
    evidence: bool = True
    children: tuple[Node, ...] = ()

    @property
    def is_leaf(self) -> bool:
        return self.kind is not NodeKind.SUM

    @property
    def reach(self) -> Decimal:
        """The most points with what is above the target."""
        return self.most + self.over


@dataclass(frozen=True, slots=True)
class Scheme:
    """A whole rubric: its tree and to how many decimals each criterion's points are rounded, half up."""

    root: Node
    decimals: int = 2

    def leaves(self) -> list[Node]:
        return [node for node, _ in walk(self.root) if node.is_leaf]


def walk(node: Node, depth: int = 0) -> Iterator[tuple[Node, int]]:
    """Every node with its depth, in reading order."""
    yield node, depth
    for child in node.children:
        yield from walk(child, depth + 1)


def inputs_of(node: Node) -> list[str]:
    """Names of the values a leaf asks for: its formula's, else one."""
    return names_in(read_expression(node.formula)) if node.kind is NodeKind.EXPRESSION else ["value"]


# What a formula counts, by the first words of its names; amounts of money, hours and shares may be broken.
_COUNTED = re.compile(r"số_(lần|lượt|người|buổi|cuộc|vụ|bài|hồ_sơ|văn_bản|đơn_vị)(_|$)", re.IGNORECASE)


def label_of(node: Node, name: str) -> str:
    """What people read beside the field of a value: "Số lần", "Số lượng", "Số lần nộp muộn"."""
    if name == "value":
        return "Số lần" if node.each is not None else "Số lượng"
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def is_count(node: Node, name: str) -> bool:
    """Whether the value is a whole number of things that happened."""
    return node.kind is NodeKind.OCCURRENCE if name == "value" else _COUNTED.match(name) is not None


def read_value(node: Node, name: str, typed: str) -> Decimal:
    """A value as somebody typed it. Raises BadNumber, for counts with the field's own name."""
    return Decimal(read_whole(typed, label_of(node, name))) if is_count(node, name) else read_number(typed)


_NUMBERS = ("most", "least", "target", "over", "partly", "each")


def as_plain(node: Node) -> dict[str, Any]:
    """As JSON holds it: numbers as text, so that none is ever a float."""
    plain: dict[str, Any] = {"code": node.code, "title": node.title, "kind": node.kind.value}
    for name in _NUMBERS:
        value = getattr(node, name)
        if value is not None:
            plain[name] = write_number(value)
    plain |= {"formula": node.formula, "criterion": node.criterion, "evidence": node.evidence}
    plain["children"] = [as_plain(child) for child in node.children]
    return plain


def from_plain(plain: Mapping[str, Any], depth: int = 0) -> Node:
    """Raises BadRubric."""
    if depth > DEEPEST:
        raise BadRubric(f"Thang điểm sâu tối đa {DEEPEST} cấp.")
    code = str(plain.get("code", ""))[:60]
    try:
        numbers = {name: stored_number(str(plain[name])) for name in _NUMBERS if plain.get(name) not in (None, "")}
        kind = NodeKind(plain.get("kind", ""))
    except (BadNumber, ValueError) as error:
        said = str(error) if isinstance(error, BadNumber) else "Không có cách tính này."
        raise BadRubric(f"{code}: {said}") from error
    if "most" not in numbers:
        raise BadRubric(f"{code}: thiếu điểm tối đa.")
    return Node(
        code=code,
        title=str(plain.get("title", ""))[:1000],
        kind=kind,
        formula=str(plain.get("formula", ""))[:600],
        criterion=str(plain.get("criterion", ""))[:30],
        evidence=bool(plain.get("evidence", True)),
        children=tuple(from_plain(child, depth + 1) for child in plain.get("children", ())),
        **numbers,
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a rubric: `blocks` it from coming into force, or only should be looked at."""

    code: str
    sentence: str
    blocks: bool = True


def check(scheme: Scheme, criteria: Sequence[str] = ()) -> list[Finding]:
    """What is wrong or odd: codes, totals, points that cannot be reached, criteria of the plan left out."""
    nodes = list(walk(scheme.root))
    found = [Finding("", f"Thang điểm có tối đa {MOST_NODES} mục.")] if len(nodes) > MOST_NODES else []
    if not 0 <= scheme.decimals <= MOST_DECIMALS:
        found.append(Finding("", f"Điểm làm tròn đến tối đa {MOST_DECIMALS} chữ số thập phân."))
    seen: set[str] = set()
    for node, depth in nodes:
        if not node.code.strip():
            found.append(Finding(node.code, "Có mục chưa có ký hiệu."))
        elif node.code in seen:
            found.append(Finding(node.code, "Ký hiệu này đứng ở hai chỗ."))
        seen.add(node.code)
        if not node.title.strip():
            found.append(Finding(node.code, "Mục này chưa có tên."))
        if depth > DEEPEST:
            found.append(Finding(node.code, f"Thang điểm sâu tối đa {DEEPEST} cấp."))
        found += _check_sum(node) if node.kind is NodeKind.SUM else _check_leaf(node)
    covered = {node.criterion for node, _ in nodes if node.criterion}
    left = [code for code in criteria if code not in covered]
    if left:
        found.append(Finding("", f"Tiêu chí của kế hoạch chưa có trong thang điểm: {', '.join(left)}.", blocks=False))
    unknown = sorted(covered - set(criteria)) if criteria else []
    if unknown:
        found.append(Finding("", f"Không có trong kế hoạch: {', '.join(unknown)}.", blocks=False))
    return found


def _check_sum(node: Node) -> list[Finding]:
    if not node.children:
        return [Finding(node.code, "Mục tổng chưa có mục con nào.")]
    together = sum((child.reach for child in node.children), Decimal(0))
    if together < node.most:
        return [
            Finding(
                node.code, f"Các mục con cộng lại chỉ {write_number(together)}, không tới {write_number(node.most)}."
            )
        ]
    if together > node.most:
        said = (
            f"Các mục con cộng lại {write_number(together)}, quá {write_number(node.most)}: phần vượt không được tính."
        )
        return [Finding(node.code, said, blocks=False)]
    return []


def _check_leaf(node: Node) -> list[Finding]:
    found = []
    if node.children:
        found.append(Finding(node.code, "Chỉ mục tổng mới có mục con."))
    if node.most < 0 or node.least > node.most or (node.most == 0 and node.kind is not NodeKind.PLUS_MINUS):
        found.append(Finding(node.code, "Điểm tối đa phải lớn hơn 0 và không nhỏ hơn điểm tối thiểu."))
    if node.over < 0:
        found.append(Finding(node.code, "Điểm vượt chỉ tiêu không được âm."))
    if node.kind is NodeKind.QUANTITY and (node.target is None or node.target <= 0):
        found.append(Finding(node.code, "Chỉ tiêu phải lớn hơn 0."))
    if node.kind is NodeKind.LEVEL and not 0 <= node.partly <= 1:
        found.append(Finding(node.code, "Tỷ lệ của “đạt một phần” phải từ 0 đến 1."))
    if node.kind in (NodeKind.OCCURRENCE, NodeKind.PLUS_MINUS) and not node.each:
        found.append(Finding(node.code, "Cần ghi điểm cho mỗi lần."))
    elif node.kind is NodeKind.OCCURRENCE and node.each is not None and node.each < 0:
        found.append(Finding(node.code, "Điểm mỗi lần không được âm; mục trừ điểm dùng cách “cộng, trừ điểm”."))
    if node.kind is NodeKind.EXPRESSION:
        try:
            names = names_in(read_expression(node.formula))
            if not names:
                found.append(Finding(node.code, "Công thức không dùng số liệu nào nên không chấm được."))
            found += [Finding(node.code, sentence) for sentence in doubts_in(node.formula)]
        except BadExpression as error:
            found.append(Finding(node.code, str(error)))
    return found


def without(root: Node, code: str) -> Node:
    """The tree without one node and all below it."""
    return replace(root, children=tuple(without(child, code) for child in root.children if child.code != code))


def with_node(root: Node, parent: str, node: Node, *, old_code: str = "") -> Node:
    """The tree with a node put in place of the one named `old_code`, or at the end below `parent`."""
    if old_code:
        if root.code == old_code:
            return node
        return replace(
            root, children=tuple(with_node(child, parent, node, old_code=old_code) for child in root.children)
        )
    if root.code == parent:
        return replace(root, children=(*root.children, node))
    return replace(root, children=tuple(with_node(child, parent, node) for child in root.children))


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one leaf: values by name, or a level; `applies` False means that it does not apply there.

    `points` are fixed from outside (by the council, or pooled from several appraisers) and hold whatever the values
    say; `words` tell where they come from.
    """

    values: Mapping[str, Decimal] = field(default_factory=dict)
    level: Level | None = None
    applies: bool = True
    points: Decimal | None = None
    words: str = ""


LONGEST_WORDS = 200
_ENTRY = {"values", "level", "applies", "points", "words"}


def entry_as_plain(entry: Entry) -> dict[str, Any]:
    """As JSON holds it: numbers as text, names in order, so that equal entries are equal texts."""
    return {
        "values": {name: write_number(entry.values[name]) for name in sorted(entry.values)},
        "level": entry.level.value if entry.level is not None else None,
        "applies": entry.applies,
        "points": write_number(entry.points) if entry.points is not None else None,
        "words": entry.words,
    }


def entry_from_plain(plain: object) -> Entry:
    """Takes what `entry_as_plain` writes; raises BadRubric for anything else."""
    if not isinstance(plain, Mapping) or set(plain) != _ENTRY:
        raise BadRubric("Kết quả chấm không đúng dạng.")
    values, level, words = plain["values"], plain["level"], plain["words"]
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise BadRubric("Số liệu của kết quả chấm không đúng dạng.")
    if not isinstance(plain["applies"], bool) or not isinstance(words, str) or len(words) > LONGEST_WORDS:
        raise BadRubric("Kết quả chấm không đúng dạng.")
    if level is not None and (not isinstance(level, str) or level not in set(Level)):
        raise BadRubric("Không có mức này; chỉ có đạt, đạt một phần, không đạt.")
    points = plain["points"]
    return Entry(
        values={name: _plain_number(text) for name, text in values.items()},
        level=Level(level) if level is not None else None,
        applies=plain["applies"],
        points=_plain_number(points) if points is not None else None,
        words=words,
    )


def _plain_number(text: object) -> Decimal:
    if not isinstance(text, str):
        raise BadRubric("Số trong kết quả chấm phải ghi bằng chữ số.")
    try:
        return stored_number(text)
    except BadNumber as error:
        raise BadRubric(str(error)) from error


def check_entry(node: Node, entry: Entry) -> str:
    """What is wrong with an entry, in a sentence; empty when it can be reckoned."""
    if not node.is_leaf:
        return "Mục tổng không chấm trực tiếp."
    if not entry.applies:
        return "Mục không áp dụng thì không có điểm." if entry.points is not None else ""
    if entry.level is not None and node.kind is not NodeKind.LEVEL:
        return "Mục này tính theo số liệu, không theo mức đạt."
    asked = [] if node.kind is NodeKind.LEVEL else inputs_of(node)
    if odd := [name for name in entry.values if name not in asked]:
        return f"Mục này không dùng số liệu “{odd[0][:60]}”."
    if entry.points is not None:
        if node.least <= entry.points <= node.reach:
            return ""
        return f"Điểm ấn định phải từ {show_number(node.least)} đến {show_number(node.reach)}."
    if node.kind is NodeKind.LEVEL:
        return "" if entry.level is not None else "Hãy chọn mức đạt."
    if left := [name for name in asked if name not in entry.values]:
        return "Hãy ghi số liệu." if left == ["value"] else f"Hãy ghi số liệu “{left[0].replace('_', ' ')}”."
    return _check_values(node, entry)


def _check_values(node: Node, entry: Entry) -> str:
    if node.kind is NodeKind.EXPRESSION:
        if low := [name for name, value in entry.values.items() if value < 0]:
            return f"Số liệu “{low[0].replace('_', ' ')}” không được âm."
        try:
            evaluate(read_expression(node.formula), entry.values)
        except BadExpression as error:
            return str(error)
        broken = [name for name, value in entry.values.items() if is_count(node, name) and value % 1]
        return not_whole(label_of(node, broken[0])) if broken else ""
    value = entry.values["value"]
    if node.kind is NodeKind.QUANTITY and value < 0:
        return "Số lượng không được âm."
    if node.kind is NodeKind.OCCURRENCE and (value < 0 or value != value.to_integral_value()):
        return not_whole(label_of(node, "value"))
    return ""
