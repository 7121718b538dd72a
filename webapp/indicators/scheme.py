"""A set of indicators as lines of a tree, what a unit says of one, and what is wrong with either. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from webapp.core.expression import BadExpression, doubts_in, names_in, read_expression
from webapp.core.numbers import show_number, stored_number, write_number
from webapp.models import IndicatorMethod as M

MOST_ITEMS = 400
DEEPEST = 4
MOST_STEPS = 12
FULL, HALF, NONE = "full", "half", "none"
LADDER = {FULL: "Đủ", HALF: "Một nửa", NONE: "Không"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder of points: what is reached, and what it gives."""

    points: Decimal
    words: str = ""

    @property
    def label(self) -> str:
        return f"{self.words}: {show_number(self.points)} điểm" if self.words else f"{show_number(self.points)} điểm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a method needs. `target` is the share a/b that gives all points: 1 where none is said, with `lower` (the lower
    the better) 0. `a` and `b` say what is counted."""

    steps: tuple[Step, ...] = ()
    target: Decimal | None = None
    lower: bool = False
    a: str = ""
    b: str = ""
    formula: str = ""

    @property
    def full_share(self) -> Decimal:
        return self.target if self.target is not None else Decimal(0 if self.lower else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a set; `parent` the code above it, "" for a pillar. Of a SUM `most` is what those below add up to."""

    code: str
    text: str
    method: M
    most: Decimal
    parent: str = ""
    rule: Rule = field(default_factory=Rule)
    evidence: str = ""
    source: str = ""
    verifier: str = ""
    verifier_unit_id: str | None = None

    @property
    def is_leaf(self) -> bool:
        return self.method is not M.SUM

    @property
    def counts(self) -> bool:
        return self.method is not M.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of an indicator: a choice of the ladder or the place of a step ("0" the first), or values by name
    ("a" and "b" of a ratio); or that it does not apply."""

    applies: bool = True
    choice: str = ""
    values: Mapping[str, Decimal] = field(default_factory=dict)


def inputs_of(item: Item) -> list[str]:
    """Names of the numbers that an indicator asks for."""
    if item.method is M.RATIO:
        return ["a", "b"]
    return names_in(read_expression(item.rule.formula)) if item.method is M.FORMULA else []


def choices_of(item: Item) -> list[tuple[str, str]]:
    """(value, label) of what can be chosen."""
    if item.method is M.LADDER:
        half = item.most / 2
        shown = {FULL: item.most, HALF: half, NONE: Decimal(0)}
        return [(value, f"{label}: {show_number(shown[value])} điểm") for value, label in LADDER.items()]
    return [(str(place), step.label) for place, step in enumerate(item.rule.steps)] if item.method is M.STEPS else []


def how_words(item: Item) -> str:
    """How an indicator is worked out, in words that `sheet_words.read_method` reads back to the same."""
    rule = item.rule
    if item.method is M.LADDER:
        return "Đủ / một nửa / không"
    if item.method is M.STEPS:
        return "; ".join(step.label for step in rule.steps)
    if item.method is M.FORMULA:
        return f"Công thức: {rule.formula}"
    if item.method is M.INFO:
        return "Thông tin, không tính điểm"
    if item.method is M.SUM:
        return ""
    # As sets of ministries word it: below the share that gives all points, points are in proportion to that share.
    scaled = rule.target is not None and not rule.lower
    reached = f" chia {show_number(rule.target * 100)}%" if scaled and rule.target is not None else ""
    parts = [f"Tỷ lệ a/b{reached} × điểm tối đa"]
    if rule.lower:
        parts.append("càng thấp càng tốt")
    if rule.target is not None:
        word = "đến" if rule.lower else "từ"
        parts.append(f"{word} {show_number(rule.target * 100)}% thì được điểm tối đa")
    parts += [f"a: {rule.a}"] if rule.a else []
    parts += [f"b: {rule.b}"] if rule.b else []
    return "; ".join(parts)


def rule_as_plain(rule: Rule) -> dict[str, Any]:
    """As JSON holds it: numbers as text, nothing that is not said."""
    plain: dict[str, Any] = {name: getattr(rule, name) for name in ("a", "b", "formula") if getattr(rule, name)}
    if rule.steps:
        plain["steps"] = [{"points": write_number(step.points), "words": step.words} for step in rule.steps]
    if rule.target is not None:
        plain["target"] = write_number(rule.target)
    return plain | ({"lower": True} if rule.lower else {})


def rule_from_plain(plain: Mapping[str, Any]) -> Rule:
    return Rule(
        steps=tuple(Step(stored_number(one["points"]), one["words"]) for one in plain.get("steps", ())),
        target=stored_number(plain["target"]) if "target" in plain else None,
        lower=bool(plain.get("lower")),
        a=plain.get("a", ""),
        b=plain.get("b", ""),
        formula=plain.get("formula", ""),
    )


def said_as_plain(said: Said) -> dict[str, Any]:
    values = {name: write_number(value) for name, value in sorted(said.values.items())}
    return {"applies": said.applies, "choice": said.choice, "values": values}


def said_from_plain(plain: Mapping[str, Any]) -> Said:
    return Said(
        applies=plain["applies"],
        choice=plain["choice"],
        values={name: stored_number(text) for name, text in plain["values"].items()},
    )


def said_words(item: Item, plain: Mapping[str, Any] | None) -> str:
    """What was said, as people say it: "Đủ", "a = 3; b = 4", "không áp dụng"."""
    if plain is None:
        return "chưa đánh giá"
    said = said_from_plain(plain)
    if not said.applies:
        return "không áp dụng"
    if item.method in (M.LADDER, M.STEPS):
        return dict(choices_of(item)).get(said.choice, said.choice)
    if item.method is M.INFO:
        return "đã cung cấp thông tin"
    return "; ".join(f"{name.replace('_', ' ')} = {show_number(value)}" for name, value in said.values.items())


def children_of(items: Sequence[Item]) -> dict[str, list[Item]]:
    """By the parent's code, "" for pillars; each list in the set's order."""
    found: dict[str, list[Item]] = {"": []}
    for item in items:
        found.setdefault(item.parent, []).append(item)
    return found


def walk(items: Sequence[Item]) -> Iterator[tuple[Item, int]]:
    """Every item below what it belongs to, with its depth. One that belongs to nothing is left out."""
    below = children_of(items)

    def go(code: str, depth: int) -> Iterator[tuple[Item, int]]:
        for item in below.get(code, ()):
            yield item, depth
            if depth < DEEPEST and item.code != code:
                yield from go(item.code, depth + 1)

    return go("", 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a set: `blocks` it from coming into force, or only should be looked at."""

    code: str
    sentence: str
    blocks: bool = True


