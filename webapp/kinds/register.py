"""All kinds there are: each slice's `kinds.py`, found by its place."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module, util

import webapp
from webapp.kinds.kind import Kind
from webapp.models import Base


@cache
def all_kinds() -> tuple[Kind, ...]:
    """Every declared kind, by name."""
    found: list[Kind] = []
    for room in pkgutil.iter_modules(webapp.__path__, "webapp."):
        name = f"{room.name}.kinds"
        if room.ispkg and util.find_spec(name) is not None:
            found += import_module(name).KINDS
    return tuple(sorted(found, key=lambda kind: kind.name))


@cache
def _by_name() -> dict[str, Kind]:
    return {kind.name: kind for kind in all_kinds()}


def kind_named(name: str) -> Kind | None:
    return _by_name().get(name)


@cache
def _by_model() -> dict[type[Base], Kind]:
    # Where two kinds share a model, a row is of the one that comes first: a person, not one of its sessions.
    return {kind.model: kind for kind in reversed(all_kinds())}


def kind_of(row: Base) -> Kind:
    """The kind of a row. Raises KeyError for a row that is no record of its own."""
    return _by_model()[type(row)]


@cache
def searched_kinds() -> tuple[Kind, ...]:
    return tuple(kind for kind in all_kinds() if kind.search is not None)
