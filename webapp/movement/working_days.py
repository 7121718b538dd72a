"""Days off and days worked in lieu, as the ward keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import WorkingDays
from webapp.models import Holiday


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
