"""Pages of rounds: what there is to score, opening, the board of a cluster, time, closing, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.models import RoundState, ScoreRound
from webapp.movement.queries import list_movements_in
from webapp.people.queries import list_clusters
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.permissions.rank_access import follows_round, has_a_stake_in, sees_ranks
from webapp.scoring.rounds import arranging, closing, opening, queries, rules
from webapp.scoring.rounds.forms import read_windows
from webapp.scoring.rounds.queries import Place
from webapp.scoring.rounds.results import equals_of, explain
from webapp.scoring.rubrics.queries import rules_of
from webapp.scoring.sheets import appraising
from webapp.scoring.sheets import rules as sheet_rules
from webapp.scoring.sheets.routes import blueprint, zone
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


def to_round(round_id: str) -> Response:
    return redirect(url_for("scores.round_view", round_id=round_id), 303)


def acting() -> dict[str, Any]:
    return {"actor": viewer(), "now": now()}


@blueprint.route("/scores/rounds/new", methods=["GET", "POST"], endpoint="round_new")
@requires(P.ROUND_MANAGE, on_subject=True)
def round_new() -> Response:
    year = year_in(request.values.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
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
            return to_round(made[0]) if len(made) == 1 else redirect(url_for("scores.score_list", year=year), 303)
    opened = {one.cluster_id for one in queries.list_rounds(reads(), viewer=viewer(), year=year)}
    return render(
        "scoring/round_new.html",
        status=422 if errors else 200,
        year=year,
        clusters=[one for one in list_clusters(reads(), viewer=viewer()) if one.id not in opened],
        stages=sheet_rules.STAGES,
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
            opening.open_round(work, **acting(), movement_id=movement_id, cluster_id=one, year=year, windows=windows).id
            for one in wanted
        ]


@blueprint.get("/scores/rounds/<round_id>", endpoint="round_view")
@requires(P.ROUND_READ, on_subject=True)
def round_view(round_id: str) -> Response:
    return round_page(queries.get_round(reads(), round_id, viewer=viewer()))


def round_page(round_: ScoreRound, errors: dict[str, str] | None = None) -> Response:
    who = viewer()
    rows = queries.board(reads(), round_, viewer=who)
    manages = can(who, P.ROUND_MANAGE, round_)
    equals = (
        {one for group in equals_of(reads(), round_) for one in group} if round_.state is RoundState.CLOSED else set()
    )
    ranked = [(row.sheet, row.result) for row in rows if row.result is not None]
    ties = [row for row in rows if row.sheet.id in equals]
    return render(
        "scoring/round.html",
        status=422 if errors else 200,
        round=round_,
        rows=rows,
        why=explain(ranked) if ranked else None,
        Place=Place,
        ranks=sees_ranks(who, round_),
        follows=follows_round(who, round_),
        barred=has_a_stake_in(who, round_),
        stages=sheet_rules.STAGES,
        moves={move for state, move in rules.ROUND_MOVES if state is round_.state},
        without=queries.list_without_sheet(reads(), round_) if manages else (),
        differences=queries.list_differences(reads(), round_, viewer=who),
        control=any(rules_of(one.rubric).control for one in round_.sheets),
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
        opening.set_windows(work, **acting(), round_id=round_id, windows=windows, reason=reason)

    return _step(round_id, do, "Đã lưu thời hạn.")


@blueprint.post("/scores/rounds/<round_id>/<step>", endpoint="round_step")
@requires(P.ROUND_READ, on_subject=True)
def round_step(round_id: str, step: str) -> Response:
    """A move of the whole round; the service asks who may."""
    reason = request.form.get("reason", "")
    timed = {"timezone": zone(), "round_id": round_id}
    steps: dict[str, tuple[Callable[[Any], object], str]] = {
        "members": (
            lambda work: opening.update_members(work, **acting(), round_id=round_id),
            "Đã cập nhật thành viên.",
        ),
        "sample": (lambda work: arranging.draw_sample(work, **acting(), **timed), "Đã bốc thăm thẩm định đối chứng."),
        "close": (lambda work: closing.close_round(work, **acting(), **timed), "Đã chốt kết quả của cụm."),
        "reopen": (
            lambda work: closing.reopen_round(work, **acting(), **timed, reason=reason),
            "Đã mở lại kỳ chấm.",
        ),
        "publish": (lambda work: closing.publish_round(work, **acting(), **timed), "Đã công bố kết quả."),
        "finalise": (lambda work: closing.finalise_round(work, **acting(), **timed), "Kết quả đã là chính thức."),
        "order": (_order(round_id, reason), "Đã xếp thứ tự các đơn vị đồng hạng."),
    }
    if step not in steps:
        raise NotFound(kind="score-round", key=round_id)
    if step == "close":
        round_ = queries.get_round(reads(), round_id, viewer=viewer())
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
        arranging.order_equals(work, **acting(), round_id=round_id, order=order, reason=reason)

    return do


def _step(round_id: str, do: Callable[[Any], object], said: str) -> Response:
    round_ = queries.get_round(reads(), round_id, viewer=viewer())
    try:
        with unit_of_work() as work:
            do(work)
    except Invalid as fault:
        return round_page(queries.get_round(reads(), round_.id, viewer=viewer()), fault.fields)
    flash(said, "good")
    return to_round(round_id)


@blueprint.get("/scores", endpoint="score_list")
@requires(P.SEARCH_USE)
def score_list() -> Response:
    year = year_in(request.args.get("year"), otherwise=today().year)
    who = viewer()
    choose(list_movements_in(reads(), viewer=who, year=year))
    return render(
        "scoring/scores.html",
        year=year,
        own=queries.list_own_sheets(reads(), viewer=who, year=year),
        asked=queries.list_asked(reads(), viewer=who, year=year),
        rounds=queries.list_rounds(reads(), viewer=who, year=year),
        conflicts=queries.list_conflicts(reads(), viewer=who, year=year),
        may_judge=who.may_judge,
        may_open=can(who, P.RUBRIC_MANAGE) or bool(who.run_movements),
    )
