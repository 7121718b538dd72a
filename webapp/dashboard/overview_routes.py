"""The overview: heat map of units and criteria, the year by month, evidences by theme, who is late."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.core.paging import page_number
from webapp.dashboard import overview, standings
from webapp.dashboard.counted import NO_THEME, Counted, page_of_handed_in, page_of_proofs
from webapp.dashboard.overview import Chosen
from webapp.dashboard.routes import blueprint
from webapp.duties.queries import list_duties
from webapp.models import Theme
from webapp.movement.queries import list_movements_in, list_own_group_ids, list_themes
from webapp.official.tables import XLSX, Value, write_table
from webapp.people.queries import list_clusters
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

MOST_EXPORTED = 2000


def _chosen(groups: list[tuple[str, str]], year: int, movement_id: str) -> Chosen:
    wanted = request.args.get("group", "")
    known = [group_id for group_id, _ in groups]
    return Chosen(
        year=year,
        # A movement of one group is that group.
        group_id=wanted if wanted in known else known[0] if len(known) == 1 else "",
        movement_id=movement_id,
        cluster_id=request.args.get("cluster", "")[:20],
        theme_id=request.args.get("theme", "")[:20],
    )


@blueprint.get("/overview", endpoint="overview_view")
@requires(P.ACCOUNT_USE)
def overview_view() -> Response:
    year = year_in(request.args.get("year"), otherwise=today().year)
    session, who = reads(), viewer()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    groups = overview.list_group_choices(session, movement.id) if movement else []
    own = list_own_group_ids(session, movement.id, viewer=who) if movement else frozenset()
    groups.sort(key=lambda group: group[0] not in own)
    chosen = _chosen(groups, year, movement.id if movement else "")
    filters: dict[str, Any] = {"group": chosen.group_id, "cluster": chosen.cluster_id, "theme": chosen.theme_id}
    figures = _figures(chosen, groups)
    clusters = [(cluster.id, cluster.name) for cluster in list_clusters(session, viewer=who)]
    if not who.overseen_movements:
        # What others have to do with is no choice of one's own.
        seen = {one.key for one in figures["by_cluster"]}
        clusters = [one for one in clusters if one[0] in seen]
    return render(
        "dashboard/overview.html",
        year=year,
        movement=movement,
        groups=groups,
        chosen=chosen,
        clusters=clusters,
        own_groups=own,
        themes=[
            (theme.id, f"{theme.code} {theme.text}"[:80]) for theme in list_themes(session, movement.id, viewer=who)
        ]
        if movement
        else [],
        url=lambda number: url_for("dashboard.overview_view", year=year, page=number, **filters),
        address=lambda **changed: url_for("dashboard.overview_view", year=year, **(filters | changed)),
        sheet=url_for("dashboard.overview_sheet", year=year, **filters),
        counted=lambda **of: url_for("dashboard.overview_counted", year=year, group=chosen.group_id, **of),
        no_theme=NO_THEME,
        **figures,
    )


def _figures(chosen: Chosen, groups: list[tuple[str, str]]) -> dict[str, Any]:
    """What the page counts, of what the viewer may see."""
    session, who, timezone = reads(), viewer(), resources().settings.timezone
    rows = standings.list_standings(session, chosen, viewer=who)
    duties = list_duties(
        session, viewer=who, year=chosen.year, now=now(), timezone=timezone, cluster_id=chosen.cluster_id or None
    )
    return {
        "by_group": standings.by_group(rows, groups),
        "units": overview.count_units_of_groups(session, chosen.movement_id),
        "by_cluster": standings.by_cluster(rows),
        "standing": standings.ahead_and_behind(rows),
        "criteria": overview.list_criteria(session, chosen.group_id) if chosen.group_id else [],
        "page": overview.page_of_lines(
            session, chosen, viewer=who, today=today(), page=page_number(request.args.get("page"))
        )
        if chosen.group_id
        else None,
        "months": overview.list_months(session, chosen, viewer=who, timezone=timezone, today=today()),
        "by_theme": overview.count_by_theme(session, chosen, viewer=who),
        "without": overview.list_without_checklist(session, chosen, viewer=who, movement_id=chosen.movement_id),
        "late": [row for row in duties if row.late],
    }


@blueprint.get("/overview/counted", endpoint="overview_counted")
@requires(P.ACCOUNT_USE)
def overview_counted() -> Response:
    """What one figure by month or by theme counts: `what` is evidences or checklists."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    groups = overview.list_group_choices(reads(), movement.id) if movement else []
    chosen = _chosen(groups, year, movement.id if movement else "")
    month = request.args.get("month", type=int)
    counted = Counted(
        month=month if month and 1 <= month <= 12 else None,
        so_far=request.args.get("so_far") == "1",
        theme_id=request.args.get("theme", "")[:20],
    )
    proofs = request.args.get("what") != "checklists"
    number = page_number(request.args.get("page"))
    same: dict[str, Any] = {name: request.args.get(name) for name in ("group", "what", "month", "so_far", "theme")}
    return render(
        "dashboard/counted.html",
        year=year,
        proofs=proofs,
        page=page_of_proofs(reads(), chosen, counted, viewer=viewer(), page=number)
        if proofs
        else page_of_handed_in(
            reads(), chosen, counted, viewer=viewer(), timezone=resources().settings.timezone, page=number
        ),
        heading=_heading(counted, year, proofs=proofs),
        back=url_for("dashboard.overview_view", year=year, group=chosen.group_id),
        url=lambda page: url_for("dashboard.overview_counted", year=year, page=page, **same),
    )


def _heading(counted: Counted, year: int, *, proofs: bool) -> str:
    what = "Minh chứng đã nhận" if proofs else "Phiếu tự kiểm đã trình"
    if counted.theme_id:
        theme = reads().get(Theme, counted.theme_id)
        code = theme.code if theme else ""
        return f"{what} về nội dung {code}, năm {year}" if code else f"{what} chưa gắn nội dung thi đua, năm {year}"
    if counted.month is None:
        return f"{what} năm {year}"
    return f"{what} {'đến hết' if counted.so_far else 'trong'} tháng {counted.month}/{year}"


@blueprint.get("/overview.xlsx", endpoint="overview_sheet")
@requires(P.ACCOUNT_USE)
def overview_sheet() -> Response:
    """The heat map as the viewer sees it now."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    groups = overview.list_group_choices(reads(), movement.id) if movement else []
    chosen = _chosen(groups, year, movement.id if movement else "")
    if groups and not chosen.group_id:
        chosen = replace(chosen, group_id=groups[0][0])
    criteria = overview.list_criteria(reads(), chosen.group_id)
    page = overview.page_of_lines(reads(), chosen, viewer=viewer(), today=today(), page=1, per_page=MOST_EXPORTED)
    rows: list[list[Value]] = []
    for line in page.rows:
        row: list[Value] = [line.unit.name]
        for criterion in criteria:
            cell = line.cells.get(criterion.id)
            row += [cell.state.label if cell else None, cell.evidences if cell else None]
        rows.append(row)
    heads = ["Đơn vị", *(head for one in criteria for head in (one.code, f"{one.code}: số minh chứng"))]
    sheet = write_table(
        title=f"Tiến độ phiếu tự kiểm năm {year}", heads=heads, widths=[34] + [16, 10] * len(criteria), rows=rows
    )
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "overview.export", Thing("page"), {"year": year, "total": len(rows)})
    return send_file(io.BytesIO(sheet), mimetype=XLSX, as_attachment=True, download_name=f"tien-do-{year}.xlsx")
