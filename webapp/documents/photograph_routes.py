"""The page on which day and place of a photograph are confirmed."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.documents import queries
from webapp.documents.photographs import confirm_photograph, suggested_day
from webapp.documents.retention_routes import blueprint
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.request_state import now, reads, viewer
from webapp.ui.views import form_view


@blueprint.route("/documents/<document_id>/photograph", methods=["GET", "POST"], endpoint="photograph_confirm")
@requires(P.DOCUMENT_REVISE, on_subject=True)
def photograph_confirm(document_id: str) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    ensure(viewer(), P.DOCUMENT_REVISE, document)
    version = queries.get_version(reads(), document_id, document.current_no, viewer=viewer())
    day = suggested_day(document, queries.find_reading(reads(), version, with_text=False))

    def confirm(work: Session, form: FormReader) -> None:
        taken_on, place = form.day("taken_on"), form.text("place", most=200)
        faces, revision = form.text("faces", most=5) == "1", form.revision()
        form.check()
        confirm_photograph(
            work,
            actor=viewer(),
            now=now(),
            document_id=document_id,
            revision=revision,
            taken_on=taken_on,
            place=place,
            faces_considered=faces,
        )

    return form_view(
        "documents/photograph.html",
        confirm,
        done="Đã lưu ngày, nơi chụp.",
        to=url_for("documents.document_view", document_id=document_id),
        shows_conflict=True,
        document=document,
        version=version,
        day=day.isoformat() if day else "",
        from_camera=day is not None and document.issued_on is None,
    )
