"""Pages about keeping a document: comparing versions, terms and holds, withdrawal, links to other documents."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.core.paging import page_number
from webapp.documents import comparing, graph, queries, retention, scans, service, unpacking
from webapp.models import FOR_EVER, Document, RelationKind
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reading_goes_on, reads, today, unit_of_work, viewer

blueprint = Blueprint("keeping", __name__, template_folder="templates")


@blueprint.post("/documents/<document_id>/stop-reading", endpoint="reading_stop")
@requires(P.READING_RETRY, on_subject=True)
def reading_stop(document_id: str) -> Response:
    queries.get_document(reads(), document_id, viewer=viewer())
    with unit_of_work() as work:
        service.stop_reading(work, actor=viewer(), now=now(), document_id=document_id)
    flash("Đã yêu cầu dừng đọc chữ.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)


@blueprint.get("/documents/<document_id>/compare", endpoint="version_compare")
@requires(P.DOCUMENT_READ, on_subject=True)
def version_compare(document_id: str) -> Response:
    """The texts of two versions, beside each other; without numbers, the last two."""
    document = queries.get_document(reads(), document_id, viewer=viewer())
    versions = queries.list_versions(reads(), document, viewer=viewer())
    known = {version.no: version for version in versions}
    newest = versions[0].no
    form = FormReader(request.args)
    new = form.integer("new", least=1, most=newest) or newest
    old = form.integer("old", least=1, most=newest) or max(1, new - 1)
    texts = {}
    for no in (old, new):
        reading = queries.find_reading(reads(), known[no], with_text=True)
        texts[no] = reading.text if reading else ""
    with reading_goes_on(), unit_of_work() as work:
        service.note_access(work, actor=viewer(), now=now(), document=document, action="document.compare", version=new)
    return render(
        "documents/compare.html",
        document=document,
        versions=versions,
        old=known[old],
        new=known[new],
        comparison=comparing.compare_texts(texts[old], texts[new]),
        has_texts=all(texts.values()),
    )


@blueprint.route("/documents/<document_id>/keeping", methods=["GET", "POST"], endpoint="keeping_edit")
@requires(P.DOCUMENT_READ, on_subject=True)
def keeping_edit(document_id: str) -> Response:
    """Term and hold of one document; what may be done here is asked for each step."""
    document = queries.get_document(reads(), document_id, viewer=viewer())
    if request.method == "GET":
        return _keeping_page(document)
    form = FormReader(request.form)
    step = form.text("step", most=20)
    reason = form.text("reason", most=500)
    revision = form.revision()
    until = form.day("until") if step == "extend" else None
    try:
        form.check()
        with unit_of_work() as work:
            if step == "extend":
                permanent = form.text("for_ever", most=10) == "1"
                _extend(work, document, FOR_EVER if permanent else until, reason, revision)
            elif step == "hold":
                retention.hold_document(
                    work, actor=viewer(), now=now(), document_id=document_id, reason=reason, revision=revision
                )
            elif step == "release":
                retention.release_document(
                    work, actor=viewer(), now=now(), document_id=document_id, reason=reason, revision=revision
                )
            else:
                raise Invalid("Không rõ việc cần làm; hãy tải lại trang.")
    except Invalid as fault:
        return _keeping_page(queries.get_document(reads(), document_id, viewer=viewer()), fault.fields, step)
    flash({"extend": "Đã kéo dài thời hạn lưu trữ.", "hold": "Đã giữ lại văn bản."}.get(step, "Đã thôi giữ."), "good")
    return redirect(url_for("keeping.keeping_edit", document_id=document_id), 303)


def _extend(work: Session, document: Document, until: date | None, reason: str, revision: int) -> None:
    ensure(viewer(), P.RETENTION_EXTEND, document)
    if until is None:
        raise Invalid({"until": "Hãy chọn ngày, hoặc đánh dấu vĩnh viễn."})
    retention.extend_term(
        work,
        actor=viewer(),
        now=now(),
        document_id=document.id,
        until=until,
        reason=reason,
        revision=revision,
    )


def _keeping_page(document: Document, errors: dict[str, str] | None = None, step: str = "") -> Response:
    return render(
        "documents/keeping.html",
        status=422 if errors else 200,
        document=document,
        errors=errors or {},
        step=step,
        values=request.form,
        for_ever=FOR_EVER,
    )


@blueprint.route("/documents/<document_id>/entries", methods=["GET", "POST"], endpoint="entry_list")
@requires(P.DOCUMENT_READ, on_subject=True)
def entry_list(document_id: str) -> Response:
    """What a zip archive holds; the chosen entries become documents of their own."""
    document = queries.get_document(reads(), document_id, viewer=viewer())
    version = queries.get_version(reads(), document_id, document.current_no, viewer=viewer())
    entries = unpacking.list_entries(reads(), version)
    if not entries:
        raise NotFound(unpacking.NOT_AN_ARCHIVE, kind="document", key=document_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                task = unpacking.request_unpacking(
                    work,
                    actor=viewer(),
                    now=now(),
                    document_id=document_id,
                    names=request.form.getlist("names"),
                )
            return redirect(url_for("custody.task_view", task_id=task.id), 303)
        except Invalid as fault:
            errors = dict(fault.fields) or {"names": fault.sentence}
    return render(
        "documents/entries.html", status=422 if errors else 200, document=document, entries=entries, errors=errors
    )


@blueprint.route("/documents/<document_id>/withdraw", methods=["GET", "POST"], endpoint="document_withdraw")
@requires(P.DOCUMENT_WITHDRAW, on_subject=True)
def document_withdraw(document_id: str) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    ensure(viewer(), P.DOCUMENT_WITHDRAW, document)
    fault = retention.withdrawal_fault(reads(), document, today=today())
    if request.method == "GET":
        return render("documents/withdraw.html", document=document, fault=fault, errors={}, values=request.form)
    form = FormReader(request.form)
    try:
        reason = form.text("reason", most=500)
        revision = form.revision()
        form.check()
        with unit_of_work() as work:
            retention.withdraw_document(
                work, actor=viewer(), now=now(), document_id=document_id, reason=reason, revision=revision
            )
    except Invalid as error:
        return render(
            "documents/withdraw.html",
            status=422,
            document=document,
            fault=fault,
            errors=error.fields,
            values=request.form,
        )
    flash("Đã rút văn bản. Tệp vẫn được giữ trong kho và có thể khôi phục.", "good")
    return redirect(url_for("keeping.withdrawn_list"), 303)


@blueprint.get("/documents/withdrawn", endpoint="withdrawn_list")
@requires(P.DOCUMENT_RESTORE, on_subject=True)
def withdrawn_list() -> Response:
    page = queries.page_withdrawn(reads(), viewer=viewer(), page=page_number(request.args.get("page")))
    return render("documents/withdrawn.html", page=page)


@blueprint.get("/documents/scans", endpoint="scan_list")
@requires(P.DOCUMENT_READ, on_subject=True)
def scan_list() -> Response:
    page = scans.page_scans(reads(), viewer=viewer(), page=page_number(request.args.get("page")))
    return render("documents/scans.html", page=page)


@blueprint.post("/documents/<document_id>/restore", endpoint="document_restore")
@requires(P.DOCUMENT_RESTORE, on_subject=True)
def document_restore(document_id: str) -> Response:
    queries.get_withdrawn(reads(), document_id, viewer=viewer())
    with unit_of_work() as work:
        retention.restore_document(work, actor=viewer(), now=now(), document_id=document_id)
    flash("Đã khôi phục văn bản.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)


@blueprint.post("/documents/<document_id>/relations", endpoint="relation_add")
@requires(P.DOCUMENT_REVISE, on_subject=True)
def relation_add(document_id: str) -> Response:
    queries.get_document(reads(), document_id, viewer=viewer())
    form = FormReader(request.form)
    kind = form.choice("relation", RelationKind) or RelationKind.RELATED
    other = form.text("other", most=100)
    try:
        form.check()
        with unit_of_work() as work:
            graph.relate_documents(work, actor=viewer(), now=now(), document_id=document_id, kind=kind, other=other)
    except Invalid as fault:
        flash(fault.sentence, "warn")
    else:
        flash("Đã liên kết hai văn bản.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)


@blueprint.post("/documents/<document_id>/relations/<relation_id>/remove", endpoint="relation_remove")
@requires(P.DOCUMENT_REVISE, on_subject=True)
def relation_remove(document_id: str, relation_id: str) -> Response:
    queries.get_document(reads(), document_id, viewer=viewer())
    with unit_of_work() as work:
        graph.unrelate_documents(work, actor=viewer(), now=now(), document_id=document_id, relation_id=relation_id)
    flash("Đã gỡ liên kết.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)
