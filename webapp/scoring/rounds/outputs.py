"""A round as a workbook that anyone can work out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from webapp.models import ScoreEntry, ScoreRound
from webapp.scoring.points.cluster_rules import rules_from_plain
from webapp.scoring.rounds.results import member_of, titles_of
from webapp.scoring.rounds.workbook import cluster_book


def round_book(round_: ScoreRound, rows: Mapping[str, Sequence[ScoreEntry]]) -> bytes:
    """All ranked sheets of a round (with unit and rubric loaded), formulas alive; `rows` by sheet id."""
    taking_part = [sheet for sheet in round_.sheets if sheet.id in rows]
    members = [member_of(sheet, rows[sheet.id]) for sheet in sorted(taking_part, key=lambda one: one.unit.name)]
    rulebooks = [rules_from_plain(sheet.rubric.rules) for sheet in taking_part]
    ties = {rulebook.ties for rulebook in rulebooks}
    common = replace(rulebooks[0], titles=tuple(titles_of(rulebooks)), ties=ties.pop() if len(ties) == 1 else ())
    return cluster_book(f"{round_.cluster.name}, năm {round_.year}", members, common)
