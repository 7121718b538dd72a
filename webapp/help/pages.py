"""Pages of this slice: the guide."""

from __future__ import annotations

from webapp.help import routes

blueprints = (routes.blueprint,)
