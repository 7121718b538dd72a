"""What of commendation waits for whom: dossiers to finish, to appraise, to decide on; rounds that take nominations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from webapp.models import AwardRound, AwardRoundState, Nomination, NominationState, Role
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import kept_from_nominations, readable_nominations

OPEN = (NominationState.DRAFT, NominationState.RETURNED)


@dataclass(frozen=True, slots=True)
class HonourTasks:
    """`rounds` take nominations of the viewer's units today; `own` are open dossiers of these units; how many wait to be
    appraised, for the vote and proposal, and for the Chairman's word."""

    rounds: Sequence[AwardRound] = ()
    own: Sequence[Nomination] = ()
    submitted: int = 0
    received: int = 0
    proposed: int = 0

    def __bool__(self) -> bool:
        return bool(self.rounds or self.own or self.submitted or self.received or self.proposed)


def find_tasks(session: Session, *, viewer: Viewer, today: date) -> HonourTasks:
    """At most three statements; none for who has nothing to do with commendation."""
    rounds: Sequence[AwardRound] = ()
    own: Sequence[Nomination] = ()
    if viewer.own_units:
        takes = and_(
            AwardRound.state == AwardRoundState.IN_FORCE, AwardRound.opens_on <= today, AwardRound.closes_on >= today
        )
        rounds = session.scalars(select(AwardRound).where(takes).order_by(AwardRound.closes_on, AwardRound.id)).all()
        rounds = [one for one in rounds if "unit" in one.proposers]
        own = session.scalars(
            select(Nomination)
            .where(Nomination.unit_id.in_(viewer.own_units), Nomination.state.in_(OPEN))
            .order_by(Nomination.complete_by.is_(None), Nomination.complete_by, Nomination.created_at)
            .limit(10)
        ).all()
    decided = viewer.decided_movements
    if not decided:
        return HonourTasks(rounds, own)
    mine = [readable_nominations(viewer), not_(kept_from_nominations(viewer))]
    if None not in decided:
        mine.append(Nomination.movement_id.in_(decided))
    rows = session.execute(select(Nomination.state, func.count()).where(*mine).group_by(Nomination.state))
    counts: dict[NominationState, int] = {state: total for state, total in rows}  # noqa: C416  rows are not pairs to mypy
    leads = viewer.has(Role.LEADERSHIP)
    appraises = viewer.has(Role.STANDING_OFFICE)
    return HonourTasks(
        rounds,
        own,
        submitted=counts.get(NominationState.SUBMITTED, 0) if appraises else 0,
        received=counts.get(NominationState.RECEIVED, 0) if appraises else 0,
        proposed=counts.get(NominationState.PROPOSED, 0) if leads else 0,
    )
