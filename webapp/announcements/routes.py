"""Pages of announcements: list, writing, posting, reading, files, receipts, withdrawing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.announcements import queries, rules, service
from webapp.announcements.rules import Selection
from webapp.announcements.service import Wording
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.core.paging import page_number
from webapp.documents.uploads import store_file
from webapp.documents.viewing import is_infected
from webapp.models import Announcement, AnnouncementKind, AnnouncementState, UnitKind, new_id
from webapp.movement.queries import list_movements_in
from webapp.people.queries import list_clusters, list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.ui.auth import requires
from webapp.ui.downloads import send_original
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reading_goes_on, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import reason_view

blueprint = Blueprint("announcements", __name__, template_folder="templates")


def _to(announcement_id: str) -> Response:
    return redirect(url_for("announcements.announcement_view", announcement_id=announcement_id), 303)


@blueprint.get("/announcements", endpoint="announcement_list")
@requires(P.SEARCH_USE)
def announcement_list() -> Response:
    year = year_in(request.args.get("year"), otherwise=today().year)
    kinds = {kind.value: kind for kind in AnnouncementKind}
    kind = kinds.get(request.args.get("kind", ""))
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    return render(
        "announcements/list.html",
        year=year,
        kind=kind,
        kinds=options(AnnouncementKind),
        page=queries.page_announcements(
            reads(), viewer=viewer(), year=year, kind=kind, page=page_number(request.args.get("page"))
        ),
        url=lambda number: url_for(
            "announcements.announcement_list", page=number, year=year, kind=kind.value if kind else None
        ),
        read=queries.list_read(reads(), viewer=viewer()),
        may_post=movement is not None and can(viewer(), P.ANNOUNCEMENT_POST, _of(movement.id)),
    )


def _of(movement_id: str) -> Subject:
    return Subject(kind="announcement", movement_id=movement_id)


@blueprint.route("/announcements/new", methods=["GET", "POST"], endpoint="announcement_new")
@requires(P.ANNOUNCEMENT_POST, on_subject=True)
def announcement_new() -> Response:
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=today().year))
    ensure(viewer(), P.ANNOUNCEMENT_POST, _of(movement.id if movement else ""))
    if movement is None:
        raise Invalid(f"Năm {today().year} chưa có phong trào nào.")
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            wording = _wording()
            with unit_of_work() as work:
                made = service.add_announcement(
                    work, actor=viewer(), now=now(), movement_id=movement.id, year=today().year, wording=wording
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu bản nháp. Hãy thêm tệp nếu cần rồi đăng.", "good")
            return _to(made.id)
    return _form(None, errors)


def _wording() -> Wording:
    form = FormReader(request.form)
    kind = form.choice("kind", AnnouncementKind)
    form.needed("kind", kind, "Hãy chọn loại.")
    title, text = form.text("title", most=300), form.text("text", most=service.LONGEST)
    form.check()
    everyone = "everyone" in request.form
    return Wording(
        kind=kind or AnnouncementKind.NOTICE,
        title=title,
        text=text,
        confirm="confirm" in request.form,
        selection=Selection(
            everyone=everyone,
            unit_kinds=() if everyone else tuple(request.form.getlist("unit_kinds")),
            cluster_ids=() if everyone else tuple(request.form.getlist("cluster_ids")),
            unit_ids=() if everyone else tuple(request.form.getlist("unit_ids")),
        ),
    )


def _form(announcement: Announcement | None, errors: dict[str, str], conflict: Conflict | None = None) -> Response:
    lists = ("unit_kinds", "cluster_ids", "unit_ids")
    values: dict[str, Any] = dict.fromkeys(lists, ())
    if request.method == "POST":
        values = {**request.form.to_dict(), **{name: request.form.getlist(name) for name in lists}}
    elif announcement is not None:
        names = ("kind", "title", "text", "confirm", "everyone", *lists)
        values = {name: getattr(announcement, name) for name in names}
    elif request.args.get("round"):
        values |= queries.guidance_of(reads(), request.args["round"], viewer=viewer())
    return render(
        "announcements/form.html",
        status=409 if conflict else 422 if errors else 200,
        announcement=announcement,
        kinds=options(AnnouncementKind),
        unit_kinds=options(UnitKind),
        clusters=[(one.id, one.name) for one in list_clusters(reads(), viewer=viewer())],
        units=[(one.id, one.name) for one in list_units(reads(), viewer=viewer(), on=today())],
        errors=errors,
        conflict=conflict,
        values=values,
    )


@blueprint.get("/announcements/<announcement_id>", endpoint="announcement_view")
@requires(P.ANNOUNCEMENT_READ, on_subject=True)
def announcement_view(announcement_id: str) -> Response:
    """Opening it is noted for those it is for."""
    announcement = queries.get_announcement(reads(), announcement_id, viewer=viewer())
    before = queries.list_read(reads(), viewer=viewer())
    if can(viewer(), P.ANNOUNCEMENT_CONFIRM, announcement) and announcement_id not in before:
        with reading_goes_on(), unit_of_work() as work:
            service.mark_read(work, actor=viewer(), now=now(), announcement_id=announcement_id)
        announcement = queries.get_announcement(reads(), announcement_id, viewer=viewer())
    return _page(announcement)


def _page(announcement: Announcement, errors: dict[str, str] | None = None) -> Response:
    return render(
        "announcements/view.html",
        status=422 if errors else 200,
        announcement=announcement,
        shown=_is_shown(announcement),
        confirmed_at=queries.list_read(reads(), viewer=viewer()).get(announcement.id),
        files=queries.list_files(reads(), announcement),
        moves=rules.moves_from(announcement.state),
        errors=errors or {},
    )


def _is_shown(announcement: Announcement) -> bool:
    """Nobody but the office reads on what was withdrawn."""
    return announcement.state is not AnnouncementState.WITHDRAWN or can(viewer(), P.ANNOUNCEMENT_POST, announcement)


def _load_own(announcement_id: str) -> Announcement:
    """One that the viewer looks after."""
    announcement = queries.get_announcement(reads(), announcement_id, viewer=viewer())
    ensure(viewer(), P.ANNOUNCEMENT_POST, announcement)
    return announcement


@blueprint.route("/announcements/<announcement_id>/edit", methods=["GET", "POST"], endpoint="announcement_edit")
@requires(P.ANNOUNCEMENT_POST, on_subject=True)
def announcement_edit(announcement_id: str) -> Response:
    announcement = _load_own(announcement_id)
    errors: dict[str, str] = {}
    conflict = None
    if request.method == "POST":
        try:
            wording = _wording()
            revision = FormReader(request.form).revision()
            with unit_of_work() as work:
                service.write_announcement(
                    work,
                    actor=viewer(),
                    now=now(),
                    announcement_id=announcement_id,
                    revision=revision,
                    wording=wording,
                )
        except Invalid as fault:
            errors = fault.fields
        except Conflict as fault:
            conflict = fault
            announcement = _load_own(announcement_id)
        else:
            flash("Đã lưu.", "good")
            return _to(announcement_id)
    return _form(announcement, errors, conflict)


@blueprint.post("/announcements/<announcement_id>/files", endpoint="attachment_add")
@requires(P.ANNOUNCEMENT_POST, on_subject=True)
def attachment_add(announcement_id: str) -> Response:
    announcement = _load_own(announcement_id)
    held = resources()
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid({"file": "Hãy chọn tệp."})
        receipt = store_file(held.store, file, max_size=held.settings.max_upload)
        with unit_of_work() as work:
            service.attach_file(
                work,
                actor=viewer(),
                now=now(),
                announcement_id=announcement_id,
                receipt=receipt,
                batch_id=new_id(),
            )
    except Invalid as fault:
        return _page(announcement, {"file": fault.sentence})
    flash("Đã lưu tệp vào kho và gắn vào thông báo.", "good")
    return _to(announcement_id)


@blueprint.post("/announcements/<announcement_id>/files/<attachment_id>/remove", endpoint="attachment_remove")
@requires(P.ANNOUNCEMENT_POST, on_subject=True)
def attachment_remove(announcement_id: str, attachment_id: str) -> Response:
    _load_own(announcement_id)
    with unit_of_work() as work:
        service.detach_file(
            work, actor=viewer(), now=now(), announcement_id=announcement_id, attachment_id=attachment_id
        )
    flash("Đã gỡ tệp; tệp vẫn ở trong kho.", "good")
    return _to(announcement_id)


@blueprint.get("/announcements/<announcement_id>/files/<attachment_id>", endpoint="attachment_download")
@requires(P.ANNOUNCEMENT_READ, on_subject=True)
def attachment_download(announcement_id: str, attachment_id: str) -> Response:
    """The bytes, always as an attachment of no particular type: a browser saves them and never runs them."""
    announcement = queries.get_announcement(reads(), announcement_id, viewer=viewer())
    files = {file.id: version for file, version in queries.list_files(reads(), announcement)}
    version = files.get(attachment_id)
    if version is None:
        raise NotFound(kind="announcement", key=attachment_id)
    if not _is_shown(announcement):
        raise Refused("Thông báo này đã rút nên tệp kèm theo không tải được nữa.")
    if version.reading is not None and is_infected(version.reading):
        raise Refused(version.reading.sentence)
    sha256, filename = version.sha256, version.filename
    with reading_goes_on(), unit_of_work() as work:
        service.note_download(work, actor=viewer(), now=now(), announcement=announcement, sha256=sha256)
    return send_original(resources().store.path(sha256), filename)


@blueprint.route("/announcements/<announcement_id>/post", methods=["GET", "POST"], endpoint="announcement_post")
@requires(P.ANNOUNCEMENT_POST, on_subject=True)
def announcement_post(announcement_id: str) -> Response:
    announcement = _load_own(announcement_id)
    if request.method == "POST":
        with unit_of_work() as work:
            service.post_announcement(
                work,
                actor=viewer(),
                now=now(),
                timezone=resources().settings.timezone,
                announcement_id=announcement_id,
            )
        flash("Đã đăng. Cán bộ, lãnh đạo các đơn vị được báo ngay.", "good")
        return _to(announcement_id)
    return render(
        "announcements/post.html",
        announcement=announcement,
        units=queries.list_audience(reads(), queries.selection_of(announcement), on=today()),
        files=queries.list_files(reads(), announcement),
        may="post" in rules.moves_from(announcement.state),
    )


@blueprint.route("/announcements/<announcement_id>/withdraw", methods=["GET", "POST"], endpoint="announcement_withdraw")
@requires(P.ANNOUNCEMENT_POST, on_subject=True)
def announcement_withdraw(announcement_id: str) -> Response:
    announcement = _load_own(announcement_id)

    def withdraw(work: Session, reason: str) -> None:
        service.withdraw_announcement(
            work,
            actor=viewer(),
            now=now(),
            timezone=resources().settings.timezone,
            announcement_id=announcement_id,
            reason=reason,
        )

    return reason_view(
        "announcements/withdraw.html",
        withdraw,
        done="Đã rút. Các đơn vị đọc được lý do.",
        to=url_for("announcements.announcement_view", announcement_id=announcement_id),
        most=1000,
        announcement=announcement,
    )


@blueprint.post("/announcements/<announcement_id>/confirm", endpoint="announcement_confirm")
@requires(P.ANNOUNCEMENT_CONFIRM, on_subject=True)
def announcement_confirm(announcement_id: str) -> Response:
    queries.get_announcement(reads(), announcement_id, viewer=viewer())
    with unit_of_work() as work:
        service.confirm_announcement(work, actor=viewer(), now=now(), announcement_id=announcement_id)
    flash("Đã xác nhận.", "good")
    return _to(announcement_id)


@blueprint.get("/announcements/<announcement_id>/receipts", endpoint="receipt_list")
@requires(P.ANNOUNCEMENT_WATCH, on_subject=True)
def receipt_list(announcement_id: str) -> Response:
    announcement = queries.get_announcement(reads(), announcement_id, viewer=viewer())
    receipts = queries.list_receipts(reads(), announcement, viewer=viewer(), now=now(), today=today())
    return render(
        "announcements/receipts.html",
        announcement=announcement,
        receipts=receipts,
        people=sum(len(one.readers) for one in receipts),
        read=sum(one.read for one in receipts),
        confirmed=sum(one.confirmed for one in receipts),
    )
