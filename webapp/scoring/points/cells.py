"""One criterion as a cell of a grid: short to type, short to read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.core.errors import Invalid
from webapp.core.numbers import BadNumber, stored_number, type_number
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, inputs_of, label_of, read_value

NOT_APPLICABLE = "k"
LEVELS = {"2": Level.ACHIEVED, "1": Level.PARTLY, "0": Level.NOT}


def read_cell(node: Node, typed: str) -> Entry | None:
    """ "2", "1", "0" for levels, a number, numbers parted by `;` for a formula, "k" for what does not apply; None when
    empty. Raises Invalid."""
    text = typed.strip()
    if not text:
        return None
    if text.lower() == NOT_APPLICABLE:
        return Entry(applies=False)
    if node.kind is NodeKind.LEVEL:
        if text not in LEVELS:
            raise Invalid("Hãy gõ 2 (đạt), 1 (đạt một phần), 0 (không đạt) hoặc k (không áp dụng).")
        return Entry(level=LEVELS[text])
    names = inputs_of(node)
    parts = text.split(";")
    if len(parts) != len(names):
        raise Invalid(
            f"Cần {len(names)} số, cách nhau bằng dấu ; ({'; '.join(label_of(node, name) for name in names)})."
        )
    try:
        return Entry(values={name: read_value(node, name, part) for name, part in zip(names, parts, strict=True)})
    except BadNumber as fault:
        raise Invalid(str(fault)) from fault


def write_cell(node: Node, plain: Mapping[str, Any] | None) -> str:
    """What `read_cell` reads back."""
    if plain is None:
        return ""
    if not plain["applies"]:
        return NOT_APPLICABLE
    if plain["points"] is not None:
        return type_number(stored_number(plain["points"]))
    if node.kind is NodeKind.LEVEL:
        return next(key for key, level in LEVELS.items() if level.value == plain["level"])
    values = plain["values"]
    return ";".join(type_number(stored_number(values[name])) if name in values else "" for name in inputs_of(node))
