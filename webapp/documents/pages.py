"""Pages of this slice: documents."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.documents import (  # noqa: F401
    bulk_routes,
    correcting_routes,
    listing_routes,
    photograph_routes,
    preview_routes,
    retention_routes,
    routes,
    separator_routes,
)

blueprints = (routes.blueprint, retention_routes.blueprint, preview_routes.blueprint)
