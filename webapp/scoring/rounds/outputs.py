"""A round as a workbook that anyone can work out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from webapp.models import ScoreEntry, ScoreRound
from webapp.scoring.rounds.results import members_of, rules_for
from webapp.scoring.rounds.workbook import cluster_book
from webapp.scoring.sheets.sides import standing_entries


def round_book(round_: ScoreRound, rows: Mapping[str, Sequence[ScoreEntry]]) -> bytes:
    """All ranked sheets of a round (with unit and rubric loaded), formulas alive; `rows` by sheet id."""
    taking_part = [sheet for sheet in round_.sheets if sheet.id in rows]
    members = members_of(
        sorted(taking_part, key=lambda sheet: sheet.unit.name),
        {sheet.id: standing_entries(rows[sheet.id]) for sheet in taking_part},
    )
    return cluster_book(f"{round_.cluster.name}, năm {round_.year}", members, rules_for(taking_part))
