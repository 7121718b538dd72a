"""Pages about the archive as a whole and about long work."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound, Refused
from webapp.core.paging import page_number
from webapp.custody import queries, rules, service
from webapp.documents.retention import set_retention_class
from webapp.handover.asked import find_export
from webapp.jobs.tasks import cancel_task
from webapp.models import DocumentKind
from webapp.permissions import Permission as P
from webapp.permissions import decide
from webapp.ui.auth import requires
from webapp.ui.downloads import send_original
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("custody", __name__, template_folder="templates")

SHOWN_PROBLEMS = 100


@blueprint.get("/archive", endpoint="archive_view")
@requires(P.ARCHIVE_WATCH)
def archive_view() -> Response:
    return _archive_page()


def _archive_page(errors: dict[str, str] | None = None) -> Response:
    report = resources().store.last_scrub()
    return render(
        "custody/archive.html",
        status=422 if errors else 200,
        report=report,
        problems=report.problems[:SHOWN_PROBLEMS] if report else (),
        label=rules.problem_label,
        retention=queries.list_retention(reads()),
        errors=errors or {},
        values=request.form,
    )


@blueprint.post("/archive/check", endpoint="archive_check")
@requires(P.ARCHIVE_CHECK)
def archive_check() -> Response:
    with unit_of_work() as work:
        task = service.request_check(work, actor=viewer(), now=now())
    return redirect(url_for("custody.task_view", task_id=task.id), 303)


@blueprint.post("/archive/retention", endpoint="retention_edit")
@requires(P.RETENTION_MANAGE)
def retention_edit() -> Response:
    form = FormReader(request.form)
    wanted: dict[DocumentKind, int | None] = {}
    for kind in DocumentKind:
        # Blank is for ever, and terms are never shortened again: a field that did not come is no blank one.
        if kind.value in request.form:
            wanted[kind] = form.integer(kind.value, least=1, most=100)
    try:
        form.check()
        extended = 0
        with unit_of_work() as work:
            for kind, years in wanted.items():
                extended += set_retention_class(work, actor=viewer(), now=now(), kind=kind, years=years)
    except Invalid as fault:
        return _archive_page(fault.fields)
    flash(f"Đã lưu thời hạn lưu trữ; {extended} văn bản được kéo dài thời hạn.", "good")
    return redirect(url_for("custody.archive_view"), 303)


@blueprint.get("/tasks", endpoint="task_list")
@requires(P.ACCOUNT_USE)
def task_list() -> Response:
    page = queries.page_tasks(reads(), viewer=viewer(), page=page_number(request.args.get("page")))
    exporting = bool(queries.list_exportable(reads(), viewer=viewer()))
    told = {task.id for task in page.rows if queries.is_told(task, viewer=viewer())}
    return render("custody/tasks.html", "task_rows", page=page, exporting=exporting, told=told)


@blueprint.get("/tasks/<task_id>", endpoint="task_view")
@requires(P.TASK_READ, on_subject=True)
def task_view(task_id: str) -> Response:
    task = queries.get_task(reads(), task_id, viewer=viewer())
    told = queries.is_told(task, viewer=viewer())
    ready = task.requested_by == viewer().id and find_export(resources().settings, task.id) is not None
    return render("custody/task.html", "task_progress", task=task, told=told, label=rules.problem_label, ready=ready)


@blueprint.post("/tasks/<task_id>/cancel", endpoint="task_cancel")
@requires(P.TASK_CANCEL, on_subject=True)
def task_cancel(task_id: str) -> Response:
    queries.get_task(reads(), task_id, viewer=viewer())
    with unit_of_work() as work:
        cancel_task(work, actor=viewer(), now=now(), task_id=task_id)
    flash("Đã yêu cầu dừng; việc sẽ dừng ở bước kế tiếp.", "good")
    return redirect(url_for("custody.task_view", task_id=task_id), 303)


@blueprint.get("/exports", endpoint="export_start")
@requires(P.EXPORT_MAKE, on_subject=True)
def export_start() -> Response:
    return _export_page()


def _export_page(errors: dict[str, str] | None = None) -> Response:
    choices = queries.list_exportable(reads(), viewer=viewer())
    if not choices:
        raise Refused(decide(viewer(), P.EXPORT_MAKE).reason, permission=P.EXPORT_MAKE)
    return render(
        "custody/export.html",
        status=422 if errors else 200,
        choices=choices,
        values=request.form or {"scope": choices[0][0], "year": today().year},
        errors=errors or {},
    )


@blueprint.post("/exports", endpoint="export_make")
@requires(P.EXPORT_MAKE, on_subject=True)
def export_make() -> Response:
    form = FormReader(request.form)
    try:
        kind, _, identity = form.text("scope", most=40).partition(":")
        year = form.integer("year", least=2000, most=2100)
        form.check()
        with unit_of_work() as work:
            task = service.request_export(
                work,
                actor=viewer(),
                now=now(),
                unit_id=identity if kind == "unit" else None,
                movement_id=identity if kind == "movement" else None,
                year=year,
            )
    except Invalid as fault:
        return _export_page(fault.fields)
    return redirect(url_for("custody.task_view", task_id=task.id), 303)


@blueprint.get("/tasks/<task_id>/export", endpoint="export_download")
@requires(P.EXPORT_MAKE, on_subject=True)
def export_download(task_id: str) -> Response:
    """The zip file, for who asked for it and may still ask for it; always as an attachment."""
    task = queries.get_finished_export(reads(), task_id, viewer=viewer())
    path = find_export(resources().settings, task.id)
    if path is None:
        raise NotFound("Gói này đã được dọn sau 7 ngày. Hãy kết xuất lại.", kind="task", key=task_id)
    with unit_of_work() as work:
        service.note_download(work, actor=viewer(), now=now(), task=task)
    response = send_original(path, task.result["name"], mimetype="application/zip")
    response.headers["Cache-Control"] = "no-store"
    return response
