"""The shape of one line of the policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.permissions.catalogue import Permission as P
from webapp.permissions.subject import Subject
from webapp.permissions.viewer import Viewer

Predicate = Callable[[Viewer, Subject], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """Alternatives for one permission, the reason given when none holds, and what must be visible first."""

    any_of: tuple[Predicate, ...]
    reason: str
    visible_by: P | None = None
