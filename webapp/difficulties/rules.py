"""Moves of a difficulty. Pure."""

from __future__ import annotations

from webapp.models.difficulty import DifficultyState as State

# (present state, move) -> next state; used by server and page alike.
MOVES: dict[tuple[State, str], State] = {
    (State.DRAFT, "raise"): State.RAISED,
    (State.RAISED, "gather"): State.GATHERED,
    # The office may word its note anew until somebody decides.
    (State.GATHERED, "gather"): State.GATHERED,
    (State.GATHERED, "accept"): State.ACCEPTED,
    (State.GATHERED, "decline"): State.DECLINED,
    # The plan is amended later than the decision is taken.
    (State.ACCEPTED, "link"): State.ACCEPTED,
}

DECIDED = (State.ACCEPTED, State.DECLINED)


def moves_from(state: State) -> frozenset[str]:
    return frozenset(move for from_state, move in MOVES if from_state is state)
