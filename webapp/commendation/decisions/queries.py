"""Reading proposals and decisions with their lines, each by those who may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.commendation.decisions import rules
from webapp.commendation.rounds.rules import room
from webapp.core.errors import NotFound
from webapp.models import (
    LIVE_NOMINATIONS,
    Award,
    AwardDecision,
    AwardGroup,
    AwardProposal,
    AwardRound,
    AwardTitle,
    Ballot,
    BallotState,
    Nomination,
    NominationState,
    Person,
    Role,
    RoleGrant,
    Unit,
)
from webapp.models.award_decision import not_corrected
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import followed_nominations, readable_award_decisions

# Lines a proposal holds, before and after the Chairman's word.
PROPOSED = (
    NominationState.PROPOSED,
    NominationState.APPROVED,
    NominationState.STRUCK,
    NominationState.HONOURED,
)


@dataclass(frozen=True, slots=True)
class Vote:
    """The latest counted ballot on a nomination, in sum."""

    ballot_id: str
    yes: int
    no: int
    other: int
    electors: int
    passed: bool

    @property
    def words(self) -> str:
        """ "8/10 đồng ý, 1 không đồng ý"; what nobody said is not told."""
        said = [f"{self.yes}/{self.electors} đồng ý"]
        said += [f"{self.no} không đồng ý"] if self.no else []
        said += [f"{self.other} ý kiến khác"] if self.other else []
        return ", ".join(said)


def count_votes(session: Session, nominations: Collection[str]) -> dict[str, Vote]:
    """Nomination id -> how the council voted; those never voted on are not there. One statement."""
    rows = session.execute(
        select(Ballot.nomination_id, Ballot.id, Ballot.counts, Ballot.electors, Ballot.chosen)
        .where(Ballot.nomination_id.in_(nominations), Ballot.state == BallotState.CLOSED)
        .order_by(Ballot.closed_at, Ballot.id)
    )
    found: dict[str, Vote] = {}
    for key, ballot_id, counts, electors, chosen in rows:
        yes, no, *others = [*(counts or []), 0, 0]
        found[key or ""] = Vote(ballot_id, yes, no, sum(others), electors or 0, chosen == 0)
    return found


def list_received(session: Session, round_id: str, *, viewer: Viewer) -> list[Nomination]:
    """Complete dossiers that no proposal holds yet, with what was let pass."""
    rows = session.scalars(
        select(Nomination)
        .where(
            Nomination.round_id == round_id,
            Nomination.state == NominationState.RECEIVED,
            followed_nominations(viewer),
        )
        .options(joinedload(Nomination.title), joinedload(Nomination.unit), selectinload(Nomination.flags))
    ).all()
    return rules.in_order(rows)


def stand_of(
    session: Session, round_: AwardRound, rows: Sequence[Nomination], votes: dict[str, Vote], *, viewer: Viewer
) -> dict[str, rules.Stand]:
    """Nomination id -> where it stands against the round's bounds, by the votes for it; of what the viewer may see."""
    counted = session.execute(
        select(Nomination.title_id, Nomination.subject, Nomination.state, func.count())
        .where(
            Nomination.round_id == round_.id,
            Nomination.state.in_(LIVE_NOMINATIONS),
            followed_nominations(viewer),
        )
        .group_by(Nomination.title_id, Nomination.subject, Nomination.state)
    ).all()
    found: dict[str, rules.Stand] = {}
    for line in round_.lines:
        of_line = [one for one in counted if (one[0], one[1]) == (line.title_id, line.subject)]
        live = sum(one[3] for one in of_line)
        taken = sum(one[3] for one in of_line if one[2] in PROPOSED)
        bound = room(line.quota, line.share, live)
        here = [one for one in rows if (one.title_id, one.subject) == (line.title_id, line.subject)]
        yes = {one.id: votes[one.id].yes for one in here if one.id in votes and votes[one.id].passed}
        left = None if bound is None else max(0, bound - taken)
        found |= rules.stand_against(yes, left, bound=bound, reserve=round_.reserve)
    return found


def list_proposals(session: Session, round_id: str, *, viewer: Viewer) -> Sequence[AwardProposal]:
    """Those of which the viewer may read a line, the newest first."""
    return session.scalars(
        select(AwardProposal)
        .where(AwardProposal.round_id == round_id, _has_a_line(viewer))
        .order_by(AwardProposal.created_at.desc(), AwardProposal.id)
    ).all()


def get_proposal(session: Session, proposal_id: str, *, viewer: Viewer) -> AwardProposal:
    """With its round. Raises NotFound, also for who may read none of its lines."""
    found = session.scalar(
        select(AwardProposal)
        .where(AwardProposal.id == proposal_id, _has_a_line(viewer))
        .options(joinedload(AwardProposal.round))
    )
    if found is None:
        raise NotFound(kind="award-proposal", key=proposal_id)
    return found


