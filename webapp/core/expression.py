"""A formula of numbers, names, + - * / ( ), comparisons, min, max and if, read into a tree and worked out exactly.

Nothing is ever run as a program: a name is only ever looked up among the values given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from webapp.core.numbers import EXACT, LARGEST, BadNumber, doubt, read_number, write_number

LONGEST = 500
DEEPEST = 30
FUNCTIONS = {"min": (2, 20), "max": (2, 20), "if": (3, 3)}
_TOKEN = re.compile(
    r"\s*(?:([0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?|[0-9]+(?:[.,][0-9]+)?)|([^\W\d]\w*)|(<=|>=|<>|[-+*/()<>=;]))"
)


# One group after a point was always a decimal in formulas. Those in force go on so; whoever writes one is asked.
_DECIMAL = re.compile(r"[0-9]+\.[0-9]{3}")


class BadExpression(ValueError):
    """It cannot be read or worked out; the message says why in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    """A value given from outside."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function over parts: + - * / neg min max if < <= > >= = <>."""

    operator: str
    parts: tuple[Number | Name | Call, ...]


Tree = Number | Name | Call


def read_expression(text: str) -> Tree:
    """Raises BadExpression. Arguments are parted by `;`, decimals written with a comma or a point."""
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST:
        raise BadExpression(f"Công thức dài tối đa {LONGEST} ký tự.")
    return _Reader(_tokens(text)).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise BadExpression(f"Không đọc được công thức từ chỗ “{text[place : place + 12].strip()}”.")
        number, name, sign = match.groups()
        found.append(("number", number) if number else ("name", name) if name else ("sign", sign))
        place = match.end()
    return found


class _Reader:
    """Recursive descent; the depth is bounded, so hostile nesting ends in a sentence."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    def whole(self) -> Tree:
        tree = self.comparison()
        if self.place < len(self.tokens):
            raise BadExpression(f"Công thức thừa từ chỗ “{self.tokens[self.place][1]}”.")
        return tree

    def take(self, *signs: str) -> str | None:
        if self.place < len(self.tokens):
            kind, text = self.tokens[self.place]
            if kind == "sign" and text in signs:
                self.place += 1
                return text
        return None

    def need(self, sign: str) -> None:
        if self.take(sign) is None:
            raise BadExpression(f"Công thức thiếu dấu “{sign}”.")

    def comparison(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadExpression("Công thức lồng nhau quá sâu.")
        left = self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.unary))
        if sign := self.take("<=", ">=", "<>", "<", ">", "="):
            left = Call(sign, (left, self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.unary))))
        self.depth -= 1
        return left

    def chain(self, signs: tuple[str, ...], part: Callable[[], Tree]) -> Tree:
        tree = part()
        while sign := self.take(*signs):
            tree = Call(sign, (tree, part()))
        return tree

    def unary(self) -> Tree:
        if self.take("-"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise BadExpression("Công thức lồng nhau quá sâu.")
            tree = Call("neg", (self.unary(),))
            self.depth -= 1
            return tree
        return self.atom()

    def atom(self) -> Tree:
        if self.take("("):
            tree = self.comparison()
            self.need(")")
            return tree
        if self.place >= len(self.tokens):
            raise BadExpression("Công thức chưa hết.")
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            try:
                return Number(read_number(text.replace(".", ",") if _DECIMAL.fullmatch(text) else text))
            except BadNumber as error:
                raise BadExpression(str(error)) from error
        if kind == "name":
            return self.call(text.lower()) if text.lower() in FUNCTIONS else Name(text)
        raise BadExpression(f"Công thức có dấu “{text}” không đúng chỗ.")

    def call(self, name: str) -> Tree:
        self.need("(")
        parts = [self.comparison()]
        while self.take(";"):
            parts.append(self.comparison())
        self.need(")")
        least, most = FUNCTIONS[name]
        if not least <= len(parts) <= most:
            raise BadExpression(
                f"“{name}” cần {least}{f' đến {most}' if most > least else ''} phần, cách nhau bằng dấu ;"
            )
        return Call(name, tuple(parts))


def doubts_in(text: str) -> list[str]:
    """Numbers of a formula that can be read in two ways, each with what to write instead. Raises BadExpression."""
    numbers = [number for kind, number in _tokens(unicodedata.normalize("NFC", text)) if kind == "number"]
    return [
        f"Công thức có “{number}”, đọc được hai cách: hãy viết {number.replace('.', '')} hoặc {number.replace('.', ',')}."
        for number in dict.fromkeys(numbers)
        if doubt(number)
    ]


def names_in(tree: Tree) -> list[str]:
    """Names in the order they stand in."""
    if isinstance(tree, Name):
        return [tree.name]
    if isinstance(tree, Call):
        return list(dict.fromkeys(name for part in tree.parts for name in names_in(part)))
    return []


def evaluate(tree: Tree, values: Mapping[str, Decimal]) -> Decimal:
    """The value; a comparison gives 1 or 0. Raises BadExpression for a missing name, division by zero, a number too big.

    Reckoned in fractions, so that a / 3 * 3 is a and a half stays a half; only the result becomes a decimal.
    """
    found = _value(tree, values)
    with localcontext(EXACT):
        return Decimal(found.numerator) / Decimal(found.denominator)


def _value(tree: Tree, values: Mapping[str, Decimal]) -> Fraction:
    if isinstance(tree, Number):
        return Fraction(tree.value)
    if isinstance(tree, Name):
        if tree.name not in values:
            raise BadExpression(f"Chưa có giá trị của “{tree.name.replace('_', ' ')}”.")
        return Fraction(values[tree.name])
    if tree.operator == "if":
        condition, yes, no = tree.parts
        return _value(yes if _value(condition, values) else no, values)
    found = _OPERATORS[tree.operator]([_value(part, values) for part in tree.parts])
    if abs(found) > LARGEST:
        raise BadExpression("Kết quả của công thức quá lớn.")
    return found


def _divide(parts: list[Fraction]) -> Fraction:
    if not parts[1]:
        raise BadExpression("Công thức chia cho 0.")
    return parts[0] / parts[1]


_OPERATORS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "+": lambda parts: parts[0] + parts[1],
    "-": lambda parts: parts[0] - parts[1],
    "*": lambda parts: parts[0] * parts[1],
    "/": _divide,
    "neg": lambda parts: -parts[0],
    "min": min,
    "max": max,
    "<": lambda parts: Fraction(parts[0] < parts[1]),
    "<=": lambda parts: Fraction(parts[0] <= parts[1]),
    ">": lambda parts: Fraction(parts[0] > parts[1]),
    ">=": lambda parts: Fraction(parts[0] >= parts[1]),
    "=": lambda parts: Fraction(parts[0] == parts[1]),
    "<>": lambda parts: Fraction(parts[0] != parts[1]),
}


def as_formula(tree: Tree, cells: Mapping[str, str]) -> str:
    """The same for a spreadsheet, without the leading `=`; `cells` gives the cell of each name."""
    if isinstance(tree, Number):
        return write_number(tree.value)
    if isinstance(tree, Name):
        return cells[tree.name]
    parts = [as_formula(part, cells) for part in tree.parts]
    if tree.operator in FUNCTIONS:
        return f"{tree.operator.upper()}({','.join(parts)})"
    if tree.operator == "neg":
        return f"(-{parts[0]})"
    if tree.operator in ("<", "<=", ">", ">=", "=", "<>"):
        return f"IF({parts[0]}{tree.operator}{parts[1]},1,0)"
    return f"({parts[0]}{tree.operator}{parts[1]})"
