"""Pages of this slice: the office's report."""

from __future__ import annotations

from webapp.synthesis import routes

blueprints = (routes.blueprint,)
