"""Reading rounds of commendation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.errors import NotFound
from webapp.models import LIVE_NOMINATIONS, AwardRound, Nomination, NominationState
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import readable_award_rounds, readable_nominations


@dataclass(frozen=True, slots=True)
class LineCount:
    """Of one line of a round, of what the viewer sees: taking part, honoured."""

    live: int = 0
    honoured: int = 0


def list_rounds(session: Session, *, viewer: Viewer, year: int | None = None) -> Sequence[AwardRound]:
    """The newest first."""
    query = select(AwardRound).where(readable_award_rounds(viewer))
    if year is not None:
        query = query.where(AwardRound.year == year)
    return session.scalars(query.order_by(AwardRound.opens_on.desc(), AwardRound.id)).all()


def get_round(session: Session, round_id: str, *, viewer: Viewer) -> AwardRound:
    """Raises NotFound."""
    found = session.scalar(select(AwardRound).where(AwardRound.id == round_id, readable_award_rounds(viewer)))
    if found is None:
        raise NotFound(kind="award-round", key=round_id)
    return found


def count_lines(session: Session, round_id: str, *, viewer: Viewer) -> dict[tuple[str, str], LineCount]:
    """(title id, subject) -> how many of what the viewer may see."""
    rows = session.execute(
        select(Nomination.title_id, Nomination.subject, Nomination.state, func.count())
        .where(Nomination.round_id == round_id, Nomination.state.in_(LIVE_NOMINATIONS), readable_nominations(viewer))
        .group_by(Nomination.title_id, Nomination.subject, Nomination.state)
    )
    found: dict[tuple[str, str], LineCount] = {}
    for title_id, subject, state, total in rows:
        key = (title_id, subject.value)
        before = found.get(key, LineCount())
        honoured = total if state is NominationState.HONOURED else 0
        found[key] = LineCount(before.live + total, before.honoured + honoured)
    return found
