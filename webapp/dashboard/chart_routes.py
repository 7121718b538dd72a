"""The year in pictures: months and clusters, criteria, lateness; each chart with its table."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from webapp.dashboard import charts, overview, standings
from webapp.dashboard.overview import Chosen
from webapp.dashboard.routes import blueprint
from webapp.duties.grid import grid_of
from webapp.duties.queries import list_duties
from webapp.movement.queries import list_movements_in
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, viewer


@blueprint.get("/overview/charts", endpoint="chart_view")
@requires(P.ACCOUNT_USE)
def chart_view() -> Response:
    year, who, session = year_in(request.args.get("year"), otherwise=today().year), viewer(), reads()
    movement = choose(list_movements_in(session, viewer=who, year=year))
    groups = overview.list_group_choices(session, movement.id) if movement else []
    wanted = request.args.get("group", "")
    chosen = Chosen(
        year=year,
        group_id=wanted if wanted in [key for key, _ in groups] else "",
        movement_id=movement.id if movement else "",
    )
    zone = resources().settings.timezone
    duties = list_duties(session, viewer=who, year=year, now=now(), timezone=zone)
    rows = [row for row in duties if movement is not None and row.duty.movement_id == movement.id]
    clusters = standings.by_cluster(standings.list_standings(session, chosen, viewer=who))
    return render(
        "dashboard/charts.html",
        year=year,
        movement=movement,
        groups=groups,
        chosen=chosen,
        months=charts.list_cluster_years(session, chosen, viewer=who),
        clusters=clusters,
        shares=charts.list_shares(session, chosen, viewer=who),
        grid=grid_of(rows, only_open=False),
        lateness=charts.lateness,
        photographs=url_for("checklists.photograph_list", year=year),
    )
