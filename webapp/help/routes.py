"""The guide: its first page, every other, and the link to it that stands on all pages."""

from __future__ import annotations

from flask import Blueprint, current_app, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.help.places import place_of
from webapp.help.reading import FIRST, find_page
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.htmx import render
from webapp.ui.request_state import viewer

blueprint = Blueprint("help", __name__, template_folder="templates")


@blueprint.get("/help", endpoint="guide_view")
@requires(P.ACCOUNT_USE)
def guide_view() -> Response:
    return _shown(FIRST)


@blueprint.get("/help/<name>", endpoint="page_view")
@requires(P.ACCOUNT_USE)
def page_view(name: str) -> Response:
    if name == FIRST:
        raise NotFound()
    return _shown(name)


@blueprint.app_context_processor
def link() -> dict[str, str]:
    """`help_address` for the head of every page: the part of the guide that speaks of it."""
    return {"help_address": _here()}


@blueprint.record_once
def share(state: BlueprintSetupState) -> None:
    """The same as a function, for building blocks that are given nothing of the page."""
    state.app.jinja_env.globals["help_here"] = _here


def _here() -> str:
    page, _, anchor = place_of(request.endpoint, viewer()).partition("#")
    return _address(page) + (f"#{anchor}" if anchor else "")


def _shown(name: str) -> Response:
    page = find_page(name, _address, current_app.jinja_env.globals["static"])
    if page is None:
        raise NotFound()
    first = find_page(FIRST, _address, current_app.jinja_env.globals["static"])
    return render("help/page.html", page=page, first=first if name != FIRST else None)


def _address(name: str) -> str:
    return url_for("help.guide_view") if name == FIRST else url_for("help.page_view", name=name)
