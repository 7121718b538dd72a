"""Pages of this slice: care of the archive, long work."""

from __future__ import annotations

from webapp.custody import routes

blueprints = (routes.blueprint,)
