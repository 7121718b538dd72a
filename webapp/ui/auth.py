"""Every view names what it needs; this hook refuses the others before they run. Who is signed in: Flask-Login.

`people` registers the loader of `login_manager`: the cookie holds a token, the database its digest (a row of SignIn).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from webapp.core.errors import Refused
from webapp.permissions import Permission, Viewer, ensure
from webapp.ui.errors import error_page, wants_json
from webapp.ui.htmx import render, wants_htmx
from webapp.ui.kept_forms import form_sent, seal
from webapp.ui.request_state import ANONYMOUS, resources, viewer

View = TypeVar("View", bound=Callable[..., object])
# Where Flask-Login keeps the user's id in the cookie, which is the session's token here.
TOKEN = "_user_id"  # noqa: S105  the cookie's field, not a secret
# What a person may still do before the first password is changed.
BEFORE_PASSWORD_CHANGE = {"people.password_change", "people.session_end"}

ENDED = "Chưa lưu: phiên làm việc đã hết. Hãy đăng nhập lại; nội dung đang làm vẫn còn trên trang này."

login_manager = LoginManager()
_owners: list[Callable[[str], str | None]] = []


def owner_loader(find: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Register what tells whose session a token was, also when it has ended: the id of the person, or None."""
    _owners[:] = [find]
    return find


def _owner_of(token: str) -> str | None:
    return _owners[0](token)


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # the extension has no types
    """`current_user` of somebody signed in: one session of one person, as the database has it now.

    `unread` counts notices not read yet, `unread_here` those of them that lead to the page asked for.
    """

    token: str
    digest: str
    viewer: Viewer
    must_change_password: bool
    unread: int = 0
    unread_here: int = 0

    def get_id(self) -> str:
        return self.token


class Nobody(AnonymousUserMixin):  # type: ignore[misc]
    """`current_user` before signing in."""

    viewer = ANONYMOUS
    must_change_password = False
    unread = unread_here = 0


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
    # Sessions are rows of the database with idle times of their own: no second cookie, no guess by address or browser.
    # A name with a semicolon is one that no browser can send; the extension would read any other.
    app.config.update(REMEMBER_COOKIE_NAME=";", SESSION_PROTECTION=None)
    login_manager.session_protection = None
    login_manager.anonymous_user = Nobody
    login_manager.unauthorized_handler(_to_sign_in)
    login_manager.init_app(app, add_context_processor=False)

    @app.before_request
    def check() -> Response | None:
        if (request.endpoint or "").rpartition(".")[2] == "static":
            return None
        g.viewer, g.unread = current_user.viewer, current_user.unread
        if request.endpoint is None:
            if not current_user.is_authenticated:
                return _unauthorized()
            raise request.routing_exception or NoSuchPage()
        view = app.view_functions[request.endpoint]
        if getattr(view, "kho_public", False):
            return None
        permission: Permission | None = getattr(view, "kho_permission", None)
        if permission is None:
            raise Refused("Trang này chưa khai báo quyền nên không mở được.")
        if not current_user.is_authenticated:
            return _unauthorized()
        if current_user.must_change_password and request.endpoint not in BEFORE_PASSWORD_CHANGE:
            return redirect(url_for("people.password_change"), 303)
        if not getattr(view, "kho_on_subject", False):
            ensure(viewer(), permission)
        return None


def _unauthorized() -> Response:
    answer: Response = login_manager.unauthorized()
    return answer


def _to_sign_in() -> Response:
    """To the page that asks for a name. What scripts sent gets a refusal they understand: they ask over the page."""
    if wants_htmx() or wants_json():
        return error_page(401, "Phiên làm việc đã hết", ENDED)
    # A cookie of the browser that no longer signs in means a session that ended.
    token = session.pop(TOKEN, None)
    expired = 1 if token else None
    sent = form_sent() if request.method == "POST" and token and request.endpoint is not None else None
    if sent is not None and token and sent.was_typed:
        person_id = _owner_of(token)
        kept = seal(sent, person_id=person_id, key=resources().settings.secret_key) if person_id else ""
        if kept:
            next_page = safe_next(urlsplit(request.referrer or "").path)
            return render(
                "people/sign_in.html", status=401, error="", username="", next=next_page, expired=1, kept=kept
            )
    wanted = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path or None
    return redirect(url_for("people.session_start", next=wanted, expired=expired), 303)
