"""The policy of commendation as SQL, line for line as in `award_table.py`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from webapp.models import (
    Award,
    AwardDecision,
    AwardDecisionState,
    AwardRound,
    AwardRoundState,
    Ballot,
    Document,
    Nomination,
    NominationPaper,
    NominationStake,
    NominationState,
    Proposer,
    Role,
)
from webapp.permissions.viewer import Viewer

# What those who judge do with a nomination: how the council voted, what the checks found, who is related.
JUDGING = (
    "nomination.accept",
    "nomination.approve",
    "nomination.declare",
    "nomination.lift-stake",
    "nomination.propose",
    "nomination.strike",
)
Movements = frozenset[str | None]


def _in(movements: Movements, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    if None in movements:
        return true()
    return column.in_(movements) if movements else false()


def readable_award_rounds(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on AwardRound for AWARD_ROUND_READ."""
    if viewer.id is None:
        return false()
    return or_(AwardRound.state != AwardRoundState.DRAFT, _in(viewer.run_movements, AwardRound.movement_id))


def kept_from_nominations(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Nomination: the viewer has a stake in it."""
    own = viewer.own_units | ({viewer.unit_id} if viewer.unit_id else set())
    about = and_(Nomination.unit_id.is_not(None), Nomination.unit_id.in_(own)) if own else false()
    return or_(about, _is_related(viewer))


def _is_related(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Nomination: it honours the viewer, or somebody they declared to be related to."""
    declared = exists().where(
        NominationStake.nomination_id == Nomination.id,
        NominationStake.person_id == viewer.id,
        NominationStake.lifted_at.is_(None),
    )
    mine = and_(Nomination.person_id.is_not(None), Nomination.person_id == viewer.id)
    return or_(mine, declared)


def readable_nominations(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Nomination for NOMINATION_READ."""
    if viewer.id is None:
        return false()
    forward: list[ColumnElement[bool]] = [
        and_(Nomination.proposer == Proposer.OFFICE, _in(viewer.run_movements, Nomination.movement_id))
    ]
    for grant in viewer.grants:
        if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY) and grant.cluster_id is not None:
            forward.append(and_(Nomination.cluster_id == grant.cluster_id, Nomination.year == grant.year))
    own = Nomination.unit_id.in_(viewer.own_units) if viewer.own_units else false()
    return or_(
        and_(Nomination.unit_id.is_not(None), own),
        and_(not_(_is_related(viewer)), or_(*forward)),
        followed_nominations(viewer),
    )


def followed_nominations(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Nomination: those that the viewer reads as one of those who judge."""
    submitted = Nomination.state.not_in((NominationState.DRAFT, NominationState.WITHDRAWN))
    seen = [_in(viewer.overseen_movements, Nomination.movement_id)]
    for year in sorted({year for _, year in viewer.judged}):
        units = {unit for unit, of in viewer.judged if of == year}
        seen.append(and_(Nomination.year == year, Nomination.unit_id.is_not(None), Nomination.unit_id.in_(units)))
    return and_(submitted, not_(kept_from_nominations(viewer)), or_(*seen))


def readable_award_decisions(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on AwardDecision for AWARD_DECISION_READ."""
    if viewer.id is None:
        return false()
    issued = AwardDecision.state == AwardDecisionState.ISSUED
    return or_(issued, _in(viewer.decided_movements, AwardDecision.movement_id))


def readable_awards(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Award: those of issued decisions are for everybody who is signed in."""
    if viewer.id is None:
        return false()
    issued = exists().where(AwardDecision.id == Award.decision_id, AwardDecision.state == AwardDecisionState.ISSUED)
    # Also where the statement around it joins decisions itself.
    return issued.correlate(Award)


def seen_ballots(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Ballot, beside that of its meeting: one about a nomination is not there for who has a stake in it."""
    kept = exists().where(Nomination.id == Ballot.nomination_id, kept_from_nominations(viewer))
    return or_(Ballot.nomination_id.is_(None), not_(kept))


def papers_kept_back(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Document: a paper of a dossier in which the viewer has a stake."""
    return exists().where(
        NominationPaper.document_id == Document.id,
        Nomination.id == NominationPaper.nomination_id,
        kept_from_nominations(viewer),
    )
