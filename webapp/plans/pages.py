"""Pages of this slice: movements, plans and their import."""

from __future__ import annotations

from webapp.plans import ending_routes, routes  # noqa: F401

blueprints = (routes.blueprint,)
