"""Fields of one criterion: what a form sent becomes an entry, and an entry fills the fields again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from webapp.core.errors import Invalid
from webapp.core.numbers import BadNumber, doubts, read_number, stored_number, type_number
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, inputs_of, label_of, read_value

NOT_APPLICABLE = "na"


def read_entry(form: Mapping[str, str], node: Node, key: str) -> Entry | None:
    """The entry in fields `level-KEY`, `value-KEY-0` …, `na-KEY`; None when nothing was filled in. Raises Invalid."""
    level = form.get(f"level-{key}", "")
    if level == NOT_APPLICABLE or form.get(f"na-{key}"):
        return Entry(applies=False)
    if node.kind is NodeKind.LEVEL:
        if level and level not in set(Level):
            raise Invalid({f"level-{key}": "Không có mức này."})
        return Entry(level=Level(level)) if level else None
    values: dict[str, Decimal] = {}
    names = inputs_of(node)
    for place, name in enumerate(names):
        field = f"value-{key}-{place}"
        if typed := form.get(field, "").strip():
            try:
                values[name] = read_value(node, name, typed)
            except BadNumber as fault:
                raise Invalid({field: str(fault)}) from fault
    if not values:
        return None
    if missing := [place for place, name in enumerate(names) if name not in values]:
        raise Invalid({f"value-{key}-{missing[0]}": f"{node.code}: còn thiếu “{label_of(node, names[missing[0]])}”."})
    return Entry(values=values)


def read_points(form: Mapping[str, str], name: str) -> Decimal | None:
    """A number, or None when the field is empty. Raises Invalid."""
    typed = form.get(name, "").strip()
    try:
        return read_number(typed) if typed else None
    except BadNumber as fault:
        raise Invalid({name: str(fault)}) from fault


def doubtful(form: Mapping[str, str]) -> list[str]:
    """How numbers with two readings were understood, to be said beside what was saved."""
    return doubts([text for name, text in form.items() if name.startswith(("value-", "points", "best-", "cell"))])


def filled(node: Node, plain: Mapping[str, Any] | None, key: str) -> dict[str, str]:
    """Field names and texts that show an entry."""
    if plain is None:
        return {}
    if not plain["applies"]:
        return {f"level-{key}": NOT_APPLICABLE, f"na-{key}": "1"}
    if node.kind is NodeKind.LEVEL:
        return {f"level-{key}": plain["level"] or ""}
    return {
        f"value-{key}-{place}": type_number(stored_number(plain["values"][name]))
        for place, name in enumerate(inputs_of(node))
        if name in plain["values"]
    }
