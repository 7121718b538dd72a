"""For whatever watches the machine."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from webapp.core.schema import is_current
from webapp.ui.auth import public
from webapp.ui.request_state import resources

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz", endpoint="health_live")
@public
def health_live() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz", endpoint="health_ready")
@public
def health_ready() -> tuple[Response, int]:
    """Database, schema, archive and index can be used."""
    held = resources()
    database = held.db.is_ready()
    checks = {
        "database": database,
        "schema": database and is_current(held.db),
        "archive": (held.settings.data / "STORE.json").exists() or "://" in held.settings.object_store,
        "index": _index_answers(),
    }
    return jsonify(status="ok" if all(checks.values()) else "unready", checks=checks), 200 if all(
        checks.values()
    ) else 503


def _index_answers() -> bool:
    import search.errors

    try:
        resources().index.count()
    except search.errors.SearchError:
        return False
    return True
