"""Pages of this slice: the plan point by point."""

from __future__ import annotations

from webapp.obligations import routes

blueprints = (routes.blueprint,)
