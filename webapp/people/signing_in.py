"""Signing in and out. The cookie carries a random token; the database keeps its digest, so a stolen database signs nobody in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import Thing, log_event
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.models import Notice, Person, Role, SignIn
from webapp.people import rules
from webapp.people.passwords import hash_password, is_password
from webapp.people.queries import find_person_named
from webapp.people.service import end_sign_ins
from webapp.permissions import Viewer, load_viewer

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
LOCKED = "Tài khoản tạm khóa vì nhập sai nhiều lần. Xin thử lại sau 15 phút, hoặc nhờ quản trị hệ thống."
SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Signed:
    """An accepted session: with which viewer, and whether the password must be changed first.

    `stale`: its last use should be noted again. `unread` counts the person's notices not read yet, `unread_here` those
    that lead to the page asked for.
    """

    viewer: Viewer
    digest: str
    must_change_password: bool
    stale: bool
    unread: int = 0
    unread_here: int = 0


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    db: Database, *, username: str, password: str, now: datetime, address: str, agent: str, timezone: ZoneInfo
) -> str:
    """The new session's token. Raises Invalid with one sentence for every kind of wrong name or password.

    The password is checked outside of any transaction: it takes long, and writers must not wait for it.
    """
    with db.reading() as session:
        person = find_person_named(session, username)
        locked = person is not None and person.locked_until is not None and person.locked_until > now
        stored = person.password_hash if person is not None and person.disabled_at is None else None
    matches = is_password(stored, password) and not locked
    with db.unit_of_work() as session:
        person = find_person_named(session, username)
        viewer = (
            load_viewer(session, person, now=now, timezone=timezone)
            if person is not None
            else Viewer(id=None, name="Chưa đăng nhập")
        )
        token = secrets.token_urlsafe(32)
        if matches and person is not None:
            person.failed_sign_ins, person.first_failed_at, person.locked_until = 0, None, None
            session.add(
                SignIn(
                    token_digest=digest_of(token),
                    person_id=person.id,
                    started_at=now,
                    seen_at=now,
                    address=address,
                    agent=agent[:200],
                )
            )
        elif person is not None and not locked:
            person.failed_sign_ins, person.first_failed_at, person.locked_until = rules.after_failure(
                person.failed_sign_ins, person.first_failed_at, now=now
            )
            locked = person.locked_until is not None
        session.flush()
        log_event(
            session,
            viewer,
            now,
            "session.sign-in",
            Thing("session", person.id if person is not None else ""),
            outcome="done" if matches else "refused",
            reason="" if matches else ("locked" if locked else "wrong"),
        )
    if not matches:
        raise Invalid(LOCKED if locked else WRONG)
    return token


def find_owner(session: Session, token: str) -> str | None:
    """Whose session it is or was."""
    return session.scalar(select(SignIn.person_id).where(SignIn.token_digest == digest_of(token)))


def find_signed(
    session: Session,
    token: str,
    *,
    now: datetime,
    timezone: ZoneInfo,
    minutes: int,
    minutes_admin: int,
    addresses: Collection[str] = (),
) -> Signed | None:
    """The session behind a token, or None when it ended, was idle too long, or its account is closed.

    Notices are counted in the same statement, for every page asks both; `addresses` are how the page asked for is written.
    """
    unread = select(func.count()).where(Notice.person_id == SignIn.person_id, Notice.read_at.is_(None))
    found = session.execute(
        select(
            SignIn,
            unread.correlate(SignIn).scalar_subquery(),
            unread.where(Notice.link.in_(addresses)).correlate(SignIn).scalar_subquery(),
        )
        .where(SignIn.token_digest == digest_of(token))
        .options(joinedload(SignIn.person))
    ).one_or_none()
    if found is None:
        return None
    row = found[0]
    if row.ended_at is not None or row.person.disabled_at is not None:
        return None
    viewer = load_viewer(session, row.person, now=now, timezone=timezone)
    limit = rules.idle_limit(
        is_administrator=viewer.has(Role.ADMINISTRATOR), minutes=minutes, minutes_admin=minutes_admin
    )
    if now - row.seen_at > limit:
        return None
    return Signed(
        viewer=viewer,
        digest=row.token_digest,
        must_change_password=row.person.must_change_password,
        stale=now - row.seen_at > SEEN_STEP,
        unread=found[1],
        unread_here=found[2],
    )


def mark_seen(session: Session, digest: str, *, now: datetime) -> None:
    row = session.get(SignIn, digest)
    if row is not None:
        row.seen_at = now


def sign_out(session: Session, *, actor: Viewer, digest: str, now: datetime) -> None:
    row = session.get(SignIn, digest)
    if row is not None and row.ended_at is None:
        row.ended_at = now
    session.flush()
    log_event(session, actor, now, "session.sign-out", Thing("session", actor.id or ""))


def sign_out_everywhere(session: Session, *, actor: Viewer, now: datetime) -> None:
    end_sign_ins(session, actor.id or "", now=now)
    session.flush()
    log_event(session, actor, now, "session.sign-out-everywhere", Thing("session", actor.id or ""))


def change_password(session: Session, *, actor: Viewer, now: datetime, old: str, new: str, repeat: str) -> None:
    """Set one's own password; all other sessions end, so the person signs in anew."""
    person = session.get(Person, actor.id)
    if person is None or not is_password(person.password_hash, old):
        raise Invalid({"old": "Mật khẩu hiện tại không đúng."})
    if fault := rules.password_fault(new, username=person.username, old=old):
        raise Invalid({"new": fault})
    if new != repeat:
        raise Invalid({"repeat": "Hai lần nhập mật khẩu mới không giống nhau."})
    person.password_hash = hash_password(new)
    person.must_change_password = False
    end_sign_ins(session, person.id, now=now)
    session.flush()
    log_event(session, actor, now, "person.change-password", person)
