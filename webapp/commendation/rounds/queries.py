"""Reading rounds and the days on which offices work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.commendation.rounds.rules import WorkingDays
from webapp.core.errors import NotFound
from webapp.models import LIVE_NOMINATIONS, AwardRound, Holiday, Nomination, NominationState
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


def list_holidays(session: Session, *, year: int | None = None) -> Sequence[Holiday]:
    """In their order; of one year, or all."""
    query = select(Holiday).order_by(Holiday.day)
    if year is not None:
        query = query.where(Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31))
    return session.scalars(query).all()


def load_working_days(session: Session) -> WorkingDays:
    """The calendar of working days as it stands."""
    rows = list_holidays(session)
    return WorkingDays(
        off=frozenset(one.day for one in rows if not one.works),
        works=frozenset(one.day for one in rows if one.works),
    )
