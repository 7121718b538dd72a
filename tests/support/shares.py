"""How much of a long search for faults belongs into every run of the tests."""

from __future__ import annotations

import os
from typing import TypeVar

THOROUGH = "TESTS_THOROUGH"

T = TypeVar("T")


def share(usual: T, thorough: T) -> T:
    """So many turns in the suite, and so many where `make torture ARGS=--tests` runs it."""
    return thorough if os.environ.get(THOROUGH) else usual
