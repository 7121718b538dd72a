"""Pages of this slice: units' plans and reports."""

from __future__ import annotations

from webapp.submissions import routes

blueprints = (routes.blueprint,)
