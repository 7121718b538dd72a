"""The report taken away: the paper, its annex, of a version or of the draft."""

from __future__ import annotations

import io
from typing import Any

from flask import request, send_file
from werkzeug.wrappers import Response

from webapp.core.days import ward_day
from webapp.core.errors import NotFound, Refused
from webapp.handover.letterhead import issuer_on
from webapp.models import Synthesis
from webapp.movement.reading import PlanReading
from webapp.movement.stored import parse_stored
from webapp.official import DOCX
from webapp.official.tables import XLSX
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.synthesis import outputs, queries, service
from webapp.synthesis.counting import find_plan
from webapp.synthesis.routes import blueprint, look_at
from webapp.synthesis.rules import Counts
from webapp.ui.auth import requires
from webapp.ui.request_state import now, reads, resources, unit_of_work, viewer


def _shown(synthesis: Synthesis) -> tuple[int, list[dict[str, Any]], Counts]:
    """(number, content, counts) of the version asked for; 0 is the draft, which only the office has."""
    no = request.args.get("no", synthesis.version_no, int)
    if not 0 <= no < 10**6:
        raise NotFound(kind="synthesis", key=synthesis.id)
    if no:
        version = queries.get_version(reads(), synthesis, no, viewer=viewer())
        return no, version.content, Counts.from_dict(version.counts)
    if not can(viewer(), P.SYNTHESIS_WRITE, synthesis):
        raise Refused("Chỉ cơ quan thường trực xem được bản đang soạn.")
    content = [
        {"section": one.section.value, "code": one.code, "title": one.title, "text": one.text}
        for one in queries.list_paragraphs(reads(), synthesis, viewer=viewer())
        if not one.left_out and one.text.strip()
    ]
    return 0, content, Counts.from_dict(synthesis.counts)


def _send(synthesis: Synthesis, data: bytes, form: str, no: int) -> Response:
    with unit_of_work() as work:
        service.note_export(work, actor=viewer(), now=now(), synthesis=synthesis, form=form, no=no)
    name = f"tong-hop-{synthesis.kind.value}-{synthesis.year}-{f'ban-{no}' if no else 'du-thao'}.{form}"
    return send_file(
        io.BytesIO(data), mimetype=DOCX if form == "docx" else XLSX, as_attachment=True, download_name=name
    )


@blueprint.get("/syntheses/<synthesis_id>/report.docx", endpoint="report_download")
@requires(P.SYNTHESIS_READ, on_subject=True)
def report_download(synthesis_id: str) -> Response:
    synthesis = queries.get_synthesis(reads(), synthesis_id, viewer=viewer())
    no, content, counts = _shown(synthesis)
    plan = find_plan(reads(), synthesis.movement_id)
    reading = parse_stored(plan.reading) if plan else PlanReading()
    timezone = resources().settings.timezone
    ward = issuer_on(reads(), synthesis.issued_on or ward_day(synthesis.renewed_at, timezone))
    note = "" if no else _note(synthesis)
    paper = outputs.report_paper(
        synthesis, content, counts, plan=plan, reading=reading, ward=ward, timezone=timezone, note=note
    )
    return _send(synthesis, paper, "docx", no)


def _note(synthesis: Synthesis) -> str:
    """On the first page of a draft that is not what its sources say by now."""
    paragraphs = queries.list_paragraphs(reads(), synthesis, viewer=viewer())
    said = look_at(synthesis, paragraphs).note
    taken = now().astimezone(resources().settings.timezone)
    return f"Dự thảo lấy lúc {taken:%H:%M %d/%m/%Y}, chưa phải bản cuối: {said}." if said else ""


@blueprint.get("/syntheses/<synthesis_id>/annex.xlsx", endpoint="annex_download")
@requires(P.SYNTHESIS_READ, on_subject=True)
def annex_download(synthesis_id: str) -> Response:
    synthesis = queries.get_synthesis(reads(), synthesis_id, viewer=viewer())
    no, _, counts = _shown(synthesis)
    return _send(synthesis, outputs.annex_sheet(synthesis, counts), "xlsx", no)
