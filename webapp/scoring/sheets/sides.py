"""What each side of a sheet said, and what of it counts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import (
    ScoreEntry,
)
from webapp.scoring.points.scheme import Entry, entry_from_plain

# Of an entry: the column of each side's value and of its words.
SIDES = {
    "self": ("self_entry", "self_comment"),
    "appraisal": ("appraisal", "appraisal_reason"),
    "explanation": ("", "explanation"),
    "second": ("second", "second_reason"),
    "moderated": ("moderated", "moderated_reason"),
}


def standing_entries(rows: Iterable[ScoreEntry]) -> dict[str, Entry]:
    """What counts now, by code: the council's word over the second appraisal over the first."""
    found: dict[str, Entry] = {}
    for row in rows:
        plain = row.moderated or row.second or row.appraisal
        if plain is not None:
            found[row.code] = entry_from_plain(plain)
    return found


def own_entries(rows: Iterable[ScoreEntry]) -> dict[str, Entry]:
    """What the unit said of itself, by code."""
    return {row.code: entry_from_plain(row.self_entry) for row in rows if row.self_entry is not None}


def handed_entries(rows: Iterable[ScoreEntry]) -> dict[str, Entry]:
    """What the unit said of itself when it last handed in, by code."""
    return {row.code: entry_from_plain(row.handed["own"]) for row in rows if row.handed and row.handed["own"]}


def entries_by_sheet(session: Session, sheet_ids: Iterable[str]) -> dict[str, list[ScoreEntry]]:
    """All entries of these sheets in one statement."""
    found: dict[str, list[ScoreEntry]] = {sheet_id: [] for sheet_id in sheet_ids}
    if found:
        query = select(ScoreEntry).where(ScoreEntry.sheet_id.in_(found)).order_by(ScoreEntry.position)
        for row in session.scalars(query):
            found[row.sheet_id].append(row)
    return found
