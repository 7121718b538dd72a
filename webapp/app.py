"""The web application: resources, slices from one list, what all pages share."""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.routing import IntegerConverter

import webapp.announcements.pages
import webapp.calendar.pages
import webapp.checklists.pages
import webapp.commendation.pages
import webapp.council.pages
import webapp.custody.pages
import webapp.dashboard.pages
import webapp.difficulties.pages
import webapp.documents.pages
import webapp.duties.pages
import webapp.find.pages
import webapp.help.pages
import webapp.indicators.pages
import webapp.initiatives.pages
import webapp.inspections.pages
import webapp.ledger.pages
import webapp.meetings.pages
import webapp.notices.pages
import webapp.obligations.pages
import webapp.people.pages
import webapp.plans.pages
import webapp.reviews.pages
import webapp.scoring.pages
import webapp.submissions.pages
import webapp.synthesis.pages
from webapp import __version__
from webapp.audit import Context
from webapp.audit import context as audit_context
from webapp.audit.who import find_last_writer, name_then, people_who_stood_in
from webapp.core.logs import logger
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.documents.rules import ACCEPT
from webapp.models import AuditEvent, Person
from webapp.notices.queries import find_ready
from webapp.permissions import Permission, can
from webapp.records.opening import open_resources
from webapp.ui import auth, errors, filters, headers, health, htmx, navigation, reading, static_files
from webapp.ui.request_state import now, reads, resources, today, unread, viewer
from webapp.ui.white_space import CollapseLayout

# Each declares its `blueprints` in its `pages.py`.
SLICES = (
    webapp.people.pages,
    webapp.plans.pages,
    webapp.obligations.pages,
    webapp.calendar.pages,
    webapp.reviews.pages,
    webapp.documents.pages,
    webapp.duties.pages,
    webapp.notices.pages,
    webapp.submissions.pages,
    webapp.scoring.pages,
    webapp.synthesis.pages,
    webapp.difficulties.pages,
    webapp.commendation.pages,
    webapp.meetings.pages,
    webapp.council.pages,
    webapp.inspections.pages,
    webapp.announcements.pages,
    webapp.checklists.pages,
    webapp.indicators.pages,
    webapp.initiatives.pages,
    webapp.find.pages,
    webapp.help.pages,
    webapp.ledger.pages,
    webapp.dashboard.pages,
    webapp.custody.pages,
)

# Room for a form's fields beside the files.
FORM_ROOM = 2 * 2**20


class SmallNumber(IntegerConverter):
    """A number in an address that fits every database; a longer one is no page."""

    regex = r"\d{1,9}"


def create_app(settings: Settings, held: Resources | None = None) -> Flask:
    """The WSGI application. `held` is for callers that already opened the resources."""
    app = Flask("webapp", static_folder="ui/static", template_folder="ui/templates")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="kho",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        # How long a session may be idle is the database's to say (`people.rules`); the cookie only has to outlive a night.
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        MAX_CONTENT_LENGTH=settings.max_upload + FORM_ROOM,
        MAX_FORM_MEMORY_SIZE=FORM_ROOM,
        MAX_FORM_PARTS=5000,
        # The token lives as long as the session: a form left open over lunch can still be sent.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.url_map.converters["int"] = SmallNumber
    app.extensions["kho"] = held or open_resources(settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension(CollapseLayout)
    _install_request_ids(app)
    htmx.extension.init_app(app)
    reading.install(app)
    auth.install(app)
    CSRFProtect(app)
    errors.install(app)
    headers.install(app)
    filters.install(app, settings.timezone)
    static_files.install(app)
    _install_template_values(app)
    app.register_blueprint(health.blueprint)
    for slice_ in SLICES:
        for blueprint in slice_.blueprints:
            app.register_blueprint(blueprint)
    # The building blocks look up what they use when they are loaded: after all that share something with them.
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("components/ui.html").module
    return app


def _install_request_ids(app: Flask) -> None:
    @app.before_request
    def number_request() -> None:
        g.request_id = secrets.token_hex(8)
        g.started = time.perf_counter()
        clear_contextvars()
        bind_contextvars(request_id=g.request_id)
        audit_context.set(Context(request_id=g.request_id, address=request.remote_addr or ""))

    @app.after_request
    def log_request(response: Response) -> Response:
        """One line a request; the path only, for what was typed may be private."""
        if request.endpoint not in static_files.ENDPOINTS and "started" in g:
            logger().info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round((time.perf_counter() - g.started) * 1000, 1),
            )
        return response


def _install_template_values(app: Flask) -> None:
    def allowed(permission: str, thing: object | None = None) -> bool:
        if thing is None:
            return can(viewer(), Permission(permission))
        return can(viewer(), Permission(permission), thing)

    def who(person: Person, at: datetime) -> str:
        assert isinstance(at, datetime)  # also where nobody ever stood in, so that a wrong name is found by any page
        if "stood_in" not in g:
            g.stood_in = people_who_stood_in(reads())
        return name_then(reads(), person, at) if person.id in g.stood_in else person.name

    def last_writer(kind: str, identity: str) -> AuditEvent | None:
        return find_last_writer(reads(), kind, identity)

    def told_ready(kind: str, identity: str, unit_id: str) -> datetime | None:
        return find_ready(reads(), kind, identity, unit_id)

    app.jinja_env.globals.update(
        can=allowed,
        who=who,
        last_writer=last_writer,
        told_ready=told_ready,
        program_version=__version__,
        accepted_files=ACCEPT,
    )

    @app.context_processor
    def values() -> dict[str, object]:
        menu = navigation.groups(viewer(), request.path)
        return {
            "viewer": viewer(),
            "today": today(),
            "now": now(),
            "navigation": menu,
            "menu_place": navigation.place(menu),
            "unread": unread(),
            "fixed_now": resources().settings.fixed_now,
            "movements": g.get("movements", ()),
            "movement_shown": g.get("movement_shown"),
            "search_text": request.args.get("q", "") if request.endpoint == "find.search_view" else "",
        }
