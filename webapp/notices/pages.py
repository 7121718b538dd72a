"""Pages of this slice: notices."""

from __future__ import annotations

from webapp.notices import routes

blueprints = (routes.blueprint,)
