"""Pages of this slice: the catalogue of commendation, proposals, decisions, honours."""

from __future__ import annotations

from webapp.commendation.catalogue import routes

# Routes without a blueprint of their own stand on those of decisions and honours.
from webapp.commendation.decisions import (
    decision_routes,
    honour_routes,
    paper_routes,  # noqa: F401
    proposal_routes,  # noqa: F401
    statistics_routes,  # noqa: F401
)

blueprints = (routes.blueprint, decision_routes.blueprint, honour_routes.blueprint)
