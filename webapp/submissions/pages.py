"""Pages of this slice: units' plans and reports."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.submissions import bulk_routes, on_paper_routes, routes, taking_over_routes  # noqa: F401

blueprints = (routes.blueprint,)
