"""Pages of the unit whose sheet it is: scoring itself, handing in, explaining; and reading a sheet for everyone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid
from webapp.models import ScoreSheet, SheetState
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.scoring.points.scheme import Level, inputs_of
from webapp.scoring.sheets import opinion_queries, presence, queries, rules, self_scoring
from webapp.scoring.sheets.entries import LONGEST, Word, in_words
from webapp.scoring.sheets.evidence import OnChecklist, said_on_checklists
from webapp.scoring.sheets.forms import doubtful, filled, read_entry
from webapp.scoring.sheets.given_numbers import given_fields
from webapp.scoring.sheets.queries import Line
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("scores", __name__, template_folder="../templates")

LEVELS = options(Level)


def zone() -> Any:
    return resources().settings.timezone


def to_sheet(sheet_id: str) -> Response:
    return redirect(url_for("scores.sheet_view", sheet_id=sheet_id), 303)


@blueprint.get("/scores/sheets/<sheet_id>", endpoint="sheet_view")
@requires(P.SHEET_READ, on_subject=True)
def sheet_view(sheet_id: str) -> Response:
    return sheet_page(queries.get_sheet(reads(), sheet_id, viewer=viewer()))


def sheet_page(
    sheet: ScoreSheet,
    *,
    errors: dict[str, str] | None = None,
    conflicts: dict[str, Conflict] | None = None,
    status: int = 200,
) -> Response:
    """Fields for the unit while it scores itself or explains; what is to be read for everybody else."""
    who = viewer()
    view = queries.view_sheet(reads(), sheet, viewer=who)
    writing, explaining = can(who, P.SHEET_WRITE, sheet), explains(sheet)
    rows = [line.row for line in view.leaves if line.row is not None]
    beside = said_on_checklists(reads(), sheet) if writing else None
    return render(
        "scoring/sheet_write.html" if writing else "scoring/sheet_read.html",
        status=409 if conflicts else 422 if errors and status == 200 else status,
        view=view,
        sheet=sheet,
        explaining=explaining,
        values=_values(view.leaves, beside)
        | (_shares(sheet, view.leaves) if writing else {})
        | dict(request.form if errors or conflicts else {}),
        checklists=beside.checklists if beside else (),
        levels=LEVELS,
        inputs_of=inputs_of,
        choosable=queries.list_choosable(reads(), sheet, viewer=who) if writing else (),
        present=presence.list_present(reads(), sheet, viewer=who, now=now()),
        left=rules.before_submitting(with_evidence(view.leaves)) if writing else [],
        late=rules.too_late("self", today(), sheet.round.windows, sheet.extensions) if writing else "",
        last_day={stage: rules.last_day(stage, sheet.round.windows, sheet.extensions) for stage in rules.STAGES},
        verdict=rules.verdict,
        opinions=opinion_queries.list_opinions(reads(), sheet, viewer=who),
        errors=errors or {},
        # Lines whose own field was refused: they keep the revision that they were typed over.
        refused={row.id for row in rows if any(row.id in name.split("-") for name in errors or {})},
        conflicts=conflicts or {},
    )


def explains(sheet: ScoreSheet) -> bool:
    return sheet.state is SheetState.APPRAISED and can(viewer(), P.SHEET_EXPLAIN, sheet)


def with_evidence(leaves: list[Line]) -> list[rules.Said]:
    return [
        rules.Said(
            code=line.node.code,
            own=line.said.own,
            comment=line.said.comment,
            has_evidence=bool(line.proofs),
            wants_evidence=line.wants_evidence,
        )
        for line in leaves
        if line.said is not None
    ]


def _values(leaves: list[Line], beside: OnChecklist | None = None) -> dict[str, str]:
    """What the fields hold; of a criterion not scored yet, what the unit wrote of it on its checklist."""
    values: dict[str, str] = {}
    for line in leaves:
        if line.row is not None:
            values |= filled(line.node, line.row.self_entry, line.row.id)
            values[f"comment-{line.row.id}"] = line.row.self_comment
            if beside is not None and line.row.self_entry is None and not line.row.self_comment:
                values[f"comment-{line.row.id}"] = beside.comments.get(line.node.criterion, "")
            values[f"explanation-{line.row.id}"] = line.row.explanation
    return values


def _shares(sheet: ScoreSheet, leaves: list[Line]) -> dict[str, str]:
    """Where a criterion takes the unit's share of the digital index, and nothing is said yet, it stands there already."""
    empty = {line.row.id: line.node for line in leaves if line.row is not None and line.row.self_entry is None}
    return given_fields(reads(), sheet, empty)


