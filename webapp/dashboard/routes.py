"""The home page."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from webapp.dashboard import queries
from webapp.movement.queries import find_current_movement
from webapp.permissions import Permission as P
from webapp.progress.queries import list_progress
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import reads, today, viewer

blueprint = Blueprint("dashboard", __name__, template_folder="templates")


@blueprint.get("/", endpoint="home_view")
@requires(P.ACCOUNT_USE)
def home_view() -> Response:
    year = year_in(request.args.get("year"), otherwise=today().year)
    session, who = reads(), viewer()
    movement = find_current_movement(session, viewer=who, year=year)
    return render(
        "dashboard/home.html",
        year=year,
        movement=movement,
        due=queries.list_due(session, movement, viewer=who, year=year) if movement else [],
        progress=list_progress(session, viewer=who, year=year, own_only=True),
        reader=queries.is_reader(who),
        submitted=queries.count_submitted(session, viewer=who, year=year) if queries.is_reader(who) else 0,
        waiting=queries.count_waiting(session, viewer=who),
        troubled=queries.list_troubled(session, viewer=who),
    )
