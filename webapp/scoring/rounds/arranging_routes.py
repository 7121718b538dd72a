"""Pages of one unit's arrangements: who appraises, time, taking part; and declared conflicts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.permissions.rank_access import follows_round
from webapp.scoring.rounds import arranging, queries
from webapp.scoring.rounds.routes import acting, to_round
from webapp.scoring.sheets import rules as sheet_rules
from webapp.scoring.sheets.appraisers import list_candidates
from webapp.scoring.sheets.routes import blueprint, zone
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer
from webapp.ui.views import form_view


def _arranged(round_id: str, sheet_id: str, permission: P) -> Any:
    """The sheet of this round, when the viewer may arrange it."""
    round_ = queries.get_round(reads(), round_id, viewer=viewer())
    sheet = next((one for one in round_.sheets if one.id == sheet_id), None)
    # That a sheet is there is known to who follows the round; a member knows of the own one.
    if sheet is None or not (can(viewer(), permission, sheet) or follows_round(viewer(), round_)):
        raise NotFound(kind="score-sheet", key=sheet_id)
    ensure(viewer(), permission, sheet)
    return round_, sheet


@blueprint.route(
    "/scores/rounds/<round_id>/sheets/<sheet_id>/appraiser", methods=["GET", "POST"], endpoint="appraiser_assign"
)
@requires(P.SHEET_ASSIGN, on_subject=True)
def appraiser_assign(round_id: str, sheet_id: str) -> Response:
    round_, sheet = _arranged(round_id, sheet_id, P.SHEET_ASSIGN)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                arranging.assign_appraiser(
                    work,
                    **acting(),
                    timezone=zone(),
                    sheet_id=sheet_id,
                    person_id=request.form.get("person_id", ""),
                    by_lot="lot" in request.form,
                    reason=request.form.get("reason", ""),
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã phân công người thẩm định.", "good")
            return to_round(round_id)
    return render(
        "scoring/assign.html",
        status=422 if errors else 200,
        round=round_,
        sheet=sheet,
        people=list_candidates(reads(), sheet, now=now(), timezone=zone()),
        asks_why=sheet.appraiser_id is not None or sheet.state not in arranging.SAMPLED,
        errors=errors,
        values=request.form,
    )


@blueprint.route("/scores/rounds/<round_id>/sheets/<sheet_id>/time", methods=["GET", "POST"], endpoint="sheet_arrange")
@requires(P.SHEET_EXTEND, on_subject=True)
def sheet_arrange(round_id: str, sheet_id: str) -> Response:
    """More time for one unit; or that it takes no part; or no second appraiser."""
    round_, sheet = _arranged(round_id, sheet_id, P.SHEET_EXTEND)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _arrange(sheet_id, request.form.get("what", ""))
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu.", "good")
            return to_round(round_id)
    return render(
        "scoring/arrange.html",
        status=422 if errors else 200,
        round=round_,
        sheet=sheet,
        stages=[(stage, label) for stage, label in sheet_rules.STAGES.items() if round_.windows.get(stage)],
        may={move for state, move in sheet_rules.SHEET_MOVES if state is sheet.state},
        errors=errors,
        values=request.form,
    )


def _arrange(sheet_id: str, what: str) -> None:
    form = FormReader(request.form)
    reason, stage, until = form.text("reason", most=1000), form.text("stage", most=20), form.day("until")
    if what == "extend":
        form.needed("until", until, "Hãy ghi ngày mới.")
    form.check()
    common = {**acting(), "sheet_id": sheet_id, "reason": reason}
    with unit_of_work() as work:
        if what == "extend" and until is not None:
            arranging.extend_stage(work, **common, stage=stage, until=until)
        elif what in ("excuse", "readmit"):
            arranging.excuse_sheet(work, **common, readmit=what == "readmit")
        elif what == "control":
            arranging.drop_second_appraiser(work, **common)
        else:
            raise Invalid("Hãy chọn việc cần làm.")


@blueprint.route("/scores/conflicts/new", methods=["GET", "POST"], endpoint="conflict_declare")
@requires(P.ACCOUNT_USE)
def conflict_declare() -> Response:
    year = year_in(request.values.get("year"), otherwise=today().year)

    def declare(work: Session, form: FormReader) -> None:
        unit_id, reason = form.text("unit_id", most=20), form.text("reason", most=1000)
        form.needed("unit_id", unit_id, "Hãy chọn đơn vị.")
        form.check()
        arranging.declare_conflict(
            work, **acting(), person_id=viewer().id or "", unit_id=unit_id, year=year, reason=reason
        )

    return form_view(
        "scoring/conflict.html",
        declare,
        done="Đã ghi nhận; từ bây giờ bạn không xem và không chấm đơn vị này.",
        to=url_for("scores.score_list", year=year),
        year=year,
        units=[(unit.id, unit.name) for unit in list_units(reads(), viewer=viewer())],
    )


@blueprint.route("/scores/conflicts/<conflict_id>/lift", methods=["GET", "POST"], endpoint="conflict_lift")
@requires(P.CONFLICT_LIFT)
def conflict_lift(conflict_id: str) -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                row = arranging.lift_conflict(
                    work, **acting(), conflict_id=conflict_id, reason=request.form.get("reason", "")
                )
                year = row.year
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã bỏ khai báo.", "good")
            return redirect(url_for("scores.score_list", year=year), 303)
    return render("scoring/lift.html", status=422 if errors else 200, errors=errors, values=request.form)
