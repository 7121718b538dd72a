"""Pages of remedies: the unit answers, the team or the office confirms."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.inspections import queries, remedies, rules
from webapp.inspections.finding_routes import received
from webapp.inspections.routes import blueprint, moment
from webapp.inspections.visit_routes import to_visit
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.request_state import reads, viewer
from webapp.ui.views import form_view


@blueprint.route("/visits/remedies/<remedy_id>/answer", methods=["GET", "POST"], endpoint="remedy_answer")
@requires(P.VISIT_ANSWER, on_subject=True)
def remedy_answer(remedy_id: str) -> Response:
    one, visit = queries.get_remedy(reads(), remedy_id, viewer=viewer())
    ensure(viewer(), P.VISIT_ANSWER, visit)

    def keep(work: Session, form: FormReader) -> None:
        text, revision = form.text("answer", most=rules.LONGEST_TEXT), form.revision()
        form.check()
        remedies.answer_remedy(
            work,
            actor=viewer(),
            moment=moment(),
            remedy_id=remedy_id,
            revision=revision,
            text=text,
            files=received(),
        )

    return form_view(
        "inspections/remedy_answer.html",
        keep,
        done="Đã gửi báo cáo khắc phục.",
        to=to_visit(visit.id),
        shows_conflict=True,
        visit=visit,
        one=one,
    )


@blueprint.route("/visits/remedies/<remedy_id>/close", methods=["GET", "POST"], endpoint="remedy_close")
@requires(P.REMEDY_CLOSE, on_subject=True)
def remedy_close(remedy_id: str) -> Response:
    one, visit = queries.get_remedy(reads(), remedy_id, viewer=viewer())
    ensure(viewer(), P.REMEDY_CLOSE, visit)

    def keep(work: Session, form: FormReader) -> None:
        note, revision = form.text("note", most=rules.LONGEST_REASON), form.revision()
        form.check()
        remedies.close_remedy(
            work,
            actor=viewer(),
            moment=moment(),
            remedy_id=remedy_id,
            revision=revision,
            closed=request.form.get("verdict") == "closed",
            note=note,
        )

    files = queries.list_files(reads(), visit, viewer=viewer())
    return form_view(
        "inspections/remedy_close.html",
        keep,
        done="Đã xác nhận." if request.form.get("verdict") == "closed" else "Đã đề nghị đơn vị khắc phục tiếp.",
        to=to_visit(visit.id),
        visit=visit,
        one=one,
        files=[row for row in files if row.remedy_id == one.id],
    )
