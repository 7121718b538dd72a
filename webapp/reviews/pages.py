"""Pages of this slice: phases and reviews."""

from __future__ import annotations

from webapp.reviews import routes

blueprints = (routes.blueprint,)
