"""In whose name papers are issued."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The head of the ward's papers on one day, and how they are signed; `superior` and `place` may be empty."""

    name: str
    superior: str = ""
    short: str = ""
    place: str = ""
    authority: str = "TM. Ủy ban nhân dân"
    title: str = "Chủ tịch"

    @property
    def is_committee(self) -> bool:
        """Whether it is a people's committee, for the symbol of its papers."""
        return self.name.casefold().startswith("ủy ban nhân dân")
