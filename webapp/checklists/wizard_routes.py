"""From one document to the criteria it supports: suggested by its text, chosen by the person."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.checklists import evidence, queries
from webapp.checklists.routes import blueprint
from webapp.checklists.suggesting import suggest
from webapp.core.errors import Invalid, NotFound
from webapp.documents.queries import find_reading, get_document, get_version
from webapp.documents.service import NewDocument, add_document
from webapp.documents.uploads import store_file
from webapp.models import DocumentKind, ReadingStatus, new_id
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, unit_of_work, viewer


@blueprint.route("/checklists/<checklist_id>/several", methods=["GET", "POST"], endpoint="several_start")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def several_start(checklist_id: str) -> Response:
    """Choose the document: a new file, or one the unit has in the archive."""
    checklist = queries.get_checklist(reads(), checklist_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_EDIT, checklist)
    errors: dict[str, str] = {}
    choices = queries.list_unit_documents(reads(), checklist, viewer=viewer())
    if request.method == "POST":
        try:
            document_id = FormReader(request.form).text("document", most=20)
            file = request.files.get("file")
            if file is not None and file.filename:
                receipt = store_file(resources().store, file, max_size=resources().settings.max_upload)
                with unit_of_work() as work:
                    document_id = add_document(
                        work,
                        actor=viewer(),
                        now=now(),
                        new=NewDocument(
                            receipt=receipt,
                            kind=DocumentKind.EVIDENCE,
                            unit_id=checklist.unit_id,
                            movement_id=checklist.movement_id,
                            year=checklist.year,
                            batch_id=new_id(),
                        ),
                    ).id
            if document_id not in {key for key, _ in choices} and not file:
                raise Invalid({"file": "Hãy chọn một tệp, hoặc một văn bản trong danh sách."})
        except Invalid as fault:
            errors = {"file": fault.sentence}
        else:
            return redirect(url_for("checklists.several_attach", document_id=document_id), 303)
    return render(
        "checklists/several_start.html",
        status=422 if errors else 200,
        checklist=checklist,
        choices=choices,
        errors=errors,
    )


@blueprint.route("/checklists/use/<document_id>", methods=["GET", "POST"], endpoint="several_attach")
@requires(P.CHECKLIST_OPEN, on_subject=True)
def several_attach(document_id: str) -> Response:
    """Choose the criteria; those the text speaks to come first, with the words that say so."""
    document = get_document(reads(), document_id, viewer=viewer())
    if document.unit_id is None or document.unit is None:
        raise NotFound(kind="document", key=document_id)
    ensure(viewer(), P.CHECKLIST_OPEN, document.unit)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                count = evidence.attach_to_several(
                    work,
                    actor=viewer(),
                    now=now(),
                    timezone=resources().settings.timezone,
                    document_id=document_id,
                    item_ids=request.form.getlist("items"),
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã gắn văn bản vào {count} tiêu chí.", "good")
            chosen = queries.get_item(reads(), request.form.getlist("items")[0], viewer=viewer())
            return redirect(url_for("checklists.checklist_view", checklist_id=chosen.checklist_id), 303)
    items = queries.list_open_items(reads(), viewer=viewer(), unit_id=document.unit_id, year=document.year)
    version = get_version(reads(), document_id, document.current_no, viewer=viewer())
    reading = find_reading(reads(), version, with_text=True)
    text = reading.text if reading else ""
    found = suggest(f"{document.title}\n{text}", [(item.criterion.code, item.criterion.text) for item in items])
    by_code = {one.code: one for one in found}
    order = {one.code: place for place, one in enumerate(found)}
    return render(
        "checklists/several_attach.html",
        "several_items",
        status=422 if errors else 200,
        document=document,
        items=sorted(items, key=lambda item: (order.get(item.criterion.code, len(order)), item.position)),
        suggested=by_code,
        supported=queries.list_supported(reads(), document_id, viewer=viewer()),
        waiting=reading is not None and reading.status is ReadingStatus.WAITING,
        chosen=set(request.values.getlist("items")),
        errors=errors,
    )
