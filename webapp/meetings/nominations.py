"""Nominations that the council votes on: which wait for it, and the ballots about them by the rules of their rounds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, not_, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.days import ward_day
from webapp.core.errors import Invalid, NotFound
from webapp.meetings.preparing import AboutNomination, prepare_about
from webapp.meetings.service import get_for_change
from webapp.meetings.vote_rules import list_rules
from webapp.models import Ballot, BallotState, Meeting, Nomination, NominationState, VoteRule
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import followed_nominations, kept_from_nominations


@dataclass(frozen=True, slots=True)
class Waiting:
    """A nomination that waits for the council, with the rule of its round that holds on the day; None: none does."""

    nomination: Nomination
    rule: VoteRule | None


def list_waiting(
    session: Session, meeting: Meeting, *, viewer: Viewer, now: datetime, timezone: ZoneInfo
) -> list[Waiting]:
    """Complete dossiers of the movement without a ballot that counts or is under way; by round, then as they came."""
    voted = exists().where(Ballot.nomination_id == Nomination.id, Ballot.state != BallotState.VOID)
    rows = session.scalars(
        select(Nomination)
        .where(
            Nomination.movement_id == meeting.movement_id,
            Nomination.state == NominationState.RECEIVED,
            followed_nominations(viewer),
            ~voted,
        )
        .options(joinedload(Nomination.round), joinedload(Nomination.unit))
        .order_by(Nomination.round_id, Nomination.received_on, Nomination.id)
    ).all()
    rules = {one.code: one for one in list_rules(session, on=ward_day(now, timezone))}
    return [Waiting(one, rules.get(one.round.vote_rule)) for one in rows]


def prepare_for(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, meeting_id: str, chosen: Collection[str]
) -> list[Ballot]:
    """One ballot for each nomination chosen, by the rule of its round. Only the council votes on them; all or none.

    Who has a stake is kept from it at the time of the vote, see `stakes`.
    """
    meeting = get_for_change(session, actor, meeting_id)
    if meeting.cluster_id is not None:
        raise Invalid("Chỉ Hội đồng xét đề nghị khen thưởng.")
    waiting = {
        one.nomination.id: one for one in list_waiting(session, meeting, viewer=actor, now=now, timezone=timezone)
    }
    if not chosen:
        raise Invalid({"key": "Hãy chọn ít nhất một đề nghị."})
    if any(key not in waiting for key in chosen):
        raise NotFound(kind="nomination", key="")
    made = []
    by_rule: dict[str, list[Waiting]] = {}
    for key, one in waiting.items():
        if key not in chosen:
            continue
        if one.rule is None:
            raise Invalid({"key": f"Hôm nay không có quy tắc bỏ phiếu nào cho {one.nomination.round.title}."})
        by_rule.setdefault(one.rule.id, []).append(one)
    for rule_id, lines in by_rule.items():
        about = [
            AboutNomination(
                nomination_id=one.nomination.id,
                question=f"{one.nomination.title.name} cho {one.nomination.called_within}",
                unit_id=one.nomination.unit_id,
                barred={},
            )
            for one in lines
        ]
        made += prepare_about(session, actor=actor, now=now, meeting_id=meeting_id, rule_id=rule_id, lines=about)
    return made


def list_about(session: Session, ballots: Collection[Ballot], *, viewer: Viewer) -> dict[str, Nomination]:
    """Ballot id -> the nomination it is about, for who has to vote on it; none in which the viewer has a stake."""
    keys = {one.nomination_id: one.id for one in ballots if one.nomination_id}
    if not keys:
        return {}
    rows = session.scalars(
        select(Nomination)
        .where(Nomination.id.in_(keys), not_(kept_from_nominations(viewer)))
        .options(joinedload(Nomination.unit))
    )
    return {keys[one.id]: one for one in rows}
