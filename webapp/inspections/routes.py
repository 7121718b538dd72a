"""The way in: inspections of a year as the viewer may know of them, and the report on them for the council."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, request, send_file
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound, Refused
from webapp.handover.letterhead import issuer_on
from webapp.inspections import queries, report, rules
from webapp.inspections.rules import Moment
from webapp.models import Movement
from webapp.movement.queries import list_movements_in
from webapp.official.write import DOCX
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, viewer

blueprint = Blueprint("inspections", __name__, template_folder="templates")


def moment() -> Moment:
    return Moment(now(), today(), resources().settings.timezone)


def year_asked() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


def movement_asked() -> Movement | None:
    return choose(list_movements_in(reads(), viewer=viewer(), year=year_asked()))


def movement_needed() -> Movement:
    movement = movement_asked()
    if movement is None:
        raise NotFound(kind="movement", key="")
    return movement


@blueprint.get("/inspections", endpoint="inspection_list")
@requires(P.MOVEMENT_READ)
def inspection_list() -> Response:
    """Programme, teams, visits and how far the year is."""
    movement, year, who = movement_asked(), year_asked(), viewer()
    if movement is None:
        return render("inspections/list.html", year=year, movement=None, may=False)
    session = reads()
    units = list_units(session, viewer=who)
    programme = queries.find_programme(session, movement.id, year, viewer=who)
    standing = queries.find_standing(session, movement.id, year, viewer=who, units=units, today=today())
    share = rules.share_of([one.id for one in units], standing.visited)
    return render(
        "inspections/list.html",
        year=year,
        movement=movement,
        programme=programme,
        teams=queries.list_teams(session, movement.id, year, viewer=who),
        visits=queries.list_visits(session, viewer=who, movement_id=movement.id, year=year),
        standing=standing,
        share=share,
        against=rules.short_of(share, programme.goal) if programme else "",
        wide=bool(who.overseen_movements & {None, movement.id}),
        may=can(who, P.INSPECTION_PLAN, Subject(kind="inspection", movement_id=movement.id)),
    )


@blueprint.get("/inspections/report.docx", endpoint="report_download")
@requires(P.MOVEMENT_READ)
def report_download() -> Response:
    """What the council reads of the year; for those who oversee, whom all visits but their own unit's are told."""
    movement, year, who = movement_needed(), year_asked(), viewer()
    if not who.overseen_movements & {None, movement.id}:
        raise Refused("Báo cáo này dành cho cơ quan thường trực, Hội đồng, lãnh đạo phường và kiểm toán.")
    session = reads()
    units = list_units(session, viewer=who)
    programme = queries.find_programme(session, movement.id, year, viewer=who)
    facts: dict[str, Any] = {
        "standing": queries.find_standing(session, movement.id, year, viewer=who, units=units, today=today()),
        "visits": queries.list_visits(session, viewer=who, movement_id=movement.id, year=year),
        "goal": programme.goal if programme else rules.GOAL,
    }
    data = report.report_paper(year=year, issuer=issuer_on(session, today()), **facts)
    return send_file(io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=f"bao-cao-kiem-tra-{year}.docx")
