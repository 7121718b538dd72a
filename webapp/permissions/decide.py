"""Ask the policy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import webapp.permissions.indicator_subjects  # noqa: F401  registers its subjects
from webapp.core.errors import NotFound, Refused
from webapp.permissions.catalogue import Permission
from webapp.permissions.subject import NOTHING, subject_of
from webapp.permissions.table import TABLE
from webapp.permissions.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the reason in Vietnamese when it is no."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)
WITHDRAWN = "Văn bản này đã được rút."
OVER = "Phong trào đã kết thúc: mọi hồ sơ vẫn xem được, nhưng không lập, sửa hay trình thêm nữa."


def decide(viewer: Viewer, permission: Permission, thing: object = NOTHING) -> Decision:
    """Whether `viewer` has `permission` on `thing` (a row or a Subject)."""
    rule = TABLE[permission]
    subject = subject_of(thing)
    if subject.withdrawn and permission is not Permission.DOCUMENT_RESTORE:
        return Decision(False, WITHDRAWN)
    if any(predicate(viewer, subject) for predicate in rule.any_of):
        return YES
    if subject.movement_id in viewer.ended:
        running = replace(viewer, ended=frozenset())
        if any(predicate(running, subject) for predicate in rule.any_of):
            return Decision(False, OVER)
    return Decision(False, rule.reason)


def can(viewer: Viewer, permission: Permission, thing: object = NOTHING) -> bool:
    return decide(viewer, permission, thing).allowed


def ensure(viewer: Viewer, permission: Permission, thing: object = NOTHING) -> None:
    """Raises Refused with the reason; or NotFound when the viewer may not even know of the thing.

    What is allowed only in somebody else's place is noted with the viewer, whose name the log then gives with it.
    """
    decision = decide(viewer, permission, thing)
    if decision.allowed:
        if viewer.itself is not None and not can(viewer.itself, permission, thing):
            viewer.acted.extend(one for one in viewer.stand_ins if can(one.viewer, permission, thing))
        return
    subject = subject_of(thing)
    gate = TABLE[permission].visible_by
    if permission.endswith(":read") and subject.id:
        gate = permission
    if gate is not None and not can(viewer, gate, subject):
        raise NotFound(kind=subject.kind, key=subject.id)
    raise Refused(decision.reason, permission=permission.value, kind=subject.kind, key=subject.id)
