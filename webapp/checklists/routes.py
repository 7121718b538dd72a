"""Pages of checklists: all of them, one with its criteria or as others read it, handing in and returning."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.checklists import queries, rules, service
from webapp.checklists.versions import documents_in, find_frozen, find_last_version, said_of
from webapp.core.paging import page_number
from webapp.duties.progress import page_of_progress
from webapp.duties.queries import find_last_day
from webapp.duties.rules import AGAIN
from webapp.duties.service import await_again
from webapp.models import Checklist, ChecklistItem, ItemState
from webapp.movement.queries import list_movements_in
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import form_view

blueprint = Blueprint("checklists", __name__, template_folder="templates")


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


@blueprint.get("/checklists", endpoint="checklist_list")
@requires(P.SEARCH_USE)
def checklist_list() -> Response:
    year = _year()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
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
    """The list of criteria for who fills it in, all that was said for everybody else."""
    checklist = queries.get_checklist(reads(), checklist_id, viewer=viewer())
    if not can(viewer(), P.CHECKLIST_EDIT, checklist):
        return _read(checklist)
    items = queries.list_items(reads(), checklist, viewer=viewer())
    return render(
        "checklists/checklist.html",
        checklist=checklist,
        rows=rows_of(items),
        last_day=find_last_day(reads(), checklist),
        sheet=queries.find_sheet_beside(reads(), checklist, viewer=viewer()),
        new_criteria=queries.count_new_criteria(reads(), checklist),
    )


@blueprint.get("/checklists/<checklist_id>/preview", endpoint="checklist_preview")
@requires(P.CHECKLIST_READ, on_subject=True)
def checklist_preview(checklist_id: str) -> Response:
    """All of the checklist on one page, as others read it; also for printing."""
    return _read(queries.get_checklist(reads(), checklist_id, viewer=viewer()))


def _read(checklist: Checklist) -> Response:
    version = find_frozen(reads(), checklist, viewer=viewer())
    if version is None:
        items = queries.list_items(reads(), checklist, viewer=viewer())
        content, keys = [said_of(item) for item in items], [item.id for item in items]
    else:
        content, keys = version.content, []
    return render(
        "checklists/read.html",
        checklist=checklist,
        version=version,
        handed_in=find_last_version(reads(), checklist, viewer=viewer()),
        content=content,
        keys=keys,
        documents=queries.list_documents(reads(), documents_in(content), viewer=viewer()),
        sheet=queries.find_sheet_beside(reads(), checklist, viewer=viewer()),
        labels=ItemState,
    )


def rows_of(items: Sequence[ChecklistItem]) -> list[tuple[ChecklistItem, rules.Answer]]:
    """Items with what is to be said of each in a list."""
    return [
        (
            item,
            rules.Answer(
                code=item.criterion.code,
                state=item.state,
                evidences=len(item.links),
                open_parts=sum(not part.done for part in item.sub_items),
                changed=item.evidence_changed_at is not None,
            ),
        )
        for item in items
    ]


@blueprint.route("/checklists/<checklist_id>/submit", methods=["GET", "POST"], endpoint="checklist_submit")
@requires(P.CHECKLIST_SUBMIT, on_subject=True)
def checklist_submit(checklist_id: str) -> Response:
    checklist = queries.get_checklist(reads(), checklist_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_SUBMIT, checklist)
    if request.method == "GET":
        items = queries.list_items(reads(), checklist, viewer=viewer())
        content = [said_of(item) for item in items]
        return render(
            "checklists/submit.html",
            checklist=checklist,
            doubts=[(item, answer) for item, answer in rows_of(items) if answer.doubts()],
            content=content,
            keys=[item.id for item in items],
            documents=queries.list_documents(reads(), documents_in(content), viewer=viewer()),
            labels=ItemState,
        )
    with unit_of_work() as work:
        service.submit_checklist(work, actor=viewer(), now=now(), checklist_id=checklist_id)
    flash("Đã trình phiếu tự kiểm. Cụm trưởng, Hội đồng và cơ quan thường trực xem được ngay.", "good")
    return redirect(url_for("checklists.checklist_view", checklist_id=checklist_id), 303)


@blueprint.route("/checklists/<checklist_id>/return", methods=["GET", "POST"], endpoint="checklist_return")
@requires(P.CHECKLIST_RETURN, on_subject=True)
def checklist_return(checklist_id: str) -> Response:
    checklist = queries.get_checklist(reads(), checklist_id, viewer=viewer())
    ensure(viewer(), P.CHECKLIST_RETURN, checklist)

    asks = find_last_day(reads(), checklist) is not None

    def give_back(work: Session, form: FormReader) -> None:
        reason, until = form.text("reason", most=5000), form.day("again_until")
        if asks:
            form.needed("again_until", until, AGAIN)
        form.check()
        zone = resources().settings.timezone
        row = service.return_checklist(
            work, actor=viewer(), now=now(), timezone=zone, checklist_id=checklist_id, reason=reason
        )
        await_again(work, actor=viewer(), now=now(), today=today(), paper=row, until=until)

    return form_view(
        "checklists/return.html",
        give_back,
        asks=asks,
        done="Đã trả lại phiếu. Đơn vị đọc được lý do ngay trên phiếu.",
        to=url_for("checklists.checklist_view", checklist_id=checklist_id),
        checklist=checklist,
    )
