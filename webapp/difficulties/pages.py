"""Pages of this slice: difficulties and requests."""

from __future__ import annotations

from webapp.difficulties import routes

blueprints = (routes.blueprint,)
