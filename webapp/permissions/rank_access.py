"""Who reads ranks before they are published. A rank tells of all units at once."""

from __future__ import annotations

from webapp.models import RoundState, ScoreRound, SheetState
from webapp.permissions.predicates import follows_its_round, kept_from_scoring, leads_its_round
from webapp.permissions.subject import subject_of
from webapp.permissions.viewer import Viewer

PUBLISHED = (RoundState.PUBLISHED, RoundState.FINAL)


def follows_round(viewer: Viewer, round_: ScoreRound) -> bool:
    """Whether the viewer follows the whole round, not just as a member. The round has its sheets loaded, here as below."""
    subject = subject_of(round_)
    return follows_its_round(viewer, subject) or leads_its_round(viewer, subject)


def has_a_stake_in(viewer: Viewer, round_: ScoreRound) -> bool:
    """Whether the viewer is kept from one of the units that take part."""
    return any(
        kept_from_scoring(viewer, subject_of(sheet)) for sheet in round_.sheets if sheet.state is not SheetState.EXCUSED
    )


def sees_ranks(viewer: Viewer, round_: ScoreRound) -> bool:
    return round_.state in PUBLISHED or (follows_round(viewer, round_) and not has_a_stake_in(viewer, round_))
