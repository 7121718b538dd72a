"""Pages of results: ranking, print and files, the council's moderation, appeals, the cluster's grid, what if."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.audit import record
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.models import AppealOutcome, ScoreAppeal
from webapp.official import DOCX
from webapp.official.tables import XLSX, write_table
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.permissions.ranks import PUBLISHED, sees_ranks
from webapp.scoring import moderating, outputs, queries, round_queries, sheet_queries
from webapp.scoring.entries import LONGEST
from webapp.scoring.forms import read_points
from webapp.scoring.pooling import median
from webapp.scoring.results import entries_by_sheet
from webapp.scoring.rubric_rules import rules_from_plain
from webapp.scoring.rules import RANKED
from webapp.scoring.service import scheme_of
from webapp.scoring.sheet_routes import to_sheet, zone
from webapp.scoring.what_if import what_if
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer

blueprint = Blueprint("results", __name__, template_folder="templates")


@blueprint.get("/scores/rounds/<round_id>/results", endpoint="result_view")
@requires(P.ROUND_READ, on_subject=True)
def result_view(round_id: str) -> Response:
    """The published ranking, for everyone signed in."""
    round_ = round_queries.get_round(reads(), round_id, viewer=viewer())
    if round_.state not in PUBLISHED:
        raise NotFound("Kết quả chưa được công bố.", kind="score-round", key=round_id)
    rows = [row for row in round_queries.board(reads(), round_, viewer=viewer()) if row.result is not None]
    totals = sorted(row.total for row in rows if row.total is not None)
    return render(
        "scoring/results.html",
        round=round_,
        rows=rows,
        excused=[sheet for sheet in round_.sheets if sheet.state.value == "excused"],
        before=round_queries.last_years(reads(), round_),
        lowest=totals[0] if totals else None,
        highest=totals[-1] if totals else None,
        middle=median(totals) if totals else None,
    )


@blueprint.get("/scores/sheets/<sheet_id>/print", endpoint="sheet_print")
@requires(P.SHEET_READ, on_subject=True)
def sheet_print(sheet_id: str) -> Response:
    sheet = sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer())
    view = sheet_queries.view_sheet(reads(), sheet, viewer=viewer())
    return render("scoring/print.html", view=view, sheet=sheet, explained=outputs.explained)


@blueprint.get("/scores/sheets/<sheet_id>/sheet.<form>", endpoint="sheet_export")
@requires(P.SHEET_READ, on_subject=True)
def sheet_export(sheet_id: str, form: str) -> Response:
    sheet = sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer())
    makers = {"docx": (outputs.sheet_paper, DOCX), "xlsx": (outputs.sheet_book, XLSX)}
    if form not in makers:
        raise NotFound(kind="score-sheet", key=sheet_id)
    make, media_type = makers[form]
    data = make(sheet_queries.view_sheet(reads(), sheet, viewer=viewer()))
    return _send(
        "score-sheet", sheet_id, data, media_type, f"phieu-diem-{sheet.unit.code.lower()}-{sheet.year}.{form}", form
    )


@blueprint.get("/scores/rounds/<round_id>/cluster.xlsx", endpoint="cluster_export")
@requires(P.ROUND_READ, on_subject=True)
def cluster_export(round_id: str) -> Response:
    """Every unit's entries with live formulas: once published, or for who has a stake in none of the units."""
    round_ = round_queries.get_round(reads(), round_id, viewer=viewer())
    if not sees_ranks(viewer(), round_):
        raise NotFound("Kết quả chưa được công bố.", kind="score-round", key=round_id)
    ranked = [sheet for sheet in round_.sheets if sheet.state in RANKED]
    if not ranked:
        raise Invalid("Chưa có đơn vị nào xong thẩm định.")
    data = outputs.round_book(round_, entries_by_sheet(reads(), [sheet.id for sheet in ranked]))
    return _send(
        "score-round", round_id, data, XLSX, f"ket-qua-{round_.cluster.code.lower()}-{round_.year}.xlsx", "xlsx"
    )


