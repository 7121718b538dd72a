"""Reading the audit log, always within what the viewer may see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, raiseload

from webapp.core.paging import Page, page_of
from webapp.models import (
    Announcement,
    AuditEvent,
    AuditHead,
    Ballot,
    Checklist,
    Cluster,
    Difficulty,
    Document,
    Initiative,
    Meeting,
    Person,
    ScoreRound,
    ScoreSheet,
    Synthesis,
    Unit,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import (
    readable_announcements,
    readable_checklists,
    readable_difficulties,
    readable_documents,
    readable_events,
    readable_initiatives,
    readable_meetings,
    readable_rounds,
    readable_sheets,
    readable_syntheses,
)


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
    query = select(AuditEvent).where(readable_events(viewer)).order_by(AuditEvent.seq.desc())
    if wanted.object_id:
        query = query.where(AuditEvent.object_id == wanted.object_id)
    if wanted.item_id:
        # Of one item of a checklist; what was done to the whole checklist concerns it too.
        item = AuditEvent.details["item"].as_string()
        query = query.where(or_(item == wanted.item_id, item.is_(None)))
    if wanted.actor:
        query = query.where(AuditEvent.actor_name.icontains(wanted.actor, autoescape=True))
    if wanted.action:
        query = query.where(AuditEvent.action == wanted.action)
    if wanted.outcome:
        query = query.where(AuditEvent.outcome == wanted.outcome)
    if wanted.from_day:
        query = query.where(AuditEvent.at >= _instant(wanted.from_day, timezone))
    if wanted.to_day:
        query = query.where(AuditEvent.at < _instant(wanted.to_day + timedelta(days=1), timezone))
    return page_of(session, query, page)


def _instant(day: date, timezone: ZoneInfo) -> str:
    """The beginning of a day as the log writes instants."""
    start = datetime.combine(day, time(), tzinfo=timezone).astimezone(UTC)
    return start.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def label_objects(session: Session, events: Sequence[AuditEvent], *, viewer: Viewer) -> dict[tuple[str, str], str]:
    """Names of the things events are about, where the viewer may see the thing; (kind, id) to name."""
    ids: dict[str, set[str]] = {}
    for event in events:
        ids.setdefault(event.object_kind, set()).add(event.object_id)
    labels: dict[tuple[str, str], str] = {}
    for document in session.scalars(
        select(Document).where(Document.id.in_(ids.get("document", ())), readable_documents(viewer))
    ):
        labels["document", document.id] = document.title
    for checklist in session.scalars(
        select(Checklist)
        .where(Checklist.id.in_(ids.get("checklist", ())), readable_checklists(viewer))
        .options(joinedload(Checklist.unit))
    ):
        labels["checklist", checklist.id] = f"Phiếu {checklist.year} · {checklist.unit.name}"
    for initiative in session.scalars(
        select(Initiative)
        .where(Initiative.id.in_(ids.get("initiative", ())), readable_initiatives(viewer))
        .options(raiseload(Initiative.authors))
    ):
        labels["initiative", initiative.id] = initiative.name
    for synthesis in session.scalars(
        select(Synthesis).where(Synthesis.id.in_(ids.get("synthesis", ())), readable_syntheses(viewer))
    ):
        labels["synthesis", synthesis.id] = synthesis.name
    for difficulty in session.scalars(
        select(Difficulty).where(Difficulty.id.in_(ids.get("difficulty", ())), readable_difficulties(viewer))
    ):
        labels["difficulty", difficulty.id] = f"{difficulty.kind.label}, điểm {difficulty.point}"
    for announcement in session.scalars(
        select(Announcement)
        .where(Announcement.id.in_(ids.get("announcement", ())), readable_announcements(viewer))
        .options(raiseload(Announcement.units))
    ):
        labels["announcement", announcement.id] = announcement.title
    for meeting in session.scalars(
        select(Meeting)
        .where(Meeting.id.in_(ids.get("meeting", ())), readable_meetings(viewer))
        .options(raiseload(Meeting.members))
    ):
        labels["meeting", meeting.id] = meeting.title
    for ballot_id, question in session.execute(
        select(Ballot.id, Ballot.question)
        .join(Meeting, Meeting.id == Ballot.meeting_id)
        .where(Ballot.id.in_(ids.get("ballot", ())), readable_meetings(viewer))
    ):
        labels["ballot", ballot_id] = question
    for sheet in session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.id.in_(ids.get("score-sheet", ())), readable_sheets(viewer))
        .options(joinedload(ScoreSheet.unit))
    ):
        labels["score-sheet", sheet.id] = f"Phiếu điểm {sheet.year} · {sheet.unit.name}"
    for round_ in session.scalars(
        select(ScoreRound)
        .where(ScoreRound.id.in_(ids.get("score-round", ())), readable_rounds(viewer))
        .options(joinedload(ScoreRound.cluster))
    ):
        labels["score-round", round_.id] = f"Kỳ chấm {round_.year} · {round_.cluster.name}"
    people = ids.get("person", set()) | ids.get("session", set())
    for unit in session.scalars(select(Unit).where(Unit.id.in_(ids.get("unit", ())))):
        labels["unit", unit.id] = unit.name
    for cluster in session.scalars(select(Cluster).where(Cluster.id.in_(ids.get("cluster", ())))):
        labels["cluster", cluster.id] = cluster.name
    for person in session.scalars(select(Person).where(Person.id.in_(people))):
        labels["person", person.id] = labels["session", person.id] = person.name
    return labels


def list_unit_names(session: Session, events: Sequence[AuditEvent]) -> dict[str, str]:
    """Names of the units events concern; that a unit exists is known to everyone signed in."""
    ids = {event.object_unit_id for event in events if event.object_unit_id}
    return {unit.id: unit.name for unit in session.scalars(select(Unit).where(Unit.id.in_(ids)))}


def find_head(session: Session) -> tuple[int, str]:
    """Number and hash of the last event."""
    head = session.get(AuditHead, 1)
    return (head.seq, head.hash) if head else (0, "")
