"""Pages of this slice: documents."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.documents import bulk_routes, correcting_routes, photograph_routes, preview_routes, retention_routes, routes  # noqa: F401

blueprints = (routes.blueprint, retention_routes.blueprint, preview_routes.blueprint)
