"""Pages of this slice: home and overview."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.dashboard import chart_routes, overview_routes, routes  # noqa: F401

blueprints = (routes.blueprint,)
