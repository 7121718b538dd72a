"""The plan point by point: who owes what, where it is done, how it stands; the office says it; the annex."""

from __future__ import annotations

import io

from flask import Blueprint, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.handover.letterhead import issuer_on
from webapp.models import Movement, Unit
from webapp.movement.queries import get_movement, list_movements_in
from webapp.obligations import outputs, queries, rules, service
from webapp.obligations.places import PLACES
from webapp.obligations.service import Said
from webapp.official import DOCX
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer
from webapp.ui.views import form_view

blueprint = Blueprint("obligations", __name__, template_folder="templates")

SHOWN = (("", "Mọi điểm"), ("lacking", "Chưa rõ ai làm hoặc làm ở đâu"), ("suggested", "Chưa được xác nhận"))


def _year() -> int:
    return year_in(request.args.get("year"), otherwise=today().year)


def _movement(year: int) -> Movement | None:
    return choose(list_movements_in(reads(), viewer=viewer(), year=year))


@blueprint.get("/plan-points", endpoint="point_list")
@requires(P.COVERAGE_READ)
def point_list() -> Response:
    year = _year()
    movement = _movement(year)
    rows = queries.list_rows(reads(), movement, viewer=viewer(), year=year) if movement else []
    shown = request.args.get("show", "")
    wanted = [
        row
        for row in rows
        if shown not in ("lacking", "suggested") or (row.lacks if shown == "lacking" else row.is_suggested)
    ]
    return render(
        "obligations/list.html",
        year=year,
        movement=movement,
        total=len(rows),
        rows=sorted(wanted, key=lambda row: -row.lacks),
        lacking=sum(bool(row.lacks) for row in rows),
        suggested=sum(row.is_suggested for row in rows),
        words={word: sum(row.standing.word == word for row in rows) for word in {row.standing.word for row in rows}},
        shown=shown,
        choices=SHOWN,
        places=PLACES,
        there=lambda key: _address(key, year),
        may=movement is not None and can(viewer(), P.COVERAGE_MANAGE, movement),
    )


def _address(key: str, year: int) -> str:
    """The page of a place, of this year where it takes one."""
    place = PLACES[key]
    return url_for(place.endpoint, year=year) if place.yearly else url_for(place.endpoint)


@blueprint.route("/plan-points/assign", methods=["GET", "POST"], endpoint="point_assign")
@requires(P.COVERAGE_MANAGE, on_subject=True)
def point_assign() -> Response:
    form = FormReader(request.args)
    movement = get_movement(reads(), form.text("of", most=20), viewer=viewer())
    point, part = form.text("point", most=40), form.integer("part", least=1, most=999) or 1
    year = _year()
    rows = queries.list_rows(reads(), movement, viewer=viewer(), year=year)
    row = next((one for one in rows if (one.duty.code, one.duty.part) == (point, part)), None)
    if row is None:
        raise NotFound(kind="point", key=point)

    def act(work: Session, sent: FormReader) -> None:
        said = Said(
            owners=[*request.form.getlist("owners"), *filter(None, request.form.getlist("unit"))],
            places=request.form.getlist("places"),
            due=sent.text("due", most=service.LONGEST),
            note=sent.text("note", most=2000),
        )
        sent.check()
        service.assign(
            work,
            actor=viewer(),
            now=now(),
            movement=get_movement(work, movement.id, viewer=viewer()),
            point=point,
            part=part,
            said=said,
            revision=sent.revision(),
        )

    return form_view(
        "obligations/assign.html",
        act,
        done=f"Đã ghi điểm {row.code}.",
        to=url_for("obligations.point_list", year=year, movement=movement.id),
        movement=movement,
        row=row,
        year=year,
        own=row.assignment if not row.carried else None,
        owners=rules.OWNERS,
        units=[(f"unit:{unit.id}", unit.name) for unit in list_units(reads(), viewer=viewer())],
        places=PLACES,
    )


@blueprint.get("/plan-points.docx", endpoint="point_paper")
@requires(P.COVERAGE_READ)
def point_paper() -> Response:
    year = _year()
    movement = _movement(year)
    if movement is None:
        raise NotFound(kind="movement", key=str(year))
    rows = queries.list_rows(reads(), movement, viewer=viewer(), year=year)
    office = reads().get(Unit, viewer().unit_id) if viewer().unit_id else None
    data = outputs.annex(rows, movement, year=year, committee=issuer_on(reads(), today()), office=office)
    with unit_of_work() as work:
        own = get_movement(work, movement.id, viewer=viewer())
        service.note_export(work, actor=viewer(), now=now(), movement=own, year=year, total=len(rows))
    name = f"ke-hoach-tung-diem-{year}.docx"
    return send_file(io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=name)
