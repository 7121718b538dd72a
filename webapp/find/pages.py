"""Pages of this slice: searching."""

from __future__ import annotations

from webapp.find import routes, short_forms_routes

blueprints = (routes.blueprint, short_forms_routes.blueprint)
