"""Pages of this slice: what is owed and by when."""

from __future__ import annotations

from webapp.duties import routes

blueprints = (routes.blueprint,)
