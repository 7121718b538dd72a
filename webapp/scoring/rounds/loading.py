"""A round for a service: loaded with its sheets, asked for its state, written into the log."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.core.errors import Invalid, NotFound
from webapp.models import (
    RoundState,
    ScoreRound,
)


def must_be(round_: ScoreRound, state: RoundState) -> None:
    if round_.state is not state:
        raise Invalid(f"Kỳ chấm đang ở trạng thái “{round_.state.label}” nên không thực hiện được thao tác này.")


def load_round(session: Session, round_id: str) -> ScoreRound:
    """With cluster and sheets, for whoever then asks whether the actor may."""
    round_ = session.scalar(
        select(ScoreRound)
        .where(ScoreRound.id == round_id)
        .options(joinedload(ScoreRound.cluster), selectinload(ScoreRound.sheets))
    )
    if round_ is None:
        raise NotFound(kind="score-round", key=round_id)
    return round_
