"""The page on which kind, year and unit of a document are put right."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.documents import queries
from webapp.documents.correcting import Filed, correct_document, what_rests_on
from webapp.documents.retention_routes import blueprint
from webapp.documents.rules import MOVEMENT_KINDS, UNIT_KINDS
from webapp.models import Document, DocumentKind
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer


@blueprint.route("/documents/<document_id>/correct", methods=["GET", "POST"], endpoint="document_correct")
@requires(P.DOCUMENT_CORRECT, on_subject=True)
def document_correct(document_id: str) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    ensure(viewer(), P.DOCUMENT_CORRECT, document)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _correct(document)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã sửa. Lịch sử của văn bản ghi lại trước và sau.", "good")
            return redirect(url_for("documents.document_view", document_id=document_id), 303)
    kinds = {document.kind, *(UNIT_KINDS if document.unit_id else MOVEMENT_KINDS)}
    return render(
        "documents/correct.html",
        status=422 if errors else 200,
        document=document,
        resting=what_rests_on(reads(), document, viewer=viewer()),
        kinds=[(kind.value, kind.label) for kind in DocumentKind if kind in kinds],
        units=[(unit.id, unit.name) for unit in list_units(reads(), viewer=viewer())] if document.unit_id else [],
        values=request.form
        or {"kind": document.kind.value, "year": document.year, "unit_id": document.unit_id, "reason": ""},
        errors=errors,
    )


def _correct(document: Document) -> None:
    form = FormReader(request.form)
    kind = form.choice("kind", DocumentKind) or document.kind
    year = form.integer("year", least=2000, most=2100) or document.year
    unit_id = form.optional("unit_id", most=20) if document.unit_id else None
    reason, revision = form.text("reason", most=500), form.revision()
    form.check()
    with unit_of_work() as work:
        correct_document(
            work,
            actor=viewer(),
            now=now(),
            document_id=document.id,
            revision=revision,
            filed=Filed(kind, year, unit_id),
            reason=reason,
        )
