"""Under which name the ward issued its papers on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Letterhead, Movement, PlanVersion
from webapp.official.issuer import Issuer

UNKNOWN = "Kho Thi đua"


def issuer_on(session: Session, day: date) -> Issuer:
    """The head in force on a paper's own day; before the first one known, that one. A house that has set none yet goes by
    how its first plan names who issued it."""
    heads = session.scalars(select(Letterhead).order_by(Letterhead.from_day)).all()
    if not heads:
        return _of_first_plan(session)
    head = next((one for one in reversed(heads) if one.from_day <= day), heads[0])
    return Issuer(
        name=head.name,
        superior=head.superior,
        short=head.short,
        place=head.place,
        authority=head.authority,
        title=head.title,
    )


def _of_first_plan(session: Session) -> Issuer:
    readings = select(PlanVersion.reading).join(Movement).order_by(Movement.created_at, PlanVersion.no.desc())
    for reading in session.scalars(readings):
        name = str((reading or {}).get("issuer") or "").strip()
        if name:
            short = name.removeprefix("Ủy ban nhân dân ")
            place = str(reading.get("place") or "").strip() or short.partition(" ")[2]
            authority = "TM. Ủy ban nhân dân" if short != name else ""
            return Issuer(name=name, short=short, place=place, authority=authority)
    return Issuer(name=UNKNOWN, authority="")
