"""Pages of this slice: difficulties and requests."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.difficulties import bulk_routes, routes  # noqa: F401

blueprints = (routes.blueprint,)
