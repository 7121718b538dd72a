"""Letters: one to a person with everything not yet sent. Kept in the outbox until the mail server has taken it."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from urllib.parse import unquote, urlsplit

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.jobs.outbox import finish
from webapp.models import AuditHead, MailChoice, Notice, NoticeSettings, OutboxJob, Person, RoleGrant
from webapp.permissions.viewer import is_live

SECONDS = 20
# How long to wait when the mail server is away; a letter is never given up for that.
WAIT = timedelta(minutes=2)
# What is older was read in the program or does not matter any more.
OLDEST = timedelta(days=30)


class MailAway(Exception):
    """The mail server cannot be reached or takes nothing now."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed in: from `smtp://user:password@host:port` (STARTTLS when offered) or `smtps://…`."""

    host: str
    port: int
    user: str
    password: str
    encrypted: bool

    @classmethod
    def from_url(cls, url: str) -> MailServer:
        """Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError(url)
        port = parts.port or (465 if parts.scheme == "smtps" else 25)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, user, password, parts.scheme == "smtps")


def send_mail(resources: Resources, job: OutboxJob) -> None:
    """Send a person's letter. Raises MailAway when it must wait; a letter may come twice, never not at all."""
    settings = resources.settings
    with resources.db.reading() as session:
        row = session.execute(
            select(Person.name, Person.email, NoticeSettings.mail)
            .outerjoin(NoticeSettings, NoticeSettings.person_id == Person.id)
            .where(Person.id == job.subject, Person.disabled_at.is_(None), Person.email != "")
        ).first()
        notices = session.scalars(_unsent(job.subject).order_by(Notice.created_at, Notice.id)).all()
        since = _holds_since(session, job.subject, resources)
    # What somebody was told in a role that has ended since is not sent after them.
    notices = [notice for notice in notices if since is not None and notice.created_at >= since]
    wanted = row is not None and row[2] is not MailChoice.NONE
    if settings.smtp and wanted and row is not None and notices:
        letter = compose(notices, name=row[0], address=row[1], sender=settings.mail_from, house=settings.public_url)
        letter["Date"] = format_datetime(resources.clock.now())
        _hand_in(MailServer.from_url(settings.smtp), letter)
    now = resources.clock.now()
    with resources.db.unit_of_work() as session:
        # Where all writers wait for each other: what was told meanwhile counted on this letter.
        session.execute(select(AuditHead.seq).where(AuditHead.id == 1).with_for_update())
        left = False
        if settings.smtp and wanted:
            ids = [notice.id for notice in notices]
            session.execute(update(Notice).where(Notice.id.in_(ids)).values(mailed_at=now))
            if since is not None:
                left = session.scalar(select(_unsent(job.subject).where(Notice.created_at >= since).exists())) or False
        if not left:
            finish(session, [job.id])


def _unsent(person_id: str) -> Select[Notice]:
    return select(Notice).where(Notice.person_id == person_id, Notice.mailed_at.is_(None), Notice.read_at.is_(None))


def _holds_since(session: Session, person_id: str, resources: Resources) -> datetime | None:
    """From when on notices still concern this person: after the last role that ended, at most OLDEST ago; None without
    any role now."""
    now = resources.clock.now()
    timezone = resources.settings.timezone
    today = ward_day(now, timezone)
    grants = session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id)).all()
    if not any(is_live(grant, now=now, today=today) for grant in grants):
        return None
    ended = [now - OLDEST]
    for grant in grants:
        if grant.revoked_at is not None:
            ended.append(grant.revoked_at)
        elif grant.valid_until is not None and grant.valid_until < today:
            ended.append(datetime.combine(grant.valid_until, time.max, timezone))
    return max(ended)


def compose(notices: Sequence[Notice], *, name: str, address: str, sender: str, house: str) -> EmailMessage:
    """The letter as plain text. The same notices give the same Message-ID, so that a repeat can be told."""
    letter = EmailMessage()
    first = " ".join(notices[0].text.split())
    letter["Subject"] = first[:150] if len(notices) == 1 else f"Kho Thi đua: {len(notices)} thông báo"
    letter["From"] = formataddr(("Kho Thi đua", sender))
    letter["To"] = formataddr((name, address))
    digest = hashlib.sha256("".join(notice.id for notice in notices).encode()).hexdigest()[:32]
    letter["Message-ID"] = f"<{digest}@khothidua>"
    letter["Auto-Submitted"] = "auto-generated"
    lines = [f"Kính gửi {name},", ""]
    for notice in notices:
        lines += [f"- {notice.text}"]
        if notice.link and house:
            lines += [f"  {house.rstrip('/')}{notice.link}"]
    lines += ["", "Thư tự động của Kho Thi đua. Cách nhận thư chọn ở mục Thông báo trong chương trình."]
    letter.set_content("\n".join(lines) + "\n")
    return letter


def _hand_in(server: MailServer, letter: EmailMessage) -> None:
    try:
        if server.encrypted:
            context = ssl.create_default_context()
            client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        with client:
            client.ehlo()
            if not server.encrypted and client.has_extn("starttls"):
                client.starttls(context=ssl.create_default_context())
                client.ehlo()
            if server.user:
                client.login(server.user, server.password)
            client.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(400 <= code < 500 for code in codes):
            raise MailAway(repr(error)) from error
        raise
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError):
            raise
        raise MailAway(repr(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailAway(repr(error)) from error
