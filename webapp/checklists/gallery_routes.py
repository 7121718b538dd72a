"""The gallery of a unit's or a criterion's photographs and videos."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from webapp.checklists.gallery import Wanted, list_pictures, name_of_criterion, page_of, pairs_of
from webapp.checklists.routes import blueprint
from webapp.core.paging import page_number
from webapp.models import Unit
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import reads, today, viewer


@blueprint.get("/checklists/photographs", endpoint="photograph_list")
@requires(P.SEARCH_USE)
def photograph_list() -> Response:
    wanted = Wanted(
        year=year_in(request.args.get("year"), otherwise=today().year),
        unit_id=request.args.get("unit", "")[:20],
        criterion_id=request.args.get("criterion", "")[:20],
    )
    same: dict[str, Any] = {
        "year": wanted.year,
        "unit": wanted.unit_id or None,
        "criterion": wanted.criterion_id or None,
    }
    pictures = list_pictures(reads(), wanted.year, viewer=viewer())
    page = page_of(pictures, wanted, page=page_number(request.args.get("page")))
    unit = reads().get(Unit, wanted.unit_id) if wanted.unit_id else None
    return render(
        "checklists/photographs.html",
        year=wanted.year,
        page=page,
        # Once, above the first page.
        pairs=pairs_of(one for one in pictures if wanted.holds(one)) if page.number == 1 else [],
        wanted=wanted,
        units=sorted({(one.unit_id, one.unit) for one in pictures}, key=lambda one: one[1]),
        criteria=sorted({row for one in pictures for row in one.shown_for.items()}, key=lambda row: row[1]),
        unit=unit,
        criterion=name_of_criterion(reads(), wanted.criterion_id) if wanted.criterion_id else "",
        url=lambda number: url_for("checklists.photograph_list", page=number, **same),
        whole=url_for("checklists.photograph_list", year=wanted.year, unit=wanted.unit_id or None),
    )
