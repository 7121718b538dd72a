"""Pages of a cluster's results: ranking, workbook, the year's table, what if."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.official.tables import XLSX, write_table
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.permissions.rank_access import PUBLISHED, sees_ranks
from webapp.scoring.points.pooling import median
from webapp.scoring.points.what_if import what_if
from webapp.scoring.rounds import outputs, queries, results
from webapp.scoring.rounds.rules import RANKED
from webapp.scoring.rubrics import queries as rubric_queries
from webapp.scoring.rubrics.queries import rules_of, scheme_of
from webapp.scoring.sheets.output_routes import blueprint, send_output
from webapp.scoring.sheets.sides import entries_by_sheet, own_entries, standing_entries
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import reads, today, viewer


@blueprint.get("/scores/rounds/<round_id>/results", endpoint="result_view")
@requires(P.ROUND_READ, on_subject=True)
def result_view(round_id: str) -> Response:
    """The published ranking, for everyone signed in."""
    round_ = queries.get_round(reads(), round_id, viewer=viewer())
    if round_.state not in PUBLISHED:
        raise NotFound("Kết quả chưa được công bố.", kind="score-round", key=round_id)
    rows = [row for row in queries.board(reads(), round_, viewer=viewer()) if row.result is not None]
    totals = sorted(row.total for row in rows if row.total is not None)
    return render(
        "scoring/results.html",
        round=round_,
        rows=rows,
        why=results.explain((row.sheet, row.result) for row in rows if row.result is not None),
        excused=[sheet for sheet in round_.sheets if sheet.state.value == "excused"],
        before=queries.last_years(reads(), round_),
        lowest=totals[0] if totals else None,
        highest=totals[-1] if totals else None,
        middle=median(totals) if totals else None,
    )


@blueprint.get("/scores/rounds/<round_id>/cluster.xlsx", endpoint="cluster_export")
@requires(P.ROUND_READ, on_subject=True)
def cluster_export(round_id: str) -> Response:
    """Every unit's entries with live formulas: once published, or for who has a stake in none of the units."""
    round_ = queries.get_round(reads(), round_id, viewer=viewer())
    if not sees_ranks(viewer(), round_):
        raise NotFound("Kết quả chưa được công bố.", kind="score-round", key=round_id)
    ranked = [sheet for sheet in round_.sheets if sheet.state in RANKED]
    if not ranked:
        raise Invalid("Chưa có đơn vị nào xong thẩm định.")
    data = outputs.round_book(round_, entries_by_sheet(reads(), [sheet.id for sheet in ranked]))
    return send_output(
        "score-round", round_id, data, XLSX, f"ket-qua-{round_.cluster.code.lower()}-{round_.year}.xlsx", "xlsx"
    )


@blueprint.get("/scores/results.xlsx", endpoint="year_export")
@requires(P.SEARCH_USE)
def year_export() -> Response:
    """Published results of all clusters of a year, to go into the larger yearly score as one criterion of it."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    rounds = queries.list_rounds(reads(), viewer=viewer(), year=year)
    published = [one for one in rounds if one.state in PUBLISHED]
    if not published:
        raise NotFound(f"Năm {year} chưa có kết quả nào được công bố.", kind="score-round")
    data = write_table(
        title=f"Kết quả chấm điểm phong trào thi đua năm {year}",
        heads=("Mã đơn vị", "Đơn vị", "Cụm, khối", "Điểm", "Hạng trong cụm", "Xếp loại", "Trạng thái"),
        widths=(14, 44, 40, 12, 16, 30, 18),
        rows=queries.list_for_yearly_score(reads(), published),
    )
    return send_output("page", "scores", data, XLSX, f"ket-qua-thi-dua-{year}.xlsx", "xlsx")


@blueprint.get("/rubrics/<rubric_id>/what-if", endpoint="what_if_view")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def what_if_view(rubric_id: str) -> Response:
    """A draft rubric tried on the scores there are; units that the viewer has a stake in are left out until published."""
    rubric = rubric_queries.get_rubric(reads(), rubric_id, viewer=viewer())
    ensure(viewer(), P.RUBRIC_MANAGE, rubric)
    rounds = [
        one
        for year in (rubric.year, rubric.year - 1)
        for one in queries.list_rounds(reads(), viewer=viewer(), year=year)
        if one.movement_id == rubric.movement_id
    ]
    chosen = next((one for one in rounds if one.id == request.args.get("round")), rounds[0] if rounds else None)
    return render(
        "scoring/what_if.html",
        rubric=rubric,
        chosen=chosen,
        rounds=rounds,
        round_options=[(one.id, f"{one.cluster.name} {one.year}") for one in rounds],
        **_tried(rubric, chosen),
    )


def _tried(rubric: Any, chosen: Any) -> dict[str, Any]:
    if chosen is None:
        return {"rows": [], "own": False, "hidden": 0}
    round_ = queries.get_round(reads(), chosen.id, viewer=viewer())
    seen = [
        sheet
        for sheet in round_.sheets
        if can(viewer(), P.SHEET_READ_APPRAISAL, sheet)
        and queries.place_of(viewer(), round_, sheet) is queries.Place.SEEN
    ]
    entries = entries_by_sheet(reads(), [sheet.id for sheet in seen])
    kind = set(rubric.unit_kinds)
    tried = [sheet for sheet in seen if sheet.unit.kind.value in kind]
    # Before anything is appraised, what units say of themselves shows how ranks would move.
    own = not any(row.appraisal for sheet in tried for row in entries[sheet.id])
    counted = own_entries if own else standing_entries
    members = results.members_of(tried, {sheet.id: counted(entries[sheet.id]) for sheet in tried})
    if not members:
        return {"rows": [], "own": own, "hidden": len(round_.sheets) - len(seen)}
    old = scheme_of(tried[0].rubric)
    rows = what_if(members, old, scheme_of(rubric), rules_of(rubric))
    return {"rows": rows, "own": own, "hidden": len(round_.sheets) - len(seen)}