def _line(sheet: ScoreSheet, entry_id: str) -> Line:
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    row = queries.get_entry(reads(), sheet, entry_id)
    return next(line for line in view.leaves if line.row is not None and line.row.id == row.id)


@blueprint.post("/scores/sheets/<sheet_id>", endpoint="sheet_write")
@requires(P.SHEET_WRITE, on_subject=True)
def sheet_write(sheet_id: str) -> Response:
    """All criteria at once, as the page sends them without script; what somebody else changed meanwhile is not touched."""
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    explaining = explains(sheet)
    ensure(viewer(), P.SHEET_EXPLAIN if explaining else P.SHEET_WRITE, sheet)
    errors, conflicts = _save_all(sheet, explaining)
    for sentence in doubtful(request.form):
        flash(sentence, "warn")
    if errors or conflicts:
        sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
        return sheet_page(sheet, errors=errors, conflicts=conflicts)
    flash("Đã lưu.", "good")
    return to_sheet(sheet_id)


def _save_all(sheet: ScoreSheet, explaining: bool) -> tuple[dict[str, str], dict[str, Conflict]]:
    """Every criterion that the form sent; faults and conflicts by field and entry."""
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    errors: dict[str, str] = {}
    conflicts: dict[str, Conflict] = {}
    try:
        with unit_of_work() as work:
            for line in view.leaves:
                # A field that comes without its revision is an old one, not one to pass over.
                if line.row is None or not any(line.row.id in name.split("-") for name in request.form):
                    continue
                try:
                    _save(work, sheet, line, explaining)
                except Conflict as fault:
                    conflicts[line.row.id] = fault
                except Invalid as fault:
                    errors |= _under(line, fault)
    except Invalid as fault:  # it was sent only to be shown again
        errors[""] = fault.sentence
    return errors, conflicts


def _under(line: Line, fault: Invalid) -> dict[str, str]:
    """A fault of a value stands at the criterion's first field."""
    key = line.row.id if line.row is not None else ""
    first = f"level-{key}" if line.node.kind.value == "level" else f"value-{key}-0"
    return {
        (first if name in ("", "value") else name): f"{line.node.code}: {text.removeprefix(line.node.code + ': ')}"
        for name, text in fault.fields.items()
    }


def _save(work: Any, sheet: ScoreSheet, line: Line, explaining: bool) -> None:
    assert line.row is not None
    key = line.row.id
    form = FormReader(request.form)
    revision = form.revision(f"revision-{key}")
    comment = form.text(f"comment-{key}", most=LONGEST)
    explanation = form.text(f"explanation-{key}", most=LONGEST)
    form.check()
    common: dict[str, Any] = {"actor": viewer(), "now": now(), "timezone": zone()}
    at: dict[str, Any] = {"sheet_id": sheet.id, "entry_id": key, "revision": revision}
    if explaining:
        if f"explanation-{key}" in request.form:
            self_scoring.explain_entry(work, **common, **at, text=explanation)
        return
    entry = read_entry(request.form, line.node, key)
    self_scoring.save_self(work, **common, word=Word(**at, entry=entry, text=comment))


