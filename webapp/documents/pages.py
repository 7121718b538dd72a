"""Pages of this slice: documents."""

from __future__ import annotations

from webapp.documents import preview_routes, retention_routes, routes

blueprints = (routes.blueprint, retention_routes.blueprint, preview_routes.blueprint)
