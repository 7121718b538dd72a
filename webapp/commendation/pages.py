"""Pages of this slice, room by room."""

from __future__ import annotations

from webapp.commendation.catalogue import routes as catalogue

# Routes without a blueprint of their own stand on those of decisions and honours.
from webapp.commendation.decisions import (
    decision_routes,
    honour_routes,
    paper_routes,  # noqa: F401
    proposal_routes,  # noqa: F401
    statistics_routes,  # noqa: F401
)
from webapp.commendation.nominations import dossier_routes, moving_routes
from webapp.commendation.nominations import routes as nominations
from webapp.commendation.rounds import routes as rounds

blueprints = (
    catalogue.blueprint,
    rounds.blueprint,
    nominations.blueprint,
    dossier_routes.blueprint,
    moving_routes.blueprint,
    decision_routes.blueprint,
    honour_routes.blueprint,
)
