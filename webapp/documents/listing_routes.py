"""The list of documents, narrowed by its address; many of them are acted on from here."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from webapp.core.paging import page_number
from webapp.documents import queries
from webapp.documents.queries import DocumentFilter
from webapp.documents.routes import blueprint
from webapp.models import DocumentKind, DocumentState
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.permissions.subject import Subject
from webapp.ui.auth import requires
from webapp.ui.bulk import filtered
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import reads, viewer


def wanted_here() -> DocumentFilter:
    """What the address narrows the list to."""
    form = FormReader(request.args)
    return DocumentFilter(
        kind=form.choice("kind", DocumentKind),
        unit_id=form.optional("unit", most=20),
        year=form.integer("year", least=2000, most=2100),
        state=form.choice("state", DocumentState),
    )


@blueprint.get("/documents", endpoint="document_list")
@requires(P.SEARCH_USE)
def document_list() -> Response:
    wanted = wanted_here()
    page = queries.page_documents(reads(), viewer=viewer(), wanted=wanted, page=page_number(request.args.get("page")))
    return render(
        "documents/list.html",
        "document_rows",
        page=page,
        wanted=wanted,
        several=filtered("keeping.documents_change"),
        moves=[
            (step, label)
            for step, label, permission in (("hold", "Giữ lại…", P.HOLD_SET), ("withdraw", "Rút…", P.DOCUMENT_WITHDRAW))
            if any(can(viewer(), permission, document) for document in page.rows)
        ],
        units=queries.list_units_of_documents(reads(), viewer=viewer()),
        kinds=options(DocumentKind),
        states=options(DocumentState),
        may_add=bool(viewer().own_units) or can(viewer(), P.DOCUMENT_ADD, Subject(kind="document")),
    )
