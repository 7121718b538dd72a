"""Pages of this slice: documents."""

from __future__ import annotations

from webapp.documents import keeping_routes, preview_routes, routes

blueprints = (routes.blueprint, keeping_routes.blueprint, preview_routes.blueprint)
