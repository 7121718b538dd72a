"""Working out again all that is published, and comparing it with what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.core.numbers import write_number
from webapp.models import (
    RoundState,
    ScoreChange,
    ScoreEntry,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
)
from webapp.scoring.points.wording import former_words
from webapp.scoring.rounds.results import lines_of, rank_sheets
from webapp.scoring.sheets.sides import SIDES, entries_by_sheet


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
    for outcome in rank_sheets(sheets, rows):
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
        formulas = {line.node.code: line.node.formula for line in outcome.result.lines}
        for line in lines_of(outcome.result):
            before = told.get(line["code"], {})
            if before.get("points") != line["points"]:
                yield f"{name}, mục {line['code']}: công bố {before.get('points')}, tính lại {line['points']}."
            elif before.get("words") not in (
                line["words"],
                former_words(line["words"], formulas.get(line["code"], "")),
            ):
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
