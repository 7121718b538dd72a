"""Pages of a cluster's round: opening, the board, time, who appraises, closing, publishing; declared conflicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.models import RoundState, ScoreRound
from webapp.movement.queries import find_current_movement
from webapp.people.queries import list_clusters, list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.permissions.ranks import follows_round, has_a_stake_in, sees_ranks
from webapp.scoring import appraising, arranging, round_queries, rounds, rules
from webapp.scoring.appraisers import list_candidates
from webapp.scoring.forms import read_windows
from webapp.scoring.results import equals_of
from webapp.scoring.round_queries import Place
from webapp.scoring.rubric_rules import rules_from_plain
from webapp.scoring.sheet_routes import blueprint, zone
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


def _to(round_id: str) -> Response:
    return redirect(url_for("scores.round_view", round_id=round_id), 303)


def _common() -> dict[str, Any]:
    return {"actor": viewer(), "now": now()}


@blueprint.route("/scores/rounds/new", methods=["GET", "POST"], endpoint="round_new")
@requires(P.ROUND_MANAGE, on_subject=True)
def round_new() -> Response:
    year = year_in(request.values.get("year"), otherwise=today().year)
    movement = find_current_movement(reads(), viewer=viewer(), year=year)
    if movement is None:
        raise Invalid(f"Năm {year} chưa có phong trào; hãy nhập kế hoạch trước.")
    ensure(viewer(), P.ROUND_MANAGE, Subject(kind="score-round", movement_id=movement.id, overseen=True))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = _open(movement.id, year)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã mở {len(made)} kỳ chấm.", "good")
            return _to(made[0]) if len(made) == 1 else redirect(url_for("scores.score_list", year=year), 303)
    opened = {one.cluster_id for one in round_queries.list_rounds(reads(), viewer=viewer(), year=year)}
    return render(
        "scoring/round_new.html",
        status=422 if errors else 200,
        year=year,
        clusters=[one for one in list_clusters(reads(), viewer=viewer()) if one.id not in opened],
        stages=rules.STAGES,
        errors=errors,
        values=request.form,
        chosen=request.form.getlist("cluster_id"),
    )


def _open(movement_id: str, year: int) -> list[str]:
    form = FormReader(request.form)
    windows = read_windows(form)
    form.check()
    wanted = request.form.getlist("cluster_id")
    if not wanted:
        raise Invalid({"cluster_id": "Hãy chọn ít nhất một cụm, khối."})
    with unit_of_work() as work:
        return [
            rounds.open_round(work, **_common(), movement_id=movement_id, cluster_id=one, year=year, windows=windows).id
            for one in wanted
        ]


@blueprint.get("/scores/rounds/<round_id>", endpoint="round_view")
@requires(P.ROUND_READ, on_subject=True)
def round_view(round_id: str) -> Response:
    return round_page(round_queries.get_round(reads(), round_id, viewer=viewer()))


def round_page(round_: ScoreRound, errors: dict[str, str] | None = None) -> Response:
    who = viewer()
    rows = round_queries.board(reads(), round_, viewer=who)
    manages = can(who, P.ROUND_MANAGE, round_)
    equals = (
        {one for group in equals_of(reads(), round_) for one in group} if round_.state is RoundState.CLOSED else set()
    )
    ties = [row for row in rows if row.sheet.id in equals]
    return render(
        "scoring/round.html",
        status=422 if errors else 200,
        round=round_,
        rows=rows,
        Place=Place,
        ranks=sees_ranks(who, round_),
        follows=follows_round(who, round_),
        barred=has_a_stake_in(who, round_),
        stages=rules.STAGES,
        moves={move for state, move in rules.ROUND_MOVES if state is round_.state},
        without=round_queries.list_without_sheet(reads(), round_) if manages else (),
        differences=round_queries.list_differences(reads(), round_, viewer=who),
        control=any(rules_from_plain(one.rubric.rules).control for one in round_.sheets),
        ties=ties if ties and all(can(who, P.SHEET_MODERATE, row.sheet) for row in ties) else [],
        assignable=arranging.ASSIGNABLE,
        errors=errors or {},
        values=request.form,
    )


@blueprint.post("/scores/rounds/<round_id>/windows", endpoint="windows_set")
@requires(P.ROUND_MANAGE, on_subject=True)
def windows_set(round_id: str) -> Response:
    def do(work: Any) -> None:
        form = FormReader(request.form)
        windows, reason = read_windows(form), form.text("reason", most=1000)
        form.check()
        rounds.set_windows(work, **_common(), round_id=round_id, windows=windows, reason=reason)

    return _step(round_id, do, "Đã lưu thời hạn.")


@blueprint.post("/scores/rounds/<round_id>/<step>", endpoint="round_step")
@requires(P.ROUND_READ, on_subject=True)
def round_step(round_id: str, step: str) -> Response:
    """A move of the whole round; the service asks who may."""
    reason = request.form.get("reason", "")
    timed = {"timezone": zone(), "round_id": round_id}
    steps: dict[str, tuple[Callable[[Any], object], str]] = {
        "members": (
            lambda work: rounds.update_members(work, **_common(), round_id=round_id),
            "Đã cập nhật thành viên.",
        ),
        "sample": (lambda work: arranging.draw_sample(work, **_common(), **timed), "Đã bốc thăm thẩm định đối chứng."),
        "close": (lambda work: rounds.close_round(work, **_common(), **timed), "Đã chốt kết quả của cụm."),
        "reopen": (
            lambda work: rounds.reopen_round(work, **_common(), **timed, reason=reason),
            "Đã mở lại kỳ chấm.",
        ),
        "publish": (lambda work: rounds.publish_round(work, **_common(), **timed), "Đã công bố kết quả."),
        "finalise": (lambda work: rounds.finalise_round(work, **_common(), **timed), "Kết quả đã là chính thức."),
        "order": (_order(round_id, reason), "Đã xếp thứ tự các đơn vị đồng hạng."),
    }
    if step not in steps:
        raise NotFound(kind="score-round", key=round_id)
    if step == "close":
        round_ = round_queries.get_round(reads(), round_id, viewer=viewer())
        ensure(viewer(), P.ROUND_CLOSE, round_)
        sheet_ids = [sheet.id for sheet in round_.sheets]
        with unit_of_work() as work:
            appraising.look_at_evidence(work, now=now(), timezone=zone(), sheet_ids=sheet_ids)
    return _step(round_id, *steps[step])


def _order(round_id: str, reason: str) -> Callable[[Any], object]:
    def do(work: Any) -> None:
        places: list[tuple[int, str]] = []
        for name, text in request.form.items():
            if name.startswith("order-") and text.strip():
                if not text.strip().isdecimal() or len(text) > 4:
                    raise Invalid({name: "Hãy ghi thứ tự bằng số: 1, 2, 3."})
                places.append((int(text), name.removeprefix("order-")))
        if len({place for place, _ in places}) != len(places):
            raise Invalid({"order": "Mỗi đơn vị một thứ tự khác nhau."})
        order = [sheet_id for _, sheet_id in sorted(places)]
        arranging.order_equals(work, **_common(), round_id=round_id, order=order, reason=reason)

    return do


def _step(round_id: str, do: Callable[[Any], object], said: str) -> Response:
    round_ = round_queries.get_round(reads(), round_id, viewer=viewer())
    try:
        with unit_of_work() as work:
            do(work)
    except Invalid as fault:
        return round_page(round_queries.get_round(reads(), round_.id, viewer=viewer()), fault.fields)
    flash(said, "good")
    return _to(round_id)


# --- one unit's arrangements -------------------------------------------------------------------------------------------


def _arranged(round_id: str, sheet_id: str, permission: P) -> Any:
    """The sheet of this round, when the viewer may arrange it."""
    round_ = round_queries.get_round(reads(), round_id, viewer=viewer())
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
                    **_common(),
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
            return _to(round_id)
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
            return _to(round_id)
    return render(
        "scoring/arrange.html",
        status=422 if errors else 200,
        round=round_,
        sheet=sheet,
        stages=[(stage, label) for stage, label in rules.STAGES.items() if round_.windows.get(stage)],
        may={move for state, move in rules.SHEET_MOVES if state is sheet.state},
        errors=errors,
        values=request.form,
    )


def _arrange(sheet_id: str, what: str) -> None:
    form = FormReader(request.form)
    reason, stage, until = form.text("reason", most=1000), form.text("stage", most=20), form.day("until")
    if what == "extend":
        form.needed("until", until, "Hãy ghi ngày mới.")
    form.check()
    common = {**_common(), "sheet_id": sheet_id, "reason": reason}
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
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            form = FormReader(request.form)
            unit_id, reason = form.text("unit_id", most=20), form.text("reason", most=1000)
            form.needed("unit_id", unit_id, "Hãy chọn đơn vị.")
            form.check()
            with unit_of_work() as work:
                arranging.declare_conflict(
                    work, **_common(), person_id=viewer().id or "", unit_id=unit_id, year=year, reason=reason
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã ghi nhận; từ bây giờ bạn không xem và không chấm đơn vị này.", "good")
            return redirect(url_for("scores.score_list", year=year), 303)
    units = [(unit.id, unit.name) for unit in list_units(reads(), viewer=viewer())]
    return render(
        "scoring/conflict.html",
        status=422 if errors else 200,
        year=year,
        units=units,
        errors=errors,
        values=request.form,
    )


@blueprint.route("/scores/conflicts/<conflict_id>/lift", methods=["GET", "POST"], endpoint="conflict_lift")
@requires(P.CONFLICT_LIFT)
def conflict_lift(conflict_id: str) -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                row = arranging.lift_conflict(
                    work, **_common(), conflict_id=conflict_id, reason=request.form.get("reason", "")
                )
                year = row.year
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã bỏ khai báo.", "good")
            return redirect(url_for("scores.score_list", year=year), 303)
    return render("scoring/lift.html", status=422 if errors else 200, errors=errors, values=request.form)
