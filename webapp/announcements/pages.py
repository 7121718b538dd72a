"""Pages of this slice: announcements."""

from __future__ import annotations

from webapp.announcements import routes

blueprints = (routes.blueprint,)
