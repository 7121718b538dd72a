"""Pages of this slice: movements, plans and their import."""

from __future__ import annotations

from webapp.plans import routes

blueprints = (routes.blueprint,)
