"""From the sheets of a round to totals, ranks and titles; and storing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.models import (
    ScoreEntry,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
)
from webapp.scoring.points.cluster import Member
from webapp.scoring.points.cluster_rules import RubricRules, rules_from_plain, standing_of
from webapp.scoring.points.numbers import write_number
from webapp.scoring.points.ranking import Standing, Title, give_titles, rank
from webapp.scoring.points.reckoning import Result, best_of, reckon
from webapp.scoring.points.scheme import Entry
from webapp.scoring.rounds import rules
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets.sides import entries_by_sheet, own_entries, standing_entries


@dataclass(frozen=True, slots=True)
class Outcome:
    """One unit's result within its cluster."""

    sheet: ScoreSheet
    result: Result
    best: Mapping[str, Decimal]
    rank: int
    tied: bool
    title: str


def work_out(sheets: Sequence[ScoreSheet], rows: Mapping[str, Sequence[ScoreEntry]]) -> list[Outcome]:
    """Totals, ranks and titles of one cluster's sheets (with their rubrics loaded), best first; excused ones left out.

    Points relative to the best of the cluster compare units under the same rubric; ranks compare all.
    """
    ranked = [sheet for sheet in sheets if sheet.state in rules.RANKED]
    schemes = {sheet.rubric_id: scheme_of(sheet.rubric) for sheet in ranked}
    entries = {sheet.id: standing_entries(rows[sheet.id]) for sheet in ranked}
    best = {
        rubric_id: best_of(scheme, [entries[sheet.id] for sheet in ranked if sheet.rubric_id == rubric_id])
        for rubric_id, scheme in schemes.items()
    }
    results = {sheet.id: reckon(schemes[sheet.rubric_id], entries[sheet.id], best[sheet.rubric_id]) for sheet in ranked}
    rulebooks = {sheet.rubric_id: rules_from_plain(sheet.rubric.rules) for sheet in ranked}
    placed = rank(_with_orders(ranked, standings_of(ranked, results, rulebooks)))
    titles = give_titles(placed, titles_of(list(rulebooks.values())))
    by_id = {sheet.id: sheet for sheet in ranked}
    return [
        Outcome(
            sheet=by_id[one.key],
            result=results[one.key],
            best=best[by_id[one.key].rubric_id],
            rank=one.rank,
            tied=bool(one.tied_with),
            title=titles[one.key],
        )
        for one in placed
    ]


def standings_of(
    sheets: Sequence[ScoreSheet], results: Mapping[str, Result], rulebooks: Mapping[str, RubricRules]
) -> list[Standing]:
    """Without what people decided. Criteria part equals only where all rubrics of the cluster name the same."""
    ties = {rulebook.ties for rulebook in rulebooks.values()}
    common = ties.pop() if len(ties) == 1 else ()
    return [
        standing_of(sheet.id, results[sheet.id], replace(rulebooks[sheet.rubric_id], ties=common)) for sheet in sheets
    ]


def _with_orders(sheets: Sequence[ScoreSheet], standings: Sequence[Standing]) -> list[Standing]:
    """An order people decided counts among those it was decided for; who came to be equal later was not compared."""
    by_id = {sheet.id: sheet for sheet in sheets}
    groups: dict[tuple[Decimal, tuple[Decimal, ...]], set[str]] = {}
    for one in standings:
        groups.setdefault((one.total, one.tie), set()).add(by_id[one.key].tie_mark)
    return [
        replace(one, order=by_id[one.key].tie_order)
        if len(groups[one.total, one.tie]) == 1 and by_id[one.key].tie_mark
        else one
        for one in standings
    ]


def equals_of(session: Session, round_: ScoreRound) -> list[set[str]]:
    """Groups of two and more sheets of a round with nothing but an order between them."""
    sheets = session.scalars(
        select(ScoreSheet).where(ScoreSheet.round_id == round_.id).options(joinedload(ScoreSheet.rubric))
    ).all()
    ranked = [sheet for sheet in sheets if sheet.state in rules.RANKED]
    outcomes = work_out(ranked, entries_by_sheet(session, [sheet.id for sheet in ranked]))
    results = {one.sheet.id: one.result for one in outcomes}
    rulebooks = {sheet.rubric_id: rules_from_plain(sheet.rubric.rules) for sheet in ranked}
    groups: dict[tuple[Decimal, tuple[Decimal, ...]], set[str]] = {}
    for one in standings_of(ranked, results, rulebooks):
        groups.setdefault((one.total, one.tie), set()).add(one.key)
    return [group for group in groups.values() if len(group) > 1]


def titles_of(rulebooks: Sequence[RubricRules]) -> list[Title]:
    """The titles of a cluster. Where its rubrics differ, the stricter limit and the smaller quota hold for all."""
    found: dict[str, Title] = {}
    for rulebook in rulebooks:
        for title in rulebook.titles:
            before = found.get(title.name)
            if before is None:
                found[title.name] = title
                continue
            quotas = [quota for quota in (before.quota, title.quota) if quota is not None]
            found[title.name] = Title(title.name, max(before.least, title.least), min(quotas) if quotas else None)
    return sorted(found.values(), key=lambda title: -title.least)


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
    sheets = session.scalars(
        select(ScoreSheet).where(ScoreSheet.round_id == round_.id).options(joinedload(ScoreSheet.rubric))
    ).all()
    outcomes = work_out(sheets, entries_by_sheet(session, [sheet.id for sheet in sheets]))
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


def member_of(sheet: ScoreSheet, rows: Sequence[ScoreEntry], *, own: bool = False) -> Member:
    entries: dict[str, Entry] = own_entries(rows) if own else standing_entries(rows)
    return Member(name=sheet.unit.name, scheme=scheme_of(sheet.rubric), entries=entries, order=sheet.tie_order)