def list_lines(session: Session, proposal_id: str, *, viewer: Viewer) -> list[Nomination]:
    """The lines that the viewer may read, as they stand in the list."""
    rows = session.scalars(
        select(Nomination)
        .where(Nomination.proposal_id == proposal_id, followed_nominations(viewer))
        .options(joinedload(Nomination.title), joinedload(Nomination.unit), selectinload(Nomination.flags))
    ).all()
    return rules.in_order(rows)


def _has_a_line(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(Nomination.proposal_id == AwardProposal.id, followed_nominations(viewer))


def list_decisions(session: Session, round_id: str, *, viewer: Viewer) -> Sequence[AwardDecision]:
    """Of a round, the newest first."""
    return session.scalars(
        select(AwardDecision)
        .where(AwardDecision.round_id == round_id, readable_award_decisions(viewer))
        .order_by(AwardDecision.decided_on.desc(), AwardDecision.created_at.desc(), AwardDecision.id)
    ).all()


def get_decision(session: Session, decision_id: str, *, viewer: Viewer) -> AwardDecision:
    """With its round. Raises NotFound."""
    found = session.scalar(
        select(AwardDecision)
        .where(AwardDecision.id == decision_id, readable_award_decisions(viewer))
        .options(joinedload(AwardDecision.round))
    )
    if found is None:
        raise NotFound(kind="award-decision", key=decision_id)
    return found


def list_awards(session: Session, decision_id: str) -> Sequence[Award]:
    """Of a decision that the caller may read, by their numbers in the golden book, with title, unit, decision."""
    return session.scalars(
        select(Award)
        .where(Award.decision_id == decision_id)
        .options(joinedload(Award.title), joinedload(Award.unit), joinedload(Award.decision))
        .order_by(Award.ordinal)
    ).all()


def list_in_force(session: Session, decision_id: str) -> Sequence[Award]:
    """Those of its lines that were neither revoked nor put right by a later decision."""
    standing = select(Award.id).where(Award.decision_id == decision_id, Award.revoked_on.is_(None), not_corrected())
    kept = set(session.scalars(standing))
    return [one for one in list_awards(session, decision_id) if one.id in kept]


def list_approved_for(session: Session, round_id: str, *, viewer: Viewer) -> list[Nomination]:
    """What a draft decision will hold, as far as the viewer may read it."""
    rows = session.scalars(
        select(Nomination)
        .where(
            Nomination.round_id == round_id,
            Nomination.state == NominationState.APPROVED,
            followed_nominations(viewer),
        )
        .options(joinedload(Nomination.title), joinedload(Nomination.unit))
    ).all()
    return rules.in_order(rows)


def find_titles_before(session: Session, rows: Collection[Nomination], year: int) -> dict[str, Award]:
    """Nomination id -> a title with money that the same person or collective got by an earlier decision of the year.

    Of several titles for one time the highest alone is paid: whether anything is left to pay, a person decides.
    """
    titles = [one for one in rows if one.title.award_group is AwardGroup.TITLE]
    same = or_(
        Award.folded.in_([one.folded for one in titles]),
        Award.person_id.in_([one.person_id for one in titles if one.person_id]),
    )
    before = session.scalars(
        select(Award)
        .join(AwardTitle, AwardTitle.id == Award.title_id)
        .where(
            AwardTitle.award_group == AwardGroup.TITLE,
            same,
            Award.year == year,
            Award.amount.is_not(None),
            Award.revoked_on.is_(None),
            not_corrected(),
        )
        .options(joinedload(Award.decision))
    ).all()
    found = {}
    for one in titles:
        for award in before:
            is_same = award.folded == one.folded or (one.person_id is not None and award.person_id == one.person_id)
            if is_same and award.subject is one.subject:
                found[one.id] = award
    return found


def proposals_of(session: Session, rows: Collection[Nomination] | Collection[Award]) -> Sequence[AwardProposal]:
    """The proposals that led to these lines, by day."""
    ids = {one.proposal_id for one in rows if isinstance(one, Nomination) and one.proposal_id}
    behind = {one.nomination_id for one in rows if isinstance(one, Award) and one.nomination_id}
    if behind:
        ids |= set(
            session.scalars(
                select(Nomination.proposal_id).where(Nomination.id.in_(behind), Nomination.proposal_id.is_not(None))
            )
        )
    return session.scalars(
        select(AwardProposal).where(AwardProposal.id.in_(ids)).order_by(AwardProposal.signed_on, AwardProposal.id)
    ).all()


def proposal_numbers(session: Session, rows: Collection[Award]) -> dict[str, str]:
    """Nomination id -> number of the proposal that it stood in."""
    found = session.execute(
        select(Nomination.id, AwardProposal.number)
        .join(AwardProposal, AwardProposal.id == Nomination.proposal_id)
        .where(Nomination.id.in_({one.nomination_id for one in rows if one.nomination_id}))
    )
    return {key: number for key, number in found}  # noqa: C416  a row is no pair to a type checker


def find_office(session: Session) -> Unit | None:
    """The standing office's own unit, whose name stands on its papers."""
    return session.scalar(
        select(Unit)
        .join(Person, Person.unit_id == Unit.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.STANDING_OFFICE, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.granted_at, Unit.id)
        .limit(1)
    )
