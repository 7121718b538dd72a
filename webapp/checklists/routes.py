"""Pages of checklists: list, the checklist with its items, one item, evidence, handing in and returning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.checklists import evidence, queries, rules, service
from webapp.checklists.evidence import Dates
from webapp.checklists.versions import find_frozen
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.paging import page_number
from webapp.documents.uploads import chosen_files, store_file
from webapp.duties.progress import page_of_progress
from webapp.models import Checklist, ChecklistItem, ItemState, new_id
from webapp.movement.queries import find_current_movement
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.errors import wants_json
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render, wants_block
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import reason_view

blueprint = Blueprint("checklists", __name__, template_folder="templates")

_BATCH = re.compile(r"[0-9a-z]{13}")


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


@blueprint.get("/checklists", endpoint="checklist_list")
@requires(P.SEARCH_USE)
def checklist_list() -> Response:
    year = _year()
    movement = find_current_movement(reads(), viewer=viewer(), year=year)
    return render(
        "checklists/list.html",
        year=year,
        movement=movement,
        page=page_of_progress(reads(), viewer=viewer(), year=year, page=page_number(request.args.get("page"))),
        page_url=lambda number: url_for("checklists.checklist_list", year=year, page=number),
        to_open=queries.list_open_groups(reads(), viewer=viewer(), movement_id=movement.id, year=year)
        if movement
        else [],
        last_year=queries.has_last_year(reads(), viewer=viewer(), year=year),
    )


@blueprint.post("/checklists", endpoint="checklist_open")
@requires(P.CHECKLIST_OPEN, on_subject=True)
def checklist_open() -> Response:
    form = FormReader(request.form)
    with unit_of_work() as work:
        checklist = service.open_checklist(
            work,
            actor=viewer(),
            now=now(),
            unit_id=form.text("unit_id", most=20),
            group_id=form.text("group_id", most=20),
            year=_year(),
            from_last_year="from_last_year" in request.form,
        )
    return redirect(url_for("checklists.checklist_view", checklist_id=checklist.id), 303)


@blueprint.get("/checklists/<checklist_id>", endpoint="checklist_view")
@requires(P.CHECKLIST_READ, on_subject=True)
def checklist_view(checklist_id: str) -> Response:
    checklist = queries.get_checklist(reads(), checklist_id, viewer=viewer())
    if (frozen := find_frozen(reads(), checklist, viewer=viewer())) is not None:
        labels = dict(options(ItemState))
        return render("checklists/handed_in.html", checklist=checklist, version=frozen, labels=labels)
    items = queries.list_items(reads(), checklist, viewer=viewer())
    return render(
        "checklists/checklist.html",
        checklist=checklist,
        items=items,
        documents=queries.list_documents_of(reads(), items, viewer=viewer()),
        missing=_missing(items),
        new_criteria=queries.count_new_criteria(reads(), checklist)
        if can(viewer(), P.CHECKLIST_EDIT, checklist)
        else 0,
        **_item_values(checklist),
    )


def _missing(items: Sequence[ChecklistItem]) -> list[str]:
    return rules.missing(
        (item.criterion.code, item.state, len(item.links), item.evidence_changed_at is not None) for item in items
    )


def _item_values(checklist: Checklist) -> dict[str, Any]:
    return {
        "may_edit": can(viewer(), P.CHECKLIST_EDIT, checklist),
        "states": options(ItemState),
        "limit": resources().settings.max_upload,
        "new_batch": new_id(),
    }


@blueprint.get("/checklists/items/<item_id>", endpoint="item_view")
@requires(P.CHECKLIST_READ, on_subject=True)
def item_view(item_id: str) -> Response:
    return _item_page(item_id)


def _item_page(
    item_id: str, errors: dict[str, str] | None = None, conflict: Conflict | None = None, said: str = ""
) -> Response:
    """The item's page; for htmx the item alone, as it stands on the checklist."""
    item = queries.get_item(reads(), item_id, viewer=viewer())
    if find_frozen(reads(), item.checklist, viewer=viewer()) is not None:
        return redirect(url_for("checklists.checklist_view", checklist_id=item.checklist_id), 303)
    status = 409 if conflict else 422 if errors else 200
    editable = can(viewer(), P.CHECKLIST_EDIT, item.checklist)
    return render(
        "checklists/item.html",
        "checklist_item",
        status=status,
        item=item,
        checklist=item.checklist,
        documents=queries.list_documents_of(reads(), [item], viewer=viewer()),
        attachable=queries.list_attachable(reads(), item, viewer=viewer()) if editable else [],
        errors=errors or {},
        conflict=conflict,
        said=said,
        values=request.form,
        **_item_values(item.checklist),
    )


