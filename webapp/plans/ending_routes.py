"""Ending a movement, or withdrawing it while it is unused."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.movement.queries import get_movement
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.plans import ending
from webapp.plans.routes import blueprint
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


@blueprint.route("/movements/<movement_id>/end", methods=["GET", "POST"], endpoint="movement_end")
@requires(P.MOVEMENT_END, on_subject=True)
def movement_end(movement_id: str) -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            ended_on, basis = form.day("ended_on"), form.text("basis", most=300)
            form.check()
            with unit_of_work() as work:
                ending.end_movement(
                    work, actor=viewer(), now=now(), movement_id=movement_id, ended_on=ended_on, basis=basis
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã ghi ngày kết thúc phong trào.", "good")
            return redirect(url_for("movement.movement_view", movement_id=movement_id), 303)
    return _page(movement_id, errors)


@blueprint.post("/movements/<movement_id>/withdraw", endpoint="movement_withdraw")
@requires(P.MOVEMENT_END, on_subject=True)
def movement_withdraw(movement_id: str) -> Response:
    form = FormReader(request.form)
    try:
        reason = form.text("reason", most=1000)
        form.check()
        with unit_of_work() as work:
            ending.withdraw_movement(
                work, actor=viewer(), now=now(), today=today(), movement_id=movement_id, reason=reason
            )
    except Invalid as fault:
        return _page(movement_id, fault.fields)
    flash("Đã rút phong trào. Kế hoạch vẫn còn trong kho.", "good")
    return redirect(url_for("movement.movement_list"), 303)


def _page(movement_id: str, errors: dict[str, str]) -> Response:
    movement = get_movement(reads(), movement_id, viewer=viewer())
    ensure(viewer(), P.MOVEMENT_END, movement)
    return render(
        "movement/end.html",
        status=422 if errors else 200,
        movement=movement,
        uses=ending.list_uses(reads(), movement_id),
        values=request.form,
        errors=errors,
    )
