"""Pages of the yearly programme."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.inspections import programmes, queries, rules
from webapp.inspections.routes import blueprint, movement_needed, year_asked
from webapp.models import InspectionProgramme
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, viewer
from webapp.ui.views import form_view, reason_view

MONTHS = [(str(one), f"Tháng {one}") for one in range(1, 13)]


def _own(programme_id: str) -> InspectionProgramme:
    """For who changes it. Raises NotFound, Refused."""
    one = queries.find_programme(reads(), movement_needed().id, year_asked(), viewer=viewer())
    if one is None or one.id != programme_id:
        raise NotFound(kind="inspection-programme", key=programme_id)
    ensure(viewer(), P.PROGRAMME_MANAGE, one)
    return one


def _to_programme() -> str:
    return url_for("inspections.programme_view", year=year_asked())


@blueprint.get("/inspections/programme", endpoint="programme_view")
@requires(P.MOVEMENT_READ)
def programme_view() -> Response:
    """The programme of a year, its units by month."""
    movement, year = movement_needed(), year_asked()
    one = queries.find_programme(reads(), movement.id, year, viewer=viewer())
    if one is None:
        raise NotFound(kind="inspection-programme", key="")
    units = list_units(reads(), viewer=viewer())
    planned = {line.unit_id for line in one.lines if line.struck_at is None}
    share = rules.share_of([unit.id for unit in units], planned)
    return render(
        "inspections/programme.html",
        one=one,
        year=year,
        movement=movement,
        share=share,
        left=[unit for unit in units if unit.id not in planned],
        may=can(viewer(), P.PROGRAMME_MANAGE, one),
    )


@blueprint.route("/inspections/programme/new", methods=["GET", "POST"], endpoint="programme_start")
@requires(P.INSPECTION_PLAN, on_subject=True)
def programme_start() -> Response:
    movement, year = movement_needed(), year_asked()
    ensure(viewer(), P.INSPECTION_PLAN, Subject(kind="inspection-programme", movement_id=movement.id))

    def keep(work: Session, form: FormReader) -> None:
        goal = form.integer("goal", least=1, most=100)
        form.check()
        programmes.start_programme(work, actor=viewer(), now=now(), movement_id=movement.id, year=year, goal=goal)

    return form_view(
        "inspections/programme_start.html",
        keep,
        done="Đã lập chương trình. Hãy thêm đơn vị theo tháng.",
        to=_to_programme(),
        year=year,
        goal=rules.GOAL,
    )


@blueprint.route("/inspections/programme/<programme_id>/units", methods=["GET", "POST"], endpoint="line_add")
@requires(P.PROGRAMME_MANAGE, on_subject=True)
def line_add(programme_id: str) -> Response:
    one = _own(programme_id)

    def keep(work: Session, form: FormReader) -> None:
        unit_id = form.text("unit_id", most=20)
        month = form.integer("month", least=1, most=12)
        area = form.text("area")
        form.check()
        programmes.add_line(
            work, actor=viewer(), now=now(), programme_id=programme_id, unit_id=unit_id, month=month, area=area
        )

    return form_view(
        "inspections/line_add.html",
        keep,
        done="Đã thêm đơn vị vào chương trình.",
        to=_to_programme(),
        one=one,
        year=year_asked(),
        months=MONTHS,
        units=[(one.id, one.name) for one in list_units(reads(), viewer=viewer())],
    )


@blueprint.route(
    "/inspections/programme/<programme_id>/units/<line_id>/strike", methods=["GET", "POST"], endpoint="line_strike"
)
@requires(P.PROGRAMME_MANAGE, on_subject=True)
def line_strike(programme_id: str, line_id: str) -> Response:
    one = _own(programme_id)
    line = next((row for row in one.lines if row.id == line_id and row.struck_at is None), None)
    if line is None:
        raise NotFound(kind="inspection-programme", key=line_id)
    return reason_view(
        "inspections/line_strike.html",
        lambda work, reason: programmes.strike_line(
            work, actor=viewer(), now=now(), programme_id=programme_id, line_id=line_id, reason=reason
        ),
        done="Đã đưa đơn vị ra khỏi chương trình; dòng cũ vẫn được lưu.",
        to=_to_programme(),
        most=rules.LONGEST_REASON,
        one=one,
        line=line,
        year=year_asked(),
    )


@blueprint.route("/inspections/programme/<programme_id>/approve", methods=["GET", "POST"], endpoint="programme_approve")
@requires(P.PROGRAMME_MANAGE, on_subject=True)
def programme_approve(programme_id: str) -> Response:
    one = _own(programme_id)

    def keep(work: Session, form: FormReader) -> None:
        number, on = form.text("number", most=rules.LONGEST_NAME), form.day("approved_on")
        form.check()
        programmes.approve_programme(
            work, actor=viewer(), now=now(), today=today(), programme_id=programme_id, number=number, on=on
        )

    return form_view(
        "inspections/programme_approve.html",
        keep,
        done="Đã ghi việc phê duyệt; mọi người xem được chương trình.",
        to=_to_programme(),
        one=one,
        year=year_asked(),
    )