@blueprint.route("/scores/sheets/<sheet_id>/entries/<entry_id>", methods=["GET", "POST"], endpoint="entry_save")
@requires(P.SHEET_WRITE, on_subject=True)
def entry_save(sheet_id: str, entry_id: str) -> Response:
    """One criterion, saved while it is filled in; answers with its status, or with both values after a conflict."""
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_EXPLAIN if explains(sheet) else P.SHEET_WRITE, sheet)
    line = _line(sheet, entry_id)
    conflict, errors = None, {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                _save(work, sheet, line, explains(sheet))
                presence.note_presence(work, sheet, actor=viewer(), now=now(), code=line.node.code)
        except Conflict as fault:
            conflict = fault
        except Invalid as fault:
            errors = _under(line, fault)
        sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
        line = _line(sheet, entry_id)
    posted = request.method == "POST"
    return render(
        "scoring/entry.html",
        "entry_status" if posted else "entry_field",
        status=409 if conflict else 422 if errors else 200,
        sheet=sheet,
        line=line,
        explaining=explains(sheet),
        values=_values([line]) | dict(request.form if conflict or errors else {}),
        levels=LEVELS,
        inputs_of=inputs_of,
        conflict=conflict,
        errors=errors,
        keeps_old=bool(errors),
        posted_here=posted,
        understood=doubtful(request.form) if posted else [],
        saved=posted and not conflict and not errors,
        own_total=queries.reckoned_own(reads(), sheet).total,
        present=presence.list_present(reads(), sheet, viewer=viewer(), now=now()),
    )


@blueprint.get("/scores/sheets/<sheet_id>/entries/<entry_id>/history", endpoint="entry_history")
@requires(P.SHEET_READ, on_subject=True)
def entry_history(sheet_id: str, entry_id: str) -> Response:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    line = _line(sheet, entry_id)
    assert line.row is not None
    return render(
        "scoring/history.html",
        sheet=sheet,
        line=line,
        changes=queries.list_history(reads(), line.row, sheet, viewer=viewer()),
        in_words=in_words,
        may_undo=can(viewer(), P.SHEET_WRITE, sheet),
    )


@blueprint.post("/scores/sheets/<sheet_id>/entries/<entry_id>/undo", endpoint="entry_undo")
@requires(P.SHEET_WRITE, on_subject=True)
def entry_undo(sheet_id: str, entry_id: str) -> Response:
    """Back to what the unit said before; a change like any other, so it can be undone too."""
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    form = FormReader(request.form)
    no, revision = form.integer("no", least=1, most=10**6), form.revision()
    form.check()
    with unit_of_work() as work:
        self_scoring.undo_self(
            work,
            actor=viewer(),
            now=now(),
            timezone=zone(),
            sheet_id=sheet.id,
            entry_id=entry_id,
            revision=revision,
            no=no or 0,
        )
    flash("Đã trở lại giá trị trước.", "good")
    return redirect(url_for("scores.sheet_view", sheet_id=sheet_id) + f"#e-{entry_id}", 303)


@blueprint.post("/scores/sheets/<sheet_id>/entries/<entry_id>/evidence", endpoint="evidence_choose")
@requires(P.SHEET_WRITE, on_subject=True)
def evidence_choose(sheet_id: str, entry_id: str) -> Response:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    try:
        with unit_of_work() as work:
            self_scoring.choose_evidence(
                work,
                actor=viewer(),
                now=now(),
                timezone=zone(),
                sheet_id=sheet_id,
                entry_id=entry_id,
                before=request.form.get("before", "").split(),
                evidence_ids=request.form.getlist("evidence"),
            )
    except Conflict as fault:
        return sheet_page(sheet, errors={"": fault.sentence}, status=409)
    except Invalid as fault:
        return sheet_page(sheet, errors=fault.fields)
    flash("Đã chọn minh chứng.", "good")
    return redirect(url_for("scores.sheet_view", sheet_id=sheet_id) + f"#e-{entry_id}", 303)


@blueprint.route("/scores/sheets/<sheet_id>/submit", methods=["GET", "POST"], endpoint="sheet_submit")
@requires(P.SHEET_SUBMIT, on_subject=True)
def sheet_submit(sheet_id: str) -> Response:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_SUBMIT, sheet)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                self_scoring.submit_sheet(work, actor=viewer(), now=now(), timezone=zone(), sheet_id=sheet_id)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã trình phiếu điểm; người thẩm định, hoặc cơ quan thường trực nếu chưa có ai, đã được báo.", "good")
            return to_sheet(sheet_id)
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    return render(
        "scoring/submit.html",
        status=422 if errors else 200,
        view=view,
        sheet=sheet,
        left=rules.before_submitting(with_evidence(view.leaves)),
        errors=errors,
    )


@blueprint.post("/scores/sheets/<sheet_id>/answer", endpoint="appraisal_answer")
@requires(P.SHEET_ANSWER, on_subject=True)
def appraisal_answer(sheet_id: str) -> Response:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_ANSWER, sheet)
    agrees = request.form.get("answer") == "agree"
    # What was typed goes along: without script nothing of it is saved yet.
    errors, conflicts = _save_all(sheet, True) if explains(sheet) else ({}, {})
    if errors or conflicts:
        sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
        return sheet_page(sheet, errors=errors, conflicts=conflicts)
    try:
        with unit_of_work() as work:
            self_scoring.answer_appraisal(
                work, actor=viewer(), now=now(), timezone=zone(), sheet_id=sheet_id, agrees=agrees
            )
    except Invalid as fault:
        return sheet_page(queries.get_sheet(reads(), sheet_id, viewer=viewer()), errors=fault.fields)
    flash("Đã đồng ý với điểm thẩm định." if agrees else "Đã gửi giải trình.", "good")
    return to_sheet(sheet_id)
