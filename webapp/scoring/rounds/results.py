"""From the sheets of a round to totals, ranks and titles; and storing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.core.numbers import write_number
from webapp.models import (
    Rubric,
    ScoreEntry,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
)
from webapp.scoring.points.cluster import Member, Ranking, rank_members
from webapp.scoring.points.cluster_rules import RubricRules, common_rules
from webapp.scoring.points.reckoning import Result
from webapp.scoring.points.scheme import Entry
from webapp.scoring.points.why import Given, explain_ranks, explain_titles, room_in_words
from webapp.scoring.rounds import rules
from webapp.scoring.rubrics.queries import rules_of, scheme_of
from webapp.scoring.sheets.sides import entries_by_sheet, standing_entries


@dataclass(frozen=True, slots=True)
class Outcome:
    """One unit's result within its cluster."""

    sheet: ScoreSheet
    result: Result
    best: Mapping[str, Decimal]
    rank: int
    title: str


def rank_sheets(sheets: Iterable[ScoreSheet], rows: Mapping[str, Sequence[ScoreEntry]]) -> list[Outcome]:
    """Totals, ranks and titles of one cluster's sheets (with their rubrics loaded), best first; excused ones left out.

    Points relative to the best of the cluster compare units under the same rubric; ranks compare all.
    """
    ranked = _ranked(sheets)
    found = _rank(ranked, rows)
    outcomes = [
        Outcome(
            sheet=sheet,
            result=found.results[place],
            best=found.best[place],
            rank=found.ranked[place].rank,
            title=found.titles[place],
        )
        for place, sheet in enumerate(ranked)
    ]
    return sorted(outcomes, key=lambda one: one.rank)


def _ranked(sheets: Iterable[ScoreSheet]) -> list[ScoreSheet]:
    return sorted((sheet for sheet in sheets if sheet.state in rules.RANKED), key=lambda sheet: sheet.id)


def _rank(ranked: Sequence[ScoreSheet], rows: Mapping[str, Sequence[ScoreEntry]]) -> Ranking:
    return rank_members(
        members_of(ranked, {sheet.id: standing_entries(rows[sheet.id]) for sheet in ranked}), rules_for(ranked)
    )


def members_of(sheets: Sequence[ScoreSheet], entries: Mapping[str, Mapping[str, Entry]]) -> list[Member]:
    """Sheets (with unit and rubric loaded) as they are reckoned and ranked; `entries` by sheet id and criterion."""
    schemes = {rubric.id: scheme_of(rubric) for rubric in _rubrics(sheets)}
    return [
        Member(
            name=sheet.unit.name,
            scheme=schemes[sheet.rubric_id],
            entries=entries[sheet.id],
            # An order without the decision it comes from was never decided.
            order=sheet.tie_order if sheet.tie_mark else None,
            rubric=sheet.rubric_id,
            decision=sheet.tie_mark,
        )
        for sheet in sheets
    ]


def rules_for(sheets: Iterable[ScoreSheet]) -> RubricRules:
    """What holds for all of these sheets, with their rubrics loaded."""
    return common_rules([rules_of(rubric) for rubric in _rubrics(sheets)])


def _rubrics(sheets: Iterable[ScoreSheet]) -> list[Rubric]:
    """Each once, however many sheets are scored by it."""
    return list({sheet.rubric_id: sheet.rubric for sheet in sheets}.values())


@dataclass(frozen=True, slots=True)
class Why:
    """By sheet id, why its rank and its title came out so; how many may have each title, in words."""

    ranks: Mapping[str, str]
    titles: Mapping[str, str]
    rooms: Sequence[tuple[str, str]]


def explain(pairs: Iterable[tuple[ScoreSheet, ScoreResult]]) -> Why:
    """For sheets (with their rubrics loaded) of one round and what is stored of them."""
    kept = list(pairs)
    shared = rules_for([sheet for sheet, _ in kept])
    units = [Given(sheet.id, row.rank, Decimal(row.total), row.title) for sheet, row in kept]
    rooms = [(title.name, room_in_words(title, len(units))) for title in shared.titles]
    return Why(
        explain_ranks(units, shared.ties), explain_titles(units, shared.titles), [one for one in rooms if one[1]]
    )


def equals_of(session: Session, round_: ScoreRound) -> list[set[str]]:
    """Groups of two and more sheets of a round with nothing but an order between them."""
    ranked = _ranked(_sheets(session, round_))
    found = _rank(ranked, entries_by_sheet(session, [sheet.id for sheet in ranked]))
    return [{ranked[place].id for place in group} for group in found.undecided()]


def _sheets(session: Session, round_: ScoreRound) -> Sequence[ScoreSheet]:
    return session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.round_id == round_.id)
        .options(joinedload(ScoreSheet.rubric), joinedload(ScoreSheet.unit))
    ).all()


def lines_of(result: Result) -> list[dict[str, Any]]:
    """As a result keeps them: exact numbers as text."""
    return [
        {
            "code": line.node.code,
            "points": write_number(line.points) if line.points is not None else None,
            "words": line.words,
        }
        for line in result.lines
    ]


def store_results(session: Session, round_: ScoreRound, *, now: datetime) -> list[Outcome]:
    """Work out and keep the results of a round; what is no longer ranked has none."""
    sheets = _sheets(session, round_)
    outcomes = rank_sheets(sheets, entries_by_sheet(session, [sheet.id for sheet in sheets]))
    kept = {row.sheet_id: row for row in session.scalars(select(ScoreResult).where(ScoreResult.round_id == round_.id))}
    for outcome in outcomes:
        row = kept.pop(outcome.sheet.id, None)
        if row is None:
            row = ScoreResult(sheet_id=outcome.sheet.id, round_id=round_.id)
            session.add(row)
        row.total, row.rank, row.title = write_number(outcome.result.total), outcome.rank, outcome.title
        row.lines, row.computed_at = lines_of(outcome.result), now
        row.best = {code: write_number(value) for code, value in outcome.best.items()}
    for gone in kept.values():
        session.delete(gone)
    session.flush()
    return outcomes


def drop_results(session: Session, round_: ScoreRound) -> None:
    """A round that is open again has no results."""
    for row in session.scalars(select(ScoreResult).where(ScoreResult.round_id == round_.id)):
        session.delete(row)
    session.flush()
