"""Note what was done, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import __version__
from webapp.audit.chain import canonical, link, plain
from webapp.kinds import kind_of
from webapp.models import AuditEvent, AuditHead, Base
from webapp.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Context:
    """Where an action comes from."""

    request_id: str = ""
    session_digest: str = ""
    address: str = ""


_NOWHERE = Context()

context: ContextVar[Context] = ContextVar("audit_context", default=_NOWHERE)


@dataclass(frozen=True, slots=True)
class Thing:
    """What an event is about where there is no row of a declared kind."""

    kind: str
    id: str = ""
    unit_id: str | None = None


def log_event(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    thing: Base | Thing,
    details: Mapping[str, str | int | None] | None = None,
    *,
    reason: str = "",
    outcome: str = "done",
) -> AuditEvent:
    """Append an event to the chain and flush it. Of a row its kind, id, unit and noted facts are known.

    `details` must not hold the title or text of a document: those who read the log may not all read the document.
    Writers wait for each other at the head row, so the order of the chain is the order of the commits.
    """
    if not isinstance(thing, Thing):
        kind = kind_of(thing)
        details = {**kind.facts_noted(thing), **(details or {})}
        thing = Thing(kind.name, thing.id, kind.unit_of(thing))  # type: ignore[attr-defined]
    head = session.scalars(
        select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    ).one()
    where = context.get()
    at = written(now)
    seq = head.seq + 1
    away = next((one.person_id for one in actor.acted if one.person_id), None)
    clean = {
        key: plain(value) if isinstance(value, str) else value
        for key, value in {**(details or {}), **({"acting_for": away} if away else {})}.items()
        if value is not None
    }
    object_id, reason, actor_name = plain(thing.id), plain(reason.strip()), plain(_name_of(actor))
    body = canonical(
        {
            "seq": seq,
            "at": at,
            "actor": actor.id or "",
            "actor_name": actor_name,
            "role": actor.role_labels,
            "unit": actor.unit_id or "",
            "session": where.session_digest,
            "address": where.address,
            "action": action,
            "object_kind": thing.kind,
            "object_id": object_id,
            "object_unit": thing.unit_id or "",
            "outcome": outcome,
            "reason": reason,
            "details": clean,
            "request": where.request_id,
            "program": __version__,
        }
    )
    event = AuditEvent(
        seq=seq,
        at=at,
        actor_id=actor.id,
        actor_name=actor_name,
        action=action,
        outcome=outcome,
        object_kind=thing.kind,
        object_id=object_id,
        object_unit_id=thing.unit_id,
        reason=reason,
        details=clean,
        body=body,
        prev_hash=head.hash,
        hash=link(head.hash, body),
    )
    session.add(event)
    session.flush()
    head.seq, head.hash = seq, event.hash
    session.flush()
    return event


def _name_of(actor: Viewer) -> str:
    """ "Trần Văn B, thay Nguyễn Thị A" where the act was allowed only so."""
    return f"{actor.name}, {actor.on_behalf}" if actor.acted else actor.name


def written(instant: datetime) -> str:
    """An instant as the log writes it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