def _answer(item_id: str, said: str) -> Response:
    """After a change: the item alone for htmx, else back to its place on the checklist."""
    if wants_block():
        return _item_page(item_id, said=said)
    item = queries.get_item(reads(), item_id, viewer=viewer())
    flash(said, "good")
    return redirect(url_for("checklists.checklist_view", checklist_id=item.checklist_id, _anchor=f"i-{item_id}"), 303)


@blueprint.post("/checklists/items/<item_id>", endpoint="item_answer")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def item_answer(item_id: str) -> Response:
    queries.get_item(reads(), item_id, viewer=viewer())
    form = FormReader(request.form)
    try:
        state = form.choice("state", ItemState)
        form.needed("state", state, "Hãy chọn kết quả.")
        reason, comment = form.text("reason"), form.text("comment")
        revision = form.integer("revision", least=0, most=10**9)
        form.check()
        with unit_of_work() as work:
            service.answer_item(
                work,
                actor=viewer(),
                now=now(),
                item_id=item_id,
                revision=revision or 0,
                state=state or ItemState.NOT_STARTED,
                reason=reason,
                comment=comment,
            )
    except Invalid as fault:
        return _item_page(item_id, errors=fault.fields)
    except Conflict as fault:
        return _item_page(item_id, conflict=fault)
    return _answer(item_id, "Đã lưu kết quả.")


@blueprint.post("/checklists/items/<item_id>/sub-items", endpoint="sub_items_set")
@requires(P.CHECKLIST_EDIT, on_subject=True)
def sub_items_set(item_id: str) -> Response:
    queries.get_item(reads(), item_id, viewer=viewer())
    try:
        with unit_of_work() as work:
            service.set_sub_items(
                work,
                actor=viewer(),
                now=now(),
                item_id=item_id,
                done=set(request.form.getlist("done")),
                added=FormReader(request.form).text("added"),
                removed=set(request.form.getlist("removed")),
            )
    except Invalid as fault:
        return _item_page(item_id, errors=fault.fields)
    return _answer(item_id, "Đã lưu các mục con.")


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
        return jsonify(receipt=address, sentence="Đã lưu vào kho, đang đọc chữ."), 201
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
        return render("checklists/detach.html", item=item, link=link)
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


@blueprint.route("/checklists/<checklist_id>/submit", methods=["GET", "POST"], endpoint="checklist_submit")
@requires(P.CHECKLIST_SUBMIT, on_subject=True)
def checklist_submit(checklist_id: str) -> Response:
    checklist = queries.get_checklist(reads(), checklist_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_SUBMIT, checklist)
    if request.method == "GET":
        items = queries.list_items(reads(), checklist, viewer=viewer())
        return render("checklists/submit.html", checklist=checklist, missing=_missing(items))
    with unit_of_work() as work:
        service.submit_checklist(work, actor=viewer(), now=now(), checklist_id=checklist_id)
    flash("Đã trình phiếu tự kiểm. Cụm trưởng, Hội đồng và cơ quan thường trực xem được ngay.", "good")
    return redirect(url_for("checklists.checklist_view", checklist_id=checklist_id), 303)


@blueprint.route("/checklists/<checklist_id>/return", methods=["GET", "POST"], endpoint="checklist_return")
@requires(P.CHECKLIST_RETURN, on_subject=True)
def checklist_return(checklist_id: str) -> Response:
    checklist = queries.get_checklist(reads(), checklist_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_RETURN, checklist)

    def give_back(work: Session, reason: str) -> None:
        service.return_checklist(work, actor=viewer(), now=now(), checklist_id=checklist_id, reason=reason)

    return reason_view(
        "checklists/return.html",
        give_back,
        done="Đã trả lại phiếu. Đơn vị đọc được lý do ngay trên phiếu.",
        to=url_for("checklists.checklist_view", checklist_id=checklist_id),
        checklist=checklist,
    )
