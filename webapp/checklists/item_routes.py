"""Pages of one criterion of a checklist: its answer, saved while it is given, its parts, its evidence."""

from __future__ import annotations

import re

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.checklists import evidence, queries, service
from webapp.checklists.evidence import Dates
from webapp.checklists.routes import blueprint, rows_of
from webapp.checklists.versions import documents_in, find_frozen, said_of
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.documents.queries import say_stored
from webapp.documents.uploads import chosen_files, store_file
from webapp.models import ItemState, new_id
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.errors import wants_json
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render, wants_block
from webapp.ui.request_state import now, reads, resources, unit_of_work, viewer

_BATCH = re.compile(r"[0-9a-z]{13}")


@blueprint.get("/checklists/items/<item_id>", endpoint="item_view")
@requires(P.CHECKLIST_READ, on_subject=True)
def item_view(item_id: str) -> Response:
    return _item_page(item_id)


def _item_page(
    item_id: str,
    errors: dict[str, str] | None = None,
    conflict: Conflict | None = None,
    said: str = "",
    block: str = "checklist_item",
) -> Response:
    """The criterion beside the list of all; for htmx the block alone, with the list renewed."""
    found = queries.get_item(reads(), item_id, viewer=viewer())
    checklist = found.checklist
    if find_frozen(reads(), checklist, viewer=viewer()) is not None:
        return redirect(url_for("checklists.checklist_view", checklist_id=checklist.id), 303)
    items = queries.list_items(reads(), checklist, viewer=viewer())
    place = next(place for place, item in enumerate(items) if item.id == item_id)
    item = items[place]
    editable = can(viewer(), P.CHECKLIST_EDIT, checklist)
    content = said_of(item)
    return render(
        "checklists/item.html",
        block,
        status=409 if conflict else 422 if errors else 200,
        item=item,
        content=content,
        checklist=checklist,
        rows=rows_of(items),
        before=items[place - 1] if place else None,
        after=items[place + 1] if place + 1 < len(items) else None,
        renews=wants_block(),
        documents=queries.list_documents(reads(), documents_in([content]), viewer=viewer()),
        attachable=queries.list_attachable(reads(), item, viewer=viewer()) if editable and not wants_block() else [],
        errors=errors or {},
        conflict=conflict,
        said=said,
        values=request.form,
        may_edit=editable,
        states=options(ItemState),
        labels=ItemState,
        limit=resources().settings.max_upload,
        new_batch=new_id(),
    )


def _answer(item_id: str, said: str, block: str = "checklist_item") -> Response:
    """After a change: the part alone for htmx, else the criterion's page again."""
    if wants_block():
        return _item_page(item_id, said=said, block=block)
    flash(said, "good")
    return redirect(url_for("checklists.item_view", item_id=item_id), 303)


@blueprint.post("/checklists/items/<item_id>", endpoint="item_answer")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def item_answer(item_id: str) -> Response:
    """State, reason and comment; htmx gets the line that says what became of them, for they are saved while typed."""
    queries.get_item(reads(), item_id, viewer=viewer())
    form = FormReader(request.form)
    try:
        state = form.choice("state", ItemState)
        form.needed("state", state, "Hãy chọn kết quả.")
        reason, comment = form.text("reason"), form.text("comment")
        revision = form.revision()
        form.check()
        with unit_of_work() as work:
            service.answer_item(
                work,
                actor=viewer(),
                now=now(),
                item_id=item_id,
                revision=revision,
                state=state or ItemState.NOT_STARTED,
                reason=reason,
                comment=comment,
            )
    except Invalid as fault:
        return _item_page(item_id, errors=fault.fields, block="item_status")
    except Conflict as fault:
        return _item_page(item_id, conflict=fault, block="item_status")
    return _answer(item_id, "Đã lưu kết quả.", "item_status")


@blueprint.post("/checklists/items/<item_id>/sub-items", endpoint="sub_items_set")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def sub_items_set(item_id: str) -> Response:
    queries.get_item(reads(), item_id, viewer=viewer())
    sent = request.form
    try:
        with unit_of_work() as work:
            service.set_sub_items(
                work,
                actor=viewer(),
                now=now(),
                item_id=item_id,
                ticks=service.Ticks(frozenset(sent.getlist("before")), frozenset(sent.getlist("done"))),
                added=FormReader(sent).text("added"),
                removed=set(sent.getlist("removed")),
            )
    except Invalid as fault:
        return _item_page(item_id, errors=fault.fields, block="item_parts")
    return _answer(item_id, "Đã lưu các mục con.", "item_parts")


