"""Stale edits: whoever changes a row says which revision they were looking at; another one is told, not overwritten.

The database holds the same rule (`version_id_col` of the models) for two transactions that cross.
"""

from __future__ import annotations

from typing import Protocol

from webapp.core.errors import Conflict


class Revised(Protocol):
    """A row that counts its changes."""

    @property
    def revision(self) -> int: ...


def ensure_fresh(row: Revised, revision: int, otherwise: Conflict) -> None:
    """Raises `otherwise`, which holds both values where there are any, unless the row is what the person looked at."""
    if row.revision != revision:
        raise otherwise