def check(items: Sequence[Item]) -> list[Finding]:
    """What is wrong or odd with a set."""
    found = [] if items else [Finding("", "Bộ chỉ số chưa có chỉ số nào.")]
    if len(items) > MOST_ITEMS:
        found.append(Finding("", f"Bộ chỉ số có tối đa {MOST_ITEMS} dòng."))
    below, seen = children_of(items), set[str]()
    placed = {item.code for item, _ in walk(items)}
    for item in items:
        if not item.code.strip():
            found.append(Finding("", f"“{item.text[:60]}” chưa có ký hiệu."))
        elif item.code in seen:
            found.append(Finding(item.code, "Ký hiệu này đứng ở hai chỗ."))
        elif item.code not in placed:
            found.append(Finding(item.code, f"Không có mục “{item.parent}” để đặt chỉ số này vào."))
        seen.add(item.code)
        if not item.text.strip():
            found.append(Finding(item.code, "Chỉ số này chưa có tên."))
        children = below.get(item.code, [])
        if item.method is M.SUM:
            found += _check_sum(item, children)
        elif children:
            found.append(Finding(item.code, "Chỉ mục “tổng các chỉ số con” mới có chỉ số con."))
        else:
            found += [Finding(item.code, sentence) for sentence in check_rule(item)]
    return found


def _check_sum(item: Item, children: Sequence[Item]) -> list[Finding]:
    if not children:
        return [Finding(item.code, "Mục này chưa có chỉ số con nào.")]
    together = sum((child.most for child in children if child.counts), Decimal(0))
    if together == item.most:
        return []
    more = "nhiều" if together > item.most else "ít"
    said = f"Điểm tối đa ghi là {show_number(item.most)}, các chỉ số con cộng lại {show_number(together)}, {more} hơn."
    return [Finding(item.code, said)]


def check_rule(item: Item) -> list[str]:
    """What is wrong with an indicator's points and method."""
    if item.method is M.INFO:
        return ["Chỉ số thông tin không có điểm; hãy để điểm tối đa là 0."] if item.most else []
    if item.most <= 0:
        return ["Điểm tối đa phải lớn hơn 0."]
    if item.method is M.STEPS:
        return _check_steps(item)
    if item.method is M.RATIO:
        target = item.rule.target
        if target is not None and not (0 <= target < 1 if item.rule.lower else 0 < target <= 1):
            return ["Tỷ lệ để được điểm tối đa phải từ 0% đến 100%."]
    if item.method is M.FORMULA:
        try:
            names = names_in(read_expression(item.rule.formula))
            return doubts_in(item.rule.formula) + ([] if names else ["Công thức không dùng số liệu nào."])
        except BadExpression as error:
            return [str(error)]
    return []


def _check_steps(item: Item) -> list[str]:
    steps = item.rule.steps
    if not 2 <= len(steps) <= MOST_STEPS:
        return [f"Cần từ 2 đến {MOST_STEPS} mức."]
    best = max(step.points for step in steps)
    if best != item.most:
        return [f"Mức cao nhất cho {show_number(best)} điểm, điểm tối đa ghi là {show_number(item.most)}."]
    return ["Điểm của một mức không được âm."] if min(step.points for step in steps) < 0 else []


_PLAIN_CODE = re.compile(r"[0-9A-Za-zĐđ.\-]{1,20}")


def bad_code(code: str) -> str:
    """Why this is no code, or ""."""
    return "" if _PLAIN_CODE.fullmatch(code) else "Ký hiệu gồm chữ cái, chữ số và dấu chấm, ví dụ 1.10."