@blueprint.post("/checklists/items/<item_id>/files", endpoint="evidence_attach")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def evidence_attach(item_id: str) -> Response | tuple[Response, int]:
    item = queries.get_item(reads(), item_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_EDIT, item.checklist)
    form = FormReader(request.form)
    batch = form.text("batch", most=13)
    batch = batch if _BATCH.fullmatch(batch) else new_id()
    faults: list[str] = []
    files = chosen_files(request.files.getlist("files"))
    held = resources()
    try:
        dates = _dates(form)
        for file in files:
            try:
                receipt = store_file(held.store, file, max_size=held.settings.max_upload)
            except Invalid as fault:
                if wants_json():
                    raise
                faults.append(fault.sentence)
                continue
            with unit_of_work() as work:
                evidence.attach_file(
                    work,
                    actor=viewer(),
                    now=now(),
                    timezone=held.settings.timezone,
                    item_id=item_id,
                    file=evidence.StoredFile(receipt, batch),
                    dates=dates,
                )
        if not files:
            raise Invalid({"files": "Hãy chọn ít nhất một tệp."})
    except Invalid as fault:
        if wants_json():
            raise
        return _item_page(item_id, errors=fault.fields)
    if faults:
        return _item_page(item_id, errors={"files": " ".join(faults)})
    if wants_json():
        address = url_for("documents.receipt_view", batch_id=batch)
        return jsonify(receipt=address, sentence=say_stored(reads(), receipt.sha256, viewer=viewer())), 201
    return _answer(item_id, f"Đã gắn {len(files)} tệp.")


def _dates(form: FormReader) -> Dates:
    dates = Dates(
        issued_on=form.day("issued_on"),
        period_from=form.day("period_from"),
        period_to=form.day("period_to"),
        received_on=form.day("received_on"),
    )
    form.check()
    return dates


@blueprint.post("/checklists/items/<item_id>/citations", endpoint="citation_attach")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def citation_attach(item_id: str) -> Response:
    item = queries.get_item(reads(), item_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_EDIT, item.checklist)
    form, held = FormReader(request.form), resources()
    try:
        cited_on = form.day("cited_on")
        number, issuer = form.text("cited_number", most=60), form.text("cited_issuer", most=200)
        abstract = form.text("cited_abstract", most=1000)
        dates = _dates(form)
        file = request.files.get("file")
        has_file = file is not None and file.filename
        receipt = store_file(held.store, file, max_size=held.settings.max_upload) if file and has_file else None
        with unit_of_work() as work:
            evidence.attach_citation(
                work,
                actor=viewer(),
                now=now(),
                timezone=held.settings.timezone,
                item_id=item_id,
                dates=dates,
                file=evidence.StoredFile(receipt, new_id()) if receipt else None,
                cited=evidence.CitedPaper(
                    number=number,
                    cited_on=cited_on,
                    issuer=issuer,
                    abstract=abstract,
                ),
            )
    except Invalid as fault:
        return _item_page(item_id, errors=fault.fields)
    return _answer(item_id, "Đã gắn trích dẫn.")


@blueprint.post("/checklists/items/<item_id>/existing", endpoint="existing_attach")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def existing_attach(item_id: str) -> Response:
    queries.get_item(reads(), item_id, viewer=viewer())
    try:
        with unit_of_work() as work:
            evidence.attach_existing(
                work,
                actor=viewer(),
                now=now(),
                timezone=resources().settings.timezone,
                item_id=item_id,
                choice=FormReader(request.form).text("choice", most=40),
            )
    except Invalid as fault:
        return _item_page(item_id, errors=fault.fields)
    return _answer(item_id, "Đã gắn minh chứng chọn từ kho.")


@blueprint.route("/checklists/items/<item_id>/links/<link_id>", methods=["GET", "POST"], endpoint="evidence_detach")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def evidence_detach(item_id: str, link_id: str) -> Response:
    item = queries.get_item(reads(), item_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_EDIT, item.checklist)
    link = next((link for link in item.links if link.id == link_id), None)
    if request.method == "GET":
        ids = {link.evidence.document_id} if link and link.evidence.document_id else set()
        found = queries.list_documents(reads(), ids, viewer=viewer())
        return render("checklists/detach.html", item=item, link=link, document=next(iter(found.values()), None))
    if link is None:
        raise NotFound(kind="checklist", key=link_id)
    with unit_of_work() as work:
        evidence.detach(work, actor=viewer(), now=now(), link_id=link_id)
    return _answer(item_id, "Đã gỡ minh chứng khỏi tiêu chí. Tệp vẫn còn trong kho.")


@blueprint.post("/checklists/items/<item_id>/confirm", endpoint="evidence_confirm")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def evidence_confirm(item_id: str) -> Response:
    queries.get_item(reads(), item_id, viewer=viewer())
    with unit_of_work() as work:
        evidence.confirm_evidence(work, actor=viewer(), now=now(), item_id=item_id)
    return _answer(item_id, "Đã ghi nhận bạn đã xem lại minh chứng.")
