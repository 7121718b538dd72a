"""A sheet printed and as files."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.core.days import ward_day
from webapp.core.errors import NotFound
from webapp.handover.letterhead import issuer_on
from webapp.official import DOCX
from webapp.official.tables import XLSX
from webapp.permissions import Permission as P
from webapp.scoring.sheets import outputs, queries
from webapp.ui.auth import requires
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, unit_of_work, viewer

blueprint = Blueprint("results", __name__, template_folder="../templates")


@blueprint.get("/scores/sheets/<sheet_id>/print", endpoint="sheet_print")
@requires(P.SHEET_READ, on_subject=True)
def sheet_print(sheet_id: str) -> Response:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    view = queries.view_sheet(reads(), sheet, viewer=viewer())
    return render("scoring/print.html", view=view, sheet=sheet, explained=outputs.explained)


@blueprint.get("/scores/sheets/<sheet_id>/sheet.<form>", endpoint="sheet_export")
@requires(P.SHEET_READ, on_subject=True)
def sheet_export(sheet_id: str, form: str) -> Response:
    sheet = queries.get_sheet(reads(), sheet_id, viewer=viewer())
    day = ward_day(sheet.submitted_at or now(), resources().settings.timezone)
    paper = partial(outputs.sheet_paper, ward=issuer_on(reads(), day))
    makers: dict[str, tuple[Callable[[queries.SheetView], bytes], str]] = {
        "docx": (paper, DOCX),
        "xlsx": (outputs.sheet_book, XLSX),
    }
    if form not in makers:
        raise NotFound(kind="score-sheet", key=sheet_id)
    make, media_type = makers[form]
    data = make(queries.view_sheet(reads(), sheet, viewer=viewer()))
    return send_output(
        "score-sheet", sheet_id, data, media_type, f"phieu-diem-{sheet.unit.code.lower()}-{sheet.year}.{form}", form
    )


def send_output(kind: str, key: str, data: bytes, media_type: str, name: str, form: str) -> Response:
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "score.export", Thing(kind, key), {"form": form})
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)
