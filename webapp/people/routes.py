"""Pages of signing in and of one's own account; the administration is in admin_routes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from webapp.audit import context as audit_context
from webapp.core.errors import Busy, Invalid
from webapp.people import queries, signing_in
from webapp.permissions import Permission as P
from webapp.ui.auth import SignedIn, login_manager, owner_loader, public, requires, safe_next
from webapp.ui.errors import show_again
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.kept_forms import unseal
from webapp.ui.request_state import now, reading_goes_on, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("people", __name__, template_folder="templates")


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed(token: str) -> SignedIn | None:
    """The session behind the cookie's token, or None when it ended, was idle too long, or its account is closed."""
    settings = resources().settings
    signed = signing_in.find_signed(
        reads(),
        token,
        now=now(),
        timezone=settings.timezone,
        minutes=settings.idle_minutes,
        minutes_admin=settings.idle_minutes_admin,
        addresses=(request.path, request.full_path),
    )
    if signed is None:
        return None
    if signed.stale:
        # Reading goes on while the database takes no writes; the next request notes the use.
        with suppress(Busy, Invalid), reading_goes_on(), unit_of_work() as work:
            signing_in.mark_seen(work, signed.digest, now=now())
    audit_context.set(replace(audit_context.get(), session_digest=signed.digest[:16]))
    return SignedIn(token, signed.digest, signed.viewer, signed.must_change_password, signed.unread, signed.unread_here)


@owner_loader
def find_owner(token: str) -> str | None:
    return signing_in.find_owner(reads(), token)


@blueprint.route("/sign-in", methods=["GET", "POST"], endpoint="session_start")
@public
def session_start() -> Response:
    target = safe_next(request.values.get("next"))
    if viewer().id is not None:
        return _go_on(viewer().id, target)  # signed in in another window meanwhile
    error, username = "", request.form.get("username", "")
    if request.method == "POST":
        try:
            token = signing_in.sign_in(
                resources().db,
                username=username,
                password=request.form.get("password", ""),
                now=now(),
                address=request.remote_addr or "",
                agent=request.user_agent.string,
                timezone=resources().settings.timezone,
            )
        except Invalid as fault:
            error = fault.sentence
        else:
            session.clear()  # a new identity gets a new cookie
            reads().rollback()  # it began when the cookie's former session was looked for, before this one was there
            signed = load_signed(token)
            login_user(signed)
            session.permanent = True
            return _go_on(signed.viewer.id if signed else None, target)
    return render(
        "people/sign_in.html",
        status=422 if error else 200,
        error=error,
        username=username,
        next=target,
        expired=request.args.get("expired"),
        kept=request.form.get("kept", ""),
    )


def _go_on(person_id: str | None, target: str) -> Response:
    """To the page that was asked for, or to the form that was typed when the session before this one ended."""
    sealed = request.form.get("kept")
    if sealed and person_id:
        kept = unseal(sealed, person_id=person_id, key=resources().settings.secret_key)
        if kept is not None:
            return show_again(kept, "Phiên làm việc trước đã hết.")
        flash("Nội dung gửi lúc phiên trước hết không phải của bạn, hoặc đã quá lâu, nên không mở lại được.", "info")
    return redirect(target, 303)


@blueprint.post("/sign-out", endpoint="session_end")
@requires(P.ACCOUNT_USE)
def session_end() -> Response:
    with unit_of_work() as work:
        signing_in.sign_out(work, actor=viewer(), digest=current_user.digest, now=now())
    _leave()
    return redirect(url_for("people.session_start"), 303)


@blueprint.post("/account/sign-out-everywhere", endpoint="session_end_all")
@requires(P.ACCOUNT_USE)
def session_end_all() -> Response:
    with unit_of_work() as work:
        signing_in.sign_out_everywhere(work, actor=viewer(), now=now())
    _leave()
    flash("Đã đăng xuất khỏi mọi thiết bị.", "good")
    return redirect(url_for("people.session_start"), 303)


@blueprint.get("/directory", endpoint="directory_view")
@requires(P.UNIT_READ)
def directory_view() -> Response:
    """Units with their people: names and titles, for everybody in the house."""
    year = today().year
    members = queries.list_members(reads(), viewer=viewer(), year=year)
    clusters = {
        member.unit_id: cluster.name
        for cluster in queries.list_clusters(reads(), viewer=viewer())
        for member in members.get(cluster.id, [])
    }
    rows = queries.list_directory(reads(), viewer=viewer(), on=today())
    return render(
        "people/directory.html",
        rows=rows,
        clusters=clusters,
        headed=queries.units_with_head(reads(), now=now(), today=today()),
    )


@blueprint.get("/account", endpoint="account_view")
@requires(P.ACCOUNT_USE)
def account_view() -> Response:
    return render(
        "people/account.html",
        sign_ins=queries.list_sign_ins(reads(), viewer=viewer()),
        current=current_user.digest,
    )


@blueprint.route("/account/password", methods=["GET", "POST"], endpoint="password_change")
@requires(P.ACCOUNT_USE)
def password_change() -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            with unit_of_work() as work:
                signing_in.change_password(
                    work,
                    actor=viewer(),
                    now=now(),
                    old=form.secret("old"),
                    new=form.secret("new"),
                    repeat=form.secret("repeat"),
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            _leave()
            flash("Đã đổi mật khẩu. Hãy đăng nhập bằng mật khẩu mới.", "good")
            return redirect(url_for("people.session_start"), 303)
    return render(
        "people/password.html",
        status=422 if errors else 200,
        errors=errors,
        forced=current_user.must_change_password,
    )


def _leave() -> None:
    """Out of Flask-Login, and out of all else that the cookie kept."""
    logout_user()
    session.clear()
