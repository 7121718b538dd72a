"""Pages of this slice: the catalogue of commendation."""

from __future__ import annotations

from webapp.commendation.catalogue import routes

blueprints = (routes.blueprint,)
