"""Pages of one's own messages and how to get them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.core.errors import Busy, Invalid
from webapp.models import MailChoice
from webapp.notices import queries, service
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render, wants_htmx
from webapp.ui.request_state import now, reading_goes_on, reads, unit_of_work, viewer

blueprint = Blueprint("notices", __name__, template_folder="templates")

# Shown once after it was made; only its digest is kept.
SHOWN = "calendar"


@blueprint.before_app_request
def read_on_opening() -> None:
    """Whoever opens the page that a notice leads to, by whatever way, has read it."""
    if request.method != "GET" or wants_htmx() or not g.get("unread") or not current_user.unread_here:
        return
    # Reading goes on while the database takes no writes; the notice is then read at the next opening.
    with suppress(Busy), reading_goes_on(), unit_of_work() as work:
        service.mark_opened(work, actor=viewer(), now=now(), links=(request.path, request.full_path))
        g.unread = current_user.unread - current_user.unread_here


@blueprint.get("/notices", endpoint="notice_list")
@requires(P.ACCOUNT_USE)
def notice_list() -> Response:
    return render("notices/list.html", rows=queries.list_notices(reads(), viewer=viewer()))


@blueprint.post("/notices/read", endpoint="notice_read_all")
@requires(P.ACCOUNT_USE)
def notice_read_all() -> Response:
    with unit_of_work() as work:
        service.mark_read(work, actor=viewer(), now=now(), until=_shown_until())
    return redirect(url_for("notices.notice_list"), 303)


def _shown_until() -> datetime:
    """When the newest notice on the page came; without it nothing is taken for read."""
    try:
        found = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        raise Invalid("Trang này đã cũ; hãy tải lại rồi đánh dấu.") from None
    if found.tzinfo is None:
        raise Invalid("Trang này đã cũ; hãy tải lại rồi đánh dấu.")
    return found


@blueprint.route("/notices/settings", methods=["GET", "POST"], endpoint="settings_choose")
@requires(P.ACCOUNT_USE)
def settings_choose() -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            mail = form.choice("mail", MailChoice)
            form.needed("mail", mail, "Hãy chọn một cách nhận thư.")
            form.check()
            with unit_of_work() as work:
                service.choose_mail(work, actor=viewer(), now=now(), mail=mail or MailChoice.EACH)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu cách nhận thông báo.", "good")
            return redirect(url_for("notices.settings_choose"), 303)
    address, mail, has_calendar = queries.mail_settings(reads(), viewer=viewer())
    token = session.pop(SHOWN, None)
    return render(
        "notices/settings.html",
        status=422 if errors else 200,
        errors=errors,
        address=address,
        mail=mail,
        choices=options(MailChoice),
        has_calendar=has_calendar,
        calendar=url_for("calendar.calendar_feed", key=token, _external=True) if token else "",
    )


@blueprint.post("/notices/calendar", endpoint="calendar_open")
@requires(P.ACCOUNT_USE)
def calendar_open() -> Response:
    with unit_of_work() as work:
        session[SHOWN] = service.open_calendar(work, actor=viewer(), now=now())
    return redirect(url_for("notices.settings_choose"), 303)


@blueprint.post("/notices/calendar/close", endpoint="calendar_close")
@requires(P.ACCOUNT_USE)
def calendar_close() -> Response:
    with unit_of_work() as work:
        service.close_calendar(work, actor=viewer(), now=now())
    flash("Địa chỉ lịch đã bị hủy; ứng dụng lịch không đọc được nữa.", "good")
    return redirect(url_for("notices.settings_choose"), 303)
