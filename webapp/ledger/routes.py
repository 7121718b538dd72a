"""The log: browse, filter, export."""

from __future__ import annotations

import io
import tempfile
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.audit.verify import export_chain, verify_chain
from webapp.core.errors import Invalid, Refused
from webapp.core.paging import page_number
from webapp.ledger import choices, queries, words
from webapp.ledger.detail_words import DETAILS
from webapp.ledger.queries import EventFilter
from webapp.ledger.values import details_in_words, in_words
from webapp.official.tables import XLSX, Value, write_table
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, unit_of_work, viewer

# A sheet of more lines is opened by few programs in a reasonable time; the whole log is exported as JSON lines.
MOST_EXPORTED = 20_000
# What is gone through while somebody waits: some ten seconds on a slow machine.
MOST_CHECKED = 500_000
MOST_FAULTS = 20

blueprint = Blueprint("ledger", __name__, template_folder="templates")


def _wanted() -> EventFilter:
    """What the address narrows the log to. Raises Refused for who has no log to read."""
    who = viewer()
    if not (can(who, P.LEDGER_READ) or can(who, P.LEDGER_READ_SYSTEM) or who.own_units):
        raise Refused("Nhật ký dành cho kiểm toán; mỗi đơn vị xem phần của mình.", permission=P.LEDGER_READ.value)
    form = FormReader(request.args)
    return EventFilter(
        object_id=form.text("object", most=64),
        item_id=form.text("item", most=13),
        actor=form.text("actor", most=100),
        action=form.text("action", most=40),
        outcome=form.text("outcome", most=10),
        from_day=form.day("from"),
        to_day=form.day("to"),
    )


@blueprint.get("/ledger", endpoint="event_list")
@requires(P.LEDGER_READ, on_subject=True)
def event_list() -> Response:
    who, wanted = viewer(), _wanted()
    page = queries.page_events(
        reads(),
        viewer=who,
        wanted=wanted,
        timezone=resources().settings.timezone,
        page=page_number(request.args.get("page")),
    )
    filters: dict[str, Any] = request.args.to_dict()
    return render(
        "ledger/events.html",
        "event_rows",
        page=page,
        wanted=wanted,
        labels=queries.label_objects(reads(), page.rows, viewer=who),
        names=queries.list_names(reads(), page.rows),
        words=words,
        called=DETAILS,
        choices=choices.grouped(),
        chosen=choices.chosen(wanted.action),
        details=details_in_words,
        sheet=url_for("ledger.event_sheet", **filters),
        head=queries.find_head(reads()) if can(who, P.LEDGER_READ) else None,
        address=lambda number: url_for("ledger.event_list", **(filters | {"page": number})),
    )


@blueprint.get("/ledger.xlsx", endpoint="event_sheet")
@requires(P.LEDGER_READ, on_subject=True)
def event_sheet() -> Response:
    """What the filter leaves of the log, in words and in the ward's time."""
    wanted, timezone = _wanted(), resources().settings.timezone
    events = queries.list_events(reads(), viewer=viewer(), wanted=wanted, timezone=timezone, most=MOST_EXPORTED)
    labels = queries.label_objects(reads(), events, viewer=viewer())
    names = queries.list_names(reads(), events)
    rows: list[list[Value]] = []
    for event in events:
        told = labels.get((event.object_kind, event.object_id))
        details = details_in_words(event.object_kind, event.details, names)
        reason = in_words("", "reason", event.reason, {}) if event.reason else ""
        rows.append(
            [
                event.seq if can(viewer(), P.LEDGER_READ) else None,
                datetime.fromisoformat(event.at).astimezone(timezone).strftime("%H:%M:%S %d/%m/%Y"),
                event.actor_name,
                words.action(event.action),
                words.OUTCOMES.get(event.outcome, event.outcome),
                told.name if told else words.thing(event.object_kind),
                names.get(event.object_unit_id or "", ""),
                "; ".join([*filter(None, [reason]), *(f"{name}: {value}" for name, value in details)]),
            ]
        )
    sheet = write_table(
        title="Nhật ký",
        heads=["Số", "Lúc", "Người làm", "Việc", "Kết quả", "Về", "Đơn vị", "Chi tiết"],
        widths=[8, 20, 26, 34, 14, 40, 34, 60],
        rows=rows,
    )
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "ledger.export-part", Thing("ledger"), {"total": len(rows)})
    return send_file(io.BytesIO(sheet), mimetype=XLSX, as_attachment=True, download_name="nhat-ky.xlsx")


@blueprint.route("/ledger/check", methods=["GET", "POST"], endpoint="chain_check")
@requires(P.LEDGER_READ)
def chain_check() -> Response:
    """Go through the whole chain now and say in words what was found; the looking is itself an event."""
    head = queries.find_head(reads())
    faults: list[str] = []
    checked = False
    if request.method == "POST":
        if head is not None and head[0] > MOST_CHECKED:
            raise Invalid(
                f"Nhật ký có hơn {MOST_CHECKED // 1000} nghìn lượt ghi, kiểm tra ở đây quá lâu. Hãy nhờ người quản máy "
                "chủ chạy lệnh kho verify."
            )
        faults, checked = list(islice(verify_chain(reads()), MOST_FAULTS + 1)), True
        with unit_of_work() as work:
            log_event(work, viewer(), now(), "ledger.check", Thing("ledger"), {"total": len(faults)})
    return render("ledger/check.html", head=head, checked=checked, faults=faults, most=MOST_FAULTS)


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
