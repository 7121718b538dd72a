"""Pages of this slice: the office's report."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.synthesis import output_routes, routes  # noqa: F401

blueprints = (routes.blueprint,)
