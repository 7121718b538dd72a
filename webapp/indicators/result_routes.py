"""Results of a set: a table first, pillars and years as pictures with the same in words, and a workbook."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.indicators import drawing, queries, results
from webapp.indicators.set_routes import blueprint, send_book
from webapp.official.tables import write_table
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.htmx import render
from webapp.ui.request_state import reads, viewer


@blueprint.get("/<indicator_set_id>/results", endpoint="result_view")
@requires(P.INDICATOR_SET_READ, on_subject=True)
def result_view(indicator_set_id: str) -> Response:
    """All units, or those of `?cluster=`; the pictures are of `?unit=` beside the mean of those shown."""
    one = queries.get_set(reads(), indicator_set_id, viewer=viewer())
    clusters = results.list_clusters_of(reads(), one)
    cluster = request.args.get("cluster", "")
    if cluster and cluster not in {key for key, _ in clusters}:
        raise NotFound(kind="indicator-set", key=one.id)
    outcomes = results.list_outcomes(reads(), one, viewer=viewer(), cluster_id=cluster)
    chosen = next((row for row in outcomes if row.unit_id == request.args.get("unit")), None)
    if chosen is None and len(outcomes) == 1:
        chosen = outcomes[0]
    means = results.mean_pillars(outcomes)
    own = {pillar.code: pillar.share for pillar in chosen.pillars} if chosen else {}
    series = [[pillar.share for pillar in means]]
    series += [[own.get(pillar.code) for pillar in means]] if chosen else []
    unit_ids = [row.unit_id for row in outcomes] if cluster else None
    if chosen:
        years = [(row.year, row.share) for row in results.trend_of(reads(), chosen.unit_id, viewer=viewer())]
    else:
        years = [
            (year, share) for year, share, _ in results.averages_by_year(reads(), viewer=viewer(), unit_ids=unit_ids)
        ]
    return render(
        "indicators/results.html",
        one=one,
        outcomes=outcomes,
        clusters=clusters,
        cluster=cluster,
        chosen=chosen,
        means=means,
        own=own,
        mean=results.mean_of([row.share for row in outcomes]),
        radar=drawing.radar([pillar.code for pillar in means], series),
        trend=drawing.trend(years),
        drawing=drawing,
    )


@blueprint.get("/<indicator_set_id>/results.xlsx", endpoint="result_export")
@requires(P.INDICATOR_SET_READ, on_subject=True)
def result_export(indicator_set_id: str) -> Response:
    one = queries.get_set(reads(), indicator_set_id, viewer=viewer())
    outcomes = results.list_outcomes(reads(), one, viewer=viewer())
    means = results.mean_pillars(outcomes)
    heads = ["Hạng", "Đơn vị", "Điểm", "Điểm tối đa", "Tỷ lệ, %", *(f"{it.code} {it.text}, %"[:60] for it in means)]
    rows = []
    for row in outcomes:
        own = {pillar.code: pillar.share for pillar in row.pillars}
        shares = [float(own[it.code]) if own.get(it.code) is not None else None for it in means]  # type: ignore[arg-type]
        rows.append([row.rank, row.unit, float(row.points), float(row.most), float(row.share), *shares])
    data = write_table(title=one.name, heads=heads, widths=[8, 40, 10, 12, 10, *[18] * len(means)], rows=rows)
    return send_book(one, data, f"ket-qua-chi-so-{one.year}.xlsx")
