"""Every view names what it needs; this hook refuses the others before they run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from webapp.audit import context as audit_context
from webapp.core.errors import Busy, Refused
from webapp.people.signing_in import find_signed, mark_seen
from webapp.permissions import Permission, ensure
from webapp.ui.request_state import now, reading_goes_on, reads, resources, unit_of_work, viewer

View = TypeVar("View", bound=Callable[..., object])
TOKEN = "token"  # noqa: S105  the cookie's field, not a secret
# What a person may still do before the first password is changed.
BEFORE_PASSWORD_CHANGE = {"people.password_change", "people.session_end"}


def requires(permission: Permission, *, on_subject: bool = False) -> Callable[[View], View]:
    """Mark a view with its permission.

    Checked here before the view runs; with `on_subject` the permission depends on a row, and the service or query that
    loads the row checks it.
    """

    def mark(view: View) -> View:
        view.kho_permission = permission  # type: ignore[attr-defined]
        view.kho_on_subject = on_subject  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that anybody may call, signed in or not."""
    view.kho_public = True  # type: ignore[attr-defined]
    return view


def safe_next(target: str | None) -> str:
    """A path on this site, or the home page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return url_for("dashboard.home_view")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in target):
        return url_for("dashboard.home_view")
    return target


def install(app: Flask) -> None:
    @app.before_request
    def check() -> Response | None:
        if request.endpoint is None:
            if _load_viewer() is None:
                return _to_sign_in()
            raise request.routing_exception or NoSuchPage()
        view = app.view_functions[request.endpoint]
        if request.endpoint.rpartition(".")[2] == "static":
            return None
        is_public = getattr(view, "kho_public", False)
        signed = _load_viewer()
        if is_public:
            return None
        permission: Permission | None = getattr(view, "kho_permission", None)
        if permission is None:
            raise Refused("Trang này chưa khai báo quyền nên không mở được.")
        if signed is None:
            return _to_sign_in()
        if g.must_change_password and request.endpoint not in BEFORE_PASSWORD_CHANGE:
            return redirect(url_for("people.password_change"), 303)
        if not getattr(view, "kho_on_subject", False):
            ensure(viewer(), permission)
        return None


def _load_viewer() -> str | None:
    """Set g.viewer from the session cookie; returns the session's digest."""
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    settings = resources().settings
    signed = find_signed(
        reads(),
        token,
        now=now(),
        timezone=settings.timezone,
        minutes=settings.idle_minutes,
        minutes_admin=settings.idle_minutes_admin,
    )
    if signed is None:
        session.pop(TOKEN, None)
        g.was_signed_in = True
        return None
    if signed.stale:
        # Reading goes on while the database takes no writes; the next request notes the use.
        with suppress(Busy), reading_goes_on(), unit_of_work() as work:
            mark_seen(work, signed.digest, now=now())
    g.viewer = signed.viewer
    g.session_digest = signed.digest
    audit_context.set(replace(audit_context.get(), session_digest=signed.digest[:16]))
    g.must_change_password = signed.must_change_password
    return signed.digest


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("people.session_start", next=wanted, expired=1 if g.get("was_signed_in") else None)
    if request.headers.get("HX-Request") == "true":
        answer = Response(status=204)
        answer.headers["HX-Redirect"] = url_for("people.session_start", expired=1)
        return answer
    return redirect(target, 303)
