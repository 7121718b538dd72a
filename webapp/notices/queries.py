"""Reading one's own messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import MailChoice, Notice, NoticeSettings, Person, Role, RoleGrant
from webapp.notices.service import READY, digest_of
from webapp.permissions import Viewer

MOST = 200


def list_notices(session: Session, *, viewer: Viewer) -> Sequence[Notice]:
    """The newest first, at most MOST."""
    return session.scalars(
        select(Notice).where(Notice.person_id == viewer.id).order_by(Notice.created_at.desc(), Notice.id).limit(MOST)
    ).all()


def list_unread(session: Session, *, viewer: Viewer, limit: int = 5) -> Sequence[Notice]:
    """What is new, the newest first; before it what waits for this head to hand in."""
    return session.scalars(
        select(Notice)
        .where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
        .order_by(Notice.key.contains(READY, autoescape=True).desc(), Notice.created_at.desc(), Notice.id)
        .limit(limit)
    ).all()


def find_ready(session: Session, kind: str, identity: str, unit_id: str) -> datetime | None:
    """When the unit's heads were told last that this is finished, while it still waits for one of them."""
    # Narrowed to the heads' own notices: those are few and indexed, the house's are many.
    heads = select(RoleGrant.person_id).where(RoleGrant.unit_id == unit_id, RoleGrant.role == Role.HEAD)
    return session.scalar(
        select(func.max(Notice.created_at)).where(
            Notice.person_id.in_(heads),
            Notice.key.startswith(f"{kind}:{identity}{READY}", autoescape=True),
            Notice.read_at.is_(None),
        )
    )


def list_keys(session: Session, *, viewer: Viewer, keys: Collection[str]) -> set[str]:
    """Which of these causes the viewer has been told of."""
    return set(session.scalars(select(Notice.key).where(Notice.person_id == viewer.id, Notice.key.in_(keys))))


def mail_settings(session: Session, *, viewer: Viewer) -> tuple[str, MailChoice, bool]:
    """(address, wish, whether a calendar address is in use) of the viewer."""
    row = session.execute(
        select(Person.email, NoticeSettings.mail, NoticeSettings.calendar_digest)
        .outerjoin(NoticeSettings, NoticeSettings.person_id == Person.id)
        .where(Person.id == viewer.id)
    ).one()
    return row[0], row[1] or MailChoice.EACH, row[2] is not None


def find_calendar_owner(session: Session, token: str) -> Person | None:
    """Whose calendar this secret address opens; nobody's when it is closed or the account is."""
    return session.scalar(
        select(Person)
        .join(NoticeSettings, NoticeSettings.person_id == Person.id)
        .where(NoticeSettings.calendar_digest == digest_of(token), Person.disabled_at.is_(None))
    )
