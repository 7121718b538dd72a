"""Statistics of honours, as page and sheet."""

from __future__ import annotations

import io

from flask import request, send_file
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.commendation.decisions import honours, register_sheet
from webapp.commendation.decisions.honour_routes import blueprint
from webapp.commendation.decisions.statistics import work_out_statistics
from webapp.official.tables import XLSX
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


def _year() -> int | None:
    return year_in(request.args.get("year"), otherwise=0) or None


@blueprint.get("/honours/statistics", endpoint="statistics_view")
@requires(P.HONOUR_READ)
def statistics_view() -> Response:
    return render(
        "commendation/statistics.html",
        found=work_out_statistics(reads(), viewer=viewer(), year=_year()),
        year=_year(),
        years=honours.list_choices(reads(), viewer=viewer())["years"],
    )


@blueprint.get("/honours/statistics.xlsx", endpoint="statistics_export")
@requires(P.HONOUR_READ)
def statistics_export() -> Response:
    year = _year()
    found = work_out_statistics(reads(), viewer=viewer(), year=year)
    of = f"năm {year}" if year else "các năm"
    sheet = register_sheet.statistics_sheet(found, title=f"Thống kê khen thưởng {of}, lập ngày {today():%d/%m/%Y}")
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "award.statistics", Thing("award"), {"year": year})
    name = f"thong-ke-khen-thuong{f'-{year}' if year else ''}.xlsx"
    return send_file(io.BytesIO(sheet), mimetype=XLSX, as_attachment=True, download_name=name)
