"""Fields of indicators: what a form sent becomes what somebody says, and fills the fields again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from webapp.core.errors import Invalid
from webapp.core.numbers import BadNumber, doubts, read_number, stored_number, type_number
from webapp.indicators.scheme import Item, Said, choices_of, inputs_of
from webapp.models import IndicatorMethod as M


def read_said(form: Mapping[str, str], item: Item, key: str) -> Said | None:
    """What stands in `na-KEY`, `choice-KEY`, `value-KEY-0` …; None when nothing was filled in. Raises Invalid."""
    if form.get(f"na-{key}"):
        return Said(applies=False)
    if item.method is M.INFO:
        return Said() if form.get(f"text-{key}", "").strip() else None
    choice = form.get(f"choice-{key}", "")
    if choices := dict(choices_of(item)):
        if choice and choice not in choices:
            raise Invalid({f"choice-{key}": "Không có mức này."})
        return Said(choice=choice) if choice else None
    values: dict[str, Decimal] = {}
    names = inputs_of(item)
    for place, name in enumerate(names):
        field = f"value-{key}-{place}"
        if typed := form.get(field, "").strip():
            try:
                values[name] = read_number(typed)
            except BadNumber as fault:
                raise Invalid({field: f"{item.code}: {fault}"}) from fault
    if not values:
        return None
    if missing := [place for place, name in enumerate(names) if name not in values]:
        name = names[missing[0]].replace("_", " ")
        raise Invalid({f"value-{key}-{missing[0]}": f"{item.code}: còn thiếu “{name}”."})
    return Said(values=values)


def filled(item: Item, plain: Mapping[str, Any] | None, key: str) -> dict[str, str]:
    """Field names and texts that show a value."""
    if plain is None:
        return {}
    if not plain["applies"]:
        return {f"na-{key}": "1"}
    values = {
        f"value-{key}-{place}": type_number(stored_number(plain["values"][name]))
        for place, name in enumerate(inputs_of(item))
        if name in plain["values"]
    }
    return values | ({f"choice-{key}": plain["choice"]} if plain["choice"] else {})


def understood(form: Mapping[str, str]) -> list[str]:
    """How numbers with two readings were understood, to be said beside what was saved."""
    return doubts([text for name, text in form.items() if name.startswith("value-")])


def sent(form: Mapping[str, str], key: str) -> bool:
    """Whether the form holds a field of this indicator."""
    return any(key in name.split("-") for name in form)
