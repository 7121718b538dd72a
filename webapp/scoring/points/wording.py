"""Formulas as people say them: "10 điểm, trừ 2 điểm mỗi lần nộp muộn, không dưới 0". Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from webapp.core.expression import BadExpression, Call, Name, Number, Tree, read_expression
from webapp.core.numbers import show_number

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "chia"}
_COMPARED = {"<": "dưới", "<=": "không quá", ">": "trên", ">=": "từ", "=": "bằng", "<>": "khác"}
_HIGH = ("*", "/")
_THOUSANDS = re.compile(r"(?<=[0-9])\.(?=[0-9]{3})")


def formula_words(formula: str) -> str:
    """A formula in a sentence; as it stands where it cannot be read."""
    try:
        return _sentence(read_expression(formula))
    except BadExpression:
        return formula


def former_words(words: str, formula: str) -> str:
    """How `words` of a calculation, by this formula or by none, were written before formulas were said in sentences: the
    results of rounds that were published then hold them so."""
    said = f"{formula_words(formula)}, với "
    if formula and words.startswith(said):
        before = f"{formula} với ".replace("_", " ").replace("*", "×")
        words = before + words.removeprefix(said).replace(" là ", " = ")
    return _THOUSANDS.sub("", words)


def name_words(name: str) -> str:
    """số_lần_nộp_muộn as "số lần nộp muộn"."""
    return name.replace("_", " ")


def _sentence(tree: Tree) -> str:
    if isinstance(tree, Call) and tree.operator in ("min", "max"):
        bounds = [part for part in tree.parts if isinstance(part, Number)]
        others = [part for part in tree.parts if not isinstance(part, Number)]
        if len(bounds) == len(others) == 1:
            limit = "không quá" if tree.operator == "min" else "không dưới"
            return f"{_sentence(others[0])}, {limit} {show_number(bounds[0].value)}"
        which = "nhỏ nhất" if tree.operator == "min" else "lớn nhất"
        return f"số {which} trong: {'; '.join(map(_sentence, tree.parts))}"
    if isinstance(tree, Call) and tree.operator == "if":
        condition, yes, no = tree.parts
        return f"nếu {_inner(condition)} thì {_sentence(yes)}, nếu không thì {_sentence(no)}"
    return _by_terms(tree) or _inner(tree)


def _by_terms(tree: Tree) -> str:
    """A sum of points and of so many points for each of something; empty for all else."""
    said: list[str] = []
    for sign, term in _terms(tree, 1):
        if isinstance(term, Number):
            words = f"{show_number(term.value)} điểm"
        elif (each := _each(term)) is not None:
            words = f"{show_number(each[0])} điểm {_of_each(each[1])}"
        else:
            return ""
        said.append(f"{'cộng' if sign > 0 else 'trừ'} {words}" if said or sign < 0 else words)
    return ", ".join(said)


def _terms(tree: Tree, sign: int) -> list[tuple[int, Tree]]:
    if isinstance(tree, Call) and tree.operator in ("+", "-"):
        left, right = tree.parts
        return _terms(left, sign) + _terms(right, sign if tree.operator == "+" else -sign)
    if isinstance(tree, Call) and tree.operator == "neg":
        return _terms(tree.parts[0], -sign)
    return [(sign, tree)]


def _each(term: Tree) -> tuple[Decimal, str] | None:
    """(points, name) of a term that is so many points for each of something."""
    if isinstance(term, Call) and term.operator == "*":
        left, right = term.parts
        if isinstance(left, Name):
            left, right = right, left
        if isinstance(left, Number) and isinstance(right, Name):
            return left.value, right.name
    return None


def _of_each(name: str) -> str:
    words = name_words(name)
    return f"mỗi {words[3:]}" if words.casefold().startswith("số ") else f"nhân với {words}"


def _inner(tree: Tree, *, within: str = "") -> str:
    """Numbers, names and signs in a row, with brackets where they are needed."""
    if isinstance(tree, Number):
        return show_number(tree.value)
    if isinstance(tree, Name):
        return name_words(tree.name)
    if tree.operator in ("min", "max", "if"):
        return f"({_sentence(tree)})" if within else _sentence(tree)
    if tree.operator == "neg":
        return f"−{_inner(tree.parts[0], within='neg')}"
    left, right = tree.parts
    if tree.operator in _COMPARED:
        words = f"{_inner(left)} {_COMPARED[tree.operator]} {_inner(right)}"
        return f"({words})" if within else words
    loose = tree.operator in ("+", "-")
    second = _inner(right, within=tree.operator)
    if isinstance(right, Call) and right.operator in (*_HIGH, "+", "-") and tree.operator in ("-", "/"):
        second = (
            second
            if second.startswith("(")
            else f"({second})"
            if tree.operator == "/" or right.operator not in _HIGH
            else second
        )
    words = f"{_inner(left, within='' if loose else tree.operator)} {_SIGNS[tree.operator]} {second}"
    return f"({words})" if loose and within in (*_HIGH, "neg") else words
