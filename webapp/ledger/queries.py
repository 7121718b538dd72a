"""Reading the audit log, always within what the viewer may see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from search import fold
from webapp.core.paging import Page, page_of
from webapp.kinds import Address, all_kinds
from webapp.ledger.choices import same_label
from webapp.models import AuditEvent, AuditHead, Person, Unit
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_events


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What the log is narrowed to; empty means not narrowed. Days are whole days in the ward."""

    object_id: str = ""
    item_id: str = ""
    actor: str = ""
    action: str = ""
    outcome: str = ""
    from_day: date | None = None
    to_day: date | None = None


def page_events(
    session: Session, *, viewer: Viewer, wanted: EventFilter, timezone: ZoneInfo, page: int
) -> Page[AuditEvent]:
    """Newest first."""
    return page_of(session, _events(session, viewer, wanted, timezone), page)


def list_events(
    session: Session, *, viewer: Viewer, wanted: EventFilter, timezone: ZoneInfo, most: int
) -> Sequence[AuditEvent]:
    """The newest `most` of what the filter leaves, newest first."""
    return session.scalars(_events(session, viewer, wanted, timezone).limit(most)).all()


def _events(session: Session, viewer: Viewer, wanted: EventFilter, timezone: ZoneInfo) -> Select[AuditEvent]:
    query = select(AuditEvent).where(readable_events(viewer)).order_by(AuditEvent.seq.desc())
    if wanted.object_id:
        query = query.where(AuditEvent.object_id == wanted.object_id)
    if wanted.item_id:
        # Of one item of a checklist; what was done to the whole checklist concerns it too.
        item = AuditEvent.details["item"].as_string()
        query = query.where(or_(item == wanted.item_id, item.is_(None)))
    if wanted.actor:
        # The log keeps names as they were: those of today's people are found without accents, others as they are written.
        words = fold(wanted.actor).split()
        known = session.execute(select(Person.id, Person.name))
        people = [key for key, name in known if all(word in fold(name) for word in words)]
        query = query.where(
            or_(AuditEvent.actor_name.icontains(wanted.actor, autoescape=True), AuditEvent.actor_id.in_(people))
        )
    if wanted.action:
        query = query.where(AuditEvent.action.in_(same_label(wanted.action)))
    if wanted.outcome:
        query = query.where(AuditEvent.outcome == wanted.outcome)
    if wanted.from_day:
        query = query.where(AuditEvent.at >= _instant(wanted.from_day, timezone))
    if wanted.to_day:
        query = query.where(AuditEvent.at < _instant(wanted.to_day + timedelta(days=1), timezone))
    return query


def _instant(day: date, timezone: ZoneInfo) -> str:
    """The beginning of a day as the log writes instants."""
    start = datetime.combine(day, time(), tzinfo=timezone).astimezone(UTC)
    return start.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Told:
    """The name of a thing that events are about, and its page where it has one."""

    name: str
    address: Address | None


def label_objects(session: Session, events: Sequence[AuditEvent], *, viewer: Viewer) -> dict[tuple[str, str], Told]:
    """Names of the things events are about, where the viewer may see the thing, by (kind, id)."""
    ids: dict[str, set[str]] = {}
    for event in events:
        ids.setdefault(event.object_kind, set()).add(event.object_id)
    told: dict[tuple[str, str], Told] = {}
    for kind in all_kinds():
        if kind.name not in ids:
            continue
        query = select(kind.model).where(kind.id.in_(ids[kind.name]), kind.readable(viewer)).options(*kind.loading)
        for row in session.scalars(query):
            address = kind.address(row) if kind.address else None
            told[kind.name, row.id] = Told(kind.title(row), address)  # type: ignore[attr-defined]
    return told


def list_names(session: Session, events: Sequence[AuditEvent]) -> dict[str, str]:
    """Names, by id, of the units that events concern, and of units and people that their details name. That a unit exists
    is known to everyone signed in."""
    named = {
        str(event.details[key])
        for event in events
        for key in ("unit", "person", "acting_for")
        if event.details.get(key)
    }
    units = named | {event.object_unit_id for event in events if event.object_unit_id}
    names = {row[0]: row[1] for row in session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units)))}
    people = session.execute(select(Person.id, Person.name).where(Person.id.in_(named)))
    return names | {row[0]: row[1] for row in people}


def find_head(session: Session) -> tuple[int, str]:
    """Number and hash of the last event."""
    head = session.get(AuditHead, 1)
    return (head.seq, head.hash) if head else (0, "")
