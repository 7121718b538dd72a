"""Phases and reviews: what must be there, and one press that gives the units their report."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.models import Synthesis
from webapp.movement.queries import get_movement, list_movements_in
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can
from webapp.reviews import queries, service
from webapp.reviews.queries import Need
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("reviews", __name__, template_folder="templates")


@blueprint.get("/reviews", endpoint="review_list")
@requires(P.COVERAGE_READ)
def review_list() -> Response:
    year, who = year_in(request.args.get("year"), otherwise=today().year), viewer()
    movement = choose(list_movements_in(reads(), viewer=who, year=year))
    zone = resources().settings.timezone
    found = queries.list_reviews(reads(), movement, viewer=who, now=now(), timezone=zone) if movement else []
    may = movement is not None and can(who, P.DUTY_MANAGE, Subject(kind="duty", movement_id=movement.id))
    writes = movement is not None and can(who, P.SYNTHESIS_WRITE, Subject(kind="synthesis", movement_id=movement.id))
    readable = {one.synthesis_id for one in found if one.synthesis_id and _may_read(one.synthesis_id)}
    return render(
        "reviews/list.html",
        year=year,
        movement=movement,
        reviews=found,
        may=may,
        writes=writes,
        readable=readable,
        there=_there,
    )


def _may_read(synthesis_id: str) -> bool:
    return can(viewer(), P.SYNTHESIS_READ, reads().get(Synthesis, synthesis_id))


def _there(need: Need) -> str:
    return url_for(need.endpoint, **dict[str, Any](need.values))


@blueprint.post("/reviews/reports", endpoint="reports_give")
@requires(P.DUTY_MANAGE, on_subject=True)
def reports_give() -> Response:
    form = FormReader(request.form)
    movement_id, phase_id = form.text("of", most=20), form.text("phase", most=20)
    form.check()
    with unit_of_work() as work:
        movement = get_movement(work, movement_id, viewer=viewer())
        changed = service.give_reports(work, actor=viewer(), now=now(), movement=movement, phase_id=phase_id)
    flash(
        f"Đã giao báo cáo: {changed} việc phải nộp được lập hoặc cập nhật."
        if changed
        else "Báo cáo đã được giao từ trước; không có gì thay đổi.",
        "good",
    )
    return redirect(url_for("reviews.review_list", movement=movement_id), 303)