@blueprint.get("/scores/results.xlsx", endpoint="year_export")
@requires(P.SEARCH_USE)
def year_export() -> Response:
    """Published results of all clusters of a year, to go into the larger yearly score as one criterion of it."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    rounds = round_queries.list_rounds(reads(), viewer=viewer(), year=year)
    published = [one for one in rounds if one.state in PUBLISHED]
    if not published:
        raise NotFound(f"Năm {year} chưa có kết quả nào được công bố.", kind="score-round")
    data = write_table(
        title=f"Kết quả chấm điểm phong trào thi đua năm {year}",
        heads=("Mã đơn vị", "Đơn vị", "Cụm, khối", "Điểm", "Hạng trong cụm", "Xếp loại", "Trạng thái"),
        widths=(14, 44, 40, 12, 16, 30, 18),
        rows=round_queries.list_for_yearly_score(reads(), published),
    )
    return _send("page", "scores", data, XLSX, f"ket-qua-thi-dua-{year}.xlsx", "xlsx")


def _send(kind: str, key: str, data: bytes, media_type: str, name: str, form: str) -> Response:
    with unit_of_work() as work:
        record(
            work,
            actor=viewer(),
            now=now(),
            action="score.export",
            object_kind=kind,
            object_id=key,
            details={"form": form},
        )
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)


# --- the council -------------------------------------------------------------------------------------------------------


@blueprint.get("/scores/sheets/<sheet_id>/moderate", endpoint="moderate_view")
@requires(P.SHEET_MODERATE, on_subject=True)
def moderate_view(sheet_id: str) -> Response:
    return _moderation(sheet_id)


def _moderation(sheet_id: str, errors: dict[str, str] | None = None, conflict: Conflict | None = None) -> Response:
    sheet = sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer())
    ensure(viewer(), P.SHEET_MODERATE, sheet)
    return render(
        "scoring/moderate.html",
        status=409 if conflict else 422 if errors else 200,
        sheet=sheet,
        view=sheet_queries.view_sheet(reads(), sheet, viewer=viewer()),
        errors=errors or {},
        conflict=conflict,
        values=request.form,
    )


@blueprint.post("/scores/sheets/<sheet_id>/moderate/<entry_id>", endpoint="entry_moderate")
@requires(P.SHEET_MODERATE, on_subject=True)
def entry_moderate(sheet_id: str, entry_id: str) -> Response:
    ensure(viewer(), P.SHEET_MODERATE, sheet_queries.get_sheet(reads(), sheet_id, viewer=viewer()))
    try:
        form = FormReader(request.form)
        reason, revision = form.text("reason", most=LONGEST), form.integer("revision", least=0, most=10**9)
        form.check()
        points = read_points(request.form, "points")
        with unit_of_work() as work:
            moderating.moderate_entry(
                work,
                actor=viewer(),
                now=now(),
                sheet_id=sheet_id,
                entry_id=entry_id,
                revision=revision or 0,
                points=points,
                reason=reason,
            )
    except Invalid as fault:
        return _moderation(sheet_id, {f"{name}-{entry_id}": text for name, text in fault.fields.items()})
    except Conflict as fault:
        return _moderation(sheet_id, conflict=fault)
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
                moderating.raise_appeal(
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
        moderating.answer_appeal(
            work,
            actor=viewer(),
            now=now(),
            timezone=zone(),
            appeal_id=appeal_id,
            outcome=outcome,
            answer=answer,
        )


@blueprint.get("/rubrics/<rubric_id>/what-if", endpoint="what_if_view")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def what_if_view(rubric_id: str) -> Response:
    """A draft rubric tried on the scores there are; units that the viewer has a stake in are left out until published."""
    rubric = queries.get_rubric(reads(), rubric_id, viewer=viewer())
    ensure(viewer(), P.RUBRIC_MANAGE, rubric)
    rounds = [
        one
        for year in (rubric.year, rubric.year - 1)
        for one in round_queries.list_rounds(reads(), viewer=viewer(), year=year)
        if one.movement_id == rubric.movement_id
    ]
    chosen = next((one for one in rounds if one.id == request.args.get("round")), rounds[0] if rounds else None)
    return render(
        "scoring/what_if.html",
        rubric=rubric,
        chosen=chosen,
        rounds=rounds,
        round_options=[(one.id, f"{one.cluster.name} {one.year}") for one in rounds],
        **_tried(rubric, chosen),
    )


def _tried(rubric: Any, chosen: Any) -> dict[str, Any]:
    if chosen is None:
        return {"rows": [], "own": False, "hidden": 0}
    round_ = round_queries.get_round(reads(), chosen.id, viewer=viewer())
    seen = [
        sheet
        for sheet in round_.sheets
        if can(viewer(), P.SHEET_READ_APPRAISAL, sheet)
        and round_queries.place_of(viewer(), round_, sheet) is round_queries.Place.SEEN
    ]
    entries = entries_by_sheet(reads(), [sheet.id for sheet in seen])
    kind = set(rubric.unit_kinds)
    tried = [sheet for sheet in seen if sheet.unit.kind.value in kind]
    # Before anything is appraised, what units say of themselves shows how ranks would move.
    own = not any(row.appraisal for sheet in tried for row in entries[sheet.id])
    members = [outputs.member_of(sheet, entries[sheet.id], own=own) for sheet in tried]
    if not members:
        return {"rows": [], "own": own, "hidden": len(round_.sheets) - len(seen)}
    old = scheme_of(tried[0].rubric)
    rows = what_if(members, old, scheme_of(rubric), rules_from_plain(rubric.rules))
    return {"rows": rows, "own": own, "hidden": len(round_.sheets) - len(seen)}
