"""The list of what a person must look at, filled while reading."""

from __future__ import annotations

from webapp.movement.reading.shapes import Doubt

# More than a person will go through; a text that gives more is not a plan.
_MOST = 200


class Doubts:
    """Doubts in the order found, each once."""

    def __init__(self) -> None:
        self._found: dict[Doubt, None] = {}

    def add(self, where: str, what: str) -> None:
        """Mark a reading: `where` is a field or a point's code, `what` a Vietnamese sentence."""
        self._found[Doubt(where=where, what=what)] = None

    def has(self, where: str) -> bool:
        """Whether something is doubtful there already."""
        return any(doubt.where == where for doubt in self._found)

    def listed(self) -> tuple[Doubt, ...]:
        """All of them, or the first 200 and how many more."""
        found = tuple(self._found)
        if len(found) <= _MOST:
            return found
        rest = Doubt(where="points", what=f"Còn {len(found) - _MOST} chỗ khác cần xem lại trong văn bản này.")
        return (*found[:_MOST], rest)
