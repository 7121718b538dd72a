"""Pages of second opinions: of a second appraiser on a sample, of members scoring each other."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.numbers import stored_number, type_number
from webapp.models import ReviewKind, ScoreSheet
from webapp.permissions import Permission as P
from webapp.scoring.points.scheme import Entry, inputs_of
from webapp.scoring.sheets import opinion_queries, opinions, queries
from webapp.scoring.sheets.appraisal_routes import acting_on, blueprint, row_id
from webapp.scoring.sheets.entries import LONGEST, Word
from webapp.scoring.sheets.forms import doubtful, filled, read_entry, read_points
from webapp.scoring.sheets.queries import Line
from webapp.scoring.sheets.routes import LEVELS, zone
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer


def _opined(sheet_id: str, kind: str) -> tuple[ScoreSheet, ReviewKind, str]:
    """The sheet, which opinion, and in whose name. 404 for anything else."""
    if kind not in set(ReviewKind):
        raise NotFound(kind="score-sheet", key=sheet_id)
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    return sheet, ReviewKind(kind), opinions.giver_of(reads(), viewer(), sheet, ReviewKind(kind))


@blueprint.get("/scores/sheets/<sheet_id>/opinion/<kind>", endpoint="opinion_view")
@requires(P.SHEET_READ, on_subject=True)
def opinion_view(sheet_id: str, kind: str) -> Response:
    return _opinion(*_opined(sheet_id, kind))


def _opinion(
    sheet: ScoreSheet, kind: ReviewKind, giver: str, *, errors: dict[str, str] | None = None, conflicts: Any = None
) -> Response:
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    review = opinion_queries.get_opinion(reads(), sheet, kind, giver)
    kept = {one.code: one for one in review.entries} if review is not None else {}
    values: dict[str, str] = {}
    for line in view.leaves:
        one, key = kept.get(line.node.code), row_id(line)
        if kind is ReviewKind.CROSS and one is not None and one.value is not None:
            values[f"points-{key}"] = type_number(stored_number(one.value["points"]))
        elif one is not None:
            values |= filled(line.node, one.value, key)
        values[f"reason-{key}"] = one.reason if one is not None else ""
    return render(
        "scoring/opinion.html",
        status=409 if conflicts else 422 if errors else 200,
        view=view,
        sheet=sheet,
        kind=kind,
        kept=kept,
        handed_in=review is not None and review.handed_in_at is not None,
        values=values | dict(request.form if errors or conflicts else {}),
        levels=LEVELS,
        inputs_of=inputs_of,
        errors=errors or {},
        conflicts=conflicts or {},
    )


@blueprint.post("/scores/sheets/<sheet_id>/opinion/<kind>", endpoint="opinion_save")
@requires(P.SHEET_READ, on_subject=True)
def opinion_save(sheet_id: str, kind: str) -> Response:
    """All criteria at once; with `send` hand it in."""
    sheet, which, giver = _opined(sheet_id, kind)
    errors: dict[str, str] = {}
    conflicts: dict[str, Conflict] = {}
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    try:
        with unit_of_work() as work:
            for line in view.leaves:
                try:
                    _save_opinion(work, sheet, which, line)
                except Conflict as fault:
                    conflicts[row_id(line)] = fault
                except Invalid as fault:
                    errors |= {name or f"reason-{row_id(line)}": text for name, text in fault.fields.items()}
    except Invalid as fault:  # it was sent only to be shown again
        errors[""] = fault.sentence
    if not errors and not conflicts and "send" in request.form:
        try:
            with unit_of_work() as work:
                opinions.hand_in_opinion(work, **acting_on(sheet_id), kind=which)
        except Invalid as fault:
            errors = fault.fields
    for sentence in doubtful(request.form):
        flash(sentence, "warn")
    if errors or conflicts:
        return _opinion(sheet, which, giver, errors=errors, conflicts=conflicts)
    flash("Đã gửi kết quả." if "send" in request.form else "Đã lưu.", "good")
    return redirect(url_for("appraising.opinion_view", sheet_id=sheet_id, kind=kind), 303)


def _save_opinion(work: Any, sheet: ScoreSheet, kind: ReviewKind, line: Line) -> None:
    key = row_id(line)
    form = FormReader(request.form)
    reason = form.text(f"reason-{key}", most=LONGEST)
    revision = form.revision(f"revision-{key}")
    form.check()
    if kind is ReviewKind.CROSS:
        points = read_points(request.form, f"points-{key}")
        entry = Entry(points=points) if points is not None else None
    else:
        entry = read_entry(request.form, line.node, key)
    if entry is None and not reason and revision == 0:
        return
    word = Word(sheet_id=sheet.id, entry_id=key, revision=revision, entry=entry, text=reason)
    opinions.save_opinion(work, actor=viewer(), now=now(), timezone=zone(), kind=kind, word=word)
