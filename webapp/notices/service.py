"""Telling people something, once; what they wish to get by e-mail; the address of their calendar."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.days import ward_day
from webapp.jobs.outbox import MAX_ATTEMPTS, enqueue
from webapp.models import JobKind, MailChoice, Notice, NoticeSettings, OutboxJob, Person, Role, RoleGrant
from webapp.permissions import Viewer
from webapp.permissions.viewer import is_live

# When the one letter a day goes out, in the ward's time.
MORNING = time(7, 0)
QUIET = "kho_quiet"
# In the key of a notice by which a clerk tells the head that something is finished.
READY = ":ready:"


def tell(
    session: Session,
    *,
    now: datetime,
    timezone: ZoneInfo,
    people: Iterable[str],
    key: str,
    text: str,
    link: str,
) -> int:
    """Tell each of these people once; returns how many had not been told. `link` is a path on this site.

    In a session marked QUIET it counts as said, read and sent.
    """
    wanted = set(people)
    told = set(session.scalars(select(Notice.person_id).where(Notice.key == key, Notice.person_id.in_(wanted))))
    new = sorted(wanted - told)
    if not new:
        return 0
    quiet = now if session.info.get(QUIET) else None
    session.add_all(
        Notice(person_id=person, key=key, text=text, link=link, created_at=now, read_at=quiet, mailed_at=quiet)
        for person in new
    )
    session.flush()
    if quiet is not None:
        return 0
    _post(session, new, now=now, timezone=timezone)
    return len(new)


def _post(session: Session, people: Collection[str], *, now: datetime, timezone: ZoneInfo) -> None:
    """Letters at once, tomorrow morning, or none, as each person chose; nobody without an address."""
    rows = session.execute(
        select(Person.id, NoticeSettings.mail)
        .outerjoin(NoticeSettings, NoticeSettings.person_id == Person.id)
        .where(Person.id.in_(people), Person.email != "", Person.disabled_at.is_(None))
    ).all()
    waiting = select(OutboxJob.subject).where(
        OutboxJob.kind == JobKind.MAIL, OutboxJob.subject.in_(people), OutboxJob.attempts < MAX_ATTEMPTS
    )
    for choices, due_at in (((None, MailChoice.EACH), now), ((MailChoice.DAILY,), next_morning(now, timezone))):
        # A letter that has not gone yet will hold this as well.
        posted = set(session.scalars(waiting.where(OutboxJob.due_at <= due_at)))
        wanted = [person for person, mail in rows if mail in choices and person not in posted]
        enqueue(session, JobKind.MAIL, wanted, now=due_at)


def settle_letters(session: Session, *, now: datetime) -> None:
    """Nothing that was said until now is sent any more: what a copy of the house still had to send was sent long ago."""
    session.execute(update(Notice).where(Notice.mailed_at.is_(None)).values(mailed_at=now))


def next_morning(now: datetime, timezone: ZoneInfo) -> datetime:
    """The next time that letters of the day go out."""
    morning = datetime.combine(ward_day(now, timezone), MORNING, timezone)
    return morning if now < morning else morning + timedelta(days=1)


def people_of_units(
    session: Session, unit_ids: Collection[str], *, roles: Collection[Role], now: datetime, today: date
) -> dict[str, set[str]]:
    """Who holds one of these roles in each unit now: unit id -> people's ids."""
    found: dict[str, set[str]] = {unit_id: set() for unit_id in unit_ids}
    rows = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.unit_id.in_(unit_ids),
            RoleGrant.role.in_(roles),
            RoleGrant.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )
    for grant in rows:
        if grant.unit_id is not None and is_live(grant, now=now, today=today):
            found[grant.unit_id].add(grant.person_id)
    return found


def people_with(session: Session, role: Role, *, movement_id: str, now: datetime, today: date) -> set[str]:
    """Who holds a role for this movement now."""
    rows = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == role,
            RoleGrant.revoked_at.is_(None),
            Person.disabled_at.is_(None),
            or_(RoleGrant.movement_id.is_(None), RoleGrant.movement_id == movement_id),
        )
    )
    return {grant.person_id for grant in rows if is_live(grant, now=now, today=today)}


def note_read(session: Session, *, actor: Viewer, now: datetime, key: str, text: str, link: str) -> None:
    """What the actor read elsewhere stands among the notices from now on, to be found again; no letter is sent."""
    if actor.id is None or session.scalar(select(Notice.id).where(Notice.person_id == actor.id, Notice.key == key)):
        return
    session.add(Notice(person_id=actor.id, key=key, text=text, link=link, created_at=now, read_at=now))
    session.flush()


def mark_read(session: Session, *, actor: Viewer, now: datetime, until: datetime) -> None:
    """The actor has read what was there until then; what came later is still new."""
    unread = (Notice.person_id == actor.id, Notice.read_at.is_(None), Notice.created_at <= until)
    session.execute(update(Notice).where(*unread).values(read_at=now))


def mark_opened(session: Session, *, actor: Viewer, now: datetime, links: Collection[str]) -> None:
    """The actor opened the page that these notices lead to."""
    # What waits to be handed in waits until it is, however often it is looked at.
    waits = Notice.key.contains(READY, autoescape=True)
    unread = (Notice.person_id == actor.id, Notice.read_at.is_(None), Notice.link.in_(links), ~waits)
    session.execute(update(Notice).where(*unread).values(read_at=now))


def settle(session: Session, *, now: datetime, causes: Iterable[str], people: Collection[str] | None = None) -> None:
    """What these causes asked for is done or void: nobody (of `people`) need read of it any more.

    A cause is how the keys of its notices begin.
    """
    begins = [Notice.key.startswith(cause, autoescape=True) for cause in causes]
    if not begins:
        return
    unread = update(Notice).where(Notice.read_at.is_(None), or_(*begins))
    if people is not None:
        unread = unread.where(Notice.person_id.in_(people))
    session.execute(unread.values(read_at=now))


def choose_mail(session: Session, *, actor: Viewer, now: datetime, mail: MailChoice) -> None:
    """How the actor wants letters from now on."""
    settings = _settings(session, actor, now)
    settings.mail, settings.updated_at = mail, now
    session.flush()
    _log(session, actor, now, "notices.choose", {"mail": mail.value})


def open_calendar(session: Session, *, actor: Viewer, now: datetime) -> str:
    """A new secret address of the actor's calendar; an earlier one stops working. Only its digest is kept."""
    token = secrets.token_urlsafe(24)
    settings = _settings(session, actor, now)
    settings.calendar_digest, settings.updated_at = digest_of(token), now
    session.flush()
    _log(session, actor, now, "calendar.open", {})
    return token


def close_calendar(session: Session, *, actor: Viewer, now: datetime) -> None:
    """The address stops working."""
    settings = _settings(session, actor, now)
    settings.calendar_digest, settings.updated_at = None, now
    session.flush()
    _log(session, actor, now, "calendar.close", {})


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _settings(session: Session, actor: Viewer, now: datetime) -> NoticeSettings:
    assert actor.id is not None
    settings = session.get(NoticeSettings, actor.id)
    if settings is None:
        settings = NoticeSettings(person_id=actor.id, mail=MailChoice.EACH, updated_at=now)
        session.add(settings)
    return settings


def _log(session: Session, actor: Viewer, now: datetime, action: str, details: dict[str, str | int | None]) -> None:
    log_event(session, actor, now, action, Thing("person", actor.id or ""), details)
