"""Pages of this slice: the council."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.council import routes, seat_routes  # noqa: F401

blueprints = (routes.blueprint,)
