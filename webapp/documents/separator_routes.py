"""The page on which a separator sheet is printed: a QR code that tells whose the pages after it are."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from archive.extract import Mark, squares_of
from webapp.core.errors import Refused
from webapp.documents.retention_routes import blueprint
from webapp.movement.queries import list_groups, list_movements_in
from webapp.people.queries import list_own_units, list_units
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import reads, today, viewer


@blueprint.get("/documents/separators", endpoint="separator_print")
@requires(P.DOCUMENT_ADD, on_subject=True)
def separator_print() -> Response:
    """For a unit whose papers the viewer may add; the year's criteria to choose from."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    units = list_units(reads(), viewer=viewer()) if viewer().run_movements else list_own_units(reads(), viewer=viewer())
    if not units:
        raise Refused("Chỉ cán bộ, lãnh đạo đơn vị và cơ quan thường trực in tờ phân cách.")
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    groups = list_groups(reads(), movement.id, viewer=viewer()) if movement else []
    criteria = [one for group in groups for one in group.criteria]
    unit = next((one for one in units if one.id == request.args.get("unit")), units[0] if len(units) == 1 else None)
    criterion = next((one for one in criteria if one.code == request.args.get("criterion")), None)
    mark = Mark(unit.code, criterion.code if criterion else "", year) if unit else None
    rows = squares_of(mark) if mark else []
    return render(
        "documents/separator.html",
        year=year,
        units=[(one.id, one.name) for one in units],
        criteria=[(one.code, f"{one.code} {one.text}"[:90]) for one in criteria],
        unit=unit,
        criterion=criterion,
        size=len(rows),
        squares="".join(
            f"M{across} {down}h1v1h-1z" for down, row in enumerate(rows) for across, dark in enumerate(row) if dark
        ),
    )
