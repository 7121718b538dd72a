"""What the members of a team of inspectors may read: roles that hang on the team, begin and end with its days.

Who is in a team is decided elsewhere; here are the roles that follow from it. Nobody gives them by hand.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.models import Inspection, Role, RoleGrant
from webapp.permissions import Permission, Viewer, ensure


def set_access(
    session: Session, *, actor: Viewer, now: datetime, inspection: Inspection, units: Collection[str]
) -> tuple[int, int]:
    """Bring the roles in line with the team, its units and its last day: (given, taken away).

    A role already given keeps its first day; a changed last day holds at once, for every session that is open.
    """
    ensure(actor, Permission.INSPECTION_MANAGE, inspection)
    wanted = {(person, unit) for person in inspection.team for unit in units}
    given = taken = 0
    there = set()
    for grant in _live(session, inspection.id):
        assert grant.unit_id is not None
        pair = (grant.person_id, grant.unit_id)
        if pair in wanted:
            there.add(pair)
            grant.valid_until = inspection.last_day
            continue
        grant.revoked_at = now
        taken += 1
        _log(session, actor, now, "inspection.take-access", grant, inspection)
    for person_id, unit_id in sorted(wanted - there):
        grant = RoleGrant(
            person_id=person_id,
            role=Role.INSPECTOR,
            unit_id=unit_id,
            movement_id=inspection.movement_id,
            valid_from=inspection.first_day,
            valid_until=inspection.last_day,
            granted_at=now,
            inspection_id=inspection.id,
        )
        session.add(grant)
        session.flush()
        given += 1
        _log(session, actor, now, "inspection.give-access", grant, inspection)
    session.flush()
    return given, taken


def end_access(session: Session, *, actor: Viewer, now: datetime, inspection: Inspection) -> int:
    """All roles of the team end now; returns how many."""
    grants = _live(session, inspection.id)
    for grant in grants:
        grant.revoked_at = now
        _log(session, actor, now, "inspection.take-access", grant, inspection)
    session.flush()
    return len(grants)


def _live(session: Session, inspection_id: str) -> list[RoleGrant]:
    return list(
        session.scalars(
            select(RoleGrant).where(RoleGrant.inspection_id == inspection_id, RoleGrant.revoked_at.is_(None))
        )
    )


def _log(session: Session, actor: Viewer, now: datetime, action: str, grant: RoleGrant, inspection: Inspection) -> None:
    """Under the team, whose readers know of the units: an administrator of a unit would read there of a surprise."""
    until: date | None = grant.valid_until
    details = {"person": grant.person_id, "unit": grant.unit_id, "until": until.isoformat() if until else None}
    log_event(session, actor, now, action, inspection, details)
