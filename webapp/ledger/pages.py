"""Pages of this slice: the log."""

from __future__ import annotations

from webapp.ledger import routes

blueprints = (routes.blueprint,)
