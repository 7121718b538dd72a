"""Pages of this slice: the calendar of the movement."""

from __future__ import annotations

from webapp.calendar import routes

blueprints = (routes.blueprint,)
