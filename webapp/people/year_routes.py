"""The page on which a year takes over clusters and roles from the one before."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.people import year_change
from webapp.people.routes import blueprint
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


@blueprint.route("/admin/clusters/last-year", methods=["GET", "POST"], endpoint="year_change")
@requires(P.CLUSTER_MANAGE)
def year_view() -> Response:
    year = year_in(request.values.get("year"), otherwise=today().year)
    errors: dict[str, str] = {}
    if request.method == "POST":
        units, grants = set(request.form.getlist("units")), set(request.form.getlist("grants"))
        try:
            if not units and not grants:
                raise Invalid({"units": "Hãy chọn ít nhất một dòng."})
            with unit_of_work() as work:
                placed, given = year_change.take_over(
                    work, actor=viewer(), now=now(), year=year, units=units, grants=grants
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Năm {year}: đã xếp {placed} đơn vị vào cụm, khối và giao {given} vai trò.", "good")
            return redirect(url_for("people.cluster_list", year=year), 303)
    return render(
        "people/last_year.html",
        status=422 if errors else 200,
        year=year,
        lacking=year_change.find_lacking(reads(), viewer=viewer(), year=year),
        errors=errors,
    )
