"""From entries to totals, ranks and titles of a cluster; storing them; and working them all out again to compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.models import (
    RoundState,
    ScoreChange,
    ScoreEntry,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
)
from webapp.scoring import rules
from webapp.scoring.numbers import write_number
from webapp.scoring.ranking import Standing, Title, give_titles, rank
from webapp.scoring.reckoning import Result, best_of, reckon
from webapp.scoring.rubric import Entry, entry_from_plain
from webapp.scoring.rubric_rules import RubricRules, rules_from_plain, standing_of
from webapp.scoring.service import scheme_of

# Of an entry: the column of each side's value and of its words.
SIDES = {
    "self": ("self_entry", "self_comment"),
    "appraisal": ("appraisal", "appraisal_reason"),
    "explanation": ("", "explanation"),
    "second": ("second", "second_reason"),
    "moderated": ("moderated", "moderated_reason"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One unit's result within its cluster."""

    sheet: ScoreSheet
    result: Result
    best: Mapping[str, Decimal]
    rank: int
    tied: bool
    title: str


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


def verify_scores(session: Session) -> list[str]:
    """Work out every published total from raw entries and compare; one sentence per difference, none when all is right.

    Raw entries are compared with their own history too, so that a value changed behind the program's back is named.
    """
    found: list[str] = []
    rounds = session.scalars(
        select(ScoreRound)
        .where(ScoreRound.state.in_((RoundState.PUBLISHED, RoundState.FINAL)))
        .options(joinedload(ScoreRound.cluster))
        .order_by(ScoreRound.year, ScoreRound.id)
    ).all()
    for round_ in rounds:
        sheets = session.scalars(
            select(ScoreSheet)
            .where(ScoreSheet.round_id == round_.id)
            .options(joinedload(ScoreSheet.rubric), joinedload(ScoreSheet.unit))
        ).all()
        where = f"{round_.cluster.name}, năm {round_.year}"
        rows = entries_by_sheet(session, [sheet.id for sheet in sheets])
        found += [f"{where}: {one}" for one in _compare(session, sheets, rows)]
        found += [f"{where}: {one}" for one in _against_history(session, sheets, rows)]
    return found


def count_published(session: Session) -> int:
    """How many totals are published."""
    query = (
        select(func.count())
        .select_from(ScoreResult)
        .join(ScoreRound, ScoreRound.id == ScoreResult.round_id)
        .where(ScoreRound.state.in_((RoundState.PUBLISHED, RoundState.FINAL)))
    )
    return session.scalar(query) or 0


def _compare(session: Session, sheets: Sequence[ScoreSheet], rows: Mapping[str, Sequence[ScoreEntry]]) -> Iterable[str]:
    kept = {
        row.sheet_id: row
        for row in session.scalars(select(ScoreResult).where(ScoreResult.sheet_id.in_([one.id for one in sheets])))
    }
    for outcome in work_out(sheets, rows):
        name, row = outcome.sheet.unit.name, kept.pop(outcome.sheet.id, None)
        if row is None:
            yield f"{name} không có kết quả được lưu."
            continue
        total = write_number(outcome.result.total)
        if row.total != total:
            yield f"{name}: công bố {row.total}, tính lại từ các mục {total}."
        if row.rank != outcome.rank:
            yield f"{name}: công bố hạng {row.rank}, tính lại hạng {outcome.rank}."
        if row.title != outcome.title:
            yield f"{name}: công bố “{row.title}”, tính lại “{outcome.title}”."
        if row.best != {code: write_number(value) for code, value in outcome.best.items()}:
            yield f"{name}: giá trị tốt nhất của cụm được lưu khác với tính lại."
        told = {line["code"]: line for line in row.lines}
        for line in lines_of(outcome.result):
            before = told.get(line["code"], {})
            if before.get("points") != line["points"]:
                yield f"{name}, mục {line['code']}: công bố {before.get('points')}, tính lại {line['points']}."
            elif before.get("words") != line["words"]:
                yield f"{name}, mục {line['code']}: cách tính được lưu không khớp với cách tính lại."
    units = {sheet.id: sheet.unit.name for sheet in sheets}
    for sheet_id in kept:
        yield f"{units[sheet_id]} có kết quả được lưu nhưng không được xếp hạng."


def _against_history(
    session: Session, sheets: Sequence[ScoreSheet], rows: Mapping[str, Sequence[ScoreEntry]]
) -> Iterable[str]:
    entries = [row for sheet in sheets for row in rows[sheet.id]]
    last: dict[tuple[str, str], ScoreChange] = {}
    for chunk in range(0, len(entries), 500):
        ids = [row.id for row in entries[chunk : chunk + 500]]
        query = select(ScoreChange).where(ScoreChange.entry_id.in_(ids)).order_by(ScoreChange.no)
        for one in session.scalars(query):
            last[one.entry_id, one.side] = one
    names = {sheet.id: sheet.unit.name for sheet in sheets}
    for row in entries:
        for side, (column, text) in SIDES.items():
            change = last.get((row.id, side))
            value, said = (change.value, change.text) if change is not None else (None, "")
            if column and getattr(row, column) != value:
                yield f"{names[row.sheet_id]}, mục {row.code}: giá trị không khớp với lịch sử sửa."
            # What was taken back keeps in history why; the entry itself says nothing any more.
            elif (value is not None or not column) and getattr(row, text) != said:
                yield f"{names[row.sheet_id]}, mục {row.code}: lời ghi không khớp với lịch sử sửa."
