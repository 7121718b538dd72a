"""What the log says of who did something: who works on a thing, in whose place somebody acted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit.events import written
from webapp.models import AuditEvent, Person, RoleGrant

# Acts of writing a checklist or a paper; reading, handing in and giving back are none.
WRITING = (
    "checklist.open",
    "checklist.answer",
    "checklist.sub-items",
    "evidence.attach",
    "evidence.detach",
    "evidence.confirm",
    "paper.open",
    "paper.write",
    "paper.form",
    "paper.attach",
)


def find_last_writer(session: Session, kind: str, identity: str) -> AuditEvent | None:
    """The last act of writing a thing that the reader may see; None while nobody has written in it."""
    return session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.object_kind == kind,
            AuditEvent.object_id == identity,
            AuditEvent.action.in_(WRITING),
            AuditEvent.outcome == "done",
            AuditEvent.actor_id.is_not(None),
        )
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    ).first()


def people_who_stood_in(session: Session) -> set[str]:
    """Everybody who ever held a role in somebody's place."""
    return set(session.scalars(select(RoleGrant.person_id).where(RoleGrant.basis.is_not(None)).distinct()))


def name_then(session: Session, person: Person, at: datetime) -> str:
    """The name of who did something at this instant, with in whose place: "Trần Văn B, thay Nguyễn Thị A"."""
    noted = session.scalar(
        select(AuditEvent.actor_name)
        .where(AuditEvent.actor_id == person.id, AuditEvent.at == written(at))
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    )
    return noted if noted and noted.startswith(f"{person.name}, ") else person.name
