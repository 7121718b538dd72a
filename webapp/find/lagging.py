"""What the index may still hold although the viewer may not see it any more: a question is answered without it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from webapp.kinds import Kind, searched_kinds
from webapp.models import JobKind, OutboxJob
from webapp.permissions import Viewer


def keys_out_of_sight(session: Session, *, viewer: Viewer) -> frozenset[str]:
    """Search keys waiting to be indexed that the viewer may not see now, whatever the index says.

    Every change of what somebody may see asks for an INDEX job in its own transaction, and the job is deleted only
    after the index was committed. So what is wrong in the index is always among the waiting keys; the other way round,
    a waiting key that may be seen stays in the answers. One statement, by primary keys, however many jobs wait.
    """
    seen = or_(*(_is_seen(kind, viewer) for kind in searched_kinds()))
    return frozenset(session.scalars(select(OutboxJob.subject).where(OutboxJob.kind == JobKind.INDEX, not_(seen))))


def _is_seen(kind: Kind, viewer: Viewer) -> ColumnElement[bool]:
    """The job is of this kind, and the row whose key stands in it is one that the viewer reads."""
    assert kind.search is not None
    prefix = kind.key("")
    named = kind.id == func.substr(OutboxJob.subject, len(prefix) + 1)
    row = exists().where(named, *kind.search.present, kind.readable(viewer))
    return OutboxJob.subject.startswith(prefix, autoescape=True) & row
