"""Moves of a cluster's round, and which sheets are ranked in it. Pure."""

from __future__ import annotations

from webapp.models.score import RoundState, SheetState

S, R = SheetState, RoundState

ROUND_MOVES: dict[tuple[RoundState, str], RoundState] = {
    (R.OPEN, "close"): R.CLOSED,
    (R.CLOSED, "open"): R.OPEN,
    (R.CLOSED, "publish"): R.PUBLISHED,
    (R.PUBLISHED, "withdraw"): R.CLOSED,
    (R.PUBLISHED, "finalise"): R.FINAL,
}


# A unit still takes part while its sheet is in one of these.
RANKED = (S.SETTLED, S.CLOSED, S.PUBLISHED, S.FINAL)
