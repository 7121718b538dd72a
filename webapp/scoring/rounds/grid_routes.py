"""The grid of a cluster: criteria by units, a cell for each, saved as soon as it is left."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.models import RoundState, ScoreEntry, ScoreSheet, SheetState
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure, subject_of
from webapp.scoring.points.cells import read_cell, write_cell
from webapp.scoring.points.scheme import Node, walk
from webapp.scoring.rounds import queries
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets import appraising
from webapp.scoring.sheets import queries as sheet_queries
from webapp.scoring.sheets.entries import Word, in_words
from webapp.scoring.sheets.forms import doubtful
from webapp.scoring.sheets.output_routes import blueprint
from webapp.scoring.sheets.routes import zone
from webapp.scoring.sheets.rules import NO_LONGER_APPRAISED
from webapp.scoring.sheets.sides import entries_by_sheet
from webapp.scoring.sheets.sight import sight_of
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer


def _writable(sheet: ScoreSheet) -> bool:
    return sheet.state is SheetState.SUBMITTED and not sheet.cross and can(viewer(), P.SHEET_APPRAISE, sheet)


@blueprint.get("/scores/rounds/<round_id>/grid", endpoint="grid_view")
@requires(P.ROUND_READ, on_subject=True)
def grid_view(round_id: str) -> Response:
    """Units handed in that the viewer judges, under one rubric at a time. Two statements for all cells."""
    round_ = queries.get_round(reads(), round_id, viewer=viewer())
    judged = [sheet for sheet in round_.sheets if sight_of(viewer(), sheet).judge]
    rubrics = {sheet.rubric_id: sheet.rubric for sheet in judged}
    chosen = request.args.get("rubric", "")
    rubric = rubrics.get(chosen) or next(iter(rubrics.values()), None)
    if rubric is None:
        raise Invalid("Chưa có phiếu nào đã trình mà bạn được thẩm định.")
    sheets = sorted((one for one in judged if one.rubric_id == rubric.id), key=lambda one: one.unit.name)
    entries = entries_by_sheet(reads(), [one.id for one in sheets])
    by_code = {sheet.id: {row.code: row for row in entries[sheet.id]} for sheet in sheets}
    return render(
        "scoring/grid.html",
        round=round_,
        sheets=sheets,
        rubric=rubric,
        rubrics=list(rubrics.values()),
        nodes=[(node, depth) for node, depth in walk(scheme_of(rubric).root)],
        entries=by_code,
        writable={sheet.id for sheet in sheets if _writable(sheet)},
        shown_in=_shown,
        own_in=_own,
        faint_in=_faint,
        closed="" if round_.state is RoundState.OPEN else NO_LONGER_APPRAISED[SheetState(round_.state.value)],
    )


def _shown(node: Node, row: ScoreEntry) -> str:
    return write_cell(node, row.appraisal)


def _faint(node: Node, row: ScoreEntry) -> str:
    return write_cell(node, row.self_entry)


def _own(node: Node, row: ScoreEntry) -> str:
    return in_words(node, row.self_entry)


def _too_late(sheet: ScoreSheet, node: Node, row: ScoreEntry) -> Response:
    typed = request.form.get("cell", "")
    return render(
        "scoring/cell.html",
        "cell",
        status=409,
        sheet=sheet,
        node=node,
        row=row,
        can_write=False,
        shown=write_cell(node, row.appraisal) if sight_of(viewer(), sheet).appraisal else "",
        error=f"{NO_LONGER_APPRAISED[sheet.state]} Chưa lưu “{typed}”.",
        conflict=None,
        understood=[],
    )


@blueprint.post("/scores/sheets/<sheet_id>/cells/<entry_id>", endpoint="cell_save")
@requires(P.SHEET_APPRAISE, on_subject=True)
def cell_save(sheet_id: str, entry_id: str) -> Response:
    """One cell; the reason for a difference is kept, and asked for before the result goes out.

    The page may be older than the round: what has closed meanwhile is said in the cell, with the word that stands.
    """
    sheet = sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_APPRAISE, replace(subject_of(sheet), appraisable=True))
    row = sheet_queries.get_entry(reads(), sheet, entry_id)
    node = next((leaf for leaf in scheme_of(sheet.rubric).leaves() if leaf.code == row.code), None)
    if node is None:
        raise NotFound(kind="score-sheet", key=entry_id)
    if sheet.state is not SheetState.SUBMITTED:
        return _too_late(sheet, node, row)
    conflict, error, reason = None, "", row.appraisal_reason
    try:
        form = FormReader(request.form)
        typed, revision = form.text("cell", most=200), form.revision()
        form.check()
        entry = read_cell(node, typed)
        with unit_of_work() as work:
            appraising.save_appraisal(
                work,
                actor=viewer(),
                now=now(),
                timezone=zone(),
                word=Word(sheet_id=sheet_id, entry_id=entry_id, revision=revision, entry=entry, text=reason),
            )
    except Conflict as fault:
        conflict = fault
    except Invalid as fault:
        error = fault.sentence
    row = sheet_queries.get_entry(reads(), sheet, entry_id)
    return render(
        "scoring/cell.html",
        "cell",
        status=409 if conflict else 422 if error else 200,
        saved=not conflict and not error,
        sheet=sheet,
        node=node,
        row=row,
        can_write=True,
        shown=request.form.get("cell", "") if conflict or error else write_cell(node, row.appraisal),
        own=in_words(node, row.self_entry),
        faint=write_cell(node, row.self_entry),
        conflict=conflict,
        error=error,
        understood=doubtful(
            {f"cell-{place}": part for place, part in enumerate(request.form.get("cell", "").split(";"))}
        ),
    )
