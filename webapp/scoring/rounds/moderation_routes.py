"""Pages of the council's part: moderation, appeals."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.models import AppealOutcome, ScoreAppeal
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.scoring.rounds import appeals, moderating
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets import queries as sheet_queries
from webapp.scoring.sheets.entries import LONGEST
from webapp.scoring.sheets.forms import doubtful, read_points
from webapp.scoring.sheets.output_routes import blueprint
from webapp.scoring.sheets.routes import to_sheet, zone
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer


@blueprint.get("/scores/sheets/<sheet_id>/moderate", endpoint="moderate_view")
@requires(P.SHEET_MODERATE, on_subject=True)
def moderate_view(sheet_id: str) -> Response:
    return _moderation(sheet_id)


def _moderation(
    sheet_id: str, sent_entry: str = "", errors: dict[str, str] | None = None, conflict: Conflict | None = None
) -> Response:
    sheet = sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_MODERATE, sheet)
    return render(
        "scoring/moderate.html",
        status=409 if conflict else 422 if errors else 200,
        sheet=sheet,
        view=sheet_queries.view_sheet(reads(), sheet, viewer=viewer()),
        meetings=[
            (one.id, f"{one.title[:80]} · {ward_day(one.opened_at, zone()):%d/%m/%Y}")
            for one in moderating.list_meetings(reads(), sheet)
            if one.opened_at is not None
        ],
        errors=errors or {},
        conflict=conflict,
        sent_entry=sent_entry,
        values=request.form,
    )


@blueprint.post("/scores/sheets/<sheet_id>/moderate/<entry_id>", endpoint="entry_moderate")
@requires(P.SHEET_MODERATE, on_subject=True)
def entry_moderate(sheet_id: str, entry_id: str) -> Response:
    ensure(viewer(), P.SHEET_MODERATE, sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer()))
    try:
        form = FormReader(request.form)
        reason, revision = form.text("reason", most=LONGEST), form.revision()
        basis = moderating.Basis(
            meeting_id=form.text("meeting_id", most=20),
            decision=form.text("decision", most=100),
            decided_on=form.day("decided_on"),
        )
        form.check()
        points = read_points(request.form, "points")
        with unit_of_work() as work:
            moderating.moderate_entry(
                work,
                actor=viewer(),
                now=now(),
                timezone=zone(),
                sheet_id=sheet_id,
                entry_id=entry_id,
                revision=revision,
                word=moderating.CouncilWord(points=points, reason=reason, basis=basis),
            )
    except Invalid as fault:
        understood = doubtful(request.form)
        faults = {
            name: " ".join([text, *(understood if name != "reason" else [])]) for name, text in fault.fields.items()
        }
        return _moderation(sheet_id, entry_id, {f"{name}-{entry_id}": text for name, text in faults.items()})
    except Conflict as fault:
        return _moderation(sheet_id, entry_id, conflict=fault)
    flash("Đã ghi điều chỉnh của Hội đồng.", "good")
    return redirect(url_for("results.moderate_view", sheet_id=sheet_id) + f"#e-{entry_id}", 303)


@blueprint.route("/scores/sheets/<sheet_id>/appeal", methods=["GET", "POST"], endpoint="appeal_raise")
@requires(P.SHEET_APPEAL, on_subject=True)
def appeal_raise(sheet_id: str) -> Response:
    sheet = sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_APPEAL, sheet)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            form = FormReader(request.form)
            code, text = form.text("code", most=60), form.text("text", most=LONGEST)
            form.check()
            with unit_of_work() as work:
                appeals.raise_appeal(
                    work, actor=viewer(), now=now(), timezone=zone(), sheet_id=sheet_id, code=code, text=text
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã gửi kiến nghị; Hội đồng sẽ trả lời.", "good")
            return to_sheet(sheet_id)
    leaves = [(leaf.code, f"{leaf.code} · {leaf.title[:80]}") for leaf in scheme_of(sheet.rubric).leaves()]
    return render(
        "scoring/appeal.html",
        status=422 if errors else 200,
        sheet=sheet,
        leaves=leaves,
        errors=errors,
        values=request.form,
    )


@blueprint.route("/scores/appeals/<appeal_id>", methods=["GET", "POST"], endpoint="appeal_answer")
@requires(P.APPEAL_HEAR, on_subject=True)
def appeal_answer(appeal_id: str) -> Response:
    appeal = reads().get(ScoreAppeal, appeal_id)
    if appeal is None:
        raise NotFound(kind="score-sheet", key=appeal_id)
    sheet = sheet_queries.get_sheet(reads(), appeal.sheet_id, viewer=viewer())
    ensure(viewer(), P.APPEAL_HEAR, sheet)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _answer(appeal_id)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã trả lời kiến nghị.", "good")
            return to_sheet(sheet.id)
    return render(
        "scoring/answer.html",
        status=422 if errors else 200,
        sheet=sheet,
        appeal=appeal,
        outcomes=options(AppealOutcome),
        errors=errors,
        values=request.form,
    )


def _answer(appeal_id: str) -> None:
    form = FormReader(request.form)
    outcome, answer = form.choice("outcome", AppealOutcome), form.text("answer", most=LONGEST)
    form.check()
    with unit_of_work() as work:
        appeals.answer_appeal(
            work,
            actor=viewer(),
            now=now(),
            timezone=zone(),
            appeal_id=appeal_id,
            outcome=outcome,
            answer=answer,
        )
