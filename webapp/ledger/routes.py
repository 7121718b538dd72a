"""The log: browse, filter, export."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.audit.verify import export_chain
from webapp.core.errors import Refused
from webapp.core.paging import page_number
from webapp.ledger import queries, words
from webapp.ledger.queries import EventFilter
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, unit_of_work, viewer

blueprint = Blueprint("ledger", __name__, template_folder="templates")


@blueprint.get("/ledger", endpoint="event_list")
@requires(P.LEDGER_READ, on_subject=True)
def event_list() -> Response:
    who = viewer()
    if not (can(who, P.LEDGER_READ) or can(who, P.LEDGER_READ_SYSTEM) or who.own_units):
        raise Refused("Nhật ký dành cho kiểm toán; mỗi đơn vị xem phần của mình.", permission=P.LEDGER_READ.value)
    form = FormReader(request.args)
    wanted = EventFilter(
        object_id=form.text("object", most=64),
        item_id=form.text("item", most=13),
        actor=form.text("actor", most=100),
        action=form.text("action", most=40),
        outcome=form.text("outcome", most=10),
        from_day=form.day("from"),
        to_day=form.day("to"),
    )
    page = queries.page_events(
        reads(),
        viewer=who,
        wanted=wanted,
        timezone=resources().settings.timezone,
        page=page_number(request.args.get("page")),
    )
    return render(
        "ledger/events.html",
        "event_rows",
        page=page,
        wanted=wanted,
        labels=queries.label_objects(reads(), page.rows, viewer=who),
        unit_names=queries.list_unit_names(reads(), page.rows),
        words=words,
        head=queries.find_head(reads()) if can(who, P.LEDGER_READ) else None,
        address=lambda number: url_for("ledger.event_list", **{**request.args.to_dict(), "page": number}),
    )


@blueprint.post("/ledger/export", endpoint="event_export")
@requires(P.LEDGER_EXPORT)
def event_export() -> Response:
    """The whole log as JSON lines; the export is itself an event, and the last one in the file."""
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "ledger.export", Thing("ledger"))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "nhat-ky.jsonl"
        export_chain(reads(), target)
        # The open file outlives the folder; the system frees it when the answer is sent.
        stream = target.open("rb")
    return send_file(stream, mimetype="application/octet-stream", as_attachment=True, download_name="nhat-ky.jsonl")
