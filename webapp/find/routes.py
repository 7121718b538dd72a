"""The search page."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from webapp.audit import record
from webapp.core.paging import Page, page_number
from webapp.find.queries import FACETS, PER_PAGE, Answer, search_everything
from webapp.models import Role
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reading_goes_on, reads, resources, unit_of_work, viewer

blueprint = Blueprint("find", __name__, template_folder="templates")

FACET_LABELS = {"kind": "Loại", "unit": "Đơn vị", "year": "Năm", "criterion": "Tiêu chí", "theme": "Nội dung"}


@blueprint.get("/search", endpoint="search_view")
@requires(P.SEARCH_USE)
def search_view() -> Response:
    text = FormReader(request.args).text("q", most=10_000)[:1000]
    filters = {name: request.args.get(name, "")[:60] for name in FACETS if request.args.get(name)}
    number = min(page_number(request.args.get("page")), 1000)
    answer: Answer | None = None
    started = time.perf_counter()
    if text or filters:
        answer = search_everything(reads(), resources().index, text, viewer=viewer(), filters=filters, page=number)
        if viewer().has(Role.AUDITOR):
            _note(text, answer.total)
    seconds = time.perf_counter() - started

    def address(**changes: Any) -> str:
        values: dict[str, Any] = {"q": text, **filters, **changes}
        return url_for("find.search_view", **{name: value for name, value in values.items() if value})

    return render(
        "find/search.html",
        "search_results",
        text=text,
        filters=filters,
        answer=answer,
        page=Page((), answer.total if answer else 0, number, PER_PAGE),
        seconds=seconds,
        address=address,
        facet_labels=FACET_LABELS,
    )


def _note(text: str, total: int) -> None:
    """Searches by auditors are events."""
    with reading_goes_on(), unit_of_work() as work:
        record(
            work,
            actor=viewer(),
            now=now(),
            action="search.run",
            object_kind="search",
            object_id="",
            details={"query": text[:200], "total": total},
        )
