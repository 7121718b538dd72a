"""Pages of this slice: searching."""

from __future__ import annotations

from webapp.find import routes

blueprints = (routes.blueprint,)
