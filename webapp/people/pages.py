"""Pages of this slice: signing in, accounts and administration."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.people import admin_routes, letterhead_routes, routes, unit_routes, year_routes  # noqa: F401

blueprints = (routes.blueprint,)
