"""Reading the catalogue of commendation: it is everybody's to read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.commendation.catalogue.rules import Dated
from webapp.core.errors import NotFound
from webapp.models import AwardTitle, AwardValue


def list_titles(session: Session) -> Sequence[AwardTitle]:
    """In the catalogue's order."""
    return session.scalars(select(AwardTitle).order_by(AwardTitle.position, AwardTitle.id)).all()


def get_title(session: Session, title_id: str) -> AwardTitle:
    """Raises NotFound."""
    found = session.get(AwardTitle, title_id)
    if found is None:
        raise NotFound(kind="award", key=title_id)
    return found


def list_values(session: Session) -> list[Dated]:
    """All values of all days, the newest first within what they are about."""
    rows = session.execute(
        select(AwardValue, AwardTitle.code)
        .outerjoin(AwardTitle, AwardTitle.id == AwardValue.title_id)
        .order_by(AwardTitle.position, AwardValue.name, AwardValue.subject, AwardValue.valid_from.desc())
    )
    return [dated(row, code) for row, code in rows]


def dated(row: AwardValue, code: str | None) -> Dated:
    """A stored value as the rules take it."""
    return Dated(
        name=row.name,
        title=code,
        subject=row.subject,
        value=row.value,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        citation=row.citation,
        verified=row.verified,
    )
