"""Pages of this slice: initiatives."""

from __future__ import annotations

from webapp.initiatives import judging_routes, routes

blueprints = (routes.blueprint, judging_routes.blueprint)
