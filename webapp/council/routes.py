"""Pages of the council: who sits in it and what they look after; the decision that founds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.council import queries, rules, service
from webapp.council.service import Founding
from webapp.documents.decisions import list_decisions
from webapp.models import Council, Document
from webapp.movement.queries import list_movements_in
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer

blueprint = Blueprint("council", __name__, template_folder="templates")


def year_asked() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


def to_council(council_id: str) -> Response:
    return redirect(url_for("council.council_view", council=council_id), 303)


@blueprint.get("/council", endpoint="council_view")
@requires(P.MOVEMENT_READ)
def council_view() -> Response:
    """The one that sits today, or that is asked for; of the year chosen."""
    year, session = year_asked(), reads()
    movement = choose(list_movements_in(session, viewer=viewer(), year=year))
    councils = queries.list_councils(session, movement.id, viewer=viewer()) if movement else []
    council = _chosen(list(councils))
    on = _day(council)
    seated = queries.sittings(session, council, year=year, on=on, now=now()) if council else []
    return render(
        "council/view.html",
        year=year,
        movement=movement,
        councils=councils,
        council=council,
        on=on,
        seated=seated,
        past=[one for one in council.seats if not one.holds(on)] if council else [],
        gaps=queries.find_gaps(session, council, seated, year=year, on=on, now=now()) if council else None,
        may=can(viewer(), P.COUNCIL_MANAGE),
    )


def _chosen(councils: list[Council]) -> Council | None:
    wanted = request.args.get("council", "")
    found = next((one for one in councils if one.id == wanted), None)
    sitting = next((one for one in councils if one.holds(today())), None)
    return found or sitting or next(iter(councils), None)


def _day(council: Council | None) -> date:
    """Today, or the nearest day on which the council sits."""
    if council is None:
        return today()
    return max(council.first_day, min(today(), council.last_day or today()))


@blueprint.route("/council/new", methods=["GET", "POST"], endpoint="council_found")
@requires(P.COUNCIL_MANAGE)
def council_found() -> Response:
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year_asked()))
    if movement is None:
        raise NotFound(kind="movement", key="")
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            founding = _founding()
            with unit_of_work() as work:
                made = service.found_council(work, actor=viewer(), now=now(), movement_id=movement.id, new=founding)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã ghi quyết định thành lập Hội đồng. Hãy thêm các thành viên.", "good")
            return to_council(made.id)
    return render(
        "council/found.html",
        status=422 if errors else 200,
        movement=movement,
        year=year_asked(),
        decisions=[(one.id, f"{one.number or 'chưa ghi số'} · {one.title}") for one in _decisions()],
        values=request.form or {"name": "Hội đồng Thi đua - Khen thưởng phường"},
        errors=errors,
    )


def _decisions() -> Sequence[Document]:
    return list_decisions(reads(), viewer=viewer())


def _founding() -> Founding:
    form = FormReader(request.form)
    founding = Founding(
        name=form.text("name", most=rules.LONGEST),
        number=form.text("number", most=rules.LONGEST),
        decided_on=form.day("decided_on"),
        first_day=form.day("first_day"),
        last_day=form.day("last_day"),
        document_id=form.optional("document_id", most=20),
    )
    form.check()
    return founding
