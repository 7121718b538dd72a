"""Wards that many tests of a module begin with: made once for each database, and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import pytest

from tests.support.ward import Ward

Make = Callable[[Ward], Any]
_makes: dict[tuple[str, str], Make] = {}


def prepared(make: Make) -> Any:
    """A fixture of this name with what `make` gives: the ward itself, or values that name what it made there.

    Tests that ask for it get a copy of a ward that it was done to. It must need nothing but the ward.
    """

    def again(ward: Ward) -> Any:
        made = deepcopy(ward.prepared[1]) if ward.prepared[0] is make else make(ward)
        return ward if made is None or made is ward else made

    again.__doc__ = make.__doc__
    _makes[make.__module__, make.__name__] = make
    return pytest.fixture(name=make.__name__)(again)


def find_preparation(request: pytest.FixtureRequest, asked: Iterable[str]) -> Make | None:
    """What the ward of a test is prepared with: by its module or by a conftest above; the first fixture it asks for."""
    words = request.node.module.__name__.split(".")
    places = [".".join(words), *(".".join([*words[:depth], "conftest"]) for depth in range(len(words) - 1, 0, -1))]
    found = (_makes.get((place, name)) for name in asked for place in places)
    return next((make for make in found if make is not None), None)
