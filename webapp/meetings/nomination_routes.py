"""The page on which whoever runs a meeting of the council puts nominations to the vote."""

from __future__ import annotations

from flask import flash, request
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.meetings import nominations
from webapp.meetings.routes import blueprint, get_open_meeting, to_meeting, zone
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer


@blueprint.route("/meetings/<meeting_id>/nominations", methods=["GET", "POST"], endpoint="nominations_prepare")
@requires(P.MEETING_MANAGE, on_subject=True)
def nominations_prepare(meeting_id: str) -> Response:
    """Complete dossiers that wait for the council; those ticked get a ballot each."""
    meeting = get_open_meeting(meeting_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                made = nominations.prepare_for(
                    work,
                    actor=viewer(),
                    now=now(),
                    timezone=zone(),
                    meeting_id=meeting_id,
                    chosen=request.form.getlist("key"),
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã chuẩn bị {len(made)} phiếu về đề nghị khen thưởng.", "good")
            return to_meeting(meeting_id)
    return render(
        "meetings/nominations.html",
        status=422 if errors else 200,
        meeting=meeting,
        waiting=nominations.list_waiting(reads(), meeting, viewer=viewer(), now=now(), timezone=zone()),
        errors=errors,
    )
