"""Reading second opinions: one's own while it is written, others' once they are handed in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.models import (
    Person,
    ReviewKind,
    ScoreReview,
    ScoreReviewEntry,
    ScoreSheet,
    SheetState,
    Unit,
)
from webapp.permissions import Viewer
from webapp.scoring.sheets.sight import sight_of


def get_opinion(session: Session, sheet: ScoreSheet, kind: ReviewKind, giver: str) -> ScoreReview | None:
    """An opinion with its entries; `giver` is the viewer's own person or unit."""
    return session.scalar(
        select(ScoreReview)
        .where(ScoreReview.sheet_id == sheet.id, ScoreReview.kind == kind, ScoreReview.giver == giver)
        .options(joinedload(ScoreReview.entries))
    )


def list_opinions(
    session: Session, sheet: ScoreSheet, *, viewer: Viewer
) -> dict[str, list[tuple[str, ScoreReviewEntry]]]:
    """Opinions handed in, by criterion, as (giver, entry), for judges. Who still owes an own cross score reads none."""
    if not sight_of(viewer, sheet).judge:
        return {}
    if sheet.cross and viewer.own_units and sheet.state is SheetState.SUBMITTED:
        own = session.scalar(
            select(ScoreReview.id).where(
                ScoreReview.sheet_id == sheet.id,
                ScoreReview.kind == ReviewKind.CROSS,
                ScoreReview.giver.in_(viewer.own_units),
                ScoreReview.handed_in_at.is_not(None),
            )
        )
        if own is None and (sheet.unit_id, sheet.year) in viewer.crossed:
            return {}
    rows = session.execute(
        select(ScoreReview.giver, ScoreReviewEntry)
        .join(ScoreReview, ScoreReview.id == ScoreReviewEntry.review_id)
        .where(ScoreReview.sheet_id == sheet.id, ScoreReview.handed_in_at.is_not(None))
        .order_by(ScoreReview.created_at, ScoreReview.id)
    )
    found: dict[str, list[tuple[str, ScoreReviewEntry]]] = {}
    for giver, entry in rows:
        found.setdefault(entry.code, []).append((giver, entry))
    return found


def names_of(session: Session, ids: set[str]) -> dict[str, str]:
    """Names of people and units, for opinions that keep only an id."""
    if not ids:
        return {}
    people = select(Person.id, Person.name).where(Person.id.in_(ids))
    units = select(Unit.id, Unit.name).where(Unit.id.in_(ids))
    return {row[0]: row[1] for query in (people, units) for row in session.execute(query)}
